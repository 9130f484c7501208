package simulator_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator"
)

func TestAWeatherFileSaysWhatThereIsInIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.yaml")
	require.NoError(t, os.WriteFile(file, []byte("seed: 7\nspells:\n  - kind: job\n    domain: utilities\n    from: 10s\n    until: 30s\n    status: 423\n"), 0o600))
	w, err := simulator.ReadWeather(file)
	require.NoError(t, err)
	require.Equal(t, simulator.Weather{Seed: 7, Spells: []simulator.Spell{
		{Kind: simulator.Job, Domain: "utilities", From: 10 * time.Second, Until: 30 * time.Second, Status: 423}}}, w)
}

func TestEveryBuiltInWeatherCanBeRead(t *testing.T) {
	require.Contains(t, simulator.Weathers(), "storm")
	for _, name := range simulator.Weathers() {
		w, err := simulator.ReadWeather(name)
		require.NoError(t, err, name)
		require.Equal(t, name == "calm", len(w.Spells) == 0)
	}
}

func TestAMistakeInAWeatherFileIsToldWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"spells:\n  - kind: fog\n":                                            "w.yaml:2: spell 1: there is no weather of the kind \"fog\"",
		"spells:\n  - kind: job\n    forhowlong: 3\n":                         "w.yaml:3: ",
		"spells:\n  - kind: job\n    from: soon\n":                            "w.yaml:3: ",
		"spells:\n  - kind: job\n  - kind: job\n    from: soon\n":             "w.yaml:4: ",
		"spells:\n  - kind: unavailable\n  - kind: latency\n":                 "w.yaml:3: spell 2: latency needs to know takes",
		"spells:\n  - kind: unavailable\n    domain: cxif\n    status: 200\n": "w.yaml:4: spell 1: unavailable answers a status from 500 to 599",
		"spells:\n  - kind: job\n    domain: fusion-applications\n":           "w.yaml:3: spell 1: job is over one of fusion, utilities, cxif",
		"spells:\n  - kind: throttled\n    from: 3s\n    until: 2s\n":         "w.yaml:4: spell 1: from 3s until 2s is no time",
		"spells:\n  - kind: throttled\n    chance: 101\n":                     "w.yaml:3: spell 1: chance is 101",
		"spells:\n  - kind: index-late\n    takes: 1s\n    chance: 5\n":       "w.yaml:4: spell 1: index-late holds while it lasts",
		"spells:\n  - kind: throttled\n    only: [letters]\n":                 "w.yaml:3: spell 1: there are no requests of the kind \"letters\"",
		"spells:\n  - kind: throttled\n    kind: job\n":                       "w.yaml:3: ",
		"spells: [\n": "w.yaml:1: ",
		"spells:\n  - kind: reset-after\n    by: 3s\n  - kind: clock-skew\n": "w.yaml:4: spell 2: clock-skew needs to know by",
		"spells:\n  - kind: group-limit\n    most: -1\n---\nspells: []\n":    "2 documents",
	} {
		_, err := simulator.ParseWeather("w.yaml", []byte(text))
		require.ErrorContains(t, err, want, text)
	}
	_, err := simulator.ReadWeather("sunshine")
	require.ErrorContains(t, err, "name a file, or one of calm")
}
