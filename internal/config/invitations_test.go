package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
)

// invitation is the template whose people first sign in by invitation.
func invitation(section string) string {
	return strings.Replace(string(config.Template()), "firstSignIn: corporate-idp", "firstSignIn: invitation\n"+section, 1)
}

func TestInvitationsNeedATimeThatWasAgreed(t *testing.T) {
	secrets(t)
	f, err := config.Load(write(t, invitation("invitations: {notBefore: 2026-03-07T08:00:00+01:00}\n")))
	require.NoError(t, err)
	i := f.Config.Invitations
	require.Equal(t, config.Invitations{By: "cutover", NotBefore: "2026-03-07T08:00:00+01:00", WaveSize: 500, WaveEvery: time.Hour}, i)
	agreed, err := i.Agreed()
	require.NoError(t, err)
	require.True(t, agreed.Equal(time.Date(2026, 3, 7, 7, 0, 0, 0, time.UTC)))

	for section, want := range map[string]string{
		"":                                   "no time was agreed",
		"invitations: {notBefore: tomorrow}": "this is no time with a zone",
		"invitations: {notBefore: 2026-03-07T08:00:00Z, waveSize: 0}":    "a wave of nobody never ends",
		"invitations: {notBefore: 2026-03-07T08:00:00Z, waveEvery: -1s}": "out of range",
		"invitations: {by: nobody}":                                      "cutover",
	} {
		_, err := config.Load(write(t, invitation(section+"\n")))
		require.ErrorContains(t, err, want, section)
	}
	_, err = config.Load(write(t, invitation("invitations: {by: person}\n")))
	require.NoError(t, err, "then cutover sends nothing, so needs no time")
	text := strings.Replace(string(config.Template()), "firstSignIn: corporate-idp", "firstSignIn: corporate-idp\ninvitations: {waveSize: 5}", 1)
	_, err = config.Load(write(t, text))
	require.ErrorContains(t, err, "nobody is invited")
}
