package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Everybody yields everyone in the order of their ids, which is that in which
// their groups and roles lie: for whoever brings them into an order of their
// own, it costs half of ByName.
func (s *side) Everybody() reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		for after := ""; ; {
			page, err := s.pageByID(after)
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
			after = page[len(page)-1].ID
		}
	}
}

func (s *side) pageByID(after string) (people []directory.Person, err error) {
	err = s.ledger.read(s.ctx, fmt.Sprintf("read people of snapshot %d", s.id), func(tx *sql.Tx) (err error) {
		if err := complete(s.ctx, tx, s.id); err != nil {
			return err
		}
		people, err = collect(s.ctx, tx, func(r *sql.Rows, p *directory.Person) error { return scanUser(r, &p.User) },
			`SELECT `+userColumns+` FROM snapshot_users INDEXED BY snapshot_users_by_id
			WHERE snapshot = ?1 AND id > ?2 ORDER BY id LIMIT ?3`, s.id, after, pageSize)
		if err != nil || len(people) == 0 {
			return err
		}
		return belongingsBetween(s.ctx, tx, s.id, after, people)
	})
	return people, err
}

// belongingsBetween fills in the groups and the roles of people in the order of
// their ids, who are all that a snapshot has after an id.
func belongingsBetween(ctx context.Context, tx *sql.Tx, snapshot int64, after string, people []directory.Person) error {
	last := people[len(people)-1].ID
	at := 0
	// of moves on to the person of an id; one that is nobody's is passed over.
	of := func(id string) *directory.Person {
		for at < len(people)-1 && people[at].ID < id {
			at++
		}
		if people[at].ID != id {
			return nil
		}
		return &people[at]
	}
	err := each(ctx, tx, `
		SELECT user_id, group_name FROM snapshot_members
		WHERE snapshot = ?1 AND user_id > ?2 AND user_id <= ?3 ORDER BY user_id, group_name`,
		func(r *sql.Rows) error {
			var id, group string
			if err := r.Scan(&id, &group); err != nil {
				return err
			}
			if p := of(id); p != nil {
				p.Groups = append(p.Groups, group)
			}
			return nil
		}, snapshot, after, last)
	if err != nil {
		return err
	}
	at = 0
	return each(ctx, tx, `
		SELECT user_id, app, role FROM snapshot_roles
		WHERE snapshot = ?1 AND user_id > ?2 AND user_id <= ?3 ORDER BY user_id, app, role`,
		func(r *sql.Rows) error {
			var id string
			var role directory.Role
			if err := r.Scan(&id, &role.App, &role.Name); err != nil {
				return err
			}
			if p := of(id); p != nil {
				p.Roles = append(p.Roles, role)
			}
			return nil
		}, snapshot, after, last)
}
