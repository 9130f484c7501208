package phase

import (
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// everyDomain is what the phases read that look at the whole estate.
var everyDomain = directory.Domains

// needs makes sure that the domains were read that a plan depends on: a domain
// that is missing must never look like one without people.
func needs(phase string, in Input, domains ...directory.Domain) error {
	for _, d := range domains {
		if in.World[d] == nil {
			return fmt.Errorf("%s: %s has not been read, and the plan depends on it: observe it first, or switch the phase off under phasesOff", phase, d)
		}
	}
	return nil
}

// groupNamed is a group's name as the domain writes it.
func groupNamed(o directory.Outline, name string) string {
	for _, g := range o.Groups {
		if directory.Equal(g.Name, name) {
			return g.Name
		}
	}
	return name
}

// writer writes changes down; the first error of the sink stays, and after it
// nothing more is written.
type writer struct {
	sink reconcile.Sink
	err  error
}

func (w *writer) change(c directory.Change) {
	if w.err == nil {
		w.err = w.sink.Change(c)
	}
}

func (w *writer) finding(f directory.Finding) {
	if w.err == nil {
		w.err = w.sink.Finding(f)
	}
}
