package ledger

import (
	"context"
	"database/sql"
	"time"

	"cutover/internal/directory"
)

// MaySent is the detail of an invitation that was on its way when its sender
// died: it may have been sent, and is not sent again.
const MaySent = "it may have been sent: whoever sent it ended before the answer came, and it is not sent twice"

// Invitation is one that was sent to somebody, or may have been.
type Invitation struct {
	User string // folded
	ID   string // of the user in Fusion
	Sure bool   // or it may have been
	At   time.Time
	Plan int64
	Step int
}

// Invitations returns what a cutover has sent, or all of them (""), in the order
// of the plans. Who had a password by the time that it was their turn got none.
func (l *Ledger) Invitations(ctx context.Context, cutover string) ([]Invitation, error) {
	var out []Invitation
	err := l.read(ctx, "read the invitations of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, i *Invitation) error {
			var at int64
			err := r.Scan(&i.User, &i.ID, &i.Sure, &at, &i.Plan, &i.Step)
			i.At = moment(at)
			return err
		}, `SELECT c.user_key, c.resource_id, c.state = 'applied', c.recorded_at, c.plan, c.step
			FROM plans AS p CROSS JOIN changes AS c ON c.plan = p.id
			WHERE (p.cutover = ?1 OR ?1 = '') AND p.forecast = 0 AND json_extract(c.body, '$.kind') = ?2
			AND (c.state = 'applied' OR c.state = 'skipped' AND c.detail = ?3)
			ORDER BY c.plan, c.seq`, cutover, string(directory.InviteUser), MaySent)
		return err
	})
	return out, err
}
