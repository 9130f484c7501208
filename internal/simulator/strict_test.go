package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

const userState = "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"

// with is a new user with something more.
func with(name string, more m) m {
	u := newUser(name)
	for k, v := range more {
		u[k] = v
	}
	return u
}

func TestABodyThatIsNotOfItsSchemaIsRefused(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	for name, c := range map[string]struct {
		body m
		says string
	}{
		"an unknown attribute":       {with("ada", m{"shoeSize": 4}), "no attribute shoeSize"},
		"an unknown part":            {with("ada", m{"name": m{"familyName": "B", "nick": "x"}}), "no attribute name.nick"},
		"an unknown extension":       {with("ada", m{"urn:ietf:params:scim:schemas:x:User": m{}}), "no attribute urn:ietf:params:scim:schemas:x:User"},
		"an attribute out of one":    {with("ada", m{userExt: m{"shoeSize": 4}}), "no attribute " + userExt + ":shoeSize"},
		"a string for a truth":       {with("ada", m{"active": "true"}), "active is true or false"},
		"a number for a string":      {with("ada", m{"title": 4}), "title is a string"},
		"one for many":               {with("ada", m{"emails": m{"value": "a@b"}}), "emails is a list"},
		"a string for an object":     {with("ada", m{"name": "Ada"}), "name is an object"},
		"half a number":              {with("ada", m{userState: m{"locked": m{"on": true, "reason": 0.5}}}), "reason is a number"},
		"no time":                    {with("ada", m{userState: m{"locked": m{"on": true, "lockDate": "today"}}}), "lockDate is a date and time"},
		"a value of no enumeration":  {with("ada", m{"userType": "Boss"}), "userType is one of Contractor"},
		"a required part left out":   {with("ada", m{"phoneNumbers": []any{m{"value": "1"}}}), "phoneNumbers.type"},
		"the same in two spellings":  {with("ada", m{"UserName": "ada"}), "given twice"},
		"no schemas":                 {with("ada", m{"schemas": []any{}}), "schemas"},
		"a schema of something else": {with("ada", m{"schemas": []any{schemaOf["Users"], schemaOf["Groups"]}}), "does not have"},
	} {
		r := w.admin(directory.CXIF, "POST", "/Users", c.body)
		require.Equal(t, 400, r.Status, "%s: %s", name, r.Raw)
		require.Contains(t, r.text("detail"), c.says, name)
		require.Equal(t, "400", r.text("status"), name)
	}
	r := w.admin(directory.CXIF, "POST", "/Users", with("ada", m{"USERTYPE": "employee", "nickName": nil, "title": "", "ims": []any{}}))
	require.Equal(t, 201, r.Status, r.Raw)
	require.Equal(t, "Employee", r.text("userType"), "the usual spelling of names and values is kept")
	for _, none := range []string{"nickName", "title", "ims"} {
		require.NotContains(t, r.Body, none, "what is no value is not stored")
	}
}

func TestWhatIsNeverReturnedIsNotWhateverIsAskedFor(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	ext := m{"isFederatedUser": true, "bypassNotification": true, "userFlowControlledByExternalClient": true, "notificationEmailTemplateId": "t"}
	id := w.create(directory.CXIF, "Users", with("ada", m{"password": "Secret-word-1", userExt: ext}))
	for _, asked := range []string{"", "?attributes=password," + userExt + ":bypassNotification", "?attributes=" + userExt, "?attributeSets=all", "?attributeSets=never"} {
		r := w.admin(directory.CXIF, "GET", "/Users/"+id+asked, nil)
		require.Equal(t, 200, r.Status)
		for _, never := range []string{"Secret-word-1", "password\"", "bypassNotification", "userFlowControlled", "notificationEmail"} {
			require.NotContains(t, r.Raw, never, asked)
		}
	}
}

func TestSetsOfAttributesHoldWhatIsReturnedSo(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.CXIF, "Users", newUser("ada"))
	w.create(directory.CXIF, "Groups", m{"displayName": "Testers", "members": []any{member(id)}})
	get := func(query string) m { return w.admin(directory.CXIF, "GET", "/Users/"+id+query, nil).Body }
	require.ElementsMatch(t, []string{"id", "schemas", "userName"}, keysOf(get("?attributeSets=always")))
	require.ElementsMatch(t, []string{"id", "schemas", "userName", "groups", userExt}, keysOf(get("?attributeSets=request")))
	require.Equal(t, m{"status": "verified"}, get("?attributeSets=request")[userExt], "an extension shows its parts that are asked for")
	require.NotContains(t, get(""), "groups")
	require.Equal(t, get(""), get("?attributeSets=default"))
	require.ElementsMatch(t, []string{"id", "schemas", "userName", "title", "name"}, append(keysOf(get("?attributes=title,name.familyName")), "title"), "those of always are always there")
	require.Equal(t, m{"familyName": "Byron"}, get("?attributes=name.familyName")["name"])
	require.Equal(t, m{"isFederatedUser": false, "status": "verified"}, get("?attributes=" + userExt)[userExt], "who names an extension names all that it has")
	all := get("?attributeSets=all")
	require.Contains(t, all, "groups")
	require.Equal(t, "direct", all["groups"].([]any)[0].(m)["type"], "a part that comes on request")
	require.NotContains(t, get("?attributes=groups")["groups"].([]any)[0], "type")
	require.Equal(t, []any{m{"value": all["groups"].([]any)[0].(m)["value"], "type": "direct"}}, get("?attributes=groups.type")["groups"], "the value is always there")
}

func TestAPutTakesBackWhatWasReadAndKeepsWhatItCannotReplace(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := w.admin(directory.Fusion, "POST", "/Apps", oauthClient())
	require.Equal(t, 201, app.Status, app.Raw)
	path := "/Apps/" + app.text("id")
	read := w.admin(directory.Fusion, "GET", path+"?attributeSets=all", nil)
	require.NotEmpty(t, read.text("clientSecret"))
	require.Equal(t, 200, w.admin(directory.Fusion, "PUT", path, read.Body).Status, "with read-only values that stand, and an immutable one")

	changed := of("Apps", m{"displayName": "renamed"})
	r := w.admin(directory.Fusion, "PUT", path, changed)
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, "renamed", r.text("displayName"))
	require.Equal(t, app.text("name"), r.text("name"), "an immutable value stays")
	require.Equal(t, app.text("clientSecret"), r.text("clientSecret"))
	require.NotContains(t, r.Body, "allowedGrants", "the rest is replaced")
	for attribute, v := range map[string]any{"name": "another", "clientSecret": "another", "basedOnTemplate": m{"value": "another"}, "migrated": true, "meta": m{"version": "x"}} {
		changed := of("Apps", m{"displayName": "renamed", attribute: v})
		r := w.admin(directory.Fusion, "PUT", path, changed)
		require.Equal(t, 400, r.Status, attribute)
		require.Equal(t, "mutability", r.text("scimType"), attribute)
	}
}

func TestAPatchRefusesWhatIsFixedAndTakesAnImmutableValueOnce(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.CXIF, "Users", newUser("ada"))
	patch := func(ops ...m) reply { return w.admin(directory.CXIF, "PATCH", "/Users/"+id, patchOf(ops...)) }
	for name, o := range map[string]m{
		"the id":                   {"op": "replace", "path": "id", "value": "x"},
		"a part of what is fixed":  {"op": "replace", "path": "meta.version", "value": "x"},
		"the groups":               {"op": "add", "path": "groups", "value": []any{m{"value": "x"}}},
		"an extension of the kind": {"op": "replace", "path": "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User:mustChange", "value": true},
		"what counts at create":    {"op": "add", "path": userExt + ":bypassNotification", "value": true},
		"the same, in its object":  {"op": "add", "path": userExt, "value": m{"bypassNotification": true}},
		"a required one":           {"op": "remove", "path": "userName"},
		"a required one emptied":   {"op": "replace", "path": "userName", "value": ""},
		"a required part":          {"op": "remove", "path": "name.familyName"},
	} {
		r := patch(o)
		require.Equal(t, 400, r.Status, "%s: %s", name, r.Raw)
		require.Equal(t, "mutability", r.text("scimType"), name)
	}
	require.Equal(t, 200, patch(m{"op": "add", "path": userExt + ":provider", "value": "google"}).Status, "it had none")
	require.Equal(t, 400, patch(m{"op": "replace", "path": userExt + ":provider", "value": "facebook"}).Status, "it has one")
	require.Equal(t, 400, patch(m{"op": "remove", "path": userExt + ":provider"}).Status)

	for name, o := range map[string]m{
		"an unknown attribute": {"op": "add", "path": "shoeSize", "value": 4},
		"an unknown part":      {"op": "add", "path": "name.nick", "value": "x"},
		"an unknown extension": {"op": "add", "path": "urn:x:y:shoeSize", "value": 4},
		"unknown, no path":     {"op": "add", "value": m{"shoeSize": 4}},
	} {
		r := patch(o)
		require.Equal(t, 400, r.Status, "%s: %s", name, r.Raw)
		require.Equal(t, "invalidPath", r.text("scimType"), name)
	}
	require.Equal(t, 400, patch(m{"op": "replace", "path": "active", "value": "no"}).Status, "of another type")
	require.Equal(t, 400, patch(m{"op": "add", "path": "emails", "value": []any{m{"value": "x", "type": "W"}}}).Status, "of no enumeration")
	require.Equal(t, 400, w.admin(directory.CXIF, "PATCH", "/Users/"+id, m{"Operations": []any{m{"op": "remove", "path": "title"}}}).Status, "a PATCH says that it is one")
	r := patch(m{"op": "add", "path": "NICKNAME", "value": "Countess"}, m{"op": "add", "path": "ims", "value": []any{}}, m{"op": "replace", "path": "title", "value": nil})
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, "Countess", r.text("nickName"))
}

func TestOnlyWhatIsKnownAndCanBeSearchedIsFilteredBy(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	for filter, status := range map[string]int{
		`shoeSize eq "4"`:                  400,
		`password eq "x" or userName pr`:   400,
		`name.nick eq "x"`:                 400,
		userState + `:locked.on eq true`:   200,
		userState + `:recoveryLocked pr`:   400,
		`emails[type eq "work"]`:           200,
		`emails[kind eq "work"]`:           400,
		`groups[display eq "x"]`:           400,
		`meta.lastModified ge "2020"`:      200,
		schemaOf["Users"] + `:userName pr`: 200,
	} {
		r := w.list(directory.CXIF, "Users", "filter", filter)
		require.Equal(t, status, r.Status, "%s: %s", filter, r.Raw)
		if status == 400 {
			require.Equal(t, "invalidFilter", r.text("scimType"), filter)
		}
	}
	require.Equal(t, 400, w.list(directory.CXIF, "Users", "sortBy", "shoeSize").Status)
	require.Equal(t, 400, w.admin(directory.CXIF, "POST", "/Users/.search", m{"filter": "id pr"}).Status, "a search says that it is one")

	// caseExact: a grant's app is found by its own spelling only, a user's name by any.
	grant := w.list(directory.Utilities, "Grants", "count", "1")
	mechanism := grant.text("Resources.0.grantMechanism")
	require.NotZero(t, w.list(directory.Utilities, "Grants", "filter", `grantMechanism eq "`+mechanism+`"`).Body["totalResults"])
	require.Zero(t, w.list(directory.Utilities, "Grants", "filter", `grantMechanism eq "administrator_to_user"`).Body["totalResults"])
}

func TestOnlyTheCallsOfTheSDKAreThere(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	grant := w.list(directory.Utilities, "Grants", "count", "1").text("Resources.0.id")
	require.Equal(t, 405, w.admin(directory.Utilities, "PUT", "/Grants/"+grant, of("Grants", m{})).Status)
	role := w.list(directory.Utilities, "AppRoles", "count", "1").text("Resources.0.id")
	require.Equal(t, 405, w.admin(directory.Utilities, "PUT", "/AppRoles/"+role, of("AppRoles", m{})).Status)
	require.Equal(t, 405, w.admin(directory.Utilities, "GET", "/AppStatusChanger/x", nil).Status)
	require.Equal(t, 405, w.admin(directory.Utilities, "GET", "/Users/.search", nil).Status)
	r := w.admin(directory.Utilities, "PATCH", "/Grants/"+grant, patchOf(m{"op": "replace", "path": "grantedAttributeValuesJson", "value": "{}"}))
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, "{}", r.text("grantedAttributeValuesJson"))
	require.Equal(t, 400, w.admin(directory.Utilities, "PATCH", "/Grants/"+grant, patchOf(m{"op": "replace", "path": "app.value", "value": "x"})).Status)
}

func TestAResourceSaysWhereItIs(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	made := w.admin(directory.CXIF, "POST", "/Users", newUser("ada"))
	require.Equal(t, made.Header.Get("Location"), made.text("meta.location"))
	require.Equal(t, "User", made.text("meta.resourceType"))
	listed := w.list(directory.CXIF, "Users", "filter", `userName eq "ada"`)
	require.Equal(t, made.text("meta.location"), listed.text("Resources.0.meta.location"))
}
