package forecast

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/spool"
)

// PhaseForecast is what one phase would do.
type PhaseForecast struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Off     string `json:"off,omitempty"` // why it is switched off
	Hash    string `json:"hash"`
	Changes int    `json:"changes"`
	// Plan is the changes, for as long as the scratch of the forecast is there;
	// nil where the phase is switched off.
	Plan *spool.Changes `json:"-"`
}

// Whole is the forecast of a cutover.
type Whole struct {
	Hash       string              `json:"hash"` // over the hashes of all phases
	Phases     []PhaseForecast     `json:"phases"`
	Findings   []directory.Finding `json:"findings"`
	Blocking   int                 `json:"blocking"`
	BlockedAt  string              `json:"blockedAt,omitempty"` // first phase, in order, with an open finding
	PeopleWork bool                `json:"peopleWork"`
	At         time.Time           `json:"at,omitzero"` // when it was put into the ledger; no part of the hash
}

// PeoplePhases are the phases that move people; the switch phases depend on
// whether they have anything to do.
var PeoplePhases = map[string]bool{
	"migrate": true, "sync-utilities": true, "access-utilities": true, "sync-cxif": true, "access-cxif": true,
}

// Whole plans every phase before the first write. Whether there is work left
// with people decides what the switch phases do, so the phases that move people
// are planned once to learn that, and then all of them in order.
func (p Planner) Whole(ctx context.Context, from Snapshots, done func(string) bool) (Whole, error) {
	at, err := p.spooled(ctx, from)
	if err != nil {
		return Whole{}, err
	}
	if p.Start == nil {
		p.Start = at[directory.Utilities]
	}
	// The verdicts go to the ledger beside the planning, which needs none of them.
	var beside errgroup.Group
	beside.Go(func() error { return p.storeVerdicts(ctx, at) })
	whole, err := p.phases(ctx, at, done)
	if err := cmp.Or(err, beside.Wait()); err != nil { // what stops both is told once
		return Whole{}, err
	}
	return whole, nil
}

// phases plans them all from where the forecast begins.
func (p Planner) phases(ctx context.Context, at reconcile.World, done func(string) bool) (Whole, error) {
	var err error
	if p.Rules, err = reconcile.WithExclusions(at, p.Rules); err != nil {
		return Whole{}, err
	}
	work, err := p.peopleWork(at, done)
	if err != nil {
		return Whole{}, err
	}
	whole := Whole{PeopleWork: work}
	sum := sha256.New()
	seen := findingsSeen{map[string]bool{}, map[string]bool{}}
	for _, ph := range phase.Procedure {
		f := PhaseForecast{Name: ph.Name, Title: ph.Title, Off: p.Off[ph.Name]}
		if f.Off == "" {
			plan, next, err := p.step(ctx, ph, at, work, done)
			if err != nil {
				return Whole{}, err
			}
			at, f.Hash, f.Changes, f.Plan = next, plan.hash.Sum(), plan.changes.Count, plan.changes
			whole.add(plan.findings, seen)
		}
		fmt.Fprintf(sum, "%s %s %s\n", f.Name, f.Hash, f.Off)
		whole.Phases = append(whole.Phases, f)
	}
	whole.Hash = hex.EncodeToString(sum.Sum(nil))
	whole.BlockedAt = firstBlocked(whole.Findings)
	return whole, nil
}

// input is what a phase of a forecast looks at.
func (p Planner) input(at reconcile.World, work bool, done func(string) bool) phase.Input {
	return phase.Input{
		World: at, Rules: p.Rules, SSO: p.SSO, Done: done, PeopleWork: work, Start: p.Start, Renames: p.Renames, Forecast: true, Accepted: p.Accepted, Facts: p.Facts,
	}
}

// step plans one phase of a forecast and projects it.
func (p Planner) step(ctx context.Context, ph phase.Phase, at reconcile.World, work bool, done func(string) bool) (*supposed, reconcile.World, error) {
	in := p.input(at, work, done)
	plan, err := p.suppose(ctx, ph, in)
	if err != nil {
		return nil, nil, err
	}
	if p.Each != nil {
		if err := p.Each(ph, in, plan.changes); err != nil {
			return nil, nil, err
		}
	}
	if plan.changes.Count == 0 {
		return plan, at, nil
	}
	return plan, project(plan.changes, at), nil
}

// errEnough ends the planning of a phase of which one change is enough.
var errEnough = errors.New("there is something to change")

// probe is a sink that ends with the first change.
type probe struct{}

func (probe) Change(directory.Change) error   { return errEnough }
func (probe) Finding(directory.Finding) error { return nil }

// peopleWork tells whether any phase that moves people would change anything.
// Until one does, they all look at the same world.
func (p Planner) peopleWork(at reconcile.World, done func(string) bool) (bool, error) {
	for _, ph := range phase.Procedure {
		if !PeoplePhases[ph.Name] || p.Off[ph.Name] != "" {
			continue
		}
		err := ph.Plan(p.input(at, true, done), probe{})
		if errors.Is(err, errEnough) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("plan %s: %w", ph.Name, err)
		}
	}
	return false, nil
}

// findingsSeen are the findings that a forecast has already, and the users of
// Utilities whom one of them stops.
type findingsSeen struct{ keys, stopped map[string]bool }

// isNew tells whether a finding is told. The same one may show in several phases
// and counts for the first. Whom a conflict stops is not moved in the forecast,
// and that they could not work after it goes without saying.
func (s findingsSeen) isNew(f directory.Finding) bool {
	user := directory.Fold(f.User)
	key := f.Name + " " + string(f.Domain) + " " + user + " " + f.Detail
	if s.keys[key] || f.Name == phase.LockedOutByOn && s.stopped[user] {
		return false
	}
	s.keys[key] = true
	if f.Blocking && f.Domain == directory.Utilities && user != "" {
		s.stopped[user] = true
	}
	return true
}

// add takes findings once each.
func (w *Whole) add(findings []directory.Finding, seen findingsSeen) {
	for _, f := range findings {
		if !seen.isNew(f) {
			continue
		}
		w.Findings = append(w.Findings, f)
		if f.Blocking {
			w.Blocking++
		}
	}
}

// firstBlocked is the first phase, in the procedure's order, with an open
// blocking finding.
func firstBlocked(findings []directory.Finding) string {
	for _, ph := range phase.Procedure {
		for _, f := range findings {
			if f.Blocking && f.Phase == ph.Name {
				return ph.Name
			}
		}
	}
	return ""
}

// verdictChunk is how many verdicts go to the ledger at a time.
const verdictChunk = 5000

// storeVerdicts writes the verdicts at the start to the ledger; only the first
// set of a cutover counts.
func (p Planner) storeVerdicts(ctx context.Context, w reconcile.World) error {
	batch := make(map[string]string, verdictChunk)
	for j, err := range reconcile.Verdicts(w, p.Rules) {
		if err != nil {
			return err
		}
		if batch[j.Person.UserName] = j.Verdict; len(batch) == verdictChunk {
			if err := p.Ledger.PutVerdicts(ctx, p.Cutover, batch); err != nil {
				return err
			}
			clear(batch)
		}
	}
	if err := p.Ledger.PutVerdicts(ctx, p.Cutover, batch); err != nil {
		return err
	}
	return p.Ledger.SealVerdicts(ctx, p.Cutover)
}
