package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestTheProcedureIsTheGuidesOrderAndEveryPhaseSaysWhatItIs(t *testing.T) {
	var got []string
	for _, p := range Procedure {
		got = append(got, p.Name)
		require.NotEmpty(t, p.Title, p.Name)
		require.NotEmpty(t, p.Guide, p.Name)
		require.Contains(t, p.Reads, directory.Fusion, p.Name)
		require.True(t, p.People, p.Name)
	}
	require.Equal(t, []string{
		"check", "sso-setup", "sso-test", "sso-off", "migrate", "sync-utilities", "access-utilities", "sync-cxif", "access-cxif",
		"sso-on", "tidy", "verify",
	}, got)
}
