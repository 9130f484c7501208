package apply_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// keeper is a domain that lets nobody delete.
type keeper struct {
	*domain
	frozen bool // nor change anybody
}

func (k keeper) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	if writes[0].Change.Kind != directory.DeleteUser && !k.frozen {
		return k.domain.Write(ctx, writes)
	}
	out := make([]directory.Outcome, len(writes))
	for i := range out {
		out[i] = directory.Outcome{Status: 403, Err: &directory.PeerError{Peer: "utilities", Op: "delete users", Problem: directory.ProblemAuth, Status: 403, Detail: "not allowed"}}
	}
	return out, nil
}

func TestAUserWhoMayNotBeDeletedIsDeactivated(t *testing.T) {
	for _, frozen := range []bool{false, true} {
		l := openLedger(t)
		d := newDomain(5, directory.Person{User: directory.User{ID: "id-1", UserName: "cutover.test", Active: true}})
		k := keeper{d, frozen}
		plan := planned(t, t.Context(), l, directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.DeleteUser, User: "cutover.test", Why: "test"})
		run := d.run(l, plan)
		run.PeerFor = func(directory.Change) (apply.Peer, error) { return k, nil }
		through(t, t.Context(), run)
		progress, err := l.Progress(t.Context(), plan, 0)
		require.NoError(t, err)
		if frozen {
			require.Equal(t, ledger.Progress{Failed: 1}, progress, "the refusal stands")
			continue
		}
		require.Equal(t, ledger.Progress{Applied: 1}, progress)
		require.False(t, d.people["cutover.test"].Active)
	}
}
