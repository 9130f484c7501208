// Package story tells what a cutover did about one person, and why, from the
// ledger alone: the verdict at the start, every change by phase with what became
// of it and the approval that covered it, findings, sign-ins; and, of somebody
// about whom nothing was done, why nothing.
package story

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/reconcile"
	"cutover/internal/report"
)

// Story is what there is to tell of one person.
type Story struct {
	Cutover string `json:"cutover"`
	User    string `json:"user"`  // as it was asked
	Known   bool   `json:"known"` // false: nobody of this name; Near may help
	// Near are names that are spelt like it, where nobody bears it.
	Near []string `json:"near,omitempty"`
	// Names are all that this story is about: a rename adds one.
	Names    []string            `json:"names,omitempty"`
	Verdict  string              `json:"verdict,omitempty"`
	Rule     string              `json:"rule,omitempty"` // the rule that gave the verdict, in words
	Places   []Place             `json:"places"`
	Chapters []Chapter           `json:"chapters"`
	Findings []directory.Finding `json:"findings"`
	Said     []string            `json:"said,omitempty"` // what the configuration says of this person
	SignIns  []report.SignIn     `json:"signIns"`
	// Accepted are the losses of access that somebody accepted for this person.
	Accepted []ledger.Acceptance `json:"accepted,omitempty"`
	// Nothing says why nothing was done, where nothing was.
	Nothing []string `json:"nothing,omitempty"`
	Outcome string   `json:"outcome"` // of the cutover
}

// Place is how a domain showed the person when it was last read.
type Place struct {
	Domain directory.Domain  `json:"domain"`
	ReadAt time.Time         `json:"readAt"`
	Person *directory.Person `json:"person,omitempty"` // nil: not there
}

// Chapter is what one plan of a phase had to change.
type Chapter struct {
	Phase  string    `json:"phase"`
	Plan   int64     `json:"plan"`
	Hash   string    `json:"hash"`
	MadeAt time.Time `json:"madeAt"`
	// Approvals are those that covered it. An earlier plan of the phase may have
	// been approved, of which this one holds what was left.
	Approvals []report.Decision `json:"approvals"`
	Events    []Event           `json:"events"`
}

// Event is a change and what became of it.
type Event struct {
	Change     directory.Change `json:"change"`
	State      string           `json:"state"` // planned, claimed, applied, skipped, failed
	Detail     string           `json:"detail,omitempty"`
	ResourceID string           `json:"resourceId,omitempty"`
	RequestID  string           `json:"requestId,omitempty"`
	At         time.Time        `json:"at,omitzero"`
}

// Tell tells the story of a user in a cutover, in its latest run.
func Tell(ctx context.Context, l *ledger.Ledger, cutover, user string) (Story, error) {
	cut, err := l.Cutover(ctx, cutover)
	if err != nil {
		return Story{}, err
	}
	t := &telling{ctx: ctx, ledger: l, key: cut.Key(), story: Story{
		Cutover: cutover, User: user, Places: []Place{}, Chapters: []Chapter{}, Findings: []directory.Finding{}, SignIns: []report.SignIn{}, Outcome: cut.Outcome,
	}}
	if t.story.Outcome == "" {
		t.story.Outcome = "running"
	}
	if err := t.configuration(cut.ConfigHash); err != nil {
		return Story{}, err
	}
	for _, part := range []func() error{t.names, t.verdict, t.places, t.chapters, t.findings, t.signIns, t.accepted} {
		if err := part(); err != nil {
			return Story{}, err
		}
	}
	t.conclude()
	if !t.story.Known {
		t.story.Near, err = t.near()
	}
	return t.story, err
}

type telling struct {
	ctx    context.Context
	ledger *ledger.Ledger
	key    string
	config config.Config
	plans  []ledger.PlanInfo
	story  Story
	about  map[named]bool // whom the story is about, by domain; an empty one is every domain
}

type named struct {
	domain directory.Domain
	key    string
}

func (t *telling) configuration(hash string) error {
	plans, err := t.ledger.Plans(t.ctx, t.key)
	if err != nil {
		return err
	}
	if t.plans = plans; len(plans) > 0 { // a reload brings another
		from, err := t.ledger.PlanOrigin(t.ctx, plans[len(plans)-1].ID)
		if err != nil {
			return err
		}
		if from.ConfigHash != "" {
			hash = from.ConfigHash
		}
	}
	stored, err := t.ledger.Configuration(t.ctx, hash)
	if err != nil {
		return err
	}
	t.config, _, err = config.Decode(stored)
	return err
}

// names follows a person through renames: from the name that was asked on to the
// new one, and back to the old one in the domain that it was borne in.
func (t *telling) names() error {
	t.about = map[named]bool{{"", directory.Fold(t.story.User)}: true}
	t.story.Names = []string{t.story.User}
	renames, err := t.ledger.Renames(t.ctx, t.key)
	for _, r := range renames {
		switch {
		case directory.Equal(r.From, r.To):
		case directory.Equal(r.From, t.story.User):
			t.alias(named{"", directory.Fold(r.To)}, r.To)
		case directory.Equal(r.To, t.story.User):
			t.alias(named{r.Domain, directory.Fold(r.From)}, r.From)
		}
	}
	return err
}

func (t *telling) alias(n named, name string) {
	if !t.about[n] {
		t.about[n] = true
		t.story.Names = append(t.story.Names, name)
	}
}

// concerns tells whether a user of a domain is whom the story is about.
func (t *telling) concerns(d directory.Domain, user string) bool {
	key := directory.Fold(user)
	return user != "" && (t.about[named{"", key}] || t.about[named{d, key}])
}

func (t *telling) verdict() error {
	for v, err := range t.ledger.VerdictsByName(t.ctx, t.key) {
		if err != nil {
			return err
		}
		if t.concerns(directory.Utilities, v.User) {
			t.story.Known, t.story.Verdict, t.story.Rule = true, v.Verdict, rules[v.Verdict]
			return nil
		}
	}
	return nil
}

// places shows the person as the domains were last read.
func (t *telling) places() error {
	had, err := t.ledger.Snapshots(t.ctx, t.key)
	if err != nil {
		return err
	}
	for _, d := range directory.Domains {
		i := lastOf(had, d)
		if i < 0 {
			continue
		}
		place := Place{Domain: d, ReadAt: had[i].TakenAt}
		for _, name := range t.story.Names {
			if !t.concerns(d, name) || place.Person != nil {
				continue
			}
			p, there, err := t.ledger.PersonIn(t.ctx, had[i].ID, name)
			if err != nil {
				return err
			}
			if there {
				place.Person, t.story.Known = &p, true
			}
		}
		t.story.Places = append(t.story.Places, place)
	}
	return nil
}

// lastOf is the last complete read of a domain's people: a read of what does not
// grow with them shows nobody.
func lastOf(had []ledger.Snapshot, d directory.Domain) int {
	for i := len(had) - 1; i >= 0; i-- {
		if had[i].Domain == d && had[i].Complete && had[i].Users > 0 {
			return i
		}
	}
	return -1
}

func (t *telling) chapters() error {
	decided, err := t.ledger.Decisions(t.ctx, t.key)
	if err != nil {
		return err
	}
	for i, p := range t.plans {
		had, err := t.ledger.OutcomesOf(t.ctx, p.ID, t.story.Names)
		if err != nil {
			return err
		}
		c := Chapter{Phase: p.Phase, Plan: p.ID, Hash: p.Hash, MadeAt: p.CreatedAt, Approvals: []report.Decision{}}
		for _, o := range had {
			if t.concerns(o.Change.Domain, o.Change.User) {
				c.Events = append(c.Events, Event{o.Change, o.State, o.Detail, o.ResourceID, o.RequestID, o.RecordedAt})
			}
		}
		if len(c.Events) == 0 {
			continue
		}
		if c.Approvals, err = t.approvals(decided, t.plans[:i+1], c.Events); err != nil {
			return err
		}
		t.story.Known = true
		t.story.Chapters = append(t.story.Chapters, c)
	}
	return nil
}

// approvals are the decisions that cover the changes: of this plan, the last of
// made, or of an earlier one of the phase that held the same changes.
func (t *telling) approvals(decided []ledger.Decision, made []ledger.PlanInfo, events []Event) ([]report.Decision, error) {
	out := []report.Decision{}
	phase := made[len(made)-1].Phase
	for i, p := range slices.Backward(made) {
		if p.Phase != phase {
			continue
		}
		if i < len(made)-1 {
			same, err := t.holds(p, events)
			if err != nil || !same {
				return out, err
			}
		}
		for _, d := range decided {
			if d.Verb == "approve" && d.Phase == phase && d.Hash != "" && len(p.Hash) >= len(d.Hash) && p.Hash[:len(d.Hash)] == d.Hash {
				out = append(out, report.Decision{Phase: d.Phase, Verb: d.Verb, Hash: p.Hash, By: d.By, Automatic: d.Automatic, Note: d.Note, At: d.At})
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out, nil
}

// holds tells whether a plan held all of these changes.
func (t *telling) holds(p ledger.PlanInfo, events []Event) (bool, error) {
	had, err := t.ledger.OutcomesOf(t.ctx, p.ID, t.story.Names)
	for _, e := range events {
		if !slices.ContainsFunc(had, func(o ledger.Outcome) bool { return o.Change.Key() == e.Change.Key() }) {
			return false, err
		}
	}
	return true, err
}

// findings are those of the forecast and of every plan, once each.
func (t *telling) findings() error {
	var all []directory.Finding
	var whole forecast.Whole
	if b, found, err := t.ledger.Value(t.ctx, t.key, report.ValueForecast); err != nil {
		return err
	} else if found {
		if err := json.Unmarshal(b, &whole); err != nil {
			return err
		}
	}
	all = append(all, whole.Findings...)
	for _, p := range t.plans {
		if p.Findings == 0 {
			continue
		}
		some, err := t.ledger.Findings(t.ctx, p.ID)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	seen := map[string]bool{}
	for _, f := range all {
		key := f.Name + "\x00" + string(f.Domain) + "\x00" + f.User + "\x00" + f.Detail
		if !seen[key] && (t.concerns(f.Domain, f.User) || slices.ContainsFunc(strings.Split(f.Other, ", "), func(o string) bool { return t.concerns(f.Domain, o) })) {
			seen[key] = true
			t.story.Known = true
			t.story.Findings = append(t.story.Findings, f)
		}
	}
	return nil
}

func (t *telling) signIns() error {
	had, err := t.ledger.SignIns(t.ctx, t.key)
	for _, s := range had {
		if t.concerns(directory.Utilities, s.User) {
			t.story.Known = true
			t.story.SignIns = append(t.story.SignIns, report.SignIn{Phase: s.Phase, User: s.User, Prover: s.Prover, Proof: s.Kind, Outcome: s.Outcome, Reason: s.Reason, At: s.At})
		}
	}
	return err
}

func (t *telling) accepted() error {
	had, err := t.ledger.Acceptances(t.ctx, t.key)
	for _, a := range had {
		if t.concerns(directory.Utilities, a.User) {
			t.story.Known = true
			t.story.Accepted = append(t.story.Accepted, a)
		}
	}
	return err
}

// exclusion is whom the configuration leaves alone in a target.
func (t *telling) exclusion(d directory.Domain) reconcile.Exclusion {
	if d == directory.CXIF {
		return reconcile.Exclusion(t.config.Exclude.CXIF)
	}
	return reconcile.Exclusion(t.config.Exclude.Utilities)
}
