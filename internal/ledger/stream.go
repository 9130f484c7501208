package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// pageSize is how many rows a stream holds in memory.
const pageSize = 1000

// order is a way through the users of a snapshot: the query for the page that
// follows a position, the position of a user, and what fills in their groups and
// roles.
type order struct {
	query string // ?1 snapshot, ?2 rows, ?3 ?4 ?5 the position before the page
	scan  func(*sql.Rows, *directory.User) error
	at    func(directory.User) [3]any
	fill  func(ctx context.Context, tx *sql.Tx, snapshot int64, after [3]any, people []directory.Person) error // nil: nothing
}

// Names that fold alike, or an email that several share, must not end a page
// early or twice: every position ends in the id.
var (
	byName = order{
		query: `SELECT ` + userColumns + ` FROM snapshot_users
			WHERE snapshot = ?1 AND (name_key, id) > (?3, ?4) AND ?5 = ''
			ORDER BY name_key, id LIMIT ?2`,
		scan: scanUser,
		at:   func(u directory.User) [3]any { return [3]any{directory.Fold(u.UserName), u.ID, ""} },
		fill: wherever,
	}
	byEmail = order{
		query: `SELECT ` + userColumns + ` FROM snapshot_users
			WHERE snapshot = ?1 AND email_key <> '' AND (email_key, name_key, id) > (?3, ?4, ?5)
			ORDER BY email_key, name_key, id LIMIT ?2`,
		scan: scanUser,
		fill: wherever,
		at: func(u directory.User) [3]any {
			return [3]any{directory.Fold(u.Email), directory.Fold(u.UserName), u.ID}
		},
	}
)

// wherever fills in what people belong to in whatever order they come.
func wherever(ctx context.Context, tx *sql.Tx, snapshot int64, _ [3]any, people []directory.Person) error {
	return belongings(ctx, tx, snapshot, people)
}

// stream yields the people of the snapshot in an order. Between pages it holds
// nothing open, so the consumer may write to the ledger meanwhile. A snapshot
// that is dropped under it ends it with an error, never early.
func (s *side) stream(o order) reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		var page []directory.Person // each time in the same place: who is yielded is a copy
		for at := [3]any{"", "", ""}; ; {
			var err error
			page, err = s.page(page[:0], o, at)
			if err != nil {
				yield(directory.Person{}, err)
				return
			}
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			at = o.at(page[len(page)-1].User)
		}
	}
}

func (s *side) page(people []directory.Person, o order, at [3]any) ([]directory.Person, error) {
	err := s.ledger.read(s.ctx, fmt.Sprintf("read people of snapshot %d", s.id), func(tx *sql.Tx) (err error) {
		if err := complete(s.ctx, tx, s.id); err != nil {
			return err
		}
		people, err = collectInto(s.ctx, tx, people, func(r *sql.Rows, p *directory.Person) error { return o.scan(r, &p.User) },
			o.query, s.id, pageSize, at[0], at[1], at[2])
		if err != nil || o.fill == nil {
			return err
		}
		return o.fill(s.ctx, tx, s.id, at, people)
	})
	return people, err
}

// scanUser reads a row of userColumns.
func scanUser(r *sql.Rows, u *directory.User) error {
	return r.Scan(&u.ID, &u.UserName, &u.GivenName, &u.FamilyName, &u.DisplayName, &u.Email, &u.Active, &u.Federated,
		&u.ExternalID, &u.Locked, &u.LockReason, &u.PasswordSet, &u.Version)
}
