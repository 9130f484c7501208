package estatetest

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// raw is a resource as a dump holds it.
type raw = map[string]any

// dumped is a domain's resources by kind and id.
type dumped map[string]map[string]raw

// BackAtTheStart demands of two dumps, one of the estate and one after a cutover
// and its way back, that every resource of the start is there as it was, id for
// id, and that of what was made only users are left, inactive and holding nothing.
// What domains keep of sign-ins and of when something was changed is no part of it.
func BackAtTheStart(t T, start, end fs.FS) {
	t.Helper()
	for _, domain := range []string{"fusion.json", "utilities.json", "cxif.json"} {
		was, is := loadRaw(t, start, domain), loadRaw(t, end, domain)
		for kind, resources := range was {
			for id, r := range resources {
				had, has := r, is[kind][id]
				if kind == "Users" {
					had, has = takable(had, had), takable(had, has)
				} else {
					had, has = pointing(had).(raw), pointing(has).(raw)
				}
				require.Equal(t, had, has, "%s: %s %s is not as it was", domain, kind, id)
			}
		}
		made := map[string]bool{}
		for kind, resources := range is {
			for id, r := range resources {
				if _, there := was[kind][id]; there {
					continue
				}
				require.Equal(t, "Users", kind, "%s: %v was made and is left", domain, r)
				require.Equal(t, false, r["active"], "%s: %v was made and is active", domain, r["userName"])
				made[id] = true
			}
		}
		for id := range made {
			for _, g := range is["Groups"] {
				require.NotContains(t, ids(g["members"]), id, "%s: somebody who was made is a member of %v", domain, g["displayName"])
			}
			for _, g := range is["Grants"] {
				grantee, _ := g["grantee"].(raw)
				require.NotEqual(t, id, grantee["value"], "%s: somebody who was made holds %v", domain, g)
			}
		}
	}
}

// allowed are the names that every domain takes.
var allowed = regexp.MustCompile("^[a-zA-Z0-9 !@#$%^&*()_+={}\\[\\]|\\\\:\"';<>?/.,-]{1,256}$")

// takable leaves out of a user what no domain takes back from one who was as had
// is: no email at all, no family name, a name with characters that are not allowed.
func takable(had, user raw) raw {
	user = maps.Clone(user)
	if _, there := had["emails"]; !there {
		delete(user, "emails")
	}
	name, _ := had["name"].(raw)
	if family, _ := name["familyName"].(string); family == "" {
		if n, ok := user["name"].(raw); ok {
			n = maps.Clone(n)
			delete(n, "familyName")
			delete(n, "formatted")
			user["name"] = n
		}
	}
	if userName, _ := had["userName"].(string); !allowed.MatchString(userName) {
		delete(user, "userName")
	}
	return user
}

// pointing leaves what is pointed to with its id: how it is called is looked at
// where it stands itself.
func pointing(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = pointing(e)
		}
		return out
	case raw:
		_, points := v["type"].(string) // of a user or group, beside the value; a rule's return has none
		out := raw{}
		for k, e := range v {
			if !points || k != "name" && k != "display" {
				out[k] = pointing(e)
			}
		}
		return out
	}
	return v
}

func ids(list any) []string {
	var out []string
	members, _ := list.([]any)
	for _, m := range members {
		if o, ok := m.(raw); ok {
			id, _ := o["value"].(string)
			out = append(out, id)
		}
	}
	return out
}

func loadRaw(t T, dir fs.FS, name string) dumped {
	t.Helper()
	body, err := fs.ReadFile(dir, name)
	require.NoError(t, err)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(body, &all), name)
	out := dumped{}
	for kind, list := range all {
		var resources []raw
		if json.Unmarshal(list, &resources) != nil {
			continue // no list of resources
		}
		out[kind] = map[string]raw{}
		for _, r := range resources {
			id, ok := r["id"].(string)
			if ok {
				out[kind][id] = lasting(r)
			}
		}
	}
	require.NotEmpty(t, out["Users"], name)
	return out
}

// lasting leaves out what changes by looking or by writing the same again.
func lasting(r raw) raw {
	r = maps.Clone(r)
	delete(r, "meta")
	for k, v := range r {
		state, ok := v.(raw)
		if !ok || !strings.HasSuffix(k, ":userState:User") {
			continue
		}
		state = maps.Clone(state)
		delete(state, "lastSuccessfulLoginDate")
		delete(state, "previousSuccessfulLoginDate")
		if r[k] = state; len(state) == 0 {
			delete(r, k)
		}
	}
	if members, ok := r["members"].([]any); ok { // a set
		slices.SortFunc(members, func(a, b any) int { return strings.Compare(ids([]any{a})[0], ids([]any{b})[0]) })
	}
	return r
}
