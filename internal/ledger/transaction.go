package ledger

import (
	"context"
	"database/sql"
	"time"
)

// write runs f in a transaction of the one writer. What it wrote is on the disk
// when write returns nil, and is not there at all when it returns an error.
func (l *Ledger) write(ctx context.Context, what string, f func(*sql.Tx) error) error {
	return l.failed(what, within(ctx, l.writer, f))
}

// read runs f in a transaction that sees one state of the ledger throughout.
func (l *Ledger) read(ctx context.Context, what string, f func(*sql.Tx) error) error {
	return l.failed(what, within(ctx, l.reader, f))
}

func within(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := begin(ctx, db)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing; before one, f's error is the one to tell
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// patience is how long a write waits for another process, such as a backup,
// that holds the file.
const patience = 10 * time.Second

// begin begins a transaction. The writer takes SQLite's lock with that, so here
// is where a busy file shows.
func begin(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	for until := time.Now().Add(patience); ; {
		tx, err := db.BeginTx(ctx, nil)
		if err == nil || !busy(err) || time.Now().After(until) {
			return tx, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// inserting prepares a statement for many rows and hands it on as a function of
// a row's values. The statement lives as long as its transaction. Between rows
// only the context is looked at: watching it within each would cost more than
// the row does.
func inserting(ctx context.Context, tx *sql.Tx, query string) (func(args ...any) error, error) {
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	row := context.WithoutCancel(ctx)
	return func(args ...any) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := stmt.ExecContext(row, args...)
		return err
	}, nil
}

// collect reads all rows of a query, each by scan.
func collect[T any](ctx context.Context, tx *sql.Tx, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	return collectInto(ctx, tx, nil, scan, query, args...)
}

// collectInto is collect after what out holds already.
func collectInto[T any](ctx context.Context, tx *sql.Tx, out []T, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var none T
		out = append(out, none)
		if err := scan(rows, &out[len(out)-1]); err != nil {
			return nil, err
		}
	}
	return out, rows.Err()
}
