package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/internal/directory"
)

// applications is Fusion Applications, whose accounts have ids of their own.
type applications struct{ activities.Applications }

func (applications) BatchSize(directory.Kind) int { return 10 }

func (applications) Waited() time.Duration { return 0 }

func (applications) Lookup(_ context.Context, names []string) (map[string]directory.Person, error) {
	found := map[string]directory.Person{}
	for _, n := range names {
		found[directory.Fold(n)] = directory.Person{User: directory.User{ID: "account-" + n, UserName: n}}
	}
	return found, nil
}

func (applications) Write(_ context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	out := make([]directory.Outcome, len(writes))
	for i, w := range writes {
		out[i].ID = w.ID
	}
	return out, nil
}

func TestAResolutionIsBoundToTheUserOfTheDomainAlsoWhereFusionApplicationsCarriedItOut(t *testing.T) {
	s := newStage(t, &domain{people: crowd(2)})
	s.applications = applications{}
	plan, err := s.ledger.BeginPlan(t.Context(), "test", "migrate", false)
	require.NoError(t, err)
	change := func(user, why string) directory.Change {
		return directory.Change{Step: 1, Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.UpdateUser, User: user,
			Before: directory.Attributes{"email": ""}, After: directory.Attributes{"email": "new@example.com"}, Why: why}
	}
	require.NoError(t, s.ledger.AddChanges(t.Context(), plan, []directory.Change{change("user-id-001", "resolution: set"), change("user-id-002", "in scope")}))
	_, err = s.ledger.SealPlan(t.Context(), plan, "hash")
	require.NoError(t, err)

	env, acts := s.attempt(t)
	v, err := env.ExecuteActivity(acts.Apply, activities.ApplyParams{ConfigHash: "config", Plan: plan, Step: 1, Budget: time.Minute})
	require.NoError(t, err)
	var out activities.ApplyResult
	require.NoError(t, v.Get(&out))
	require.Equal(t, activities.ApplyResult{Progress: activities.Progress{Applied: 2}}, out)

	b, found, err := s.ledger.Binding(t.Context(), directory.Fusion, "user-id-001", "resolution: set")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "id-001", b.ResourceID)
	_, found, err = s.ledger.Binding(t.Context(), directory.Fusion, "user-id-002", "in scope")
	require.NoError(t, err)
	require.False(t, found, "what no resolution asked for is bound to nobody")
}
