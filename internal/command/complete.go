package command

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

// completionDeadline is how long a person at a shell waits for the Tab key.
const completionDeadline = 2 * time.Second

// completeName completes the name of a cutover from those that Temporal knows.
// Where it cannot be asked, nothing is completed.
func (a *app) completeName(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(c.Context(), completionDeadline)
	defer cancel()
	conn, err := a.connect(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer conn.Close()
	known, err := cutovers(ctx, conn)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, k := range known {
		names = append(names, k.Name+"\t"+k.State)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
