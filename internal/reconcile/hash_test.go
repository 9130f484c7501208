package reconcile_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func hash(phase string, changes ...directory.Change) string {
	h := reconcile.NewHasher(phase)
	for _, c := range changes {
		h.Add(c)
	}
	return h.Sum()
}

func TestEqualPlansHaveEqualHashesInWhateverOrderTheirAttributesWereSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.MapOf(rapid.StringN(1, 8, -1), rapid.String()).Draw(t, "attributes")
		keys := make([]string, 0, len(values))
		for key := range values {
			keys = append(keys, key)
		}
		one, other := directory.Attributes{}, directory.Attributes{}
		for _, key := range keys {
			one[key] = values[key]
		}
		for _, key := range rapid.Permutation(keys).Draw(t, "order") {
			other[key] = values[key]
		}
		require.Equal(t, hash("p", directory.Change{After: one}), hash("p", directory.Change{After: other}))
	})
}

func TestAHashTellsPlansApart(t *testing.T) {
	a, b := directory.Change{Step: 1, User: "a"}, directory.Change{Step: 1, User: "b"}
	later := directory.Change{Step: 2, User: "a"}
	all := []string{hash("p"), hash("q"), hash("p", a), hash("q", a), hash("p", b), hash("p", a, b), hash("p", b, a), hash("p", later)}
	seen := map[string]bool{}
	for _, h := range all {
		require.Len(t, h, 64)
		require.False(t, seen[h])
		seen[h] = true
	}
}

// The hash is what people approve, and what a ledger of an earlier version
// holds, so its form is pinned.
func TestTheFormOfAHashIsPinned(t *testing.T) {
	c := directory.Change{
		Step: 3, Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.CreateUser, User: "jane",
		After: directory.Attributes{"userName": "jane", "active": "true"}, Why: "verdict: create",
	}
	require.Equal(t, "180c833de82a0cdf5b7a1bd121fc0c3872aadbffc6be69f9105ed49f0ca5737e", hash("migrate", c))
}
