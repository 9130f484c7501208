package rehearse_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"golang.org/x/sync/errgroup"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/rehearse"
	"cutover/internal/report"
	"cutover/internal/simulator"
	"cutover/workflows"
)

// TestStorms rehearses under weathers that are mixed by seed. CUTOVER_STORMS says
// how many, CUTOVER_SEED which seed is the first, CUTOVER_BESIDE how many run
// beside each other.
func TestStorms(t *testing.T) {
	t.Parallel() // most of it is waiting
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	n, first, beside := number("CUTOVER_STORMS", 10), number("CUTOVER_SEED", 1), number("CUTOVER_BESIDE", 8)
	m := newMany(t)
	withInvitations := invited(t, m.estate, time.Now().Add(-time.Minute))
	results := make([]stormy, n)
	var side errgroup.Group
	side.SetLimit(beside)
	for i := range n {
		seed := uint64(first + i)
		s := stormOf(seed)
		side.Go(func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
			defer cancel()
			in := *m
			if s.invited != "" {
				in.estate = withInvitations
			}
			if in.estate, results[i].err = ofItsOwn(in.estate, seed); results[i].err != nil {
				return nil
			}
			results[i] = in.weather(ctx, fmt.Sprintf("storm-%d", seed), seed, s)
			t.Logf("seed %d (%s): %s %v %q", seed, s, strings.Join(results[i].story, "; "), results[i].err, results[i].wrong)
			return nil
		})
	}
	_ = side.Wait() // each says for itself what went wrong
	struck := map[string]int{}
	for i, r := range results {
		seed := uint64(first + i)
		for kind, n := range r.struck {
			struck[kind] += n
		}
		t.Run(fmt.Sprintf("seed-%d", seed), func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("to see it again: %s", reproduced(seed))
				}
			}()
			require.NoError(t, r.err)
			require.Empty(t, r.wrong)
		})
	}
	t.Logf("what struck: %v", struck)
}

func number(variable string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return usual
}

// stormy is what became of a rehearsal in a storm.
type stormy struct {
	story  []string // how it went
	wrong  []string // what must not be
	struck map[string]int
	open   int       // people for whom the switch waits
	shut   time.Time // since when the switch has waited for people to act
	byHand int       // invitations that an administrator sent
	err    error
}

func (r *stormy) tell(format string, args ...any) {
	r.story = append(r.story, fmt.Sprintf(format, args...))
}
func (r *stormy) blame(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// watcher looks at every moment whether somebody is locked out.
type watcher struct {
	mu     sync.Mutex
	could  map[string]bool // who could sign in at the beginning
	locked map[string]bool
}

func (w *watcher) look(sim *simulator.Simulator) {
	w.mu.Lock()
	defer w.mu.Unlock()
	can := sim.CanSignIn()
	if w.could == nil {
		w.could = can
		return
	}
	for name, now := range can {
		if w.could[name] && !now {
			w.locked[name] = true
		}
	}
}

// weather holds one cutover in a storm, and what comes after it once it has cleared.
func (m *many) weather(ctx context.Context, name string, seed uint64, s storm) (r stormy) {
	began := time.Now()
	dir := filepath.Join(m.dir, name)
	if r.err = os.MkdirAll(dir, 0o700); r.err != nil {
		return r
	}
	journal, file := filepath.Join(dir, "journal.jsonl"), filepath.Join(dir, "cutover.yaml")
	watch := &watcher{locked: map[string]bool{}}
	sim, err := simulator.Start(ctx, simulator.Options{Estate: m.estate, Tier: "none", CopyDelay: 20e6, Seed: seed, Journal: journal,
		ActAfter: time.Second, Weather: s.weather, Changed: watch.look, Engine: s.engine, NativeSync: scoped})
	if err != nil {
		r.err = err
		return r
	}
	defer sim.Close()
	watch.look(sim)
	if r.err = sim.WriteConfig(file); r.err != nil {
		return r
	}
	end, err := m.through(ctx, name, file, func(st workflows.Status) *workflows.Decision {
		return r.decide(st, s, sim, func() error { return m.invitesByHand(ctx, &r, name, sim) })
	})
	if r.err = errors.Join(r.err, err); r.err != nil {
		return r
	}
	r.tell("%s after %.0f s", end.Outcome, time.Since(began).Seconds())
	names := []string{name}
	r.struck = sim.Struck()
	if end.Outcome != workflows.OutcomeCompleted {
		r.tell("at %s: %s", end.Phase, end.Reason)
		if r.err = sim.SetWeather(simulator.Weather{}); r.err != nil {
			return r
		}
		names = append(names, name+"-after")
		end, err = m.through(ctx, name+"-after", file, untilAllAct(30*time.Second))
		if r.err = err; err != nil {
			return r
		}
		r.tell("then %s after %.0f s", end.Outcome, time.Since(began).Seconds())
	}
	if end.Outcome != workflows.OutcomeCompleted {
		r.blame("after the weather had cleared it did not complete: %s at %s: %s %q", end.Outcome, end.Phase, end.Reason, m.open(ctx, names[len(names)-1], end.Phase))
	}
	var h held
	if r.err = h.read(journal); r.err != nil {
		return r
	}
	for who := range watch.locked {
		r.blame("%s was locked out", who)
	}
	r.err = m.holds(ctx, &r, names, h, sim)
	return r
}

// untilAllAct decides as a rehearsal does, and reads again while people have not
// acted, for so long after the last one did.
func untilAllAct(patience time.Duration) func(workflows.Status) *workflows.Decision {
	var since time.Time
	open := 0
	return func(s workflows.Status) *workflows.Decision {
		d := untilTheyAct(s)
		if d.Verb == workflows.VerbResume && open != s.Gate.Findings {
			since, open = time.Now(), s.Gate.Findings
		}
		if d.Verb == workflows.VerbResume && time.Since(since) > patience {
			return rehearse.Automatic(s)
		}
		return d
	}
}

// invitesByHand is an administrator, who invites those of whom cutover does not
// know whether their invitation was sent: it never sends a second one.
func (m *many) invitesByHand(ctx context.Context, r *stormy, name string, sim *simulator.Simulator) error {
	sent, err := m.ledger.Invitations(ctx, name)
	if err != nil {
		return err
	}
	admin := &somebody{}
	if err := admin.enter(sim); err != nil {
		return err
	}
	for _, i := range sent {
		if i.Sure {
			continue
		}
		if err := admin.do(ctx, directory.Change{Domain: directory.Fusion, Kind: directory.InviteUser, User: i.User}); err != nil {
			return err
		}
	}
	r.byHand = len(admin.did)
	return nil
}

// ofItsOwn is an estate whose people have ids of their own in Fusion: all worlds of
// a test share one ledger, and it knows by them whom it has invited.
func ofItsOwn(in fs.FS, seed uint64) (fs.FS, error) {
	out := fstest.MapFS{}
	for _, name := range []string{"fusion.json", "utilities.json", "cxif.json", "cutover.json"} {
		body, err := fs.ReadFile(in, name)
		if err != nil {
			return nil, err
		}
		if name == "fusion.json" {
			var o struct{ Users []struct{ ID string } }
			if err := json.Unmarshal(body, &o); err != nil {
				return nil, err
			}
			var ids []string
			for _, u := range o.Users {
				ids = append(ids, u.ID, fmt.Sprintf("%s%08x", u.ID[:len(u.ID)-8], uint32(seed)^crc32.ChecksumIEEE([]byte(u.ID))))
			}
			body = []byte(strings.NewReplacer(ids...).Replace(string(body)))
		}
		out[name] = &fstest.MapFile{Data: body}
	}
	return out, nil
}

// open is what keeps a cutover from going on, by the ledger.
func (m *many) open(ctx context.Context, name, phase string) (said []string) {
	o, err := report.BuildOpen(ctx, m.ledger, name, phase)
	if err != nil {
		return []string{err.Error()}
	}
	for _, f := range o.Findings {
		said = append(said, fmt.Sprint(f))
	}
	return said
}

// decide decides at a gate, and holds a stop against what the storm may do.
func (r *stormy) decide(st workflows.Status, s storm, sim *simulator.Simulator, byHand func() error) *workflows.Decision {
	d := rehearse.Automatic(st)
	g := st.Gate
	if g.Kind != workflows.GateStopped && g.Kind != workflows.GateFindings && g.Kind != workflows.GateLimit {
		return d
	}
	waits := s.invited != "" && g.Phase == "sso-on" && (g.Kind == workflows.GateFindings || strings.Contains(g.Question, "nobody-locked-out"))
	if waits && (r.shut.IsZero() || r.open != g.Findings) {
		r.shut, r.open = time.Now(), g.Findings // somebody has acted
	}
	switch {
	case waits && time.Since(r.shut) < 15*time.Second:
		d.Verb = workflows.VerbResume
		return d
	case waits && s.mayLoseAnswers() && r.byHand == 0:
		// An invitation whose answer was lost is not sent twice, so somebody may
		// never have got one: an administrator invites them.
		r.tell("%s, and time does not help", g.Question)
		if r.err = byHand(); r.err == nil && r.byHand > 0 {
			r.shut, d.Verb = time.Now(), workflows.VerbResume
			return d
		}
	}
	r.tell("%s at %s: %s", g.Kind, g.Phase, g.Question)
	if s.stops == nil || !s.stops.MatchString(g.Phase+": "+g.Question) {
		r.blame("it stopped at %s, and had no reason to: %s", g.Phase, g.Question)
	}
	// Once single sign-on is half on, a cutover is resumed: another one would begin
	// with taking it away from those who work by it.
	if (!s.ends || g.Phase == "sso-on") && g.Kind != workflows.GateLimit {
		_ = sim.SetWeather(simulator.Weather{}) // it is calm, which is a weather
		d.Verb = workflows.VerbResume
	}
	return d
}

// through starts a cutover and follows it to its end.
func (m *many) through(ctx context.Context, name, file string, decide func(workflows.Status) *workflows.Decision) (workflows.Result, error) {
	var none workflows.Result
	f, err := config.Load(file)
	if err != nil {
		return none, err
	}
	if err := m.ledger.PutConfiguration(ctx, f.Hash, f.Canonical); err != nil {
		return none, err
	}
	cut := ledger.Cutover{Name: name, ConfigHash: f.Hash, StartedBy: "test", StartedAt: time.Now(), Run: 1}
	if err := m.ledger.PutCutover(ctx, cut); err != nil {
		return none, err
	}
	if _, err := follow.Start(ctx, m.client, workflows.Input{Name: name, Key: cut.Key(), ConfigHash: f.Hash}); err != nil {
		return none, err
	}
	answered := ""
	each := func(s workflows.Status) error {
		if s.Gate == nil {
			return nil
		}
		key := fmt.Sprint(s.Gate.Phase, s.Gate.Kind, s.Gate.Hash, s.Gate.Since)
		if key == answered {
			return nil
		}
		d := decide(s)
		for {
			_, err := follow.Decide(ctx, m.client, name, *d)
			if _, refused := follow.Refusal(err); err == nil || refused {
				answered = key
				return nil
			} else if !overloaded(ctx, err) {
				return err
			}
		}
	}
	result, err := follow.Watch(ctx, m.client, name, each)
	for overloaded(ctx, err) {
		result, err = follow.Watch(ctx, m.client, name, each)
	}
	if err != nil && ctx.Err() != nil {
		return none, fmt.Errorf("it did not end: %w", err)
	}
	return result, err
}

// overloaded tells whether Temporal gave no answer in time, with so many cutovers
// at once on a small machine: it is asked again.
func overloaded(ctx context.Context, err error) bool {
	var busy *follow.NoAnswerError
	var none *follow.NoWorkerError
	var canceled *serviceerror.Canceled
	var late *serviceerror.DeadlineExceeded
	return ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.As(err, &busy) || errors.As(err, &none) ||
		errors.As(err, &canceled) || errors.As(err, &late))
}

// holds holds what the ledger says of the cutovers of one world against what was
// done there.
func (m *many) holds(ctx context.Context, r *stormy, names []string, h held, sim *simulator.Simulator) error {
	said := map[string]int{}
	c := covers{map[string]time.Time{}, map[string]int{}}
	for _, name := range names {
		if err := m.covers(ctx, name, c); err != nil {
			return err
		}
		plans, err := m.ledger.Plans(ctx, name)
		if err != nil {
			return err
		}
		for _, p := range plans {
			for o, err := range m.ledger.Outcomes(ctx, p.ID) {
				if err != nil {
					return err
				}
				if len(r.wrong) > 0 && (o.State != ledger.StateApplied || o.Attempts > 1) {
					r.tell("%s: plan %d: %s %s %s %s: %s after %d attempts: %s", p.Phase, p.ID, o.Change.Domain, o.Change.Kind, o.Change.User, o.Change.Target, o.State, o.Attempts, o.Detail)
				}
				switch {
				case o.Change.Via == directory.ViaNativeSync && o.Change.Kind != directory.StartSync: // the domain does it, and no client
				case o.State == ledger.StateApplied:
					said[journalKey(o.Change)]++
				case o.State == "claimed":
					r.blame("%s of %s was sent and never recorded", o.Change.Kind, o.Change.User)
				}
			}
		}
	}
	did, others := map[string]int{}, map[string]bool{}
	for _, l := range h.others {
		for _, k := range l.Keys {
			kind, of, _ := strings.Cut(k, ":")
			others[l.Domain+" "+kind+":"+directory.Fold(of)] = true
		}
	}
	invitations := 0
	for _, l := range h.lines {
		if l.Status >= 300 {
			continue
		}
		if strings.Contains(l.Path, "/UserPasswordResetter/") {
			invitations++
		}
		for _, k := range l.Keys {
			kind, of, _ := strings.Cut(k, ":")
			if kind == "user" || kind == "member" || kind == "grant" && !strings.HasPrefix(of, "Oracle Identity Cloud Service/") {
				did[l.Domain+" "+kind+":"+directory.Fold(of)]++
			}
		}
	}
	for k, n := range did {
		if said[k] != n {
			r.blame("%s was done %d times, and %d times by what the ledger says", k, n, said[k])
		}
	}
	for k, n := range said {
		// What somebody else did while an answer of ours was lost looks like our own.
		if did[k] == 0 && !others[k] && !strings.HasSuffix(k, " setting") {
			r.blame("%s was done %d times by what the ledger says, and never in truth", k, n)
		}
	}
	for _, u := range c.uncovered(h.lines) {
		r.blame("not approved: %s", u)
	}
	for _, d := range directory.Domains {
		if mails := len(sim.Mails(d)); d == directory.Fusion && mails != invitations+r.byHand || d != directory.Fusion && mails != 0 {
			r.blame("%d mails went out from %s, and %d invitations", mails, d, invitations+r.byHand)
		}
	}
	return nil
}
