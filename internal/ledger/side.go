package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// side is a complete snapshot as a plan sees it: people by name and by email,
// page by page, with their groups and roles.
type side struct {
	ledger  *Ledger
	ctx     context.Context // of the plan or report that reads it: reconcile.Side has no other way for one
	id      int64
	outline directory.Outline
}

// Side opens a snapshot for planning; its streams end when ctx does. One that
// is not complete gives ErrIncomplete, one that is not there ErrNotFound. What
// it returns has FindUsers(ctx, names) besides, like the ledger's, and Apart().
func (l *Ledger) Side(ctx context.Context, id int64) (reconcile.Side, error) {
	s := &side{ledger: l, ctx: ctx, id: id}
	err := l.read(ctx, fmt.Sprintf("open snapshot %d", id), func(tx *sql.Tx) error {
		if err := complete(ctx, tx, id); err != nil {
			return err
		}
		var outline []byte
		if err := tx.QueryRowContext(ctx, `SELECT outline FROM snapshots WHERE id = ?`, id).Scan(&outline); err != nil {
			return err
		}
		return json.Unmarshal(outline, &s.outline)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Outline returns what of the domain does not grow with its people.
func (s *side) Outline() directory.Outline { return s.outline }

// ByName yields everyone in the order of Fold(UserName).
func (s *side) ByName() reconcile.People { return s.stream(byName) }

// ByEmail yields those who have a primary email, in the order of Fold(Email),
// then Fold(UserName).
func (s *side) ByEmail() reconcile.People { return s.stream(byEmail) }

// FindUsers finds users by name, case aside; the result is keyed by Fold of it.
func (s *side) FindUsers(ctx context.Context, names []string) (map[string]directory.User, error) {
	return s.ledger.FindUsers(ctx, s.id, names)
}

// complete refuses a snapshot from which nothing may be concluded.
func complete(ctx context.Context, tx *sql.Tx, id int64) error {
	s, err := snapshot(ctx, tx, id)
	if err == nil && !s.Complete {
		err = fmt.Errorf("snapshot %d of %s: %w; read the domain again", id, s.Domain, ErrIncomplete)
	}
	return err
}
