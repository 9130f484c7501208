package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// What a read is held against before it is believed. Nothing here asks whether
// the snapshot is complete: whether it may become so is the question.

// LatestRead returns the last complete read of people of a domain before a
// snapshot, and whether there is one.
func (l *Ledger) LatestRead(ctx context.Context, cutover string, domain directory.Domain, before int64) (Snapshot, bool, error) {
	var s Snapshot
	err := l.read(ctx, "look for the read before", func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx, `
			SELECT id FROM snapshots WHERE cutover = ? AND domain = ? AND id < ? AND complete AND users > 0
			ORDER BY id DESC LIMIT 1`, cutover, domain, before).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			s, err = snapshot(ctx, tx, id)
		}
		return err
	})
	return s, s.ID != 0, err
}

// lost finds what an earlier snapshot (?1) shows of people and a later one (?2)
// does not, by the name that each has now; ?3 of each kind at most.
const lost = `
	SELECT * FROM (
		SELECT coalesce(c.user_name, p.user_name) FROM snapshot_users p
		LEFT JOIN snapshot_users c ON c.snapshot = ?2 AND c.id = p.id
		WHERE p.snapshot = ?1 AND (c.id IS NULL OR p.active > c.active OR p.federated > c.federated OR p.locked > c.locked
			OR p.password_set > c.password_set OR p.email <> '' AND c.email = '' OR p.family_name <> '' AND c.family_name = ''
			OR p.given_name <> '' AND c.given_name = '' OR p.display_name <> '' AND c.display_name = ''
			OR p.external_id <> '' AND c.external_id = '')
		LIMIT ?3)
	UNION SELECT coalesce(c.user_name, p.user_name) FROM (
			SELECT m.user_id FROM snapshot_members m
			LEFT JOIN snapshot_members n ON n.snapshot = ?2 AND n.user_id = m.user_id AND n.group_name = m.group_name
			WHERE m.snapshot = ?1 AND n.user_id IS NULL LIMIT ?3) AS gone
		JOIN snapshot_users p ON p.snapshot = ?1 AND p.id = gone.user_id
		LEFT JOIN snapshot_users c ON c.snapshot = ?2 AND c.id = gone.user_id
	UNION SELECT coalesce(c.user_name, p.user_name) FROM (
			SELECT m.user_id FROM snapshot_roles m
			LEFT JOIN snapshot_roles n ON n.snapshot = ?2 AND n.user_id = m.user_id AND n.app = m.app AND n.role = m.role
			WHERE m.snapshot = ?1 AND n.user_id IS NULL LIMIT ?3) AS gone
		JOIN snapshot_users p ON p.snapshot = ?1 AND p.id = gone.user_id
		LEFT JOIN snapshot_users c ON c.snapshot = ?2 AND c.id = gone.user_id`

// Lost names users of whom the earlier snapshot shows more than the later: the
// user, that they are active, an attribute, a membership or a grant.
func (l *Ledger) Lost(ctx context.Context, earlier, later int64, most int) ([]string, error) {
	return l.userNames(ctx, lost, earlier, later, most)
}

// Bare names users of a snapshot who have no email or no family name, and a few
// others.
func (l *Ledger) Bare(ctx context.Context, id int64, most int) ([]string, error) {
	return l.userNames(ctx, `
		SELECT * FROM (SELECT user_name FROM snapshot_users WHERE snapshot = ?1 AND (email = '' OR family_name = '') LIMIT ?2)
		UNION SELECT * FROM (SELECT user_name FROM snapshot_users WHERE snapshot = ?1 ORDER BY id LIMIT 3)
		UNION SELECT * FROM (SELECT user_name FROM snapshot_users WHERE snapshot = ?1 ORDER BY id DESC LIMIT 3)`, id, most)
}

func (l *Ledger) userNames(ctx context.Context, query string, args ...any) ([]string, error) {
	var names []string
	err := l.read(ctx, "look for users to ask for again", func(tx *sql.Tx) (err error) {
		names, err = collect(ctx, tx, func(r *sql.Rows, s *string) error { return r.Scan(s) }, query, args...)
		return err
	})
	return names, err
}

// SeenSoFar finds people of a snapshot by name, case aside, whether or not it
// is complete: who is not in it may come yet.
func (l *Ledger) SeenSoFar(ctx context.Context, id int64, names []string) (map[string]directory.Person, error) {
	out := make(map[string]directory.Person, len(names))
	err := l.read(ctx, "find people in a snapshot", func(tx *sql.Tx) error {
		users := map[string]directory.User{}
		if err := findSome(ctx, tx, id, names, users); err != nil {
			return err
		}
		people := make([]directory.Person, 0, len(users))
		for _, u := range users {
			people = append(people, directory.Person{User: u})
		}
		if err := belongings(ctx, tx, id, people); err != nil {
			return err
		}
		for _, p := range people {
			out[directory.Fold(p.UserName)] = p
		}
		return nil
	})
	return out, err
}

// Referred tells whether a membership or a grant of a snapshot names anybody.
func (l *Ledger) Referred(ctx context.Context, id int64) (bool, error) {
	var any bool
	err := l.read(ctx, "look for members in a snapshot", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM snapshot_members WHERE snapshot = ?1)
			OR EXISTS (SELECT 1 FROM snapshot_roles WHERE snapshot = ?1)`, id).Scan(&any)
	})
	return any, err
}

// AppliedSince streams the changes of a cutover in a domain that were applied
// and recorded since a time, plan by plan, in the order in which they were added.
func (l *Ledger) AppliedSince(ctx context.Context, cutover string, domain directory.Domain, since time.Time) reconcile.Changes {
	return func(yield func(directory.Change, error) bool) {
		var plans []int64
		err := l.read(ctx, "list the plans of "+cutover, func(tx *sql.Tx) (err error) {
			plans, err = collect(ctx, tx, func(r *sql.Rows, id *int64) error { return r.Scan(id) },
				`SELECT id FROM plans WHERE cutover = ? AND NOT forecast AND hash <> '' ORDER BY id`, cutover)
			return err
		})
		if err != nil {
			yield(directory.Change{}, err)
			return
		}
		for _, id := range plans {
			for c, err := range l.changes(ctx, id, `
				SELECT seq, '', body FROM changes WHERE plan = ?1 AND seq > ?2 AND ?3 = '' AND state = 'applied'
					AND domain = ?5 AND recorded_at >= ?6
				ORDER BY seq LIMIT ?4`, domain, stamp(since)) {
				if !yield(c, err) || err != nil {
					return
				}
			}
		}
	}
}
