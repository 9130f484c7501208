package ledger

import (
	"context"
	"database/sql"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Apart yields everyone in two streams, each in the order in which its rows lie:
// the users by name, without groups and roles, and the groups and roles by the
// ids of the users, as people with nothing else. ByName looks up where each
// user's lie; whoever can sort is better off with these.
func (s *side) Apart() (users, belongings reconcile.People) {
	return s.stream(byNameAlone), s.stream(byID)
}

var (
	byNameAlone = order{query: byName.query, scan: byName.scan, at: byName.at}
	byID        = order{
		query: `SELECT id FROM snapshot_users INDEXED BY snapshot_users_by_id
			WHERE snapshot = ?1 AND id > ?3 AND ?4 = '' AND ?5 = '' ORDER BY id LIMIT ?2`,
		scan: func(r *sql.Rows, u *directory.User) error { return r.Scan(&u.ID) },
		at:   func(u directory.User) [3]any { return [3]any{u.ID, "", ""} },
		fill: belongingsBetween,
	}
)

// belongingsBetween fills in the groups and the roles of people in the order of
// their ids, who are all that a snapshot has after a position.
func belongingsBetween(ctx context.Context, tx *sql.Tx, snapshot int64, after [3]any, people []directory.Person) error {
	if len(people) == 0 {
		return nil
	}
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
		}, snapshot, after[0], last)
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
		}, snapshot, after[0], last)
}
