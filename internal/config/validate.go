package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cutover/internal/directory"
)

// validate looks for what can be read but makes no sense. It runs after the
// defaults, and over a file with mistakes too, so that all are shown at once.
func validate(c *Config, dir string, r *reader) {
	v := &validator{reader: r, c: c, dir: dir}
	v.phasesOff()
	v.domains()
	v.people()
	v.access()
	v.sso()
	v.limits()
	v.approvals()
	v.attest()
	v.window()
	v.allResolutions()
	v.secrets()
}

// validator asks questions of a configuration.
type validator struct {
	*reader
	c   *Config
	dir string // of the YAML
}

// off tells whether every one of the phases is switched off.
func (v *validator) off(phases ...string) bool {
	return !slices.ContainsFunc(phases, func(name string) bool {
		_, off := v.c.PhasesOff[name]
		return !off
	})
}

// withoutCXIF tells whether CXIF is left out, as it may be when nothing is
// synced to it.
func (v *validator) withoutCXIF() bool {
	return !v.has(path{"cxif"}) && v.off("sync-cxif", "access-cxif")
}

func (v *validator) phasesOff() {
	p := path{"phasesOff"}
	for name, why := range v.c.PhasesOff {
		if !slices.Contains(Phases, name) {
			instead := "the phases are " + strings.Join(Phases, ", ")
			if near := nearest(name, Phases); near != "" {
				instead = "did you mean " + near + "?"
			}
			v.refuseKey(p.key(name), "there is no such phase", instead)
			continue
		}
		v.text(p.key(name), why, "say why the phase is not needed: the report repeats it")
	}
}

// text refuses what is missing or blank.
func (v *validator) text(p path, s, instead string) bool {
	if strings.TrimSpace(s) != "" {
		return true
	}
	what := "this is missing"
	if _, there := v.keys[p.id()]; there || v.has(p) {
		what = "this is empty"
	}
	v.refuse(p, what, instead)
	return false
}

// choice refuses an unknown word; an empty one only where it is written.
func (v *validator) choice(p path, s string, known []string) {
	if slices.Contains(known, s) || (s == "" && !v.has(p)) {
		return
	}
	what := fmt.Sprintf("%q is not known here", s)
	instead := "write " + oneOf(known)
	if near := nearest(s, known); near != "" {
		instead += "; did you mean " + near + "?"
	}
	v.refuse(p, what, instead)
}

func (v *validator) within(p path, n, least, most int) {
	if n < least || n > most {
		v.refuse(p, fmt.Sprintf("%d is out of range", n), fmt.Sprintf("write a number from %d to %d", least, most))
	}
}

func (v *validator) timeWithin(p path, d, least, most time.Duration) {
	if d < least || d > most {
		v.refuse(p, brief(d)+" is out of range", fmt.Sprintf("write a time from %s to %s", brief(least), brief(most)))
	}
}

// brief writes 1m for 1m0s and 24h for 24h0m0s.
func brief(d time.Duration) string {
	s := strings.TrimSuffix(d.String(), "0s")
	if s == "" || !strings.ContainsAny(s[len(s)-1:], "hm") {
		return d.String()
	}
	if short, ok := strings.CutSuffix(s, "h0m"); ok {
		return short + "h"
	}
	return s
}

// names refuses blank names and those that are there twice, case aside.
func (v *validator) names(p path, names []string) {
	first := map[string]string{}
	for i, name := range names {
		at := p.index(i)
		if !v.text(at, name, "write a name or take the line out") {
			continue
		}
		if old, twice := first[directory.Fold(name)]; twice {
			v.refuse(at, fmt.Sprintf("%s is in the list already, as %s", name, old), "keep one of them")
			continue
		}
		first[directory.Fold(name)] = name
	}
}

// some is names for a list that must not be empty.
func (v *validator) some(p path, names []string, instead string) {
	if len(names) == 0 {
		what := "this is missing"
		if v.has(p) {
			what = "the list is empty"
		}
		v.refuse(p, what, instead)
		return
	}
	v.names(p, names)
}
