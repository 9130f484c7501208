// Package document writes the plan of a cutover as a document that a person can
// read, sign and file: in words, as JSON, and as a page of HTML that needs
// nothing else. For every phase it tells what would be changed, whom it
// concerns, which rule asks for it, what is left alone, and how long it takes.
//
// It has no client and reads no domain. People stream through it: JSON and words
// hold everyone, the page caps long lists and points at the JSON.
package document

import (
	"time"

	"cutover/internal/directory"
	"cutover/internal/estimate"
	"cutover/internal/reconcile"
	"cutover/internal/spool"
	"cutover/internal/window"
)

// Kind is what the JSON says that it is; also the mark of the other forms.
const Kind = "cutover plan"

// Options are what a document tells besides the forecast.
type Options struct {
	ConfigHash string
	Version    string
	At         time.Time // the only thing that differs for the same inputs
	Limits     map[estimate.Route]estimate.Limits
	LimitsName string // whose limits those are: Oracle Apps
	Window     window.Window
}

// Document is a plan, ready to be written any number of times while its spools
// are there.
type Document struct {
	Options
	// Waits is the cutover at whose gate this plan of one phase waits; empty: it is
	// the forecast of all.
	Waits     string
	Hash      string
	Domains   []Domain
	Phases    []Phase
	Findings  []directory.Finding
	Blocking  int
	BlockedAt string
	Takes     estimate.Verdict // all phases
}

// Domain is how many people a domain has now.
type Domain struct {
	Name  directory.Domain `json:"name"`
	Users int              `json:"users"`
}

// Phase is what one phase would do.
type Phase struct {
	Name, Title, Guide string
	Off                string // why it is switched off
	Hash               string
	Changes            int
	Kinds              []estimate.Kind
	Why                []Why
	Left               []Left
	Takes              estimate.Verdict

	plan *spool.Changes
}

// Why is a rule, a verdict or a resolution, and how many changes it asks for.
type Why struct {
	Why   string `json:"why"`
	Count int    `json:"count"`
}

// Left is who of a domain is left alone by a phase, for one reason.
type Left struct {
	Domain directory.Domain
	Reason string
	Count  int

	names *spool.Names
}

// Builder takes a forecast as it is made; its Each is a planner's.
type Builder struct {
	options Options
	dir     *spool.Dir
	phases  map[string]*Phase
	counts  map[string]*estimate.Counter
	base    reconcile.World // as it was read
}

// New begins a document.
func New(dir *spool.Dir, o Options) *Builder {
	return &Builder{options: o, dir: dir, phases: map[string]*Phase{}, counts: map[string]*estimate.Counter{}}
}
