package importfiles_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/importfiles"
)

func writer(t *testing.T) *importfiles.Writer {
	t.Helper()
	people, err := config.CompileMapping(config.OrderedMap{{Key: "User Name", Value: "userName"}, {Key: "Full Name", Value: `givenName + " " + familyName`}})
	require.NoError(t, err)
	roles, err := config.CompileMapping(config.UsualRoles)
	require.NoError(t, err)
	return &importfiles.Writer{Dir: filepath.Join(t.TempDir(), "import"), People: people, Roles: roles}
}

func person(step int, name, given, family string) directory.Write {
	return directory.Write{Change: directory.Change{Step: step, Kind: directory.CreateUser, User: name,
		After: directory.Attributes{"userName": name, "givenName": given, "familyName": family}}}
}

func role(step int, name string) directory.Write {
	return directory.Write{Change: directory.Change{Step: step, Kind: directory.AddMember, User: name, Target: "Agent"}}
}

func write(t *testing.T, w *importfiles.Writer, writes ...directory.Write) {
	t.Helper()
	outcomes, err := w.Write(t.Context(), writes)
	require.NoError(t, err)
	for _, o := range outcomes {
		require.Nil(t, o.Err)
		require.Contains(t, o.Note, "for a person to load")
	}
}

func content(t *testing.T, w *importfiles.Writer, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(w.Dir, name))
	require.NoError(t, err)
	return string(b)
}

func TestEachStepHasAFileOfItsOwnAndWritingAgainChangesNothing(t *testing.T) {
	w := writer(t)
	for range 2 {
		write(t, w, person(1, "jane", "Jane", "O'Neill, née X"))
		write(t, w, person(2, "bo", "Bo", `"B"`), person(2, "cy", "Cy", "C"))
		write(t, w, role(3, "jane"), role(3, "bo"))
	}
	require.Equal(t, "User Name,Full Name\njane,\"Jane O'Neill, née X\"\n", content(t, w, "1-people.csv"))
	require.Equal(t, "User Name,Full Name\nbo,\"Bo \"\"B\"\"\"\ncy,Cy C\n", content(t, w, "2-people.csv"))
	require.Equal(t, "User Name,Role\njane,Agent\nbo,Agent\n", content(t, w, "3-roles.csv"))
	entries, err := os.ReadDir(w.Dir)
	require.NoError(t, err)
	require.Len(t, entries, 3)
	info, err := os.Stat(filepath.Join(w.Dir, "1-people.csv"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it names people")
}

func TestAFileWithOtherColumnsIsLeftAlone(t *testing.T) {
	w := writer(t)
	require.NoError(t, os.MkdirAll(w.Dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(w.Dir, "1-people.csv"), []byte("A,B\n1,2\n"), 0o600))
	_, err := w.Write(t.Context(), []directory.Write{person(1, "jane", "J", "N")})
	require.ErrorContains(t, err, "with other columns: move it away")
	require.Equal(t, "A,B\n1,2\n", content(t, w, "1-people.csv"))
}

func TestWhatAFileCannotHoldIsRefused(t *testing.T) {
	w := writer(t)
	_, err := w.Write(t.Context(), []directory.Write{{Change: directory.Change{Step: 1, Kind: directory.UpdateUser, User: "jane"}}})
	require.ErrorContains(t, err, "cannot hold")
	require.NoDirExists(t, w.Dir)
}
