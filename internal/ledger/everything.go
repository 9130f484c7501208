package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// Verdict is the verdict on one user at the start of a cutover.
type Verdict struct{ User, Verdict string }

// VerdictsByName streams the sealed verdicts of a cutover in the order of names.
// Before they are sealed there are none.
func (l *Ledger) VerdictsByName(ctx context.Context, cutover string) iter.Seq2[Verdict, error] {
	return func(yield func(Verdict, error) bool) {
		for last, first := "", true; ; first = false {
			var page []Verdict
			err := l.read(ctx, "read the verdicts of "+cutover, func(tx *sql.Tx) error {
				closed, err := verdictsSealed(ctx, tx, cutover)
				if err != nil || !closed {
					return err
				}
				page, err = collect(ctx, tx, func(r *sql.Rows, v *Verdict) error { return r.Scan(&v.User, &v.Verdict) },
					`SELECT user, verdict FROM verdicts WHERE cutover = ? AND (user > ? OR ?) ORDER BY user LIMIT ?`, cutover, last, first, pageSize)
				return err
			})
			if err != nil {
				yield(Verdict{}, err)
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			last = page[len(page)-1].User
		}
	}
}

// Value is a small thing that is kept under a key.
type Value struct {
	Key  string
	Body []byte
}

// Values returns what is kept of a cutover under any key, by key.
func (l *Ledger) Values(ctx context.Context, cutover string) ([]Value, error) {
	var out []Value
	err := l.read(ctx, "read what is kept of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, v *Value) error { return r.Scan(&v.Key, &v.Body) },
			`SELECT key, body FROM small_values WHERE cutover = ? ORDER BY key`, cutover)
		return err
	})
	return out, err
}

// Bindings returns every binding of a resolution; they belong to no one cutover.
func (l *Ledger) Bindings(ctx context.Context) ([]Binding, error) {
	var out []Binding
	err := l.read(ctx, "read the bindings", func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, b *Binding) error {
			return r.Scan(&b.Domain, &b.User, &b.Resolution, &b.ResourceID)
		}, `SELECT domain, user_key, resolution, resource_id FROM bindings ORDER BY domain, user_key, resolution`)
		return err
	})
	return out, err
}

// CutoverNames lists the cutovers that the ledger knows.
func (l *Ledger) CutoverNames(ctx context.Context) ([]string, error) {
	var out []string
	err := l.read(ctx, "list the cutovers", func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, s *string) error { return r.Scan(s) }, `SELECT name FROM cutovers ORDER BY name`)
		return err
	})
	return out, err
}

// PersonIn finds a user of a complete snapshot by name, case aside, with groups
// and roles.
func (l *Ledger) PersonIn(ctx context.Context, snapshot int64, name string) (directory.Person, bool, error) {
	found, err := l.FindUsers(ctx, snapshot, []string{name})
	u, there := found[directory.Fold(name)]
	if err != nil || !there {
		return directory.Person{}, false, err
	}
	people := []directory.Person{{User: u}}
	err = l.read(ctx, fmt.Sprintf("read what somebody in snapshot %d holds", snapshot), func(tx *sql.Tx) error {
		return belongings(ctx, tx, snapshot, people)
	})
	return people[0], err == nil, err
}

// told are the tables that have methods of their own, so that EveryRow need not
// tell of them; what is large and dropped, or says only where something stands,
// is no record.
var told = []string{
	"bindings", "changes", "configurations", "cutovers", "decisions", "fences", "findings", "goose_db_version", "phases", "plan_origins", "plans",
	"read_backs", "sign_ins", "small_values", "snapshot_members", "snapshot_roles", "snapshot_users", "snapshots", "verdict_sets", "verdicts",
}

// EveryRow calls f with every row about a cutover, about one of its plans, or
// about no one cutover, in any table that has no method of its own here: whatever
// else the ledger holds as a record is told too, also of a table that comes later. Times are in nanoseconds, as they are kept.
func (l *Ledger) EveryRow(ctx context.Context, cutover string, f func(table string, row map[string]any) error) error {
	return l.read(ctx, "read every record of "+cutover, func(tx *sql.Tx) error {
		tables, err := collect(ctx, tx, func(r *sql.Rows, t *[2]string) error { return r.Scan(&t[0], &t[1]) }, `
			SELECT t.name, coalesce(min(c.name), '') FROM sqlite_master AS t LEFT JOIN pragma_table_info(t.name) AS c ON c.name IN ('cutover', 'plan')
			WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~' GROUP BY t.name ORDER BY t.name`)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if slices.Contains(told, t[0]) {
				continue
			}
			where := `cutover = ?`
			switch t[1] {
			case "plan":
				where = `plan IN (SELECT id FROM plans WHERE cutover = ?)`
			case "":
				where = `?1 = ?1` // of no one cutover, as a binding
			}
			if err := rows(ctx, tx, t[0], where, cutover, func(row map[string]any) error { return f(t[0], row) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// rows calls f with every row of a table for which where holds, by the names of
// its columns. The order is that of all columns, so it is the same every time.
func rows(ctx context.Context, tx *sql.Tx, table, where string, arg any, f func(map[string]any) error) error {
	var columns int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pragma_table_info(?)`, table).Scan(&columns); err != nil {
		return err
	}
	order := make([]string, columns)
	for i := range order {
		order[i] = fmt.Sprint(i + 1)
	}
	query := `SELECT * FROM "` + strings.ReplaceAll(table, `"`, `""`) + `" WHERE ` + where + ` ORDER BY ` + strings.Join(order, ", ")
	return each(ctx, tx, query, func(r *sql.Rows) error {
		names, err := r.Columns()
		if err != nil {
			return err
		}
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := r.Scan(into...); err != nil {
			return err
		}
		row := make(map[string]any, len(names))
		for i, name := range names {
			if b, ok := values[i].([]byte); ok {
				values[i] = string(b)
			}
			row[name] = values[i]
		}
		return f(row)
	}, arg)
}
