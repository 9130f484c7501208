package rehearse_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/workflows"
)

// covers is what approvals cover: for each key of the journal, when the first
// plan that holds it was approved, and how many approved changes there are of it.
type covers struct {
	since map[string]time.Time
	times map[string]int
}

// covered reads from the ledger what the decisions on this cutover cover. What
// ends a cutover needs no gate: tidy takes away nothing but cutover's own.
func (m *many) covered(t *testing.T, name string) covers {
	t.Helper()
	out := covers{map[string]time.Time{}, map[string]int{}}
	require.NoError(t, m.covers(t.Context(), name, out))
	return out
}

// covers adds what the decisions on a cutover cover.
func (m *many) covers(ctx context.Context, name string, out covers) error {
	decisions, err := m.ledger.Decisions(ctx, name)
	if err != nil {
		return err
	}
	all, err := m.ledger.Plans(ctx, name)
	if err != nil {
		return err
	}
	for _, p := range all {
		i := slices.IndexFunc(decisions, func(d ledger.Decision) bool {
			return d.Verb == workflows.VerbApprove && d.Phase == p.Phase && d.Hash == p.Hash
		})
		at := p.CreatedAt
		switch {
		case p.Forecast || i < 0 && p.Phase != "tidy":
			continue
		case i >= 0:
			at = decisions[i].At
		}
		for c, err := range m.ledger.Changes(ctx, p.ID) {
			if err != nil {
				return err
			}
			key := journalKey(c)
			if was, known := out.since[key]; !known || at.Before(was) {
				out.since[key] = at
			}
			out.times[key]++
		}
	}
	return nil
}

// journalKey is a change as the journal tells it. Settings count by domain: one
// of ours may take a rule, its condition and its place in the policy.
func journalKey(c directory.Change) string {
	domain := string(c.Domain)
	if c.Via != "" {
		domain = c.Via
	}
	switch c.Kind {
	case directory.CreateUser:
		return domain + " user:" + directory.Fold(c.After["userName"])
	case directory.UpdateUser, directory.DeleteUser, directory.InviteUser:
		return domain + " user:" + directory.Fold(c.User)
	case directory.AddMember, directory.RemoveMember:
		return domain + " member:" + directory.Fold(c.Target+"/"+c.User)
	case directory.AddGrant, directory.RevokeGrant:
		return domain + " grant:" + directory.Fold(c.Target+"/"+c.User)
	}
	return domain + " setting"
}

// uncovered are the lines of the journal that no approval covers.
func (c covers) uncovered(lines []line) (out []string) {
	done := map[string]int{}
	for _, l := range lines {
		for _, k := range l.Keys {
			kind, of, _ := strings.Cut(k, ":")
			switch {
			case strings.HasPrefix(of, "Oracle Identity Cloud Service/"): // a right of our own sync client
				k = l.Domain + " setting"
			case kind == "user", kind == "member", kind == "grant":
				k = l.Domain + " " + kind + ":" + directory.Fold(of)
			default:
				k = l.Domain + " setting"
			}
			since, known := c.since[k]
			switch {
			case !known:
				out = append(out, fmt.Sprintf("%s %s %v: no approved plan holds it", l.Method, l.Path, l.Keys))
			case l.Time.Before(since):
				out = append(out, fmt.Sprintf("%s %s %v: before its approval", l.Method, l.Path, l.Keys))
			}
			if l.Status < 300 {
				done[k]++
			}
		}
	}
	for k, n := range done {
		if most := c.times[k]; n > most && !strings.HasSuffix(k, " setting") {
			out = append(out, fmt.Sprintf("%s was done %d times, and approved %d times", k, n, most))
		}
	}
	return out
}

// saboteurs is how many seeds are tried; CUTOVER_SABOTEURS asks for more.
func saboteurs() int {
	if n, err := strconv.Atoi(os.Getenv("CUTOVER_SABOTEURS")); err == nil && n > 0 {
		return n
	}
	return 8
}

func TestWhateverSomebodyElseDoesInBetweenEveryOperationWasApproved(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	m := newMany(t)
	undisturbed, err := m.hold(t.Context(), "undisturbed", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, undisturbed.outcome, strings.Join(undisturbed.said, "\n"))
	require.Empty(t, m.covered(t, "undisturbed").uncovered(undisturbed.lines))
	require.NotEmpty(t, covers{}.uncovered(undisturbed.lines), "without an approval nothing is covered")

	n := saboteurs()
	results, did := make([]held, n), make([]*somebody, n)
	side, ctx := errgroup.WithContext(t.Context())
	side.SetLimit(8) // two cores hold no more
	for i := range n {
		random := rand.New(rand.NewPCG(uint64(i+1), 4))
		did[i] = &somebody{does: func(ctx context.Context, s *somebody, _ workflows.Gate, _ bool) error {
			if random.IntN(3) > 0 {
				return nil
			}
			return s.meddles(ctx, random)
		}}
		side.Go(func() (err error) {
			if results[i], err = m.hold(ctx, fmt.Sprintf("seed-%d", i+1), "", did[i]); err != nil {
				return fmt.Errorf("seed %d: %w", i+1, err)
			}
			return nil
		})
	}
	require.NoError(t, side.Wait())
	for i, h := range results {
		name := fmt.Sprintf("seed-%d", i+1)
		t.Run(name, func(t *testing.T) {
			t.Logf("%s at %q after %s: %s", h.outcome, h.at, strings.Join(did[i].did, "; "), strings.Join(h.said, "\n"))
			require.NotEmpty(t, did[i].did)
			require.Empty(t, m.covered(t, name).uncovered(h.lines))
			if h.outcome != workflows.OutcomeCompleted {
				require.NotEmpty(t, h.said, "it says why")
			}
		})
	}
}

func TestWithJoinersInEveryPhaseTheCutoverStillCompletes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	m := newMany(t)
	var joined []string
	hr := &somebody{}
	hr.does = func(ctx context.Context, s *somebody, g workflows.Gate, decided bool) error {
		// One in every phase, alternately between plan and approval and between
		// approval and apply.
		if len(joined)%2 == 0 == decided || slices.ContainsFunc(joined, func(n string) bool { return strings.HasPrefix(n, "at."+g.Phase) }) {
			return nil
		}
		name := "at." + g.Phase + "@example.com"
		joined = append(joined, name)
		return s.joins(ctx, name)
	}
	h, err := m.hold(t.Context(), "joiners", "", hr)
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, strings.Join(h.said, "\n"))
	require.GreaterOrEqual(t, len(joined), 8, "%v", joined)
	require.Empty(t, m.covered(t, "joiners").uncovered(h.lines))
}

func TestWhoWouldBeLockedOutSinceThePlanWasMadeStopsTheSwitch(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	m := newMany(t)
	t.Run("where people sign in by the corporate identity provider", func(t *testing.T) { m.stopsTheSwitch(t, "late", false) })
	// Somebody new besides, who is still to be invited, must not hide them.
	m.estate, m.act = invited(t, m.estate, time.Now().Add(-time.Minute)), time.Millisecond
	m.decide = untilTheyAct
	t.Run("where people are invited", func(t *testing.T) { m.stopsTheSwitch(t, "late-invited", true) })
}

// stopsTheSwitch holds a cutover in which somebody at work loses their way into
// Fusion while the plan of the switch waits for its approval.
func (m *many) stopsTheSwitch(t *testing.T, name string, joiner bool) {
	t.Helper()
	var gone string
	late := &somebody{does: func(ctx context.Context, s *somebody, g workflows.Gate, decided bool) error {
		const changesOfTheSwitch = 2
		if g.Phase != "sso-on" || g.Kind != workflows.GateApprove || g.Changes != changesOfTheSwitch || decided || gone != "" {
			return nil
		}
		if joiner {
			if err := s.joins(ctx, "new.joiner@example.com"); err != nil {
				return err
			}
			if err := s.do(ctx, directory.Change{Domain: directory.Utilities, Kind: directory.CreateUser, User: "new.joiner@example.com",
				After: directory.Attributes{"userName": "new.joiner@example.com", "familyName": "Joiner", "email": "new.joiner@example.com", "active": "true"}}); err != nil {
				return err
			}
		}
		var err error
		if gone, err = s.oneAtWork(ctx); err != nil || gone == "" {
			return err
		}
		return s.do(ctx, directory.Change{Domain: directory.Fusion, Kind: directory.UpdateUser, User: gone, After: directory.Attributes{"active": "false"}})
	}}
	h, err := m.hold(t.Context(), name, "", late)
	require.NoError(t, err)
	require.NotEmpty(t, gone, "somebody works in both domains")
	require.Equal(t, workflows.OutcomeStopped, h.outcome)
	require.Equal(t, "sso-on", h.at)
	require.Contains(t, strings.Join(h.said, "\n"), "nobody-locked-out")
	require.NotContains(t, strings.Join(h.said, "\n"), gone, "history names nobody")
	seen, err := m.ledger.SignIns(t.Context(), name)
	require.NoError(t, err)
	last := seen[len(seen)-1]
	require.Equal(t, []string{"nobody-locked-out", "failed"}, []string{last.Kind, last.Outcome}, "nothing was tried after it")
}
