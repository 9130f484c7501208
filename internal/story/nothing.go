package story

import (
	"fmt"
	"slices"
	"strings"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/reconcile"
)

// conclude says what the configuration has to say of the person and, where no
// change was made, why none was.
func (t *telling) conclude() {
	t.said()
	s := &t.story
	if !s.Known || t.done() {
		return
	}
	for _, d := range []directory.Domain{directory.Utilities, directory.CXIF} {
		s.Nothing = append(s.Nothing, t.leftAlone(d)...)
	}
	switch s.Verdict {
	case reconcile.VerdictInactive:
		s.Nothing = append(s.Nothing, "utilities: "+rules[s.Verdict])
	case reconcile.VerdictMatched:
		s.Nothing = append(s.Nothing, "fusion: is there already, as the same person")
	}
	s.Nothing = append(s.Nothing, t.outOfScope()...)
	if len(s.Chapters) > 0 {
		s.Nothing = append(s.Nothing, "what was planned was not carried out; each change says why")
	}
	switch {
	case reconcile.IsConflict(s.Verdict) && s.Verdict != "":
		s.Nothing = append(s.Nothing, "the verdict asks for a person's word: while the finding is open, nothing is written")
	case s.Outcome != "completed":
		s.Nothing = append(s.Nothing, "the cutover has not been completed: it is "+s.Outcome)
	case len(s.Nothing) == 0:
		s.Nothing = []string{"everything was as it should be already"}
	}
}

// done tells whether anything was changed.
func (t *telling) done() bool {
	return slices.ContainsFunc(t.story.Chapters, func(c Chapter) bool {
		return slices.ContainsFunc(c.Events, func(e Event) bool { return e.State == ledger.StateApplied })
	})
}

// leftAlone says by which pattern, group or resolution a target leaves the person
// alone.
func (t *telling) leftAlone(d directory.Domain) []string {
	var out []string
	e := t.exclusion(d)
	person := directory.Person{User: directory.User{UserName: t.story.User}}
	for _, p := range t.story.Places {
		if p.Domain == d && p.Person != nil {
			person = *p.Person
		}
	}
	for _, glob := range e.UserNames {
		if (reconcile.Exclusion{UserNames: []string{glob}}).Covers(person) {
			out = append(out, fmt.Sprintf("%s: is excluded by exclude.%s.userNames: %q", d, d, glob))
		}
	}
	for _, g := range e.Groups {
		if person.InAny([]string{g}) {
			out = append(out, fmt.Sprintf("%s: is excluded as a member of %q (exclude.%s.groups)", d, g, d))
		}
	}
	if len(out) == 0 && d == directory.Utilities && t.story.Verdict == reconcile.VerdictExcluded && len(e.Groups) > 0 && person.ID == "" {
		out = append(out, "utilities: was excluded at the start, by name or by group, and is not there any more")
	}
	for name, r := range resolutions(t.config, d).Users {
		if t.concerns(d, name) && r.Exclude {
			out = append(out, fmt.Sprintf("%s: is excluded by a resolution (resolutions.%s: exclude: true)", d, d))
		}
	}
	return out
}

// outOfScope says of which target the person is not in scope.
func (t *telling) outOfScope() []string {
	i := slices.IndexFunc(t.story.Places, func(p Place) bool { return p.Domain == directory.Fusion })
	if i < 0 {
		return nil
	}
	hub := t.story.Places[i].Person
	if hub == nil {
		return []string{"fusion: is not there, so no sync has anything to bring"}
	}
	if !hub.Active {
		return []string{"fusion: is not active there, so no sync brings this person anywhere"}
	}
	var out []string
	for _, target := range []struct {
		domain directory.Domain
		groups []string
		url    string
	}{{directory.Utilities, t.config.Scope.Utilities, t.config.Utilities.URL}, {directory.CXIF, t.config.Scope.CXIF, t.config.CXIF.URL}} {
		if target.url != "" && !hub.InAny(target.groups) {
			out = append(out, fmt.Sprintf("%s: is not in scope: in Fusion a member of none of %s (scope.%s)", target.domain, strings.Join(target.groups, ", "), target.domain))
		}
	}
	return out
}

// said lists the resolutions of the configuration for this person.
func (t *telling) said() {
	for _, d := range directory.Domains {
		r := resolutions(t.config, d)
		for name, one := range r.Users {
			if t.concerns(d, name) {
				t.story.Said = append(t.story.Said, fmt.Sprintf("resolutions.%s.%s: %s", d, name, words(one)))
			}
		}
		if policy, ok := r.Verdicts[t.story.Verdict]; ok && d == directory.Utilities {
			t.story.Said = append(t.story.Said, fmt.Sprintf("resolutions.utilities.verdicts.%s: %s", t.story.Verdict, words(policy)))
		}
	}
	slices.Sort(t.story.Said)
}

func resolutions(c config.Config, d directory.Domain) config.TargetResolutions {
	switch d {
	case directory.Fusion:
		return c.Resolutions.Fusion
	case directory.CXIF:
		return c.Resolutions.CXIF
	}
	return c.Resolutions.Utilities
}
