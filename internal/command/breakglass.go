package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/phase"
)

// byHand is the way that is left when ours fails.
const byHand = "By hand: in the console of the Utilities domain, Security > Identity providers > IdP policies, assign Username-Password to the default rule."

func (a *app) breakGlass() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "break-glass", Short: "Bring local sign-in back to Utilities, at once",
		Long: `Puts UserNamePassword back into Utilities' default identity provider rule, so that
people can sign in there with a local password again. It needs no approval, no
Temporal and no running cutover: only the configuration and the domain.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runBreakGlass(c.Context(), file) },
	}
	configFlag(c, &file)
	return c
}

func (a *app) runBreakGlass(ctx context.Context, file string) error {
	f, err := a.load(file)
	if err != nil {
		return err
	}
	estate, err := fleet.NewEstate(f.Canonical, f.Hash)
	if err != nil {
		return err
	}
	domain := estate.Domains[directory.Utilities]
	sso, err := domain.SSO(ctx)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, byHand)
	}
	changes := phase.BreakGlass(sso)
	for _, change := range changes {
		outcomes, err := domain.Write(ctx, []directory.Write{{Change: change}})
		if err == nil && outcomes[0].Err != nil {
			err = outcomes[0].Err
		}
		if err != nil {
			return fmt.Errorf("local sign-in could not be put back: %w\n%s", err, byHand)
		}
	}
	if sso, err = domain.SSO(ctx); err != nil {
		return fmt.Errorf("local sign-in was put back, but could not be read back: %w\nRun `cutover break-glass` again: it changes nothing that is right already.", err)
	}
	rule, ok := sso.Default()
	if !ok || !rule.OffersLocal() {
		return fmt.Errorf("Utilities' default rule does not offer local sign-in after it was written\n%s", byHand) //nolint:staticcheck // Utilities is a name
	}
	if a.json {
		return printJSON(a.out, map[string]any{"localSignIn": true, "changes": append([]directory.Change{}, changes...)})
	}
	if len(changes) == 0 {
		fmt.Fprintln(a.out, "Utilities offers local sign-in already; nothing was changed.")
		return nil
	}
	fmt.Fprintln(a.out, "Utilities offers local sign-in again (read back).")
	return nil
}
