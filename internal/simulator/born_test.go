package simulator_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/estates/estatetest"
	"cutover/internal/simulator"
)

func TestADomainIsBornWithASignOnPolicyThatOraclesScriptResets(t *testing.T) {
	w := start(t, "clean", simulator.Options{Born: true})
	listed := w.sent(at, "GET", `/admin/v1/Policies?filter=name eq "Default Sign-On Policy"`, nil)
	require.Len(t, listed.resources(), 1)
	dir := t.TempDir()
	require.NoError(t, w.Dump(dir))
	estatetest.Unchanged(t, estate(t, "clean"), os.DirFS(dir))

	w.resetSignOn()
	require.NoError(t, w.Dump(dir))
	body, err := os.ReadFile(filepath.Join(dir, string(at)+".json"))
	require.NoError(t, err)
	require.Contains(t, string(body), "Default Sign on Policy for Tenant", "what was changed is dumped")
}

func TestPeopleSignInUnderThePolicyThatADomainIsBornWith(t *testing.T) {
	w := start(t, "clean", simulator.Options{Born: true})
	without := start(t, "clean", simulator.Options{})
	require.Equal(t, without.CanSignIn(), w.CanSignIn())
}
