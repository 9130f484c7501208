package reconcile_test

import (
	"errors"
	"flag"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// listed is a lockout list by userName. One whose name another took since the
// start comes up with that other, so the reasons of both are together.
func listed(t require.TestingT, list iter.Seq2[reconcile.LockedOut, error]) map[string][]reconcile.Reason {
	got, last := map[string][]reconcile.Reason{}, ""
	for out, err := range list {
		require.NoError(t, err)
		name := directory.Fold(out.Person.UserName)
		require.GreaterOrEqual(t, name, last, "in the order of names")
		last = name
		got[out.Person.UserName] = append(got[out.Person.UserName], out.Reasons...)
	}
	return got
}

// thousands makes rapid draw as many estates as it takes to meet every mixture
// of reasons; a fifth of them with -short.
func thousands(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	if before == checks.DefValue {
		require.NoError(t, checks.Value.Set("5000"))
		t.Cleanup(func() { _ = checks.Value.Set(before) })
	}
}

func TestTheLockoutListsAreExactlyWhoWasBuiltIn(t *testing.T) {
	thousands(t)
	reasons := map[reconcile.Reason]int{}
	off := 0
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.DrawLockout(t)
		require.Equal(t, e.On, listed(t, e.Lockout.On()))
		require.Equal(t, e.Off, listed(t, e.Lockout.Off()))
		for _, all := range e.On {
			for _, r := range all {
				reasons[r]++
			}
		}
		off += len(e.Off)
	})
	for _, r := range []reconcile.Reason{
		reconcile.ReasonNoHubUser, reconcile.ReasonHubNameDiffers, reconcile.ReasonHubInactive, reconcile.ReasonHubSomeoneElse,
		reconcile.ReasonNoUtilitiesUser, reconcile.ReasonUtilitiesInactive, reconcile.ReasonOUAFLogin, reconcile.ReasonNoWayIntoHub,
		reconcile.ReasonRoleLost, reconcile.ReasonNoLocalSignIn,
	} {
		require.NotZero(t, reasons[r], "no estate was drawn with %s", r)
	}
	require.NotZero(t, off)
}

// Whoever the lists leave out keeps a way in: the switch is carried out on the
// estate, and everybody who worked before and is on no list still works.
func TestWhoIsOnNoListStillWorksAfterTheSwitch(t *testing.T) {
	thousands(t)
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.DrawLockout(t)
		on := listed(t, e.Lockout.On())
		hubs := map[string]directory.Person{}
		for p := range e.World[directory.Fusion].ByName() {
			hubs[p.UserName] = p
		}
		outline := e.World[directory.Utilities].Outline()
		for u := range e.World[directory.Utilities].ByName() {
			_, isListed := on[u.UserName]
			if isListed || !u.Active || u.LockedByAdmin() || u.UserName == "bg-admin" || u.UserName == "cutover.test" ||
				!outline.Holds(u, directory.Role{App: "CCS", Name: "AppUser"}) || u.Federated {
				continue // is told, or cannot work today
			}
			if strings.HasPrefix(u.UserName, "SVC-") {
				require.True(t, e.Kept(u), "%s loses the local sign-in", u.UserName)
				continue
			}
			hub, there := hubs[u.UserName]
			require.True(t, there && hub.Active, "%s is nobody in Fusion", u.UserName)
			require.True(t, e.ByCorporateIdP && e.Hub.IdP || e.Hub.Local && hub.PasswordSet, "%s cannot sign in to Fusion", u.UserName)
		}
	})
}

func TestARenameFromBeforeThisCutoverMustBeAttestedToo(t *testing.T) {
	renamed := directory.Person{
		User:  directory.User{ID: "1", UserName: "jo2", Email: "jo@x", Active: true},
		Roles: []directory.Role{{App: "CCS", Name: "AppUser"}},
	}
	hub := renamed
	hub.ID, hub.PasswordSet = "2", true
	l := reconcile.Lockout{
		Rules: &reconcile.Rules{Utilities: map[string]reconcile.Resolution{"jo": {Rename: "jo2"}}},
		World: reconcile.World{
			directory.Utilities: &reconciletest.Side{People: []directory.Person{renamed}},
			directory.Fusion:    &reconciletest.Side{People: []directory.Person{hub}},
		},
		Offered: reconcile.Ways{Local: true}, Hub: reconcile.Ways{Local: true},
	}
	require.Equal(t, map[string][]reconcile.Reason{"jo2": {reconcile.ReasonOUAFLogin}}, listed(t, l.On()))
	l.Rules.Utilities["jo"] = reconcile.Resolution{Rename: "jo2", OUAFLoginChanged: true}
	require.Empty(t, listed(t, l.On()))
}

// The rename of who gave a name up is no longer among the rules once another
// bears that name, and still it was attested.
func TestWhoGaveANameUpIsFoundUnderTheNewOne(t *testing.T) {
	worker := func(id, name string) directory.Person {
		return directory.Person{User: directory.User{ID: id, UserName: name, Email: id + "@x", Active: true, PasswordSet: true},
			Roles: []directory.Role{{App: "CCS", Name: "AppUser"}}}
	}
	l := reconcile.Lockout{
		Rules: &reconcile.Rules{}, Start: &reconciletest.Side{People: []directory.Person{worker("1", "jo")}},
		Renames: map[string]reconcile.Resolution{"jo": {Rename: "jo-u", OUAFLoginChanged: true}},
		World: reconcile.World{
			directory.Utilities: &reconciletest.Side{People: []directory.Person{worker("1", "jo-u"), worker("2", "jo")}},
			directory.Fusion:    &reconciletest.Side{People: []directory.Person{worker("1", "jo-u"), worker("2", "jo")}},
		},
		Offered: reconcile.Ways{Local: true}, Began: reconcile.Ways{Local: true}, Hub: reconcile.Ways{Local: true},
	}
	require.Empty(t, listed(t, l.On()))
	l.Renames["jo"] = reconcile.Resolution{Rename: "jo-u"}
	require.Equal(t, map[string][]reconcile.Reason{"jo-u": {reconcile.ReasonOUAFLogin}}, listed(t, l.On()))
}

func TestAnOrphanWhomAPersonSwitchedOffIsOnNoList(t *testing.T) {
	jo := directory.Person{User: directory.User{ID: "1", UserName: "jo", Active: true}, Roles: []directory.Role{{App: "CCS", Name: "AppUser"}}}
	off := jo
	off.Active = false
	l := reconcile.Lockout{
		Rules: &reconcile.Rules{OrphansUtilities: "deactivate"}, Start: &reconciletest.Side{People: []directory.Person{jo}},
		World: reconcile.World{
			directory.Utilities: &reconciletest.Side{People: []directory.Person{off}}, directory.Fusion: &reconciletest.Side{},
		},
		Began: reconcile.Ways{Local: true}, Offered: reconcile.Ways{Local: true},
	}
	require.Empty(t, listed(t, l.On()))
	l.Rules.OrphansUtilities = "keep"
	require.Equal(t, map[string][]reconcile.Reason{"jo": {reconcile.ReasonNoHubUser, reconcile.ReasonUtilitiesInactive}}, listed(t, l.On()))
}

func TestALockoutListEndsWithTheErrorOfAReadThatBreaks(t *testing.T) {
	broken := brokenSide{name: errors.New("gone")}
	for _, d := range []directory.Domain{directory.Fusion, directory.Utilities} {
		l := reconcile.Lockout{Rules: &reconcile.Rules{}, World: reconcile.World{
			directory.Utilities: &reconciletest.Side{}, directory.Fusion: &reconciletest.Side{},
		}}
		l.World[d] = broken
		for _, list := range []iter.Seq2[reconcile.LockedOut, error]{l.On(), l.Off()} {
			var last error
			for _, err := range list {
				last = err
			}
			require.ErrorContains(t, last, "gone")
		}
	}
}
