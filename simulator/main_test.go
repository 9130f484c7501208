package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const messy = "../internal/estates/messy"

// run starts the command and yields its lines; stop ends it and tells how.
func run(t *testing.T, args ...string) (line func(prefix string) string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	c := command()
	c.SetArgs(args)
	c.SetOut(w)
	ended := make(chan error, 1)
	go func() {
		err := c.ExecuteContext(ctx)
		_ = w.CloseWithError(io.EOF)
		ended <- err
	}()
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(r); s.Scan(); {
			lines <- s.Text()
		}
	}()
	line = func(prefix string) string {
		t.Helper()
		deadline := time.After(30 * time.Second)
		for {
			select {
			case l, ok := <-lines:
				require.True(t, ok, "the command ended before it said %q", prefix)
				if strings.HasPrefix(l, prefix) {
					return l
				}
			case <-deadline:
				t.Fatalf("the command did not say %q in time", prefix)
			}
		}
	}
	return line, func() error {
		cancel()
		return <-ended
	}
}

func TestTheCommandTakesWordsForTheDomainsOwnSynchronization(t *testing.T) {
	line, stop := run(t, "--estate", messy, "--native-sync", "scoped,federates,new-local,deactivates-missing,slow")
	line("ready")
	require.NoError(t, stop())
	_, stop = run(t, "--estate", messy, "--native-sync", "quick")
	require.ErrorContains(t, stop(), "--native-sync: native synchronization knows no \"quick\"")
}

func TestTheCommandServesUntilItIsToldToEndAndDumpsThen(t *testing.T) {
	dir := t.TempDir()
	dump := filepath.Join(dir, "dump")
	config := filepath.Join(dir, "cutover.yaml")
	line, stop := run(t, "--estate", messy, "--dump", dump, "--config-out", config, "--journal", filepath.Join(dir, "journal.jsonl"))
	var at []string
	for _, name := range []string{"fusion ", "utilities", "cxif", "fusion-applications"} {
		at = append(at, strings.Fields(line(name))[1])
	}
	line("ready")
	text, err := os.ReadFile(config)
	require.NoError(t, err)
	for _, url := range at {
		require.Contains(t, string(text), url)
	}
	require.NoFileExists(t, filepath.Join(dump, "fusion.json"))
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	require.Contains(t, line("dumped"), dump)
	require.FileExists(t, filepath.Join(dump, "fusion.json"))
	require.NoError(t, os.RemoveAll(dump))

	require.NoError(t, stop())
	for _, name := range []string{"fusion", "utilities", "cxif"} {
		require.FileExists(t, filepath.Join(dump, name+".json"))
	}
	_, err = net.DialTimeout("tcp", strings.TrimPrefix(at[0], "http://"), time.Second)
	require.Error(t, err, "nothing is served any more")
}

func TestAtSIGUSR2TheWeatherOfTheFileBegins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "weather.yaml")
	require.NoError(t, os.WriteFile(file, []byte("spells: []\n"), 0o600))
	line, stop := run(t, "--estate", messy, "--weather", file)
	at := strings.Fields(line("utilities"))[1]
	line("ready")
	status := func() int {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"/admin/v1/Users", nil)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		res.Body.Close()
		return res.StatusCode
	}
	require.Equal(t, http.StatusUnauthorized, status())
	require.NoError(t, os.WriteFile(file, []byte("spells:\n  - kind: unavailable\n    status: 503\n"), 0o600))
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGUSR2))
	require.Contains(t, line("weather"), "(1 spells)")
	require.Equal(t, http.StatusServiceUnavailable, status())
	require.NoError(t, stop())
}

func TestTheCommandSaysWhatIsWrongWithItsArguments(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	for says, args := range map[string][]string{
		"--estate":                         {},
		"nowhere":                          {"--estate", "nowhere"},
		"there is no tier \"gold\"":        {"--estate", messy, "--tier", "gold"},
		"there is no fault \"rain\"":       {"--estate", messy, "--fault", "rain"},
		"port " + port + " cannot be used": {"--estate", messy, "--port", port},
		"cannot be negative":               {"--estate", messy, "--latency", "-1s"},
		"unknown flag":                     {"--climate"},
		"there is no weather \"sunshine\"": {"--estate", messy, "--weather", "sunshine"},
	} {
		c := command()
		c.SetArgs(args)
		c.SetOut(io.Discard)
		c.SetErr(io.Discard)
		require.ErrorContains(t, c.ExecuteContext(t.Context()), says)
	}
}
