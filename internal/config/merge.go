package config

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"cutover/internal/directory"
)

// Beside is the resolution with what another one says besides: somebody may be
// in several conflicts, one after the other. What contradicts the newer word
// goes, and so does the attestation of a rename that is no more.
func (r Resolution) Beside(newer Resolution) Resolution {
	if newer.Exclude {
		return Resolution{Exclude: true, OutOfScope: r.OutOfScope || newer.OutOfScope}
	}
	out := r
	if newer.resolvesMore() {
		out.Exclude = false
	}
	if name := newer.Rename + newer.SamePerson; name != "" && name != r.Rename+r.SamePerson {
		out.Rename, out.SamePerson, out.OUAFLoginChanged = newer.Rename, newer.SamePerson, newer.OUAFLoginChanged
	}
	out.OUAFLoginChanged = out.OUAFLoginChanged || newer.OUAFLoginChanged
	out.Set.Email = cmp.Or(newer.Set.Email, r.Set.Email)
	out.Set.GivenName = cmp.Or(newer.Set.GivenName, r.Set.GivenName)
	out.Set.FamilyName = cmp.Or(newer.Set.FamilyName, r.Set.FamilyName)
	out.Migrate = r.Migrate || newer.Migrate
	out.OutOfScope = r.OutOfScope || newer.OutOfScope
	out.Orphan = cmp.Or(newer.Orphan, r.Orphan)
	switch {
	case newer.Reactivate:
		out.Reactivate, out.KeepInactive = true, false
	case newer.KeepInactive:
		out.Reactivate, out.KeepInactive = false, true
	}
	return out
}

// resolvesMore tells whether the resolution asks for what exclude forbids.
func (r Resolution) resolvesMore() bool {
	r.OutOfScope, r.Exclude = false, false
	return r != (Resolution{})
}

// Has tells whether the resolution says all that another one does.
func (r Resolution) Has(other Resolution) bool { return r.Beside(other) == r }

// Write is a resolution that shall stand in the configuration: for a user, for
// everyone of a verdict, or, with neither, for the orphans of the domain.
type Write struct {
	Domain     directory.Domain
	User       string
	Verdict    string
	Resolution Resolution
}

// Written is the configuration with a resolution written into it, beside what
// stands there for the same user.
func (c Config) Written(w Write) Config {
	of := c.Resolutions.of(w.Domain)
	t := *of
	switch {
	case w.User != "":
		t.Users = copied(t.Users)
		name := t.Named(w.User)
		t.Users[name] = t.Users[name].Beside(w.Resolution)
	case w.Verdict != "":
		t.Verdicts = copied(t.Verdicts)
		t.Verdicts[w.Verdict] = w.Resolution
	default:
		t.Orphans = w.Resolution.Orphan
	}
	*c.Resolutions.of(w.Domain) = t
	return c
}

// Of are the resolutions of a domain.
func (r Resolutions) Of(d directory.Domain) TargetResolutions { return *r.of(d) }

func (r *Resolutions) of(d directory.Domain) *TargetResolutions {
	switch d {
	case directory.Fusion:
		return &r.Fusion
	case directory.CXIF:
		return &r.CXIF
	}
	return &r.Utilities
}

// Named is the userName as the resolutions write it, case aside, where they do.
func (t TargetResolutions) Named(userName string) string {
	if _, there := t.Users[userName]; there {
		return userName
	}
	for name := range t.Users {
		if directory.Equal(name, userName) {
			return name
		}
	}
	return userName
}

func copied(m map[string]Resolution) map[string]Resolution {
	out := make(map[string]Resolution, len(m)+1)
	for k, v := range m {
		out[k] = v
	}
	return out
}

// ReadFix reads a fix as findings give it: resolutions, and nothing else of a
// configuration. What is no such thing is an error.
func ReadFix(text string) ([]Write, error) {
	c, r := read("", []byte(text))
	if len(r.problems) > 0 {
		return nil, fmt.Errorf("%s", r.problems[0].What)
	}
	var out []Write
	for _, d := range []directory.Domain{directory.Utilities, directory.Fusion, directory.CXIF} {
		t := c.Resolutions.Of(d)
		for _, user := range slices.Sorted(maps.Keys(t.Users)) {
			out = append(out, Write{Domain: d, User: user, Resolution: t.Users[user]})
		}
	}
	c.Resolutions = Resolutions{}
	if len(out) == 0 || !reflect.DeepEqual(*c, Config{}) {
		return nil, fmt.Errorf("this is no resolution of a user")
	}
	return out, nil
}

// ReadResolution reads a resolution as one writes it for a user, in a line, such
// as rename: NEW.
func ReadResolution(text string) (Resolution, error) {
	const user = "u"
	c, r := read("", []byte("resolutions: {utilities: {"+user+": {"+text+"}}}"))
	for _, p := range r.problems {
		return Resolution{}, fmt.Errorf("%s: %s", p.What, p.Instead)
	}
	one, there := c.Resolutions.Utilities.Users[user]
	if !there || one == (Resolution{}) || len(c.Resolutions.Utilities.Users) > 1 {
		return Resolution{}, fmt.Errorf("this resolves nothing: write it as in rename: NEW or exclude: true")
	}
	return one, nil
}
