package owner_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/owner"
)

func TestTheOwnerHandsOutEveryChangeOfTheLatestPlan(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	defer l.Close()
	socket := filepath.Join(place(t), "cutover.sock")
	serving, stop := context.WithCancel(ctx)
	defer stop()
	require.NoError(t, owner.Serve(serving, socket, owner.Facts{}, l))
	c, _, err := owner.Dial(ctx, socket)
	require.NoError(t, err)
	defer c.Close()

	read := func(of interface {
		Plan(context.Context, string, string, func(owner.PlanHead) error, func(directory.Change) error) error
	}) (head owner.PlanHead, changes []directory.Change, err error) {
		err = of.Plan(ctx, "spring", "migrate", func(h owner.PlanHead) error { head = h; return nil },
			func(c directory.Change) error { changes = append(changes, c); return nil })
		return head, changes, err
	}
	_, _, err = read(c)
	require.ErrorIs(t, err, ledger.ErrNotFound)

	var want []directory.Change
	for i := range 2500 { // several pages of the ledger
		name := fmt.Sprintf("user.%04d", i)
		want = append(want, directory.Change{Step: 1, Domain: directory.Fusion, Kind: directory.CreateUser, User: name,
			After: directory.Attributes{"userName": name}, Why: "verdict: create"})
	}
	id, err := l.BeginPlan(ctx, "spring", "migrate", false)
	require.NoError(t, err)
	require.NoError(t, l.AddChanges(ctx, id, want))
	require.NoError(t, l.AddFindings(ctx, id, []directory.Finding{{Phase: "migrate", Name: "orphan", Domain: directory.Fusion, Detail: "is alone"}}))
	_, err = l.SealPlan(ctx, id, "abc")
	require.NoError(t, err)
	for _, of := range []interface {
		Plan(context.Context, string, string, func(owner.PlanHead) error, func(directory.Change) error) error
	}{c, owner.Direct{Ledger: l}} {
		head, changes, err := read(of)
		require.NoError(t, err)
		require.Equal(t, "abc", head.Info.Hash)
		require.Equal(t, 2500, head.Info.Changes)
		require.Len(t, head.Findings, 1)
		require.Equal(t, want, changes)
	}
	enough := errors.New("enough")
	require.ErrorIs(t, c.Plan(ctx, "spring", "migrate", func(owner.PlanHead) error { return enough }, nil), enough)
}
