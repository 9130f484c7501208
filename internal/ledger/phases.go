package ledger

import (
	"context"
	"database/sql"
)

// The outcomes of a phase.
const (
	PhaseDone        = "done"
	PhaseNothingToDo = "nothing to do"
	PhaseOff         = "off" // switched off in the configuration
	PhaseBlocked     = "blocked"
	PhaseStopped     = "stopped"
	PhaseRejected    = "rejected"
)

// PhaseRecord is how a phase ended.
type PhaseRecord struct {
	Name, Outcome                     string
	Planned, Applied, Skipped, Failed int
	Seconds                           float64
	Detail                            string
}

// PutPhase writes how a phase ended, in place of what was written before.
func (l *Ledger) PutPhase(ctx context.Context, cutover string, p PhaseRecord) error {
	return l.write(ctx, "write the end of "+p.Name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO phases (cutover, name, outcome, planned, applied, skipped, failed, seconds, detail)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (cutover, name) DO UPDATE SET outcome = excluded.outcome, planned = excluded.planned,
				applied = excluded.applied, skipped = excluded.skipped, failed = excluded.failed,
				seconds = excluded.seconds, detail = excluded.detail`,
			cutover, p.Name, p.Outcome, p.Planned, p.Applied, p.Skipped, p.Failed, p.Seconds, p.Detail)
		return err
	})
}

// Phases returns how the phases of a cutover ended, in the order in which each
// was first written.
func (l *Ledger) Phases(ctx context.Context, cutover string) ([]PhaseRecord, error) {
	var out []PhaseRecord
	err := l.read(ctx, "read the phases of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, p *PhaseRecord) error {
			return r.Scan(&p.Name, &p.Outcome, &p.Planned, &p.Applied, &p.Skipped, &p.Failed, &p.Seconds, &p.Detail)
		}, `SELECT name, outcome, planned, applied, skipped, failed, seconds, detail FROM phases WHERE cutover = ? ORDER BY seq`, cutover)
		return err
	})
	return out, err
}
