package nativesync_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/nativesync"
)

// target notes what is asked of it.
type target struct {
	started []string
	values  map[string]string
	request directory.SyncRequest
	err     error
}

func (t *target) Lookup(_ context.Context, names []string) (map[string]directory.Person, error) {
	return map[string]directory.Person{directory.Fold(names[0]): {User: directory.User{UserName: names[0]}}}, nil
}

func (t *target) StartSync(_ context.Context, app string, r directory.SyncRequest, values map[string]string) (directory.Outcome, error) {
	t.started, t.values, t.request = append(t.started, app), values, r
	return directory.Outcome{ID: "app-1", Status: 201}, t.err
}

var start = directory.Change{
	Step: 5, Domain: directory.CXIF, Via: directory.ViaNativeSync, Kind: directory.StartSync, Target: "Fusion people",
	After: directory.Attributes{"creates": "2", "deletes": "0", "by": "a person", "run": "probe"},
}

func expected(user string) directory.Change {
	return directory.Change{Step: 4, Domain: directory.CXIF, Via: directory.ViaNativeSync, Kind: directory.CreateUser, User: user}
}

func TestWhatIsExpectedIsOnlyNoted(t *testing.T) {
	to := &target{}
	p := nativesync.Peer{Target: to, Request: directory.SyncRequest{Path: "/start"}}
	outcomes, err := p.Write(t.Context(), []directory.Write{{Change: expected("ann")}, {ID: "2", Change: expected("bob")}})
	require.NoError(t, err)
	require.Equal(t, []directory.Outcome{{Note: "left to the native synchronization"}, {ID: "2", Note: "left to the native synchronization"}}, outcomes)
	require.Empty(t, to.started)
}

func TestARequestStartsItWhereOneIsKnownAndElseAPersonIsAsked(t *testing.T) {
	to := &target{}
	request := directory.SyncRequest{Path: "/start", Body: `{"app": "{appId}"}`}
	outcomes, err := nativesync.Peer{Target: to, Request: request}.Write(t.Context(), []directory.Write{{Change: start}})
	require.NoError(t, err)
	require.Equal(t, []directory.Outcome{{ID: "app-1", Status: 201}}, outcomes)
	require.Equal(t, []string{"Fusion people"}, to.started)
	require.Equal(t, request, to.request)
	require.Equal(t, "2", to.values["creates"])
	require.Equal(t, "0", to.values["deletes"])

	outcomes, err = nativesync.Peer{Target: to}.Write(t.Context(), []directory.Write{{Change: start}})
	require.NoError(t, err)
	require.Equal(t, []directory.Outcome{{Note: "asked of a person"}}, outcomes)
	require.Len(t, to.started, 1, "nothing was sent")
}

func TestARequestThatIsRefusedIsAnErrorOfTheWholeWrite(t *testing.T) {
	refused := errors.New("refused")
	p := nativesync.Peer{Target: &target{err: refused}, Request: directory.SyncRequest{Path: "/start"}}
	outcomes, err := p.Write(t.Context(), []directory.Write{{Change: start}})
	require.ErrorIs(t, err, refused)
	require.Empty(t, outcomes)
}

func TestAStartStandsAloneAndExpectationsGoTogether(t *testing.T) {
	p := nativesync.Peer{}
	require.Equal(t, 1, p.BatchSize(directory.StartSync))
	require.Equal(t, 500, p.BatchSize(directory.CreateUser))
	require.Equal(t, p.BatchSize(directory.UpdateUser), nativesync.BatchSize(directory.UpdateUser))
}

func TestPeopleAreLookedForInTheTarget(t *testing.T) {
	found, err := nativesync.Peer{Target: &target{}}.Lookup(t.Context(), []string{"Ann"})
	require.NoError(t, err)
	require.Contains(t, found, "ann")
}

func TestAPersonIsToldWhatToPressAndWhatToWriteBefore(t *testing.T) {
	require.Equal(t, "in the console of cxif (https://cxif.example), under Integrated applications > Fusion people: in Provisioning > Configure synchronization, "+
		"write 2 as the maximum number of creates and 0 as that of deletes; then, on the tab Import, press Import; "+
		"cutover goes on by itself when the domain tells that its synchronization has run", nativesync.Ask(directory.CXIF, "https://cxif.example/", start))
}
