package command

import (
	"context"
	"fmt"

	"cutover/internal/config"
	"cutover/internal/follow"
)

// sayWhatChanges shows in what a configuration differs from the one that the
// cutover goes by. Where that cannot be told, the cutover itself says why.
func (a *app) sayWhatChanges(ctx context.Context, conn *connection, name string, f *config.File) {
	s, err := follow.Status(ctx, conn, name)
	if err != nil || s.Result != nil {
		return
	}
	stored, err := conn.store.Configuration(ctx, s.ConfigHash)
	if err != nil {
		return
	}
	before, _, err := config.Decode(stored)
	if err != nil {
		return
	}
	changed := config.Differences(before, f.Config)
	if len(changed) == 0 {
		fmt.Fprintln(a.out, "The configuration says what it said before.")
		return
	}
	fmt.Fprintf(a.out, "The configuration changes in %s:\n", count(len(changed), "place"))
	for _, line := range changed {
		fmt.Fprintln(a.out, "  "+line)
	}
}
