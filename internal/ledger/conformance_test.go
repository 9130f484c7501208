package ledger_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/ledger"
	"cutover/internal/ledger/conformance"
)

func TestALedgerInAFileConforms(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *ledger.Ledger {
		l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, l.Close()) })
		return l
	})
}

func TestATemporaryLedgerConforms(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *ledger.Ledger {
		l, err := ledger.OpenTemp(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, l.Close()) })
		return l
	})
}
