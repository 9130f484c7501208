package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cutover/internal/directory"
)

// The reads that a fault may break: the list of users, the members of a group,
// the list of grants, and lookups by a filter (.search). Unless one is named, a
// fault breaks the first three; one that is about filters or caches, all four.
const (
	readUsers   = "users"
	readMembers = "members"
	readGrants  = "grants"
	readLookups = "lookups"
)

var readables = []string{readUsers, readMembers, readGrants, readLookups}

// readFault lets one domain answer reads as no domain should, and as every one
// has been seen to. What is written is not touched by it.
type readFault struct {
	kind   string
	domain directory.Domain
	what   string // one of readables; empty: the usual ones of the kind
	from   int    // the reading of all users from which on it counts; 1: the first

	mu       sync.Mutex
	readings int
	kept     map[string]answer // of read-cached: first answers by request
}

// asked is one request of a list as a fault sees it.
type asked struct {
	op    operation
	what  string
	start int // 1-based
	count int
	total int // of the whole list, in truth
	read  func(operation) (answer, error)
}

// readFaults are the ten ways to break a read.
var readFaults = map[string]func(*readFault, asked) (answer, error){
	// Empty 200.
	"read-empty": func(_ *readFault, p asked) (answer, error) { return p.cut(0, 0) },
	// The list says how many there are and ends in the middle.
	"read-truncated": func(_ *readFault, p asked) (answer, error) { return p.cut((p.total+1)/2, p.total) },
	// Whatever page is asked for, the first one comes, and it is small.
	"read-paging-ignored": func(_ *readFault, p asked) (answer, error) {
		return p.from(1, max(1, (p.total+1)/2))
	},
	// The page before the last one comes once more, and again, in place of the last.
	"read-last-page-repeated": func(_ *readFault, p asked) (answer, error) {
		start := p.start
		for start > 1 && start+p.third() > p.total {
			start = max(1, start-p.third())
		}
		return p.from(start, p.third())
	},
	// Every further page tells of fewer, so that the list seems to end.
	"read-total-shrinks": func(_ *readFault, p asked) (answer, error) {
		a, err := p.from(p.start, p.third())
		if o, ok := a.body.(object); ok && p.start > 1 && p.what != readMembers {
			o["totalResults"] = min(p.total, p.start-1+len(objects(o, "Resources")))
		}
		if p.start > p.third() && p.what == readMembers {
			return p.cut(0, 0)
		}
		return a, err
	},
	// The first page comes; behind it the domain is down.
	"read-5xx": func(_ *readFault, p asked) (answer, error) {
		if p.start > 1 {
			return answer{}, refuse(http.StatusServiceUnavailable, "The service is not available now.")
		}
		return p.from(1, p.third())
	},
	// The body stops in the middle.
	"read-half": func(_ *readFault, p asked) (answer, error) {
		a, err := p.read(p.op)
		a.half = true
		return a, err
	},
	// What was answered once is answered for ever.
	"read-cached": (*readFault).cached,
	// A filter is not looked at.
	"read-filter-ignored": func(_ *readFault, p asked) (answer, error) {
		p.op.query = maps.Clone(p.op.query)
		p.op.query.Del("filter")
		if p.op.search {
			p.op.body = without(p.op.body, "filter")
		}
		return p.read(p.op)
	},
	// Attributes that were asked for, and that every resource has, do not come.
	"read-attributes-missing": func(_ *readFault, p asked) (answer, error) {
		a, err := p.read(p.op)
		o, ok := a.body.(object)
		if !ok {
			return a, err
		}
		o = without(o, "members")
		lacking := make([]any, 0)
		for _, r := range objects(o, "Resources") {
			lacking = append(lacking, without(r, "active", "emails", "grantee"))
		}
		if p.what != readMembers {
			o["Resources"] = lacking
		}
		a.body = o
		return a, err
	},
}

// readFaultOf reads KIND:DOMAIN, KIND:DOMAIN/WHAT and both with :N behind.
func readFaultOf(s string) (*readFault, error) {
	parts := strings.Split(s, ":")
	kind, ok := readFaults[parts[0]]
	if !ok || kind == nil {
		return nil, fmt.Errorf("there is no fault %q; use %s", s, FaultsHelp())
	}
	f := &readFault{kind: parts[0], from: 1, kept: map[string]answer{}}
	if len(parts) < 2 || len(parts) > 3 {
		return nil, fmt.Errorf("the fault %q needs a domain behind it: %s:utilities, say", s, parts[0])
	}
	name, what, narrowed := strings.Cut(parts[1], "/")
	f.domain, f.what = directory.Domain(name), what
	if !slices.Contains(directory.Domains, f.domain) {
		return nil, fmt.Errorf("the fault %q names no domain: %q is none of fusion, utilities, cxif", s, name)
	}
	if narrowed && !slices.Contains(readables, what) {
		return nil, fmt.Errorf("the fault %q breaks no read: %q is none of %s", s, what, strings.Join(readables, ", "))
	}
	if len(parts) == 3 {
		n, err := strconv.Atoi(parts[2])
		if err != nil || n < 1 {
			return nil, fmt.Errorf("the fault %q begins at no read: %q is no number from 1 on", s, parts[2])
		}
		f.from = n
	}
	return f, nil
}

// answer answers a read, rightly where it is none that the fault breaks. Its nil
// value breaks none. The caller holds the domain's lock for reading.
func (f *readFault) answer(d *domain, op operation) (answer, error) {
	if f == nil {
		return d.read(op)
	}
	p, ok := f.page(d, op)
	if !ok {
		return d.read(op)
	}
	return readFaults[f.kind](f, p)
}

// page tells whether an operation is a read that the fault breaks now.
func (f *readFault) page(d *domain, op operation) (asked, bool) {
	p := asked{op: op, start: 1, read: d.read}
	switch {
	case op.search && (op.kind.plain() == kindUsers || op.kind == kindGrants) && text(op.body, "filter") != "":
		p.what = readLookups
	case op.search:
		return p, false
	case op.id == "" && op.kind.plain() == kindUsers && op.query.Get("filter") == "":
		p.what = readUsers
	case op.id == "" && op.kind == kindGrants && op.query.Get("filter") == "":
		p.what = readGrants
	case op.id == "" && (op.kind.plain() == kindUsers || op.kind == kindGrants):
		p.what = readLookups
	case op.kind == kindGroups && membersWindow.MatchString(op.query.Get("attributes")):
		p.what = readMembers
	default:
		return p, false
	}
	p.start, p.count = max(1, numberIn(op.query, "startIndex")), numberIn(op.query, "count")
	if p.what == readMembers {
		m := membersWindow.FindStringSubmatch(op.query.Get("attributes"))
		p.start, _ = strconv.Atoi(m[1])
		p.count, _ = strconv.Atoi(m[2])
	}
	if !f.counts(p) || !f.breaks(p.what) {
		return p, false
	}
	p.total = d.collection(op.kind).len()
	if g, ok := d.groups.find(op.id); ok && p.what == readMembers {
		p.total = len(g.members)
	}
	return p, true
}

// counts keeps count of how often all users were read from the beginning, and
// tells whether the fault's time has come. One resource is asked for to try the
// credentials, and is no reading.
func (f *readFault) counts(p asked) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.what == readUsers && p.start == 1 && p.count > 1 {
		f.readings++
	}
	return f.readings >= f.from
}

func (f *readFault) breaks(what string) bool {
	if f.what != "" {
		return f.what == what
	}
	return what != readLookups || f.kind == "read-cached" || f.kind == "read-filter-ignored"
}

// cached keeps the first answer to a request, in the form in which it went out.
func (f *readFault) cached(p asked) (answer, error) {
	body, err := json.Marshal(p.op.body)
	if err != nil {
		return answer{}, err
	}
	key := p.op.path + "?" + p.op.query.Encode() + " " + string(body)
	f.mu.Lock()
	defer f.mu.Unlock()
	if a, ok := f.kept[key]; ok {
		return a, nil
	}
	a, err := p.read(p.op)
	if err != nil {
		return a, err
	}
	sent, err := json.Marshal(a.body)
	a.body = json.RawMessage(sent)
	f.kept[key] = a
	return a, err
}

func (p asked) third() int { return max(1, (p.total+2)/3) }

// membersWindow is which members of a group are asked for.
var membersWindow = regexp.MustCompile(`members\[startIndex=(\d+)&count=(\d+)\]`)

// from answers as though another page had been asked for, of another size at most.
func (p asked) from(start, most int) (answer, error) {
	count := p.count
	if count == 0 {
		count = defaultCount
	}
	count = min(count, most)
	p.op.query = maps.Clone(p.op.query)
	if p.what == readMembers {
		p.op.query.Set("attributes", fmt.Sprintf("members[startIndex=%d&count=%d]", start, count))
	} else {
		p.op.query.Set("startIndex", strconv.Itoa(start))
		p.op.query.Set("count", strconv.Itoa(count))
	}
	return p.read(p.op)
}

// cut answers as though the list ended after some, and says how many there are.
func (p asked) cut(after, total int) (answer, error) {
	a, err := p.read(p.op)
	o, ok := a.body.(object)
	if !ok {
		return a, err
	}
	name := "Resources"
	if p.what == readMembers {
		name = "members"
	} else {
		o["totalResults"] = total
	}
	all := list(o, name)
	o[name] = all[:max(0, min(len(all), after-(p.start-1)))]
	return a, err
}

func numberIn(v url.Values, name string) int {
	n, _ := strconv.Atoi(v.Get(name))
	return n
}
