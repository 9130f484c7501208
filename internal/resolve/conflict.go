// Package resolve takes a person through the open conflicts of a cutover: which
// resolutions fit each, which values they take, and what is to be written into
// the configuration. It reads no domain and writes no file.
package resolve

import (
	"fmt"
	"slices"
	"strings"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Conflict is an open finding that a resolution answers.
type Conflict struct {
	Finding directory.Finding `json:"finding"`
	// Answered is what the configuration says already, where it does.
	Answered string `json:"answered,omitempty"`

	ways []way
}

// way is one way to resolve a conflict: what is to be written, with a word in
// capitals where a person must give a value.
type way struct{ writes []config.Write }

// Open are the conflicts among findings; rest are the blocking ones that no
// resolution answers. Ahead tells that the findings were made by an older
// configuration than c, which may answer some of them.
func Open(findings []directory.Finding, c config.Config, ahead bool) (open []Conflict, rest []directory.Finding) {
	for _, f := range findings {
		if !f.Blocking {
			continue
		}
		one := Conflict{Finding: f}
		for _, fix := range f.Fixes {
			if writes, err := config.ReadFix(fix); err == nil {
				one.ways = append(one.ways, way{writes})
			}
		}
		if len(one.ways) == 0 {
			rest = append(rest, f)
			continue
		}
		if ahead {
			one.Answered = answered(one, c)
		}
		open = append(open, one)
	}
	return open, rest
}

// answered is what a configuration says to a conflict, or nothing.
func answered(one Conflict, c config.Config) string {
	for _, w := range one.ways {
		if !slices.ContainsFunc(w.writes, func(x config.Write) bool { return !saidIn(c, x) }) {
			return sayAll(w.writes, c)
		}
	}
	if p, there := c.Resolutions.Of(one.Finding.Domain).Verdicts[one.Finding.Name]; there {
		return "verdicts: " + one.Finding.Name + ": " + p.String()
	}
	if o := c.Resolutions.Of(one.Finding.Domain).Orphans; o != "" && one.Finding.Name == orphan {
		return "orphans: " + o
	}
	return ""
}

// orphan is the name of the finding for which a domain may have one word for all.
const orphan = "orphan"

func sayAll(writes []config.Write, c config.Config) string {
	var said []string
	for _, x := range writes {
		t := c.Resolutions.Of(x.Domain)
		said = append(said, x.User+": "+t.Users[t.Named(x.User)].String())
	}
	return strings.Join(said, ", ")
}

// saidIn tells whether a configuration has a write of a way, whatever the value
// is that the way leaves to a person.
func saidIn(c config.Config, x config.Write) bool {
	t := c.Resolutions.Of(x.Domain)
	r, there := t.Users[t.Named(x.User)]
	return there && says(r, x)
}

// says tells whether a resolution says what a write asks for.
func says(r config.Resolution, x config.Write) bool {
	want, whole := filledFrom(x.Resolution, r)
	return whole && r.Has(want)
}

// filledFrom puts the values of given in the place of the words that ask for
// one; whole tells that there was a value for each.
func filledFrom(r, given config.Resolution) (out config.Resolution, whole bool) {
	whole = true
	for _, slot := range []struct {
		value       *string
		placeholder string
		given       string
	}{
		{&r.Rename, reconcile.PlaceholderUserName, given.Rename},
		{&r.Set.Email, reconcile.PlaceholderEmail, given.Set.Email},
		{&r.Set.FamilyName, reconcile.PlaceholderFamilyName, given.Set.FamilyName},
	} {
		if *slot.value == slot.placeholder {
			*slot.value = slot.given
			whole = whole && slot.given != ""
		}
	}
	return r, whole
}

// asks is the word for which a person must give a value, and whose value it is;
// empty where nothing is to be asked.
func (w way) asks() (placeholder, user string) {
	for _, x := range w.writes {
		for _, p := range []struct{ value, placeholder string }{
			{x.Resolution.Rename, reconcile.PlaceholderUserName}, {x.Resolution.Set.Email, reconcile.PlaceholderEmail},
			{x.Resolution.Set.FamilyName, reconcile.PlaceholderFamilyName},
		} {
			if p.value == p.placeholder {
				return p.placeholder, x.User
			}
		}
	}
	return "", ""
}

// filled is what is written with a value.
func (w way) filled(value string) []config.Write {
	out := slices.Clone(w.writes)
	for i, x := range out {
		given := config.Resolution{Rename: value, Set: config.Set{Email: value, FamilyName: value}}
		out[i].Resolution, _ = filledFrom(x.Resolution, given)
	}
	return out
}

// String is the way as one says it.
func (w way) String() string {
	var parts []string
	for _, x := range w.writes {
		parts = append(parts, fmt.Sprintf("%s in %s: %s", x.User, x.Domain, x.Resolution))
	}
	return strings.Join(parts, "; ")
}

// allowed refuses a value that no domain would take.
func allowed(placeholder, user, value string) error {
	switch {
	case strings.TrimSpace(value) == "":
		return fmt.Errorf("write a value")
	case placeholder == reconcile.PlaceholderUserName && !reconcile.Allowed(value):
		return fmt.Errorf("%q has a character that a domain does not allow in a userName, or more than 256 of them", value)
	case placeholder == reconcile.PlaceholderUserName && value == user:
		return fmt.Errorf("%q is the name that the user has", value)
	case placeholder == reconcile.PlaceholderEmail && !config.IsEmail(value):
		return fmt.Errorf("%q is not an email address: write NAME@HOST", value)
	}
	return nil
}
