package activities_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"cutover/activities"
	"cutover/internal/directory"
)

func TestNobodyIsMadeInATargetWithoutTheirTieToFusionBecauseAnIndexIsLate(t *testing.T) {
	for name, c := range map[string]struct {
		people []directory.Person
		late   bool
	}{
		"found":     {[]directory.Person{{User: directory.User{ID: "hub-1", UserName: "jo"}}}, false},
		"not found": {nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := &activities.Estate{Domains: map[directory.Domain]activities.Domain{directory.Fusion: &domain{people: c.people}}}
			writes := []directory.Write{{Change: directory.Change{Domain: directory.CXIF, Kind: directory.CreateUser, User: "jo"}}}
			var err error
			env := new(testsuite.WorkflowTestSuite).NewTestActivityEnvironment()
			env.RegisterActivityWithOptions(func(ctx context.Context) error {
				err = activities.Fill(e, ctx, writes)
				return nil
			}, activity.RegisterOptions{Name: "fill"})
			_, failed := env.ExecuteActivity("fill")
			require.NoError(t, failed)
			if !c.late {
				require.NoError(t, err)
				require.Equal(t, "hub-1", writes[0].ExternalID)
				return
			}
			var pe *directory.PeerError
			require.True(t, errors.As(err, &pe), "the first attempt looks again: %v", err)
			require.True(t, pe.Harmless, "nothing was sent")
			require.Empty(t, writes[0].ExternalID)
		})
	}
}
