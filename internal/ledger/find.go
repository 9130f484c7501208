package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"cutover/internal/directory"
)

// FindUsers finds users of a complete snapshot by name, case aside; the result
// is keyed by Fold of the name. Who is not in it is not in the snapshot, so an
// incomplete one gives ErrIncomplete. Of several whose names fold alike it is
// the one with the smallest id.
func (l *Ledger) FindUsers(ctx context.Context, id int64, names []string) (map[string]directory.User, error) {
	found := make(map[string]directory.User, len(names))
	err := l.read(ctx, fmt.Sprintf("find users in snapshot %d", id), func(tx *sql.Tx) error {
		if err := complete(ctx, tx, id); err != nil {
			return err
		}
		for part := range slices.Chunk(names, pageSize) {
			if err := findSome(ctx, tx, id, part, found); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func findSome(ctx context.Context, tx *sql.Tx, id int64, names []string, found map[string]directory.User) error {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = directory.Fold(name)
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	return each(ctx, tx, `
		SELECT `+userColumns+` FROM (SELECT DISTINCT value FROM json_each(?2)) AS wanted
		CROSS JOIN snapshot_users AS u ON u.snapshot = ?1 AND u.name_key = wanted.value
		ORDER BY u.id DESC`,
		func(r *sql.Rows) error {
			var u directory.User
			if err := scanUser(r, &u); err != nil {
				return err
			}
			found[directory.Fold(u.UserName)] = u
			return nil
		}, id, string(list))
}
