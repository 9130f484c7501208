package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"cutover/internal/directory"
)

// belongings fills in the groups and the roles of a page of people: two queries
// a page, however many people it holds. CROSS JOIN keeps SQLite from turning
// the loops around, so that each person's come in the order of the tables' keys;
// an ORDER BY would have it sort the whole page once more.
func belongings(ctx context.Context, tx *sql.Tx, snapshot int64, people []directory.Person) error {
	if len(people) == 0 {
		return nil
	}
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	err = each(ctx, tx, `
		SELECT page.key, m.group_name FROM json_each(?2) AS page
		CROSS JOIN snapshot_members AS m ON m.snapshot = ?1 AND m.user_id = page.value`,
		func(r *sql.Rows) error {
			var i int
			var group string
			if err := r.Scan(&i, &group); err != nil {
				return err
			}
			people[i].Groups = append(people[i].Groups, group)
			return nil
		}, snapshot, string(list))
	if err != nil {
		return err
	}
	err = each(ctx, tx, `
		SELECT page.key, r.app, r.role FROM json_each(?2) AS page
		CROSS JOIN snapshot_roles AS r ON r.snapshot = ?1 AND r.user_id = page.value`,
		func(r *sql.Rows) error {
			var i int
			var role directory.Role
			if err := r.Scan(&i, &role.App, &role.Name); err != nil {
				return err
			}
			people[i].Roles = append(people[i].Roles, role)
			return nil
		}, snapshot, string(list))
	for i := range people { // no query without ORDER BY promises an order
		slices.Sort(people[i].Groups)
		slices.SortFunc(people[i].Roles, func(a, b directory.Role) int { return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(a.Name, b.Name)) })
	}
	return err
}

// each runs f on every row of a query.
func each(ctx context.Context, tx *sql.Tx, query string, f func(*sql.Rows) error, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
