package rehearse_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates/estatetest"
	"cutover/internal/ledger"
	"cutover/internal/simulator"
	"cutover/workflows"
)

// instead changes words of a configuration.
func instead(old, now string) func(name, file string) error {
	return func(_, file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(file, []byte(strings.Replace(string(text), old, now, 1)), 0o600)
	}
}

func TestPeopleComeIntoTheFusionDomainItself(t *testing.T) {
	m := newMany(t)
	m.estate = estate(t, "clean")
	m.config = instead("through: fusion-applications", "through: fusion-domain")
	m.then = func(ctx context.Context, cut ledger.Cutover, sim *simulator.Simulator) error {
		if err := sim.Settled(ctx); err != nil {
			return err
		}
		dir := t.TempDir()
		if err := sim.Dump(dir); err != nil {
			return err
		}
		estatetest.Final(t, m.estate, os.DirFS(dir))
		return nil
	}
	h, err := m.hold(t.Context(), "into-the-domain", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	accounts := 0
	for _, l := range h.lines {
		if l.Domain == "fusion-applications" && l.Method == "POST" && strings.HasSuffix(l.Path, "/Users") {
			accounts += len(l.Keys)
		}
	}
	require.Equal(t, 1, accounts, "only the test user has an account in Fusion Applications that was not there before")
}

func TestACutoverIsCarriedOutWhereRequestsAreSigned(t *testing.T) {
	m := newMany(t)
	m.signed = []directory.Domain{directory.Utilities}
	users := map[string]int{}
	m.then = func(_ context.Context, _ ledger.Cutover, sim *simulator.Simulator) error {
		k, err := sim.APIKey(directory.Utilities)
		users[k.User]++
		return err
	}
	h, err := m.hold(t.Context(), "signed", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	wrote := 0
	for _, l := range h.lines {
		if l.Domain == string(directory.Utilities) {
			require.Contains(t, users, l.Client, "whoever wrote there signed it")
			wrote++
		}
	}
	require.NotZero(t, wrote)
}
