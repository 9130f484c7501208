package simulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

const (
	from = directory.Fusion
	to   = directory.Utilities
)

// arrival is somebody of Fusion: a new user with something else.
func (w *world) arrival(name string, more m) string {
	w.t.Helper()
	u := with(name, more)
	delete(u, "schemas")
	return w.create(from, "Users", u)
}

// of is the one account of a user of Fusion.
func (w *world) account(uid string) m {
	w.t.Helper()
	found := w.accounts(to, `uid eq "`+uid+`"`)
	require.Len(w.t, found, 1)
	return found[0].(m)
}

func TestAnImportTakesEverybodyOfFusion(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := w.pulls(to)
	require.NoError(t, w.press(to))
	people := w.list(from, "Users", "count", "1000").resources()
	require.Len(t, w.accounts(to, `app.value eq "`+app+`"`), len(people))
	for _, e := range people {
		one := e.(m)
		x := w.account(one["id"].(string))
		require.Equal(t, []any{one["userName"], one["active"]}, []any{x["name"], x["active"]})
		if x["syncSituation"] == "Unmatched" {
			require.NotEmpty(t, x["syncResponse"])
			require.NotContains(t, one, "emails", "there is no other reason in this estate")
			continue
		}
		require.Equal(t, "Confirmed", x["syncSituation"])
		there := w.admin(to, "GET", "/Users/"+x["owner"].(m)["value"].(string), nil).Body
		require.Equal(t, one["active"], there["active"], one["userName"])
		require.Equal(t, one["name"].(m)["familyName"], there["name"].(m)["familyName"])
	}
}

func TestWhoIsMissingIsMadeAsInFusion(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	app := w.pulls(to)
	ada := w.arrival("Ada.Byron", nil)
	off := w.arrival("off", m{"active": false})
	require.NoError(t, w.press(to))
	made := w.user(to, "ada.byron")
	require.Equal(t, "Ada.Byron", made["userName"], "byte for byte")
	require.Equal(t, []any{ada, true, "Ada Byron"}, []any{made["externalId"], made["active"], made["displayName"]})
	ext := made[userExt].(m)
	require.Equal(t, []any{true, "authsync", m{"value": app, "type": "App"}}, []any{ext["isFederatedUser"], ext["creationMechanism"], ext["syncedFromApp"]})
	require.Equal(t, "Ada.Byron@riverbend.example", made["emails"].([]any)[0].(m)["value"])
	require.Equal(t, false, w.user(to, "off")["active"], "who is not active there is not active here")
	require.Empty(t, w.Mails(to))
	x := w.account(ada)
	require.Equal(t, []any{"Confirmed", "Created", made["id"], "Ada.Byron"}, []any{x["syncSituation"], x["syncResponse"], x["owner"].(m)["value"], x["owner"].(m)["userName"]})
	require.NotEqual(t, x["compositeKey"], w.account(off)["compositeKey"])

	require.NoError(t, w.press(to))
	require.Equal(t, made["meta"], w.user(to, "ada.byron")["meta"], "a second import changes nothing")
	require.Equal(t, "Confirmed", w.account(ada)["syncResponse"])
	r := w.admin(to, "PATCH", "/Users/"+made["id"].(string), patchOf(m{"op": "replace", "path": "title", "value": "Countess"}))
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, app, r.Body[userExt].(m)["syncedFromApp"].(m)["value"])
}

func TestWhoIsThereBecomesWhatFusionHas(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	w.pulls(to)
	id := w.create(to, "Users", m{"userName": "ADA", "displayName": "A. Lovelace", "title": "Countess", "active": false,
		"name": m{"givenName": "Augusta", "familyName": "King", "middleName": "Ada"}, "password": "Secret-word-1",
		"emails": []any{m{"value": "old@riverbend.example", "type": "work", "primary": true}, m{"value": "own@riverbend.example", "type": "home"}}})
	group := w.create(to, "Groups", m{"displayName": "Poets", "members": []any{m{"value": id, "type": "User"}}})
	ada := w.arrival("ada", nil)
	alone := w.create(to, "Users", newUser("alone"))
	before := w.admin(to, "GET", "/Users/"+alone, nil).Raw
	require.NoError(t, w.press(to))
	now := w.user(to, "ada")
	require.Equal(t, []any{"ADA", "Ada Byron", "Countess", true}, []any{now["userName"], now["displayName"], now["title"], now["active"]})
	require.Equal(t, m{"givenName": "Ada", "familyName": "Byron", "middleName": "Ada"}, now["name"])
	var addresses []any
	for _, e := range now["emails"].([]any) {
		addresses = append(addresses, e.(m)["value"], e.(m)["primary"] == true)
	}
	require.Equal(t, []any{"ada@riverbend.example", true, "own@riverbend.example", false, "old@riverbend.example", false}, addresses, "the last is the recovery copy")
	require.Equal(t, []any{false, nil}, []any{now[userExt].(m)["isFederatedUser"], now["externalId"]})
	require.Equal(t, group, now["groups"].([]any)[0].(m)["value"], "memberships are never touched")
	require.Equal(t, []any{"Confirmed", "Matched by userName"}, []any{w.account(ada)["syncSituation"], w.account(ada)["syncResponse"]})
	require.Equal(t, before, w.admin(to, "GET", "/Users/"+alone, nil).Raw, "who is in the target only is left alone")
}

func TestASituationSaysWhyNobodyOwnsAnAccount(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	app := w.pulls(to)
	ada, bob := w.arrival("ada", nil), w.arrival("bob", nil)
	bare := w.arrival("bare", nil)
	require.Equal(t, 200, w.admin(from, "PATCH", "/Users/"+bare, patchOf(m{"op": "replace", "path": `emails[type eq "work"].primary`, "value": false})).Status)
	require.NoError(t, w.press(to))
	x := w.account(bare)
	require.Equal(t, "Unmatched", x["syncSituation"])
	require.Contains(t, x["syncResponse"], "primary email")
	require.NotContains(t, x, "owner")

	w.create(to, "Users", newUser("renamed"))
	require.Equal(t, 200, w.admin(from, "PATCH", "/Users/"+ada, patchOf(m{"op": "replace", "path": "userName", "value": "renamed"})).Status)
	require.Equal(t, 204, w.admin(from, "DELETE", "/Users/"+bob, nil).Status)
	require.NoError(t, w.press(to))
	x = w.account(ada)
	require.Equal(t, "Disputed", x["syncSituation"])
	require.Len(t, x["matchingOwners"], 2)
	require.Equal(t, "Lost", w.account(bob)["syncSituation"])
	require.Equal(t, true, w.user(to, "bob")["active"], "and their user stays")
	require.Equal(t, 204, w.admin(to, "DELETE", "/Users/"+w.user(to, "bob")["id"].(string), nil).Status)
	require.NotContains(t, w.account(bob), "owner", "who is no more owns nothing")
	require.Len(t, w.accounts(to, `app.value eq "`+app+`" and syncSituation ne "Confirmed"`), 3)
	require.Equal(t, 204, w.admin(to, "DELETE", "/Apps/"+app, nil).Status)
	require.Empty(t, w.accounts(to, "id pr"), "accounts go with their app")
}

func TestTwoAppsKeepTheirAccountsApart(t *testing.T) {
	w := start(t, "clean", simulator.Options{NativeSync: simulator.NativeSync{Scope: "groups", Groups: map[directory.Domain][]string{to: {"Pulled"}}}})
	ada, bob := w.arrival("ada", nil), w.arrival("bob", nil)
	group := w.create(from, "Groups", m{"displayName": "Pulled", "members": []any{m{"value": ada, "type": "User"}}})
	first := w.pulls(to)
	require.NoError(t, w.press(to))
	require.Equal(t, 200, w.admin(to, "PATCH", "/Apps/"+first, patchOf(m{"op": "replace", "path": "displayName", "value": "The first"})).Status)
	client, secret := w.Client(from)
	ops := []m{set("clientid", client), set("clientSecret", secret), {"op": "replace", "path": "active", "value": true}}
	for name, p := range w.propertiesOf(first) {
		if v, ok := p["value"].([]any); ok && name != "clientid" {
			ops = append(ops, set(name, v[0].(string)))
		}
	}
	second := w.bareApp(m{"connected": true, "isAuthoritative": true, "enableSync": true}).text("id")
	require.Equal(t, 200, w.admin(to, "PATCH", "/Apps/"+second, patchOf(ops...)).Status)
	require.Empty(t, w.accounts(to, `app.value eq "`+second+`"`))
	require.Equal(t, 200, w.admin(from, "PATCH", "/Groups/"+group, patchOf(m{"op": "add", "path": "members", "value": []any{m{"value": bob, "type": "User"}}})).Status)
	require.NoError(t, w.press(to))
	require.Len(t, w.accounts(to, `app.value eq "`+first+`"`), 1)
	require.Len(t, w.accounts(to, `app.value eq "`+second+`"`), 2)
	require.Len(t, w.accounts(to, `uid eq "`+ada+`" or uid eq "`+bob+`"`), 3)
	require.Equal(t, 204, w.admin(to, "DELETE", "/Apps/"+first, nil).Status)
	require.Len(t, w.accounts(to, "id pr"), 2)
}

func TestAnotherNameOrAddressInFusionIsTakenOver(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	w.pulls(to)
	ada := w.arrival("ada", m{"name": m{"familyName": "Byron", "middleName": "Noel"}})
	bob := w.create(from, "Users", with("bob", m{"emails": []any{m{"value": "bob@riverbend.example", "type": "work", "primary": true, "verified": true}}}))
	require.NoError(t, w.press(to))
	require.Equal(t, m{"familyName": "Byron"}, w.user(to, "ada")["name"])
	require.Equal(t, "bob@riverbend.example", w.account(bob)["owner"].(m)["email"])
	require.Equal(t, 200, w.admin(from, "PATCH", "/Users/"+ada, patchOf(m{"op": "replace", "path": "name.familyName", "value": "King"}, m{"op": "replace", "path": "userName", "value": "countess"},
		m{"op": "replace", "path": "emails[primary eq true].value", "value": "king@riverbend.example"}, m{"op": "replace", "path": "active", "value": false})).Status)
	require.NoError(t, w.press(to))
	now := w.user(to, "ada")
	require.Equal(t, []any{"ada", false, m{"familyName": "King"}}, []any{now["userName"], now["active"], now["name"]}, "but never the userName")
	require.Equal(t, "king@riverbend.example", now["emails"].([]any)[0].(m)["value"])
	require.Equal(t, []any{"countess", "ada", "Confirmed"}, []any{w.account(ada)["name"], w.account(ada)["owner"].(m)["userName"], w.account(ada)["syncSituation"]})
}

func TestANewUserGetsAMailOnlyWhereTheAppSaysSo(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	app := w.pulls(to)
	require.NoError(t, w.press(to))
	require.Empty(t, w.Mails(to))
	w.admin(to, "PATCH", "/Apps/"+app, patchOf(m{"op": "replace", "path": managedExt + ":enableAuthSyncNewUserNotification", "value": true}))
	w.arrival("ada", nil)
	require.NoError(t, w.press(to))
	require.Len(t, w.Mails(to), 1)
	require.Equal(t, "ada", w.Mails(to)[0].User)
}

func TestAnImportStopsAtItsThreshold(t *testing.T) {
	w := start(t, "clean", simulator.Options{NativeSync: simulator.NativeSync{DeactivatesMissing: true}})
	app := w.pulls(to)
	require.NoError(t, w.PressImport(t.Context(), to, pullApp, -1, -1))
	for _, name := range []string{"a1", "a2", "a3"} {
		w.arrival(name, nil)
		w.create(to, "Users", newUser("own-"+name))
	}
	err := w.PressImport(t.Context(), to, pullApp, 2, 0)
	require.ErrorContains(t, err, "3 people would be created, and 2 are allowed")
	require.Equal(t, 2.0, w.list(to, "Users", "filter", `userName sw "a" and externalId pr and `+userExt+`:syncedFromApp.value eq "`+app+`" and (userName eq "a1" or userName eq "a2" or userName eq "a3")`).Body["totalResults"])
	require.ErrorContains(t, w.PressImport(t.Context(), to, pullApp, 1, 0), "3 people would be deactivated, and 0 are allowed")
	require.Equal(t, 3.0, w.list(to, "Users", "filter", `userName sw "own-" and active eq true`).Body["totalResults"])
	require.ErrorContains(t, w.PressImport(t.Context(), to, pullApp, 0, 2), "maxDeletes")
	require.Equal(t, 1.0, w.list(to, "Users", "filter", `userName sw "own-" and active eq true`).Body["totalResults"])
	require.NoError(t, w.PressImport(t.Context(), to, pullApp, 0, 1))
	require.NoError(t, w.PressImport(t.Context(), to, pullApp, 0, 0), "nothing is to be done, and nothing is allowed")
}

func TestWhatNobodyKnowsOfAnImportCanBeChosen(t *testing.T) {
	group := map[directory.Domain][]string{to: {"pulled"}, directory.CXIF: {"nobody has this"}}
	w := start(t, "clean", simulator.Options{NativeSync: simulator.NativeSync{Scope: "groups", Groups: group, FederatesExisting: true, NewLocal: true, Takes: 10 * time.Millisecond}})
	in, _ := w.arrival("in", nil), w.arrival("out", nil)
	w.create(to, "Users", with("there", m{"password": "Secret-word-1"}))
	there := w.arrival("there", nil)
	w.create(from, "Groups", m{"displayName": "Pulled", "members": []any{m{"value": in, "type": "User"}, m{"value": there, "type": "User"}}})
	w.pulls(to)
	w.pulls(directory.CXIF)
	begun := time.Now()
	require.NoError(t, w.press(to))
	require.GreaterOrEqual(t, time.Since(begun), 10*time.Millisecond)
	require.NoError(t, w.press(directory.CXIF))
	require.Empty(t, w.accounts(directory.CXIF, "id pr"))
	require.Equal(t, false, w.user(to, "in")[userExt].(m)["isFederatedUser"])
	require.Equal(t, 0.0, w.list(to, "Users", "filter", `userName eq "out"`).Body["totalResults"])
	now := w.user(to, "there")
	require.Equal(t, true, now[userExt].(m)["isFederatedUser"])
	require.NotContains(t, now, "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User", "the password is gone")
	require.Len(t, w.accounts(to, "id pr"), 2)
}

func TestTheScopeOfTheEstateIsTakenWhereNoneIsNamed(t *testing.T) {
	n, err := simulator.ReadNativeSync([]string{"scoped"})
	require.NoError(t, err)
	w := start(t, "clean", simulator.Options{NativeSync: n})
	w.pulls(to)
	require.NoError(t, w.press(to))
	all := w.list(from, "Users").at("totalResults").(float64)
	taken := float64(len(w.accounts(to, "id pr")))
	require.Greater(t, taken, 0.0)
	require.Less(t, taken, all)
	_, err = simulator.ReadNativeSync([]string{"quick"})
	require.ErrorContains(t, err, "deactivates-missing")
	for says, n := range map[string]simulator.NativeSync{"the scope": {Scope: "everybody"}, "less than no time": {Takes: -1}} {
		_, err := simulator.Start(t.Context(), simulator.Options{Estate: estate(t, "clean"), NativeSync: n})
		require.ErrorContains(t, err, says)
	}
}
