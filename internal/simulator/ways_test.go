package simulator_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestWhoCannotSignInShowsAsSoonAsTheRuleIsWritten(t *testing.T) {
	var changes atomic.Int64
	w := start(t, "clean", simulator.Options{Changed: func(*simulator.Simulator) { changes.Add(1) }})
	can := func() (n int) {
		for _, ok := range w.CanSignIn() {
			if ok {
				n++
			}
		}
		return n
	}
	before := can()
	require.Positive(t, before)
	require.Zero(t, changes.Load())
	returns := func(local, saml string) m {
		return patchOf(m{"op": "replace", "path": "return", "value": []any{m{"name": "LocalIDPs", "value": local}, m{"name": "SamlIDPs", "value": saml}}})
	}
	r := w.admin(directory.Utilities, "PATCH", "/Rules/DefaultIDPRule", returns("[]", "[]"))
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, int64(1), changes.Load())
	require.Less(t, can(), before)
	require.Equal(t, 200, w.admin(directory.Utilities, "PATCH", "/Rules/DefaultIDPRule", returns(`["UserNamePassword"]`, "[]")).Status)
	require.Equal(t, before, can())
}
