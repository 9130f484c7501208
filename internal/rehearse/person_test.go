package rehearse_test

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"cutover/internal/fleet"
	"cutover/internal/phase"
	"cutover/internal/rehearse"
	"cutover/internal/signin"
	"cutover/workflows"
)

// provedBy writes who proves the sign-ins of a configuration.
func provedBy(words string) func(name, file string) error {
	return instead("prover: robot", words+"\n  signInPoll: 50ms")
}

// signsIn does what a person is asked for, with a robot's hands: in a fresh
// session, as the user whom the question means.
func (m *many) signsIn(ctx context.Context, s workflows.Status) error {
	return m.signsInBy(ctx, s, "robot")
}

func (m *many) signsInBy(ctx context.Context, s workflows.Status, prover string) error {
	e, err := m.estateOf(ctx, s)
	if err != nil {
		return err
	}
	e.Config.SSO.Prover = prover
	proof := phase.TestUserBySSO
	if strings.Contains(s.Asks, "emergency administrator") {
		proof = phase.EmergencyLocal
	}
	seen, err := fleet.Provers{}.Prove(ctx, e, proof)
	if err == nil && seen.Outcome != signin.OK {
		err = fmt.Errorf("%s: %s", proof, seen.Reason)
	}
	return err
}

// onlyToFusion signs the test user in to Fusion, and never goes to Utilities.
func (m *many) onlyToFusion(ctx context.Context, s workflows.Status) error {
	e, err := m.estateOf(ctx, s)
	if err != nil {
		return err
	}
	u := e.Config.SSO.TestUser
	result := signin.Robot{}.SignIn(ctx, signin.Request{
		StartURL: e.Config.Fusion.URL + "/ui/v1/signin", ConsolePath: "/ui/v1/myconsole", By: signin.ByLocal, UserName: u.UserName,
		Hosts:    []string{strings.TrimPrefix(e.Config.Fusion.URL, "http://")},
		Password: func(ctx context.Context) (string, error) { return e.Secrets.Read(ctx, u.Password) },
	})
	if result.Outcome != signin.OK {
		return fmt.Errorf("in Fusion: %s", result.Reason)
	}
	return nil
}

func TestAPersonSignsInAndTheDomainsOwnRecordsProveIt(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.config = provedBy("prover: person\n  signInWithin: 4s")
	asked := map[string]int{}
	m.asks = func(ctx context.Context, name string, s workflows.Status) error {
		asked[name+" "+s.Phase]++
		require.Contains(t, s.Asks, "/ui/v1/signin in a fresh private window")
		require.NotContains(t, s.Asks, "cutover.test", "a name of a user would be in the history")
		require.Equal(t, "waiting", s.State)
		switch n := asked[name+" "+s.Phase]; {
		case s.Phase == "sso-test" && n == 1:
			return nil // nobody comes
		case s.Phase == "sso-test" && n == 2:
			return m.onlyToFusion(ctx, s)
		}
		return m.signsIn(ctx, s)
	}
	questions := ""
	m.decide = func(s workflows.Status) *workflows.Decision {
		questions += s.Gate.Question + "\n"
		if s.Gate.Kind == workflows.GateStopped {
			return &workflows.Decision{ID: fmt.Sprint(s.Gate.Since), Verb: workflows.VerbResume, Phase: s.Gate.Phase, Hash: s.Gate.Hash, By: "test"}
		}
		return rehearse.Automatic(s)
	}
	h, err := m.hold(t.Context(), "by-a-person", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	require.Contains(t, strings.Join(h.said, "\n"), "Nobody signed in in time")
	require.Contains(t, strings.Join(h.said, "\n"), "Fusion says that the user signed in, and Utilities does not")
	require.Contains(t, questions, "(Seen by: a person and the domains' own record")

	proofs, err := m.ledger.SignIns(t.Context(), "by-a-person")
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, p := range proofs {
		if p.Prover != "fresh reads" && p.Prover != "cutover" {
			require.Equal(t, "a person and the domains' own record", p.Prover)
		}
		kinds[p.Kind+" "+p.Outcome]++
	}
	require.Equal(t, 2, kinds["test-user-sso failed"])
	require.GreaterOrEqual(t, kinds["test-user-sso ok"], 2)
	require.GreaterOrEqual(t, kinds["emergency-local ok"], 1)
	require.Equal(t, 2, kinds["front-rule-redirect told"], "the rule in front makes the page ask for the user name: %v", kinds)
}

// Where pages are scripts, a robot leaves the sign-in to a person, and a browser
// does not.
func TestWherePagesAreScriptsABrowserProvesOrAPerson(t *testing.T) {
	t.Parallel() // most of it is waiting
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("no Chromium is installed")
	}
	m := newMany(t)
	asked := 0
	m.asks = func(ctx context.Context, name string, s workflows.Status) error {
		require.Equal(t, "scripts-robot", name)
		require.Contains(t, s.Asks, "unknown page: no form to sign in with and no way on; so a person has to: open ")
		asked++
		return m.signsInBy(ctx, s, "browser")
	}
	m.config = func(name, file string) error {
		return provedBy("prover: "+strings.TrimPrefix(name, "scripts-"))(name, file)
	}
	var all errgroup.Group
	for _, name := range []string{"scripts-browser", "scripts-robot"} {
		all.Go(func() error {
			h, err := m.hold(t.Context(), name, "script-pages")
			if err == nil && h.outcome != workflows.OutcomeCompleted {
				err = fmt.Errorf("%s: %s %v", name, h.outcome, h.said)
			}
			return err
		})
	}
	require.NoError(t, all.Wait())
	for _, name := range []string{"scripts-browser", "scripts-robot"} {
		proofs, err := m.ledger.SignIns(t.Context(), name)
		require.NoError(t, err)
		by := map[string]int{}
		for _, p := range proofs {
			by[p.Prover+" "+p.Outcome]++
		}
		if name == "scripts-browser" {
			require.GreaterOrEqual(t, by["browser ok"], 3)
			continue
		}
		require.GreaterOrEqual(t, by["robot unclear"], 3)
		require.Equal(t, by["robot unclear"], by["a person and the domains' own record ok"])
	}
	require.GreaterOrEqual(t, asked, 3)
}
