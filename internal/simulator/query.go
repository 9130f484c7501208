package simulator

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	filter "github.com/scim2/filter-parser/v2"

	"cutover/internal/directory"
)

// Page sizes of lists (oracle.md 2.3).
const (
	defaultCount = 50
	maxCount     = 1000
)

// query is a list request: GET with parameters, or POST .search.
type query struct {
	filter *condition
	sortBy attrPath
	sorted bool
	down   bool
	start  int
	count  int
	want   selection
}

// pagePrefix begins the name of a page, which a client must not make itself.
const pagePrefix = "from-"

// next is the name of the page after the one that begins at start, or "".
func next(start, shown, total int) string {
	if shown == 0 || start+shown > total {
		return ""
	}
	return pagePrefix + strconv.Itoa(start+shown)
}

func queryOf(v url.Values, k *kind) (query, error) {
	q := query{start: 1, count: defaultCount}
	var err error
	if q.start, err = number(v, "startIndex", 1); err != nil {
		return q, err
	}
	if q.count, err = number(v, "count", defaultCount); err != nil {
		return q, err
	}
	// The SDK's own paging, beside that of SCIM.
	if q.count, err = number(v, "limit", q.count); err != nil {
		return q, err
	}
	if p := v.Get("page"); p != "" {
		if q.start, err = strconv.Atoi(strings.TrimPrefix(p, pagePrefix)); err != nil || !strings.HasPrefix(p, pagePrefix) {
			return q, invalid("page is what an answer gave as opc-next-page.")
		}
	}
	return q, q.complete(v.Get("filter"), v.Get("sortBy"), v.Get("sortOrder"), v["attributes"], v["attributeSets"], k)
}

func number(v url.Values, name string, fallback int) (int, error) {
	if v.Get(name) == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(v.Get(name))
	if err != nil {
		return 0, invalid("%s is not a number.", name)
	}
	return n, nil
}

// queryOfSearch reads the body of POST .search (RFC 7644 section 3.4.3).
func queryOfSearch(o object, k *kind) (query, error) {
	q := query{start: 1, count: defaultCount}
	if !slices.Contains(list(o, "schemas"), any(schemaSearch)) {
		return q, missing("schemas with " + schemaSearch)
	}
	if _, v, ok := field(o, "startIndex"); ok {
		f, _ := v.(float64)
		q.start = int(f)
	}
	if _, v, ok := field(o, "count"); ok {
		f, _ := v.(float64)
		q.count = int(f)
	}
	strs := func(name string) []string {
		var all []string
		for _, v := range list(o, name) {
			if s, ok := v.(string); ok {
				all = append(all, s)
			}
		}
		if s := text(o, name); s != "" {
			all = append(all, s)
		}
		return all
	}
	return q, q.complete(text(o, "filter"), text(o, "sortBy"), text(o, "sortOrder"), strs("attributes"), strs("attributeSets"), k)
}

func (q *query) complete(where, sortBy, sortOrder string, attributes, sets []string, k *kind) error {
	if q.count > maxCount {
		return invalid("count is %d at most.", maxCount)
	}
	q.start, q.count = max(q.start, 1), max(q.count, 0)
	var err error
	if where != "" {
		if q.filter, err = parseFilter(where, k); err != nil {
			return err
		}
	}
	if sortBy != "" {
		if q.sortBy, err = parsePath(sortBy, k); err != nil {
			return err
		}
		if _, _, ok := k.resolve(q.sortBy); !ok {
			return invalidPath(sortBy, k)
		}
		q.sorted = true
	}
	switch strings.ToLower(sortOrder) {
	case "", "ascending":
	case "descending":
		q.down = true
	default:
		return invalid("sortOrder is ascending or descending.")
	}
	q.want, err = newSelection(attributes, sets, k)
	return err
}

// list answers a query. The caller holds the lock for reading.
func (d *domain) list(k *kind, q query) (object, error) {
	entries, total := d.find(k, q)
	resources := make([]any, len(entries))
	budget := maxMembers
	for i, e := range entries {
		o, err := d.show(k, e, q.want, &budget)
		if err != nil {
			return nil, err
		}
		resources[i] = o
	}
	return object{
		"schemas":      []any{schemaList},
		"totalResults": total,
		"itemsPerPage": len(resources),
		"startIndex":   q.start,
		"Resources":    resources,
	}, nil
}

// find selects, sorts and cuts out the page.
func (d *domain) find(k *kind, q query) (entries []entry, total int) {
	all := d.collection(k)
	if k == kindAccountInfos && q.filter != nil {
		switch every, none := d.accounts.everything(q.filter); {
		case every:
			q.filter = nil
		case none:
			return nil, 0
		}
	}
	byID := q.sorted && q.sortBy.is("id", "")
	if q.filter == nil && (!q.sorted || byID && !q.down) {
		return all.window(byID, q.start-1, q.count), all.len()
	}
	var found []entry
	if candidates, ok := d.candidates(k, q.filter); ok {
		slices.SortFunc(candidates, func(a, b entry) int { return cmp.Compare(a.rseq(), b.rseq()) })
		candidates = slices.CompactFunc(candidates, func(a, b entry) bool { return a.rid() == b.rid() })
		for _, e := range candidates {
			if d.matches(e, q.filter) {
				found = append(found, e)
			}
		}
	} else {
		for e := range all.each() {
			if d.matches(e, q.filter) {
				found = append(found, e)
			}
		}
	}
	if q.sorted {
		d.sort(found, q)
	}
	from := min(q.start-1, len(found))
	return found[from:min(from+q.count, len(found))], len(found)
}

func (d *domain) matches(e entry, c *condition) bool {
	return c == nil || c.match(func(p attrPath) []any { return d.values(e, p) })
}

// values reads what a path denotes in a resource, in lists on request too.
func (d *domain) values(e entry, p attrPath) []any {
	switch e := e.(type) {
	case *user:
		return e.values(p)
	case *grant:
		return e.values(p)
	case *syncedAccount:
		return d.accountValues(e, p)
	case *group:
		if p.is("members", "") || strings.EqualFold(p.name, "members") && p.urn == "" {
			all := make([]any, len(e.members))
			for i, u := range e.members {
				all[i] = memberObject(u)
			}
			return p.values(object{"members": all})
		}
		return p.values(e.body)
	}
	return p.values(d.body(e))
}

// sort orders by the first value of an attribute, then by id, so that pages
// are stable.
func (d *domain) sort(found []entry, q query) {
	keys := make(map[entry]string, len(found))
	for _, e := range found {
		if v := d.values(e, q.sortBy); len(v) > 0 {
			if s, ok := v[0].(string); ok {
				keys[e] = directory.Fold(s)
			} else {
				b, _ := json.Marshal(v[0])
				keys[e] = string(b)
			}
		}
	}
	slices.SortFunc(found, func(a, b entry) int {
		c := cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a.rid(), b.rid()))
		if q.down {
			return -c
		}
		return c
	})
}

// candidates are the resources among which those of a filter must be, by an
// index; not ok: there is none, look at all.
func (d *domain) candidates(k *kind, c *condition) (found []entry, ok bool) {
	switch {
	case c == nil, c.element != nil:
		return nil, false
	case c.logic == "or":
		for _, p := range c.parts {
			some, ok := d.candidates(k, p)
			if !ok {
				return nil, false
			}
			found = append(found, some...)
		}
		return found, true
	case c.logic == "and":
		for _, p := range c.parts {
			if some, ok := d.candidates(k, p); ok {
				return some, true
			}
		}
		return nil, false
	}
	value, isString := c.value.(string)
	if c.op != filter.EQ || !isString {
		return nil, false
	}
	if c.path.is("id", "") {
		if e, ok := d.collection(k).get(value); ok {
			found = append(found, e)
		}
		// An id in other letters' case is found by looking at all.
		return found, len(found) > 0 || value == c.fold
	}
	switch k.plain() {
	case kindUsers:
		return d.userCandidates(c, value)
	case kindGroups:
		return d.groupCandidates(c, value)
	case kindAccountInfos:
		if c.path.is("uid", "") {
			// Ids are in lower case; one in other letters is found by looking at all.
			return d.accounts.withUID(value), value == c.fold
		}
	case kindGrants:
		if c.path.is("grantee", "value") {
			return entries(d.grants.byGrantee[value]), true
		}
	}
	return nil, false
}

func (d *domain) userCandidates(c *condition, value string) ([]entry, bool) {
	switch {
	case c.path.is("userName", ""):
		if u, ok := d.users.byName[c.fold]; ok {
			return []entry{u}, true
		}
		return nil, true
	case c.path.is("emails", "value"):
		return entries(d.users.byEmail[c.fold]), true
	case c.path.is("displayName", ""):
		return entries(d.users.byDisplay[c.fold]), true
	case c.path.is("groups", "value"):
		g, ok := d.groups.find(value)
		if !ok {
			return nil, true
		}
		return entries(g.members), true
	}
	return nil, false
}

func (d *domain) groupCandidates(c *condition, value string) ([]entry, bool) {
	switch {
	case c.path.is("displayName", ""):
		if g, ok := d.groups.byName[c.fold]; ok {
			return []entry{g}, true
		}
		return nil, true
	case c.path.is("members", "value"):
		u, ok := d.users.find(value)
		if !ok {
			return nil, true
		}
		return entries(u.groups), true
	}
	return nil, false
}

func entries[T entry](all []T) []entry {
	found := make([]entry, len(all))
	for i, e := range all {
		found[i] = e
	}
	return found
}
