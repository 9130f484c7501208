package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
	"cutover/internal/directory"
)

// filled is the template with every name and secret filled in, in a file.
func filled(t *testing.T, mode os.FileMode) (path string, text []byte) {
	t.Helper()
	for _, name := range []string{"FUSION_CLIENT_SECRET", "FUSION_APPLICATIONS_PASSWORD", "UTILITIES_CLIENT_SECRET", "CXIF_CLIENT_SECRET", "EMERGENCY_PASSWORD", "TEST_USER_PASSWORD"} {
		t.Setenv(name, "secret-"+name)
	}
	path, text = filepath.Join(t.TempDir(), "cutover.yaml"), config.Template()
	require.NoError(t, os.WriteFile(path, text, mode))
	_, err := config.Load(path)
	require.NoError(t, err)
	return path, text
}

func edited(t *testing.T, text []byte) []byte {
	t.Helper()
	out, err := config.Edit(text, []config.Write{{Domain: directory.Utilities, User: "jane", Resolution: config.Resolution{Exclude: true}}})
	require.NoError(t, err)
	return out
}

func TestAConfigurationIsReplacedWholeWithItsModeAndTheOldOneBesideIt(t *testing.T) {
	path, text := filled(t, 0o640)
	next := edited(t, text)
	backup, err := config.Replace(path, text, next)
	require.NoError(t, err)
	for file, want := range map[string][]byte{path: next, backup: text} {
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	}
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 2, "nothing half-written stays")
}

func TestALinkToAConfigurationStaysALink(t *testing.T) {
	path, text := filled(t, 0o600)
	link := filepath.Join(t.TempDir(), "link.yaml")
	require.NoError(t, os.Symlink(path, link))
	_, err := config.Replace(link, text, edited(t, text))
	require.NoError(t, err)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(got), "jane: {exclude: true}")
}

func TestWhatWouldBeWrongOrWasChangedMeanwhileIsNotReplaced(t *testing.T) {
	path, text := filled(t, 0o600)
	_, err := config.Replace(path, text, append(edited(t, text), "firstSignin: x\n"...))
	require.ErrorAs(t, err, new(*config.Invalid))
	_, err = config.Replace(path, append([]byte("# older\n"), text...), edited(t, text))
	require.ErrorContains(t, err, "was changed by somebody else meanwhile; nothing was written")
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(text), string(got))
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestWhatDiffersBetweenTwoConfigurationsIsSaidAndNoReferenceToASecret(t *testing.T) {
	before := config.Config{FirstSignIn: "invitation", Resolutions: config.Resolutions{
		Utilities: config.TargetResolutions{Users: map[string]config.Resolution{"gone": {Exclude: true}, "o'brien": {Rename: "a"}}},
	}}
	before.Utilities.ClientSecret = "command:reveal it"
	after := config.Config{FirstSignIn: "corporate-idp", Resolutions: config.Resolutions{
		Utilities: config.TargetResolutions{
			Users: map[string]config.Resolution{"o'brien": {Rename: "b"}, "new": {Set: config.Set{Email: "n@x"}}}, Verdicts: map[string]config.Resolution{"locked-by-admin": {Migrate: true}},
		},
		CXIF: config.TargetResolutions{Orphans: "keep"},
	}}
	after.Utilities.ClientSecret = "command:reveal that"
	require.Equal(t, []string{
		`~ firstSignIn: "corporate-idp", was "invitation"`,
		`+ resolutions.cxif.orphans: "keep"`,
		`- resolutions.utilities.gone: {"exclude":true}`,
		`+ resolutions.utilities.new: {"set":{"email":"n@x"}}`,
		`+ resolutions.utilities.verdicts.locked-by-admin: {"migrate":true}`,
		`~ resolutions.utilities["o'brien"]: {"rename":"b"}, was {"rename":"a"}`,
		`~ utilities.clientSecret: another reference, was one reference`,
	}, config.Differences(before, after))
	require.Empty(t, config.Differences(after, after))
}
