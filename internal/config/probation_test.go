package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
)

func TestSwitchingOnIsOnProbationForHalfAnHourUnlessTheFileSaysElse(t *testing.T) {
	secrets(t)
	f, err := config.Load(write(t, string(config.Template())))
	require.NoError(t, err)
	p := f.Config.SSO.Probation
	require.Equal(t, 30*time.Minute, p.Within())
	require.Equal(t, config.WatchdogNone, p.Watchdog)
	require.Empty(t, f.Warnings)
	require.Equal(t, 30*time.Minute, config.Probation{}.Within(), "what an older cutover stored says nothing of it")
}

func TestAConfigurationThatNamesNoWatchdogIsWarnedOf(t *testing.T) {
	secrets(t)
	text := string(config.Template())
	from := strings.Index(text, "  probation:")
	text = text[:from] + text[from+strings.Index(text[from:], "\n\n"):]
	f, err := config.Load(write(t, text))
	require.NoError(t, err)
	require.Equal(t, config.WatchdogRequired, f.Config.SSO.Probation.Watchdog)
	require.Len(t, f.Warnings, 1)
	require.Contains(t, f.Warnings[0].What, "no watchdog is named")
}

func TestAWatchdogNeedsOnlyUtilities(t *testing.T) {
	file := write(t, "utilities:\n  url: http://127.0.0.1:8080\n  clientId: watchdog\n  clientSecret: file:its-own\n")
	_, _, err := config.LoadWatchdog(file)
	require.ErrorContains(t, err, "its-own")
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "its-own"), []byte("hunter2\n"), 0o600))
	d, s, err := config.LoadWatchdog(file)
	require.NoError(t, err)
	require.Equal(t, "watchdog", d.ClientID)
	require.Equal(t, 20*time.Second, d.RequestTimeout, "the usual defaults hold")
	secret, err := s.Read(t.Context(), d.ClientSecret)
	require.NoError(t, err)
	require.Equal(t, "hunter2", secret)

	_, _, err = config.LoadWatchdog(write(t, "fusion: {url: https://x.example.com}\n"))
	require.ErrorContains(t, err, "a watchdog needs the section utilities")
	_, _, err = config.LoadWatchdog(write(t, "utilities:\n  url: http://utilities.example.com\n  clientId: a\n  clientSecret: env:NOT_SET_ANYWHERE\n"))
	require.ErrorContains(t, err, "plain http")
	require.ErrorContains(t, err, "NOT_SET_ANYWHERE")
}
