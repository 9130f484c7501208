package statedir_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/statedir"
)

var current = statedir.Stamp{Product: "1.2.0", TemporalServer: "1.32.1", LedgerSchema: 3}

func open(t *testing.T, dir string, s statedir.Stamp) *statedir.Dir {
	t.Helper()
	d, err := statedir.Open(dir, s)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func put(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
}

func TestANewStateDirectoryIsForItsOwnerOnly(t *testing.T) {
	root := filepath.Join(t.TempDir(), "deep", "state")
	d := open(t, root, current)
	info, err := os.Stat(root)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	require.Equal(t, filepath.Join(root, "ledger.db"), d.LedgerDB())
	require.Equal(t, filepath.Join(root, "temporal.db"), d.TemporalDB())
	require.Equal(t, filepath.Join(root, "cutover.sock"), d.Socket())
	require.Equal(t, statedir.At(root), d.Paths, "a command finds the same places without opening it")
}

func TestAnEmptyDirectoryThatOthersMayReadIsClosedToThem(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755)) //nolint:gosec // that is the case
	open(t, root, current)
	info, err := os.Stat(root)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestADirectoryOfOtherThingsThatOthersMayReadIsLeftAsItIs(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755)) //nolint:gosec // that is the case
	put(t, filepath.Join(root, "thesis.txt"))
	_, err := statedir.Open(root, current)
	require.ErrorContains(t, err, "chmod 700")
	info, err := os.Stat(root)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o755), info.Mode().Perm())
}

func TestASecondOpenInTheSameProcessIsRefused(t *testing.T) {
	root := t.TempDir()
	d := open(t, root, current)
	_, err := statedir.Open(root, current)
	var held *statedir.HeldError
	require.ErrorAs(t, err, &held)
	require.Equal(t, os.Getpid(), held.PID)
	require.ErrorContains(t, err, "this process")
	require.NoError(t, d.Close())
	open(t, root, current)
}

func TestOfManyWhoOpenAtOnceOneOwnsIt(t *testing.T) {
	root := t.TempDir()
	var wg sync.WaitGroup
	got := make(chan *statedir.Dir, 16)
	for range cap(got) {
		wg.Go(func() {
			d, err := statedir.Open(root, current)
			var held *statedir.HeldError
			if err != nil && !errors.As(err, &held) {
				t.Errorf("expected to be told who owns it, not: %v", err)
			}
			got <- d
		})
	}
	wg.Wait()
	close(got)
	owners := 0
	for d := range got {
		if d != nil {
			owners++
			require.NoError(t, d.Close())
		}
	}
	require.Equal(t, 1, owners)
}

// TestMain turns the test binary into another owner, where it is asked to be one.
func TestMain(m *testing.M) {
	root := os.Getenv("STATEDIR_TEST_OWN")
	if root == "" {
		os.Exit(m.Run())
	}
	if _, err := statedir.Open(root, current); err != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString("owned\n")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until it is killed
}

func TestAnotherProcessIsNamedAndItsDeathFreesTheDirectory(t *testing.T) {
	root := t.TempDir()
	exe, err := os.Executable()
	require.NoError(t, err)
	other := exec.CommandContext(t.Context(), exe)
	other.Env = append(os.Environ(), "STATEDIR_TEST_OWN="+root)
	_, err = other.StdinPipe()
	require.NoError(t, err)
	out, err := other.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	line := make([]byte, len("owned\n"))
	_, err = out.Read(line)
	require.NoError(t, err)

	_, err = statedir.Open(root, current)
	require.ErrorContains(t, err, "process "+strconv.Itoa(other.Process.Pid)+" owns it")

	require.NoError(t, other.Process.Kill())
	require.Error(t, other.Wait(), "it was killed")
	open(t, root, current) // its pid is still in the file, and does not matter
}

func TestTheSameVersionsComeBackToWhatTheyWrote(t *testing.T) {
	root := t.TempDir()
	d := open(t, root, current)
	put(t, d.LedgerDB())
	put(t, d.TemporalDB())
	require.NoError(t, d.Close())
	open(t, root, current)
}

func TestOtherVersionsAreRefusedWithAWayOn(t *testing.T) {
	older, newer := current, current
	older.LedgerSchema--
	newer.Product = "1.3.0"
	otherTemporal := current
	otherTemporal.TemporalServer = "1.33.0"
	for name, c := range map[string]struct {
		program statedir.Stamp
		files   []string
		says    []string
	}{
		"another cutover":             {newer, []string{"temporal.db"}, []string{"cutover 1.2.0", "cutover 1.3.0", "move ", "temporal.db", "ledger stays"}},
		"another Temporal server":     {otherTemporal, []string{"ledger.db", "temporal.db"}, []string{"Temporal server 1.32.1", "Temporal server 1.33.0"}},
		"a ledger of a newer cutover": {older, []string{"ledger.db"}, []string{"schema 3", "schema 2", "another state directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			require.NoError(t, open(t, root, current).Close())
			for _, f := range c.files {
				put(t, filepath.Join(root, f))
			}
			before, err := os.ReadFile(filepath.Join(root, "version.json"))
			require.NoError(t, err)

			_, err = statedir.Open(root, c.program)
			var wrong *statedir.MismatchError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, current, wrong.Have)
			for _, part := range c.says {
				require.ErrorContains(t, err, part)
			}
			after, err := os.ReadFile(filepath.Join(root, "version.json"))
			require.NoError(t, err)
			require.Equal(t, string(before), string(after), "a refusal changes nothing")
			open(t, root, current) // nor does it keep the lock
		})
	}
}

func TestWithoutTemporalsFileTheLedgerGoesOnUnderANewVersion(t *testing.T) {
	root := t.TempDir()
	d := open(t, root, current)
	put(t, d.LedgerDB())
	require.NoError(t, d.Close())
	next := statedir.Stamp{Product: "2.0.0", TemporalServer: "1.40.0", LedgerSchema: 4}
	require.NoError(t, open(t, root, next).Close())
	_, err := statedir.Open(root, current)
	require.ErrorContains(t, err, "schema 4", "the new version has stamped it")
}

func TestATemporalFileWithoutAStampIsRefused(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o700)) //nolint:gosec // a directory needs x
	put(t, filepath.Join(root, "temporal.db"))
	_, err := statedir.Open(root, current)
	require.ErrorContains(t, err, "unknown version")
}

func TestAnUnreadableStampIsRefused(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, open(t, root, current).Close())
	require.NoError(t, os.WriteFile(filepath.Join(root, "version.json"), []byte("{"), 0o600))
	_, err := statedir.Open(root, current)
	require.ErrorContains(t, err, "not readable")
	require.False(t, strings.Contains(err.Error(), "owns it"))
}

func TestClosingTwiceIsHarmless(t *testing.T) {
	d, err := statedir.Open(t.TempDir(), current)
	require.NoError(t, err)
	require.NoError(t, d.Close())
	require.NoError(t, d.Close())
}
