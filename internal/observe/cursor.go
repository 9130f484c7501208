package observe

import (
	"encoding/json"
	"fmt"
	"time"

	"cutover/internal/ledger"
)

// cursor is where a read stands. Its zero value is the start.
type cursor struct {
	Users position  `json:"people"`
	Group string    `json:"group,omitempty"` // id of the last group whose members are read
	At    time.Time `json:"at"`
	Void  bool      `json:"void,omitempty"` // it did not add up
}

func cursorOf(s ledger.Snapshot) (cursor, error) {
	c := cursor{At: s.TakenAt}
	if s.Cursor == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(s.Cursor), &c); err != nil {
		return c, fmt.Errorf("snapshot %d: its cursor is not readable: %w", s.ID, err)
	}
	return c, nil
}

// stale is after what pause a read begins anew rather than joins what was read
// long ago to what is read now.
const stale = 10 * time.Minute

// Resumable tells whether an interrupted read may go on with this snapshot.
func Resumable(s ledger.Snapshot, now time.Time) bool {
	c, err := cursorOf(s)
	return err == nil && !c.Void && now.Sub(c.At) < stale
}
