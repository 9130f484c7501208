package simulator_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

const (
	userExt  = "urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"
	errorExt = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error"
)

func TestANewUserIsStoredAsTheServiceWouldStoreIt(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	u := newUser("ada.byron")
	u["id"], u["meta"], u["groups"] = "mine", m{"version": "mine"}, []any{m{"value": "x"}}
	u["password"] = "Secret-word-1"
	u[userExt] = m{"isFederatedUser": true, "bypassNotification": true, "status": "pendingVerification"}
	r := w.admin(directory.Utilities, "POST", "/Users", u)
	require.Equal(t, 201, r.Status, r.Raw)
	require.NotEqual(t, "mine", r.text("id"), "readOnly values are ignored")
	require.Equal(t, r.Header.Get("ETag"), r.text("meta.version"))
	require.Equal(t, w.URL(directory.Utilities)+"/admin/v1/Users/"+r.text("id"), r.Header.Get("Location"))
	require.NotEmpty(t, r.Header.Get("opc-request-id"))
	require.Equal(t, true, r.Body["active"])
	require.Equal(t, m{"isFederatedUser": true}, r.Body[userExt], "status comes on request")
	require.NotContains(t, r.Raw, "Secret-word-1")
	require.NotContains(t, r.Raw, "groups")
	require.Equal(t, "recovery", r.at("emails.1.type"), "the service adds a recovery copy of the primary email")

	again := w.admin(directory.Utilities, "GET", "/Users/"+r.text("id"), nil)
	require.Equal(t, r.Body, again.Body)
}

func TestAUserThatADomainDoesNotAllowIsRefused(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	taken := w.list(directory.Utilities, "Users", "count", "1").text("Resources.0.userName")
	for name, c := range map[string]struct {
		change  func(m)
		status  int
		message string
	}{
		"no userName":              {func(u m) { delete(u, "userName") }, 400, "error.common.validation.missingReqAttributes"},
		"no family name":           {func(u m) { u["name"] = m{"givenName": "Ada"} }, 400, "error.common.validation.missingReqAttributes"},
		"no email":                 {func(u m) { delete(u, "emails") }, 400, "error.identity.user.primaryEmailNotSpecified"},
		"no primary email":         {func(u m) { u["emails"] = []any{m{"value": "a@b.example", "type": "work"}} }, 400, "error.identity.user.primaryEmailNotSpecified"},
		"an accent in userName":    {func(u m) { u["userName"] = "zoë" }, 400, ""},
		"a tilde in userName":      {func(u m) { u["userName"] = "~zoe" }, 400, ""},
		"a userName of 257":        {func(u m) { u["userName"] = strings.Repeat("a", 257) }, 400, ""},
		"a userName that is taken": {func(u m) { u["userName"] = strings.ToUpper(taken) }, 409, ""},
		"two primary emails": {func(u m) {
			u["emails"] = []any{m{"value": "a@b.example", "type": "work", "primary": true}, m{"value": "c@b.example", "type": "home", "primary": true}}
		}, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUser("ada.byron")
			c.change(u)
			r := w.admin(directory.Utilities, "POST", "/Users", u)
			require.Equal(t, c.status, r.Status, r.Raw)
			require.IsType(t, "", r.Body["status"], "status is a string in Oracle's errors")
			ext, _ := r.Body[errorExt].(m)
			require.Equal(t, c.message != "", ext != nil)
			if c.message != "" {
				require.Equal(t, c.message, ext["messageId"])
			}
		})
	}
	r := w.admin(directory.Utilities, "POST", "/Users", newUser(strings.Repeat("a", 256)))
	require.Equal(t, 201, r.Status, r.Raw)
}

func TestAPatchChangesWhatItsPathsName(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.Utilities, "Users", newUser("ada.byron"))
	patch := func(ops ...m) reply { return w.admin(directory.Utilities, "PATCH", "/Users/"+id, patchOf(ops...)) }

	r := patch(
		m{"op": "REPLACE", "path": "userName", "value": "Ada.King"},
		m{"op": "replace", "path": "name.familyName", "value": "King"},
		m{"op": "Replace", "path": "active", "value": false},
		m{"op": "add", "path": "externalId", "value": "f-1"},
		m{"op": "replace", "path": userExt + ":isFederatedUser", "value": true},
		m{"op": "replace", "path": `emails[type eq "work"].value`, "value": "king@riverbend.example"},
		m{"op": "replace", "value": m{"displayName": "Ada King", "name": m{"givenName": "Augusta"}}},
	)
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, "Ada.King", r.text("userName"))
	require.Equal(t, m{"givenName": "Augusta", "familyName": "King"}, r.Body["name"])
	require.Equal(t, false, r.Body["active"])
	require.Equal(t, "f-1", r.text("externalId"))
	require.Equal(t, m{"isFederatedUser": true}, r.Body[userExt], "status comes on request")
	require.Equal(t, m{"value": "king@riverbend.example", "type": "work", "primary": true}, r.at("emails.0"))

	require.Equal(t, id, w.idOf(directory.Utilities, "Users", `userName eq "ada.king"`), "the new name is indexed")
	require.Equal(t, id, w.idOf(directory.Utilities, "Users", `emails.value eq "KING@riverbend.example"`))
	require.Equal(t, 0.0, w.list(directory.Utilities, "Users", "filter", `userName eq "ada.byron"`).Body["totalResults"])

	r = patch(m{"op": "replace", "path": `emails[primary eq true].value`, "value": "ada@riverbend.example"}, m{"op": "remove", "path": "externalId"})
	require.Equal(t, "ada@riverbend.example", r.at("emails.0.value"))
	require.NotContains(t, r.Body, "externalId")

	r = patch(m{"op": "remove", "path": `emails[type eq "recovery"]`}, m{"op": "remove", "path": `emails[type eq "work"].value`})
	require.NotContains(t, r.Body, "emails")
	r = patch(m{"op": "add", "path": "emails", "value": []any{m{"value": "new@riverbend.example", "type": "work", "primary": true}}})
	require.Equal(t, "new@riverbend.example", r.at("emails.0.value"))
}

func TestAPatchThatIsRefusedChangesNothing(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.Utilities, "Users", newUser("ada.byron"))
	before := w.admin(directory.Utilities, "GET", "/Users/"+id, nil).Body
	for name, c := range map[string]struct {
		op     m
		status int
	}{
		"a readOnly attribute":       {m{"op": "replace", "path": "id", "value": "x"}, 400},
		"a readOnly list":            {m{"op": "add", "path": "groups", "value": []any{m{"value": "x"}}}, 400},
		"readOnly without a path":    {m{"op": "replace", "value": m{"meta": m{"version": "x"}}}, 400},
		"an immutable attribute":     {m{"op": "replace", "path": userExt + ":bypassNotification", "value": true}, 400},
		"an unknown attribute":       {m{"op": "replace", "path": "shoeSize", "value": 44}, 400},
		"a path that is none":        {m{"op": "replace", "path": "emails[", "value": "x"}, 400},
		"a remove without a path":    {m{"op": "remove"}, 400},
		"an unknown op":              {m{"op": "move", "path": "userName", "value": "x"}, 400},
		"a replace of no element":    {m{"op": "replace", "path": `emails[type eq "home"].value`, "value": "x@y.example"}, 400},
		"a name that is not allowed": {m{"op": "replace", "path": "userName", "value": "zoë"}, 400},
		"no name at all":             {m{"op": "remove", "path": "userName"}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.admin(directory.Utilities, "PATCH", "/Users/"+id, patchOf(m{"op": "replace", "path": "title", "value": "Countess"}, c.op))
			require.Equal(t, c.status, r.Status, r.Raw)
			require.Equal(t, before, w.admin(directory.Utilities, "GET", "/Users/"+id, nil).Body)
		})
	}
}

func TestAChangeMadeOnAnOldVersionIsRefused(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.Utilities, "Users", newUser("ada.byron"))
	old := w.admin(directory.Utilities, "GET", "/Users/"+id, nil).Header.Get("ETag")
	title := patchOf(m{"op": "add", "path": "title", "value": "Countess"})
	require.Equal(t, 200, w.admin(directory.Utilities, "PATCH", "/Users/"+id, title, "If-Match", old).Status)
	require.Equal(t, 412, w.admin(directory.Utilities, "PATCH", "/Users/"+id, title, "If-Match", old).Status)
	require.Equal(t, 412, w.admin(directory.Utilities, "DELETE", "/Users/"+id, nil, "If-Match", `"`+old+`"`).Status)
	require.Equal(t, 204, w.admin(directory.Utilities, "DELETE", "/Users/"+id, nil, "If-Match", "*").Status)
	require.Equal(t, 404, w.admin(directory.Utilities, "GET", "/Users/"+id, nil).Status)
}

func TestAPutReplacesAUserAndRefusesOtherReadOnlyValues(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.Utilities, "Users", newUser("ada.byron"))
	u := w.admin(directory.Utilities, "GET", "/Users/"+id, nil).Body
	u["displayName"] = "Countess"
	delete(u, "active")
	r := w.admin(directory.Utilities, "PUT", "/Users/"+id, u)
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, "Countess", r.text("displayName"))
	require.NotContains(t, r.Body, "active")
	require.Equal(t, id, r.text("id"))
	u["id"] = "another"
	require.Equal(t, 400, w.admin(directory.Utilities, "PUT", "/Users/"+id, u).Status)
}

func TestSomebodyWhoIsDeletedLeavesNoMembershipAndNoGrant(t *testing.T) {
	w := start(t, "resolved", simulator.Options{})
	grant := w.list(directory.CXIF, "Grants", "filter", `grantMechanism eq "ADMINISTRATOR_TO_USER"`, "count", "1")
	person := grant.text("Resources.0.grantee.value")
	require.NotEmpty(t, person)
	group := w.create(directory.CXIF, "Groups", m{"displayName": "Testers", "members": []any{m{"value": person, "type": "User"}}})
	require.Equal(t, 204, w.admin(directory.CXIF, "DELETE", "/Users/"+person, nil).Status)
	require.Equal(t, 0.0, w.list(directory.CXIF, "Grants", "filter", `grantee.value eq "`+person+`"`).Body["totalResults"])
	require.Empty(t, w.admin(directory.CXIF, "GET", "/Groups/"+group+"?attributes=members", nil).Body["members"])
}
