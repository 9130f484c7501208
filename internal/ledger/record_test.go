package ledger_test

import (
	"database/sql"
	"path/filepath"
	"slices"
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
		{"table": "of_plans", "plan": plan, "word": "ours"},
	}, got)
}

// TestEveryTableSaysWhoseItsRowsAre: EveryRow, and with it the evidence of a
// cutover, finds the rows of a table by a column cutover or plan. A new table has
// one of them, or is listed here because it is no record of a cutover.
func TestEveryTableSaysWhoseItsRowsAre(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	open(t, path)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	rows, err := db.QueryContext(t.Context(), `
		SELECT name FROM sqlite_master AS t WHERE type = 'table'
			AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS c WHERE c.name IN ('cutover', 'plan')) ORDER BY name`)
	require.NoError(t, err)
	defer rows.Close()
	var without []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		without = append(without, name)
	}
	require.NoError(t, rows.Err())
	known := []string{"bindings", "configurations", "cutovers", "fences", "goose_db_version", "snapshot_members", "snapshot_roles", "snapshot_users", "sqlite_sequence"}
	for _, name := range without {
		require.True(t, slices.Contains(known, name), "the rows of %s have no column cutover or plan, so the evidence of a cutover would be without them", name)
	}
}
