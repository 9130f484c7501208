package ledger

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func pragma(t *testing.T, l *Ledger, name string) (value string) {
	t.Helper()
	require.NoError(t, l.writer.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value))
	return value
}

func TestEveryCommitOfALedgerWaitsForTheDisk(t *testing.T) {
	l, err := Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	require.Equal(t, "wal", pragma(t, l, "journal_mode"))
	require.Equal(t, "2", pragma(t, l, "synchronous"), "full")
	require.NotEqual(t, "0", pragma(t, l, "busy_timeout"))
}

func TestATemporaryLedgerWaitsForNoDisk(t *testing.T) {
	l, err := OpenTemp(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	require.Equal(t, "0", pragma(t, l, "synchronous"), "off")
}

func TestReadersCannotWrite(t *testing.T) {
	l, err := OpenTemp(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	_, err = l.reader.ExecContext(t.Context(), `DELETE FROM fences`)
	require.Error(t, err)
}
