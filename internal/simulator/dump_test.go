package simulator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func dumped(t *testing.T, w *world) map[directory.Domain]map[string][]m {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dump")
	require.NoError(t, w.Dump(dir))
	all := map[directory.Domain]map[string][]m{}
	for _, d := range directory.Domains {
		b, err := os.ReadFile(filepath.Join(dir, string(d)+".json"))
		require.NoError(t, err)
		var o map[string][]m
		require.NoError(t, json.Unmarshal(b, &o))
		all[d] = o
	}
	return all
}

func TestADumpRightAfterLoadingIsTheEstate(t *testing.T) {
	for _, name := range []string{"clean", "messy", "resolved"} {
		w := start(t, name, simulator.Options{})
		for d, got := range dumped(t, w) {
			b, err := readEstate(t, name, string(d)+".json")
			require.NoError(t, err)
			var want map[string][]m
			require.NoError(t, json.Unmarshal(b, &want))
			require.Equal(t, want, got, "%s %s", name, d)
		}
	}
}

func TestADumpShowsNewResourcesAsTheEstateShowsOldOnesAndNoSecret(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	u := newUser("ada")
	u["password"] = "Secret-word-1"
	u[userExt] = m{"bypassNotification": true}
	ada := w.create(directory.CXIF, "Users", u)
	w.create(directory.CXIF, "Groups", m{"displayName": "Testers", "members": []any{member(ada)}})
	app := w.admin(directory.CXIF, "POST", "/Apps", oauthClient())
	got := dumped(t, w)[directory.CXIF]
	last := got["Users"][len(got["Users"])-1]
	require.Equal(t, "ada", last["userName"])
	require.Equal(t, m{"isFederatedUser": false, "status": "verified"}, last[userExt])
	require.Equal(t, []any{m{"value": ada, "type": "User", "name": "ada", "display": "Ada Byron"}}, got["Groups"][0]["members"])
	raw, err := json.Marshal(got)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "Secret-word-1")
	require.NotContains(t, string(raw), "clientSecret")
	require.NotContains(t, string(raw), app.text("clientSecret"))
	require.Contains(t, string(raw), app.text("name"), "the client id is no secret")
}

func TestADumpIsAnEstate(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	w.create(directory.CXIF, "Users", newUser("ada"))
	w.create(directory.CXIF, "Rules", rule("R", "[]", "[]", nil))
	dir := filepath.Join(t.TempDir(), "dump")
	require.NoError(t, w.Dump(dir))
	again, err := simulator.Start(t.Context(), simulator.Options{Estate: os.DirFS(dir)})
	require.NoError(t, err)
	second := filepath.Join(t.TempDir(), "dump")
	require.NoError(t, again.Dump(second))
	require.NoError(t, again.Close())
	for _, d := range directory.Domains {
		a, err := os.ReadFile(filepath.Join(dir, string(d)+".json"))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(second, string(d)+".json"))
		require.NoError(t, err)
		require.Equal(t, string(a), string(b))
	}
}
