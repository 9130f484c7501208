package simulator

import (
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// byRehearsal marks what no person attests.
const byRehearsal = "automatic (rehearsal)"

// attestations speak for every active account of Utilities that the estate
// leaves alone: as the estate names it where that is a name or a glob, and by
// its own name where a group or a resolution excludes it. The emergency
// account's way in is proven by a sign-in.
func (s *Simulator) attestations(chosen yaml.MapSlice) []yaml.MapSlice {
	names, groups, emergency := exclusions(chosen)
	var who []string
	add := func(name string) {
		if !slices.ContainsFunc(who, func(n string) bool { return directory.Equal(n, name) }) {
			who = append(who, name)
		}
	}
	for _, p := range s.activeInUtilities() {
		if directory.Equal(p.UserName, emergency) {
			continue
		}
		at := slices.IndexFunc(names, func(n string) bool { return reconcile.Exclusion{UserNames: []string{n}}.Covers(p) })
		switch {
		case at >= 0 && strings.Trim(names[at], "*") != "":
			add(names[at])
		case at >= 0 || p.InAny(groups):
			add(p.UserName)
		}
	}
	slices.Sort(who)
	var out []yaml.MapSlice
	for _, name := range who {
		out = append(out, yaml.MapSlice{
			{Key: "who", Value: name}, {Key: "what", Value: "local sign-in by password, through the rule in front"},
			{Key: "by", Value: byRehearsal}, {Key: "on", Value: time.Now().UTC().Format(time.DateOnly)},
		})
	}
	return out
}

// exclusions are whom the estate leaves alone in Utilities: names and globs,
// those of resolutions among them, and groups.
func exclusions(chosen yaml.MapSlice) (names, groups []string, emergency string) {
	names = stringsOf(at(chosen, "exclude", "utilities", "userNames"))
	groups = stringsOf(at(chosen, "exclude", "utilities", "groups"))
	emergency, _ = at(chosen, "emergency", "utilities").(string)
	resolutions, _ := at(chosen, "resolutions", "utilities").(yaml.MapSlice)
	for _, r := range resolutions {
		name, _ := r.Key.(string)
		one, _ := r.Value.(yaml.MapSlice)
		if at(one, "exclude") == true {
			names = append(names, name)
		}
	}
	return names, groups, emergency
}

// at is what lies under keys within keys; nil is nothing.
func at(o yaml.MapSlice, keys ...string) any {
	var v any = o
	for _, key := range keys {
		m, _ := v.(yaml.MapSlice)
		i := slices.IndexFunc(m, func(i yaml.MapItem) bool { return i.Key == key })
		if i < 0 {
			return nil
		}
		v = m[i].Value
	}
	return v
}

// activeInUtilities are the people of Utilities as far as exclusions look at them.
func (s *Simulator) activeInUtilities() []directory.Person {
	d := s.domains[directory.Utilities]
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []directory.Person
	for _, u := range d.users.all {
		if u.flags.active == no {
			continue
		}
		p := directory.Person{User: directory.User{UserName: u.name, Active: true}}
		for _, g := range u.groups {
			p.Groups = append(p.Groups, g.name())
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b directory.Person) int { return strings.Compare(a.UserName, b.UserName) })
	return out
}

func stringsOf(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
