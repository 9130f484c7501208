package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
)

func load(t *testing.T, text string) *config.File {
	t.Helper()
	f, err := config.Load(write(t, text))
	require.NoError(t, err)
	return f
}

func TestTheHashIsOfWhatTheFileMeans(t *testing.T) {
	secrets(t)
	template := string(config.Template())
	f := load(t, template)
	require.Regexp(t, `^[0-9a-f]{64}$`, f.Hash)

	same := map[string]string{
		"a comment":             template + "\n# a comment\n",
		"a default written out": strings.Replace(template, "# share: 100 ", "share: 100 #", 1),
		"quotes":                strings.Replace(template, "firstSignIn: corporate-idp", `"firstSignIn": "corporate-idp"`, 1),
		"empty lists left out":  strings.ReplaceAll(template, "    groups: []\n", ""),
		"empty resolutions":     template + "\nresolutions: {utilities: {}}\n",
		"Windows line ends":     strings.ReplaceAll(template, "\n", "\r\n"),
		"a byte order mark":     "\ufeff" + template,
	}
	for name, text := range same {
		require.NotEqual(t, template, text, name)
		require.Equal(t, f.Hash, load(t, text).Hash, name)
	}
	different := map[string]string{
		"another number": strings.Replace(template, "# share: 100 ", "share: 99 #", 1),
		"another order": strings.Replace(template, `  CALL-CENTRE-GROUP: ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE
  SUPERVISORS-GROUP: ORA_UER_UTILITIES_CUSTOMER_SERVICE_MANAGER
  "*"`, `  SUPERVISORS-GROUP: ORA_UER_UTILITIES_CUSTOMER_SERVICE_MANAGER
  CALL-CENTRE-GROUP: ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE
  "*"`, 1),
		"another secret": strings.Replace(template, "env:CXIF_CLIENT_SECRET", "env:FUSION_CLIENT_SECRET", 1),
	}
	for name, text := range different {
		require.NotEqual(t, template, text, name)
		require.NotEqual(t, f.Hash, load(t, text).Hash, name)
	}
}

func TestTheDirectoryIsStoredButNotHashed(t *testing.T) {
	secrets(t)
	here, there := write(t, string(config.Template())), write(t, string(config.Template()))
	a, err := config.Load(here)
	require.NoError(t, err)
	b, err := config.Load(there)
	require.NoError(t, err)
	require.Equal(t, a.Hash, b.Hash)
	_, dirA, err := config.Decode(a.Canonical)
	require.NoError(t, err)
	_, dirB, err := config.Decode(b.Canonical)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Dir(here), filepath.Dir(there)}, []string{dirA, dirB})
}

func TestARelativePathIsStoredAsAnAbsoluteDirectory(t *testing.T) {
	secrets(t)
	file := write(t, string(config.Template()))
	t.Chdir(filepath.Dir(file))
	f, err := config.Load("cutover.yaml")
	require.NoError(t, err)
	_, dir, err := config.Decode(f.Canonical)
	require.NoError(t, err)
	require.True(t, filepath.IsAbs(dir))
	require.FileExists(t, filepath.Join(dir, "cutover.yaml"))
}

func TestWhatIsStoredComesBackAsItWas(t *testing.T) {
	secrets(t)
	f := load(t, estate(t, "resolved"))
	c, _, err := config.Decode(f.Canonical)
	require.NoError(t, err)
	require.Equal(t, f.Config, c)
}

func TestNoSecretIsStored(t *testing.T) {
	secrets(t)
	require.NotContains(t, string(load(t, string(config.Template())).Canonical), "s3cr3t")
}

func TestAStoredConfigurationOfAnotherVersionIsRefused(t *testing.T) {
	_, _, err := config.Decode([]byte(`{"dir":"/x","config":{"newer":1}}`))
	require.EqualError(t, err, `the stored configuration cannot be read: json: unknown field "newer": was it stored by another version? load the YAML again`)
}

func TestAMissingFileIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cutover.yaml")
	_, err := config.Load(file)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.EqualError(t, err, "the configuration cannot be read: open "+file+": no such file or directory: name the file, or make one with cutover init")
}
