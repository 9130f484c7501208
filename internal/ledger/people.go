package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"cutover/internal/directory"
)

// userColumns are in the order of userValues and scanUser.
const userColumns = `id, user_name, given_name, family_name, display_name, email, active, federated,
	external_id, locked, lock_reason, password_set, version`

// A user who was renamed between two pages comes under the same id again and
// takes the place of what was read first. The conflict may show on the id or,
// where the name is the same too, on the primary key: no target covers both.
const upsertUser = `
	INSERT INTO snapshot_users (snapshot, name_key, email_key, ` + userColumns + `)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT DO UPDATE SET name_key = excluded.name_key, email_key = excluded.email_key,
		user_name = excluded.user_name, given_name = excluded.given_name, family_name = excluded.family_name,
		display_name = excluded.display_name, email = excluded.email, active = excluded.active,
		federated = excluded.federated, external_id = excluded.external_id, locked = excluded.locked,
		lock_reason = excluded.lock_reason, password_set = excluded.password_set, version = excluded.version`

const (
	insertMember = `INSERT INTO snapshot_members (snapshot, user_id, group_name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	insertRole   = `INSERT INTO snapshot_roles (snapshot, user_id, app, role) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
)

func userValues(snapshot int64, u directory.User) []any {
	return []any{
		snapshot, directory.Fold(u.UserName), directory.Fold(u.Email),
		u.ID, u.UserName, u.GivenName, u.FamilyName, u.DisplayName, u.Email, u.Active, u.Federated,
		u.ExternalID, u.Locked, u.LockReason, u.PasswordSet, u.Version,
	}
}

// PutUsers writes users to a snapshot; one whose id is there already is
// overwritten. A user without an id is refused.
func (l *Ledger) PutUsers(ctx context.Context, id int64, users []directory.User) error {
	return l.fillSnapshot(ctx, id, "write users", func(tx *sql.Tx) error {
		put, err := inserting(ctx, tx, upsertUser)
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.ID == "" {
				return errors.New("a user has no id; the domain must give every user one")
			}
			if err := put(userValues(id, u)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutMembers writes members of a group to a snapshot, besides those that are
// there. Ids that are no user's do no harm.
func (l *Ledger) PutMembers(ctx context.Context, id int64, group string, userIDs []string) error {
	return l.fillSnapshot(ctx, id, "write members", func(tx *sql.Tx) error {
		put, err := inserting(ctx, tx, insertMember)
		if err != nil {
			return err
		}
		for _, user := range userIDs {
			if err := put(id, user, group); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutRoles writes direct grants of a role to a snapshot, besides those that are
// there.
func (l *Ledger) PutRoles(ctx context.Context, id int64, role directory.Role, userIDs []string) error {
	return l.fillSnapshot(ctx, id, "write grants", func(tx *sql.Tx) error {
		put, err := inserting(ctx, tx, insertRole)
		if err != nil {
			return err
		}
		for _, user := range userIDs {
			if err := put(id, user, role.App, role.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutPeople writes whole people to a snapshot: a projection. Who is there
// already is overwritten with groups and roles. Someone whom the plan would
// create has no id yet, and gets one that is made of the name and that no
// domain gives.
func (l *Ledger) PutPeople(ctx context.Context, id int64, people []directory.Person) error {
	return l.fillSnapshot(ctx, id, "write people", func(tx *sql.Tx) error {
		w, err := newPeopleWriter(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := w.put(p); err != nil {
				return err
			}
		}
		return nil
	})
}

type peopleWriter struct {
	snapshot                                  int64
	user, noMembers, noRoles, addMember, role func(...any) error
}

func newPeopleWriter(ctx context.Context, tx *sql.Tx, snapshot int64) (*peopleWriter, error) {
	w := &peopleWriter{snapshot: snapshot}
	for query, f := range map[string]*func(...any) error{
		upsertUser: &w.user, insertMember: &w.addMember, insertRole: &w.role,
		`DELETE FROM snapshot_members WHERE snapshot = ? AND user_id = ?`: &w.noMembers,
		`DELETE FROM snapshot_roles WHERE snapshot = ? AND user_id = ?`:   &w.noRoles,
	} {
		var err error
		if *f, err = inserting(ctx, tx, query); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *peopleWriter) put(p directory.Person) error {
	if p.ID == "" {
		p.ID = "new:" + p.UserName
	}
	err := errors.Join(w.user(userValues(w.snapshot, p.User)...), w.noMembers(w.snapshot, p.ID), w.noRoles(w.snapshot, p.ID))
	if err != nil {
		return err
	}
	for _, g := range p.Groups {
		if err := w.addMember(w.snapshot, p.ID, g); err != nil {
			return fmt.Errorf("a membership: %w", err)
		}
	}
	for _, r := range p.Roles {
		if err := w.role(w.snapshot, p.ID, r.App, r.Name); err != nil {
			return fmt.Errorf("a grant: %w", err)
		}
	}
	return nil
}
