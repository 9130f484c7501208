package ledger

import (
	"context"
	"database/sql"
	"errors"

	"cutover/internal/directory"
)

// Binding says to which resource a person's resolution was applied, so that it
// never reaches the next user of that name.
type Binding struct {
	Domain                       directory.Domain
	User, Resolution, ResourceID string // User is compared without case
}

// PutBinding writes a binding. The first one of a user and a resolution stays.
func (l *Ledger) PutBinding(ctx context.Context, b Binding) error {
	return l.write(ctx, "bind a resolution in "+string(b.Domain), func(tx *sql.Tx) error {
		if b.ResourceID == "" {
			return errors.New("it was applied to no resource")
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO bindings (domain, user_key, resolution, resource_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			b.Domain, directory.Fold(b.User), b.Resolution, b.ResourceID)
		return err
	})
}

// Binding finds a binding, and whether there is one.
func (l *Ledger) Binding(ctx context.Context, domain directory.Domain, user, resolution string) (Binding, bool, error) {
	b := Binding{Domain: domain, User: directory.Fold(user), Resolution: resolution}
	found := false
	err := l.read(ctx, "look for a binding in "+string(domain), func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT resource_id FROM bindings WHERE domain = ? AND user_key = ? AND resolution = ?`,
			b.Domain, b.User, b.Resolution).Scan(&b.ResourceID)
		found = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return b, found, err
}
