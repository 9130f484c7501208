package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"cutover/activities"
	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/ledger"
	"cutover/internal/localsignin"
	"cutover/internal/owner"
	"cutover/internal/statedir"
)

// byHand is the way that is left when ours fails.
const byHand = "By hand: in the console of the Utilities domain, Security > Identity providers > IdP policies, assign Username-Password to the default rule."

const (
	// lookAgain is when what was put back is looked at once more: a request to
	// take it away may have been on its way.
	lookAgain = time.Minute
	// insist is for how long a domain that does not answer is asked again.
	insist = 15 * time.Second
	// tripping is how long the ledger may take: people wait for the domain.
	tripping = 5 * time.Second
)

type breakGlassOptions struct {
	file, by, note string
	noWait         bool
}

func (a *app) breakGlass() *cobra.Command {
	var o breakGlassOptions
	c := &cobra.Command{
		Use: "break-glass", Short: "Bring local sign-in back to Utilities, at once",
		Long: `Puts UserNamePassword back into Utilities' default identity provider rule, so that
people can sign in there with a local password again. It needs no approval, no
Temporal and no running cutover: only the configuration and the domain.

It also sets a tripwire in the ledger of --state, so that no cutover there takes
local sign-in away again until somebody says
cutover resume NAME --after-break-glass. After a minute it looks once more, and
lists who has no local password to sign in with.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runBreakGlass(c.Context(), o) },
	}
	configFlag(c, &o.file)
	c.Flags().StringVar(&o.by, "by", "", "who does it (default: whoever is logged in)")
	c.Flags().StringVar(&o.note, "note", "", "why, for the record")
	c.Flags().BoolVar(&o.noWait, "no-wait", false, "do not look once more after a minute")
	return c
}

// broken is what break-glass has done, for programs.
type broken struct {
	LocalSignIn bool               `json:"localSignIn"`
	Changes     []directory.Change `json:"changes"`
	By          string             `json:"by"`
	Tripwire    bool               `json:"tripwire"`
	// NoLocalPassword is who cannot sign in locally all the same; Unread says why
	// that is not known.
	NoLocalPassword []string `json:"noLocalPassword"`
	Unread          string   `json:"unread,omitempty"`
	Again           bool     `json:"again"` // it had been taken away once more within the minute
}

func (a *app) runBreakGlass(ctx context.Context, o breakGlassOptions) error {
	f, err := a.load(o.file)
	if err != nil {
		return err
	}
	estate, err := fleet.NewEstate(f.Canonical, f.Hash)
	if err != nil {
		return err
	}
	done := broken{By: cmp.Or(o.by, me()), NoLocalPassword: []string{}}
	say := func(format string, args ...any) {
		if !a.json {
			fmt.Fprintf(a.out, format+"\n", args...)
		}
	}
	wire := ledger.Tripwire{
		ID: uuid.NewString(), Domain: estate.Config.Utilities.URL, Cause: ledger.CauseBreakGlass, By: done.By, Note: o.note, At: time.Now(),
	}
	// First the tripwire: a cutover at work must not take away what is put back.
	untripped := a.setTripwire(ctx, wire)
	domain := estate.Domains[directory.Utilities]
	changes, err := a.putBack(ctx, domain)
	if err != nil {
		return err
	}
	began := time.Now()
	done.LocalSignIn, done.Changes = true, append([]directory.Change{}, changes...)
	if len(changes) == 0 {
		say("Utilities offers local sign-in already; nothing was changed.")
	} else {
		say("Utilities offers local sign-in again (read back).")
	}
	if untripped != nil {
		untripped = a.setTripwire(ctx, wire)
	}
	if done.Tripwire = untripped == nil; done.Tripwire {
		say("A tripwire is set (by %s): no cutover here takes local sign-in away again until `cutover resume NAME --after-break-glass --note WHY`.", done.By)
	} else {
		fmt.Fprintf(a.err, "No tripwire could be set: %s\nA cutover that runs elsewhere may take local sign-in away again; name its --state, on its machine.\n", untripped)
	}
	if done.NoLocalPassword, err = withoutPassword(ctx, domain); err != nil {
		done.Unread = cause(err)
		say("Who has no local password could not be read: %s", done.Unread)
	} else {
		a.tellWithout(done.NoLocalPassword)
	}
	if !o.noWait {
		say("In a minute it is looked at once more; Ctrl-C leaves it as it is now.")
		if done.Again, err = a.lookAgain(ctx, domain, began); err != nil {
			return err
		}
		if done.Again {
			say("Local sign-in had been taken away once more; it is back (read back).")
		} else {
			say("A minute later Utilities still offers local sign-in.")
		}
	}
	if a.json {
		return printJSON(a.out, done)
	}
	return nil
}

// putBack insists for a while: a domain that is busy is no reason to leave
// people outside.
func (a *app) putBack(ctx context.Context, domain localsignin.Domain) ([]directory.Change, error) {
	insisting, cancel := context.WithTimeout(ctx, insist)
	defer cancel()
	var last error
	changes, err := localsignin.Insist(insisting, domain, 2*time.Second, func(err error) {
		if hopeless(err) {
			cancel()
		} else if last == nil {
			fmt.Fprintf(a.err, "%s\nIt is tried again for %s. %s\n", err, insist, byHand)
		}
		last = err
	})
	switch {
	case err == nil:
		return changes, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case last != nil:
		err = last
	}
	return nil, fmt.Errorf("%w\n%s", err, byHand)
}

// hopeless tells what time does not heal.
func hopeless(err error) bool {
	var pe *directory.PeerError
	if errors.As(err, &pe) {
		return pe.Problem == directory.ProblemAuth || pe.Problem == directory.ProblemInvalid || pe.Problem == directory.ProblemNotFound
	}
	return errors.Is(err, localsignin.ErrNoRule)
}

// setTripwire reaches the ledger by its owner, or opens it where there is none.
func (a *app) setTripwire(ctx context.Context, t ledger.Tripwire) error {
	ctx, cancel := context.WithTimeout(ctx, tripping)
	defer cancel()
	remote, _, err := owner.Dial(ctx, statedir.At(a.state).Socket())
	if err == nil {
		defer remote.Close()
		return remote.SetTripwire(ctx, t)
	}
	conn, found, alone := a.ledgerAlone(ctx)
	switch {
	case alone != nil:
		return errors.Join(err, alone)
	case !found:
		return fmt.Errorf("there is no ledger in %s", a.state)
	}
	defer conn.Close()
	return conn.store.SetTripwire(ctx, t)
}

// withoutPassword lists the active people of Utilities who cannot sign in
// locally: federated ones, and those who never set a password.
func withoutPassword(ctx context.Context, d activities.Domain) ([]string, error) {
	names := []string{}
	for start := 1; start > 0; {
		page, err := d.Users(ctx, start)
		if err != nil {
			return nil, err
		}
		for _, u := range page.Users {
			if u.Active && (u.Federated || !u.PasswordSet) {
				names = append(names, u.UserName)
			}
		}
		start = page.Next
	}
	return names, nil
}

// shownNames is how many names a person is shown.
const shownNames = 50

func (a *app) tellWithout(names []string) {
	if a.json {
		return
	}
	if len(names) == 0 {
		fmt.Fprintln(a.out, "Everyone who is active there has a local password.")
		return
	}
	fmt.Fprintf(a.out, "These are active there, but have no local password (%d); an administrator of Utilities can give them one:\n", len(names))
	for _, name := range names[:min(shownNames, len(names))] {
		fmt.Fprintln(a.out, "  "+name)
	}
	if more := len(names) - shownNames; more > 0 {
		fmt.Fprintf(a.out, "  and %d more (--json lists all)\n", more)
	}
}

// lookAgain waits until a minute is over since then, and puts local sign-in back
// once more where somebody took it away.
func (a *app) lookAgain(ctx context.Context, domain localsignin.Domain, since time.Time) (again bool, err error) {
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-time.After(lookAgain - time.Since(since)):
	}
	changes, err := a.putBack(ctx, domain)
	return len(changes) > 0, err
}
