package simulator_test

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestAWorldThatCannotBeIsRefusedBeforeAnythingIsServed(t *testing.T) {
	broken := func(users, groups string) fs.FS {
		file := &fstest.MapFile{Data: []byte(`{"Users":[` + users + `],"Groups":[` + groups + `]}`)}
		return fstest.MapFS{"fusion.json": file, "utilities.json": file, "cxif.json": file}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	for what, c := range map[string]struct {
		options simulator.Options
		says    string
	}{
		"an unknown tier":      {simulator.Options{Tier: "gold"}, "apps, apps-premium"},
		"an unknown fault":     {simulator.Options{Fault: "rain"}, "wrong-saml-certificate"},
		"no estate":            {simulator.Options{Estate: fstest.MapFS{}}, "fusion.json"},
		"a taken port":         {simulator.Options{Port: port}, strconv.Itoa(port)},
		"an impossible port":   {simulator.Options{Port: 65535}, "65536"},
		"a journal nowhere":    {simulator.Options{Journal: filepath.Join(t.TempDir(), "none", "j")}, "journal"},
		"an estate of no JSON": {simulator.Options{Estate: broken("", "{")}, "Groups"},
		"two users of a name":  {simulator.Options{Estate: broken(`{"id":"1","userName":"a"},{"id":"2","userName":"A"}`, "")}, "case aside"},
		"a member who is none": {simulator.Options{Estate: broken("", `{"id":"g","displayName":"G","members":[{"value":"x"}]}`)}, "does not exist"},
	} {
		if c.options.Estate == nil {
			c.options.Estate = estate(t, "messy")
		}
		_, err := simulator.Start(t.Context(), c.options)
		require.ErrorContains(t, err, c.says, what)
	}
}

// fourFree is the first of four ports in a row that nobody uses.
func fourFree(t *testing.T) int {
	t.Helper()
	for range 100 {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		port, taken := free.Addr().(*net.TCPAddr).Port, false
		for next := port + 1; next < port+4 && !taken; next++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(next))
			if taken = err != nil; !taken {
				require.NoError(t, l.Close())
			}
		}
		require.NoError(t, free.Close())
		if !taken {
			return port
		}
	}
	require.Fail(t, "no four ports in a row are free")
	return 0
}

func TestPortsAreTakenInOrderFromTheOneThatIsNamed(t *testing.T) {
	port := fourFree(t)
	w := start(t, "messy", simulator.Options{Port: port})
	for i, at := range []string{w.URL(directory.Fusion), w.URL(directory.Utilities), w.URL(directory.CXIF), w.FusionApplicationsURL()} {
		require.Equal(t, "http://127.0.0.1:"+strconv.Itoa(port+i), at)
	}
}

func TestASeedMakesIdsAndPasswordsTheSameButNotTheSecretsOfClients(t *testing.T) {
	made := func(seed uint64) (id, password, secret string) {
		w := start(t, "messy", simulator.Options{Seed: seed})
		password, ok := w.Password(directory.Utilities, "BG-admin")
		require.True(t, ok)
		_, secret = w.Client(directory.Utilities)
		return w.create(directory.Utilities, "Users", newUser("ada")), password, secret
	}
	id1, password1, secret1 := made(7)
	id2, password2, secret2 := made(7)
	id3, password3, _ := made(8)
	require.Equal(t, []string{id1, password1}, []string{id2, password2})
	require.NotEqual(t, id1, id3)
	require.NotEqual(t, password1, password3)
	require.NotEqual(t, secret1, secret2)
}

func TestTheConfigurationFitsTheWorldAndKeepsSecretsInFiles(t *testing.T) {
	w := start(t, "resolved", simulator.Options{Tier: "premium"})
	dir := t.TempDir()
	file := filepath.Join(dir, "cutover.yaml")
	require.NoError(t, w.WriteConfig(file))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var c m
	require.NoError(t, yaml.Unmarshal(text, &c))
	at := func(path string) any { return reply{Body: c}.at(path) }

	id, secret := w.Client(directory.Fusion)
	require.Equal(t, id, at("fusion.clientId"))
	require.Equal(t, "premium", at("cxif.type"))
	require.Equal(t, w.URL(directory.Utilities), at("utilities.url"))
	require.Equal(t, w.FusionApplicationsURL(), at("fusion.applications.url"))
	require.Equal(t, "200ms", at("fusion.applications.arrivalPoll"))
	require.Equal(t, "cutover.test@riverbend.example", at("sso.testUser.email"))
	require.Equal(t, "fusion-applications", at("migrate.through"))
	require.Equal(t, "direct", at("sync.engine"))
	require.Equal(t, "bg-admin", at("emergency.utilities"))

	kept := func(reference any) string {
		name, ok := strings.CutPrefix(reference.(string), "file:")
		require.True(t, ok, reference)
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NotContains(t, string(text), string(b))
		return string(b)
	}
	info, err := os.Stat(filepath.Join(dir, "secrets"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	require.Equal(t, secret, kept(at("fusion.clientSecret")))
	_, login := w.FusionApplicationsLogin()
	require.Equal(t, login, kept(at("fusion.applications.password")))
	emergency, _ := w.Password(directory.Utilities, "bg-admin")
	require.Equal(t, emergency, kept(at("emergency.password")))
	require.NotEmpty(t, kept(at("sso.testUser.password")))

	// What the estate chose is there as it is, in its order.
	chosen, err := readEstate(t, "resolved", "cutover.json")
	require.NoError(t, err)
	var want, got yaml.MapSlice
	require.NoError(t, yaml.Unmarshal(chosen, &want)) // JSON is YAML
	require.NoError(t, yaml.Unmarshal(text, &got))
	for _, item := range want {
		if item.Key == "emergency" {
			continue // it got a password besides
		}
		require.Contains(t, got, item)
	}
}
