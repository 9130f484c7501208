package config_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
)

func TestTheWindowOfTheTemplateIsOpenInTheNightsOfAWeekend(t *testing.T) {
	secrets(t)
	_, commented, found := strings.Cut(string(config.Template()), "# window:\n")
	require.True(t, found)
	commented, _, _ = strings.Cut(commented, "\n\n") // whatever comes after it is not of the window
	c := load(t, string(config.Template())+"\nwindow:\n"+strings.ReplaceAll(commented, "#", "")).Config
	w, err := c.Window.Compile()
	require.NoError(t, err)
	require.Equal(t, "Europe/Berlin", w.Zone())
	open, until := w.Open(time.Date(2026, 6, 6, 18, 0, 0, 0, time.UTC))
	require.True(t, open)
	require.True(t, until.Equal(time.Date(2026, 6, 7, 4, 0, 0, 0, time.UTC)))
}

func TestTimesOfAWindowNeedNoQuotes(t *testing.T) {
	secrets(t)
	c := load(t, string(config.Template())+"\nwindow: {timeZone: UTC, open: [{days: [mon], from: 08:30, to: 20:00}]}\n").Config
	require.Equal(t, []config.Opening{{Days: []string{"mon"}, From: "08:30", To: "20:00"}}, c.Window.Open)
}

func TestWithoutAWindowWritingIsAllowedAtAnyTime(t *testing.T) {
	secrets(t)
	f := load(t, string(config.Template()))
	require.NotContains(t, string(f.Canonical), "window", "what is not written changes no hash")
	w, err := f.Config.Window.Compile()
	require.NoError(t, err)
	require.True(t, w.Always())
}

func TestAStoredWindowThatIsWrongIsRefused(t *testing.T) {
	for _, w := range []config.Window{
		{TimeZone: "UTC"},
		{TimeZone: "UTC", Open: []config.Opening{{Days: []string{"someday"}, From: "01:00", To: "02:00"}}},
		{TimeZone: "UTC", Open: []config.Opening{{Days: []string{"mon"}, From: "1", To: "02:00"}}},
		{TimeZone: "UTC", Open: []config.Opening{{Days: []string{"mon"}, From: "01:00", To: "2"}}},
	} {
		_, err := w.Compile()
		require.Error(t, err)
	}
}

func TestTheSchemaKnowsTheDaysAndTimesOfAWindow(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Required   []string
			Properties map[string]struct {
				Pattern string
				Items   struct{ Enum []string }
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(config.Schema(), &schema))
	opening := schema.Defs["Opening"]
	require.Equal(t, []string{"days", "from", "to"}, opening.Required)
	require.Len(t, opening.Properties["days"].Items.Enum, 7)
	require.Regexp(t, opening.Properties["to"].Pattern, "24:00")
	require.NotRegexp(t, opening.Properties["from"].Pattern, "24:00")
	require.NotRegexp(t, opening.Properties["from"].Pattern, "6:00")
}
