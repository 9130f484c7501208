package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is the version of the tables that this program writes: the number of
// the newest migration.
var Schema = newest()

func newest() int {
	files, err := fs.ReadDir(migrations, "migrations") // in the order of their names
	if err != nil || len(files) == 0 {
		panic("no migrations are built in")
	}
	number, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	n, err := strconv.Atoi(number)
	if err != nil {
		panic("a migration has no number: " + err.Error())
	}
	return n
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
