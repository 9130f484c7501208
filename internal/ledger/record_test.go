package ledger_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhateverElseATableHoldsOfACutoverIsToldWithoutAMethodOfItsOwn(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	plan, err := l.BeginPlan(ctx, "spring", "migrate", false)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for _, query := range []string{
		`CREATE TABLE a_thing (cutover TEXT, plan INTEGER, what BLOB, at INTEGER)`,
		`INSERT INTO a_thing VALUES ('spring', 7, x'62', 5), ('spring', 7, 'a', NULL), ('autumn', 7, 'c', 1)`,
		`CREATE TABLE everybodys (word TEXT)`, `INSERT INTO everybodys VALUES ('any')`,
		`CREATE TABLE of_plans (plan INTEGER PRIMARY KEY, word TEXT) WITHOUT ROWID`,
	} {
		_, err := db.ExecContext(ctx, query)
		require.NoError(t, err)
	}
	_, err = db.ExecContext(ctx, `INSERT INTO of_plans VALUES (?, 'ours'), (999, 'not ours')`, plan)
	require.NoError(t, err)
	var got []map[string]any
	require.NoError(t, l.EveryRow(ctx, "spring", func(table string, row map[string]any) error {
		row["table"] = table
		got = append(got, row)
		return nil
	}))
	require.Equal(t, []map[string]any{
		{"table": "a_thing", "cutover": "spring", "plan": int64(7), "what": "a", "at": nil},
		{"table": "a_thing", "cutover": "spring", "plan": int64(7), "what": "b", "at": int64(5)},
		{"table": "everybodys", "word": "any"},
		{"table": "of_plans", "plan": plan, "word": "ours"},
	}, got)
}
