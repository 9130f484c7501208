package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is the version of the tables that this program writes: the number of
// the newest migration.
var Schema = newest()

func newest() int {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		panic("ledger: its migrations are not in this program")
	}
	version, err := goose.NumericComponent(files[len(files)-1])
	if err != nil {
		panic("ledger: " + err.Error())
	}
	return int(version)
}

// migrate brings the tables up to Schema, each migration in a transaction of
// its own, so that an interrupted one leaves nothing behind.
func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	// Migrations do not build on one another, so one with a smaller number that
	// came later is caught up.
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir,
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	have, _, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > int64(Schema) {
		return fmt.Errorf("a newer cutover wrote it (schema %d; this one knows %d): use that version, or a state directory of its own", have, Schema)
	}
	_, err = p.Up(ctx)
	return err
}
