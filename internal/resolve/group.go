package resolve

import (
	"slices"

	"cutover/internal/config"
	"cutover/internal/directory"
)

// Group is the conflicts of one kind in one domain.
type Group struct {
	Domain    directory.Domain
	Name      string
	Conflicts []Conflict
	// Policies are what can be said of all of them at once: what fits each, and
	// names nobody.
	Policies []config.Write
}

// Groups sorts open conflicts by kind, in the order in which they come.
func Groups(open []Conflict) []Group {
	var out []Group
	for _, one := range open {
		i := slices.IndexFunc(out, func(g Group) bool { return g.Domain == one.Finding.Domain && g.Name == one.Finding.Name })
		if i < 0 {
			i = len(out)
			out = append(out, Group{Domain: one.Finding.Domain, Name: one.Finding.Name})
		}
		out[i].Conflicts = append(out[i].Conflicts, one)
	}
	for i := range out {
		out[i].Policies = policies(out[i])
	}
	return out
}

// policies are the resolutions that every conflict of a group offers for its own
// user. Only verdicts, on users of Utilities, and orphans can have a policy.
func policies(g Group) []config.Write {
	if g.Name != orphan && g.Domain != directory.Utilities {
		return nil
	}
	var out []config.Write
	for _, first := range g.Conflicts[0].ways {
		if len(first.writes) != 1 || !forAll(first.writes[0].Resolution, g.Name) {
			continue
		}
		r := first.writes[0].Resolution
		if slices.ContainsFunc(g.Conflicts, func(c Conflict) bool { return !offers(c, r) }) {
			continue
		}
		w := config.Write{Domain: g.Domain, Verdict: g.Name, Resolution: r}
		if g.Name == orphan {
			w.Verdict = ""
		}
		out = append(out, w)
	}
	return out
}

// forAll tells whether a resolution names nobody, so can be a policy.
func forAll(r config.Resolution, name string) bool {
	if name == orphan {
		return r.Orphan != ""
	}
	return r.Rename == "" && r.SamePerson == "" && r.Set == (config.Set{})
}

func offers(c Conflict, r config.Resolution) bool {
	return slices.ContainsFunc(c.ways, func(w way) bool {
		return len(w.writes) == 1 && w.writes[0].Domain == c.Finding.Domain && directory.Equal(w.writes[0].User, c.Finding.User) && w.writes[0].Resolution == r
	})
}
