package report

import (
	"context"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/observe"
)

// addOthers tells what this cutover wrote and two reads have not shown: others
// have changed it since.
func (r *Report) addOthers(ctx context.Context, l *ledger.Ledger, key string) error {
	for _, d := range directory.Domains {
		var changes []directory.Change
		if _, err := value(ctx, l, key, observe.ValueChangedByOthers(d), &changes); err != nil {
			return err
		}
		r.ChangedByOthers = append(r.ChangedByOthers, changes...)
	}
	return nil
}
