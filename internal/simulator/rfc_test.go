package simulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// These hold what RFC 7643 and RFC 7644 ask of a server about Users and Groups,
// section by section, as far as it can be seen from outside. What Oracle's
// documents say otherwise is in docs/conformance.md, and held by the last test.

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// everyResource calls f for a kind of resource and its smallest new one.
func everyResource(t *testing.T, f func(t *testing.T, w *world, kind string, body m)) {
	t.Helper()
	w := start(t, "messy", simulator.Options{})
	for kind, body := range map[string]m{"Users": newUser("ada"), "Groups": of("Groups", m{"displayName": "Testers"})} {
		t.Run(kind, func(t *testing.T) { f(t, &world{Simulator: w.Simulator, t: t, tokens: w.tokens}, kind, body) })
	}
}

func TestRFC7643CommonAttributes(t *testing.T) { // 3.1, 3.3
	everyResource(t, func(t *testing.T, w *world, kind string, body m) {
		body["id"], body["meta"] = "mine", m{"resourceType": "Mine", "created": "1999-01-01T00:00:00Z"}
		r := w.admin(directory.CXIF, "POST", "/"+kind, body)
		require.Equal(t, 201, r.Status, r.Raw)
		require.NotContains(t, []string{"", "mine"}, r.text("id"), "the server makes the id")
		require.NotContains(t, r.text("id"), "bulkId")
		require.Equal(t, strings.TrimSuffix(kind, "s"), r.text("meta.resourceType"))
		created, err := time.Parse(time.RFC3339, r.text("meta.created"))
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), created, time.Minute)
		require.Equal(t, r.text("meta.created"), r.text("meta.lastModified"), "as long as nothing has changed")
		require.Equal(t, r.Header.Get("Location"), r.text("meta.location"))
		require.Equal(t, r.Header.Get("ETag"), r.text("meta.version"))
		seen := map[any]bool{}
		for _, s := range r.Body["schemas"].([]any) {
			require.False(t, seen[s], "no schema is named twice")
			seen[s] = true
		}
		require.True(t, seen[schemaOf[kind]])
		for name := range r.Body {
			require.True(t, !strings.HasPrefix(name, "urn:") || seen[name], "schemas names %s", name)
		}
	})
}

func TestRFC7643EveryResourceHasMeta(t *testing.T) { // 3.1
	w := start(t, "clean", simulator.Options{Born: true})
	seen := map[any]bool{}
	for _, d := range directory.Domains {
		for _, kind := range w.admin(d, "GET", "/ResourceTypes", nil).resources() {
			for _, r := range w.list(d, strings.TrimPrefix(kind.(m)["endpoint"].(string), "/"), "count", "1000").resources() {
				meta, _ := r.(m)["meta"].(m)
				require.Equal(t, kind.(m)["name"], meta["resourceType"])
				seen[meta["resourceType"]] = true
				require.Contains(t, meta["location"], kind.(m)["endpoint"].(string)+"/"+r.(m)["id"].(string))
			}
		}
	}
	require.Len(t, seen, 10, "of every type but the accounts of a synchronization")
}

func TestRFC7644ConditionalReads(t *testing.T) { // 3.14
	everyResource(t, func(t *testing.T, w *world, kind string, body m) {
		path := "/" + kind + "/" + w.create(at, kind, body)
		tag := w.admin(at, "GET", path, nil).Header.Get("ETag")
		for _, form := range []string{tag, `"` + tag + `"`, `W/"` + tag + `"`} {
			r := w.admin(at, "GET", path, nil, "If-None-Match", form)
			require.Equal(t, 304, r.Status)
			require.Empty(t, r.Raw)
			require.Equal(t, tag, r.Header.Get("ETag"))
		}
		require.Equal(t, 200, w.admin(at, "GET", path, nil, "If-None-Match", `W/"old"`).Status)
	})
}

func TestWhoIsRefusedIsToldWhatIsPossible(t *testing.T) { // RFC 7644 section 2 and 3.11, RFC 9110 section 15.5.6
	w := start(t, "messy", simulator.Options{})
	r := w.send(w.request(t.Context(), "GET", w.URL(at)+"/admin/v1/Users", nil))
	require.Equal(t, []any{401, `Bearer realm="identity domain"`}, []any{r.Status, r.Header.Get("WWW-Authenticate")})
	r = w.tokenFor(at, "nobody", "nothing", myScopes)
	require.Equal(t, []any{401, `Basic realm="identity domain"`}, []any{r.Status, r.Header.Get("WWW-Authenticate")})
	r = w.send(w.request(t.Context(), "GET", w.FusionApplicationsURL()+"/hcmRestApi/scim/Users", nil))
	require.Equal(t, []any{401, `Basic realm="Fusion Applications"`}, []any{r.Status, r.Header.Get("WWW-Authenticate")})
	for call, allow := range map[string]string{"PUT /Users": "GET, POST", "POST /Users/x": "GET, PUT, PATCH, DELETE", "PUT /Grants/x": "GET, PATCH, DELETE", "GET /Users/.search": "POST",
		"DELETE /Schemas": "GET", "GET /Bulk": "POST", "POST /AppStatusChanger/x": "PUT"} {
		method, path, _ := strings.Cut(call, " ")
		r := w.admin(at, method, path, nil)
		require.Equal(t, []any{405, allow}, []any{r.Status, r.Header.Get("Allow")}, call)
	}
	r = w.apps("PUT", "/Roles/x", nil)
	require.Equal(t, []any{405, "GET, PATCH"}, []any{r.Status, r.Header.Get("Allow")})
	require.Equal(t, 501, w.admin(at, "GET", "/Me", nil).Status)
}

func TestRFC7643ExtensionsAreNamedInSchemas(t *testing.T) { // 3.3
	w := start(t, "messy", simulator.Options{})
	u := with("ada", m{"schemas": []any{schemaOf["Users"], enterprise}, enterprise: m{"department": "Billing"}, "password": "Secret-word-1"})
	r := w.admin(directory.CXIF, "POST", "/Users", u)
	require.Equal(t, 201, r.Status, r.Raw)
	require.Contains(t, r.Body["schemas"], enterprise)
	require.Equal(t, "Billing", r.Body[enterprise].(m)["department"])
	path := "/Users/" + r.text("id")
	r = w.admin(directory.CXIF, "PATCH", path, patchOf(m{"op": "add", "path": userState + ":maxConcurrentSessions", "value": 3}, m{"op": "remove", "path": enterprise}))
	require.Equal(t, 200, r.Status, r.Raw)
	require.NotContains(t, r.Body["schemas"], enterprise)
	all := w.admin(directory.CXIF, "GET", path+"?attributeSets=all", nil)
	for name := range all.Body {
		require.True(t, !strings.HasPrefix(name, "urn:") || contains(all.Body["schemas"], name), "schemas names %s", name)
	}
}

func contains(list any, v any) bool {
	for _, e := range list.([]any) {
		if e == v {
			return true
		}
	}
	return false
}

func TestRFC7644AnswersAreOfTheMediaTypeOfSCIM(t *testing.T) { // 3.1, 8.1
	everyResource(t, func(t *testing.T, w *world, kind string, body m) {
		made := w.admin(directory.CXIF, "POST", "/"+kind, body)
		require.Equal(t, 201, made.Status, made.Raw)
		for what, r := range map[string]reply{
			"what was made": made,
			"a list":        w.list(directory.CXIF, kind),
			"an error":      w.admin(directory.CXIF, "GET", "/"+kind+"/none", nil),
			"a description": w.admin(directory.CXIF, "GET", "/ResourceTypes", nil),
		} {
			require.Equal(t, "application/scim+json", r.Header.Get("Content-Type"), what)
		}
	})
}

func TestRFC7644Errors(t *testing.T) { // 3.3, 3.12
	w := start(t, "messy", simulator.Options{})
	w.create(directory.CXIF, "Users", newUser("ada"))
	for name, c := range map[string]struct {
		reply    reply
		status   int
		scimType string
	}{
		"a duplicate":           {w.admin(directory.CXIF, "POST", "/Users", newUser("Ada")), 409, "uniqueness"},
		"no JSON":               {w.admin(directory.CXIF, "POST", "/Users", "{"), 400, "invalidSyntax"},
		"an unknown attribute":  {w.admin(directory.CXIF, "POST", "/Users", with("x", m{"y": 1})), 400, "invalidSyntax"},
		"a wrong value":         {w.admin(directory.CXIF, "POST", "/Users", with("x", m{"active": 1})), 400, "invalidValue"},
		"a broken filter":       {w.list(directory.CXIF, "Users", "filter", "userName eq"), 400, "invalidFilter"},
		"nobody":                {w.admin(directory.CXIF, "GET", "/Users/none", nil), 404, ""},
		"a change of nobody":    {w.admin(directory.CXIF, "PUT", "/Users/none", newUser("x")), 404, ""},
		"a deletion of nobody":  {w.admin(directory.CXIF, "DELETE", "/Users/none", nil), 404, ""},
		"a resource type":       {w.admin(directory.CXIF, "GET", "/Cars", nil), 404, ""},
		"a method":              {w.admin(directory.CXIF, "PUT", "/Users", newUser("x")), 405, ""},
		"a version out of date": {w.admin(directory.CXIF, "DELETE", "/Users/"+w.idOf(directory.CXIF, "Users", `userName eq "ada"`), nil, "If-Match", `W/"old"`), 412, ""},
	} {
		require.Equal(t, c.status, c.reply.Status, "%s: %s", name, c.reply.Raw)
		require.Contains(t, c.reply.Body["schemas"], "urn:ietf:params:scim:api:messages:2.0:Error", name)
		require.IsType(t, "", c.reply.Body["status"], "the status is a string: %s", name)
		require.NotEmpty(t, c.reply.text("detail"), name)
		require.Equal(t, c.scimType, c.reply.text("scimType"), name)
	}
	require.Equal(t, 0.0, w.list(directory.CXIF, "Users", "filter", `userName eq "x"`).Body["totalResults"], "PUT makes nothing new")
}

func TestRFC7644Queries(t *testing.T) { // 3.4.2, 3.4.3
	w := start(t, "messy", simulator.Options{})
	for _, name := range []string{"Zoe", "adam", "Bea"} {
		w.create(directory.CXIF, "Users", with(name, m{"title": "rfc", "nickName": strings.ToUpper(name)}))
	}
	names := func(r reply) []string {
		require.Equal(t, 200, r.Status, r.Raw)
		require.Equal(t, []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, r.Body["schemas"])
		var all []string
		for _, u := range r.resources() {
			all = append(all, u.(m)["userName"].(string))
		}
		return all
	}
	list := func(filter string) []string {
		return names(w.list(directory.CXIF, "Users", "filter", filter, "sortBy", "userName"))
	}
	for filter, want := range map[string][]string{
		`title eq "RFC"`:                                                                   {"adam", "Bea", "Zoe"},
		`title eq "rfc" and userName ne "BEA"`:                                             {"adam", "Zoe"},
		`TITLE EQ "rfc" AND NOT (userName SW "b")`:                                         {"adam", "Zoe"},
		`title eq "rfc" and (userName co "da" or userName ew "oe")`:                        {"adam", "Zoe"},
		`userName gt "adam" and title eq "rfc"`:                                            {"Bea", "Zoe"},
		`userName le "bea" and title pr`:                                                   {"adam", "Bea"},
		`title eq "rfc" and emails[type eq "work" and value sw "zoe"]`:                     {"Zoe"},
		`title eq "rfc" and emails.value eq "bea@riverbend.example"`:                       {"Bea"},
		`title eq "rfc" and meta.created gt "2000-01-01T00:00:00Z"`:                        {"adam", "Bea", "Zoe"},
		`title eq "rfc" and active eq false`:                                               nil,
		schemaOf["Users"] + `:title eq "rfc" and ` + userExt + `:isFederatedUser eq false`: {"adam", "Bea", "Zoe"},
	} {
		require.Equal(t, want, list(filter), filter)
	}
	down := w.list(directory.CXIF, "Users", "filter", `title eq "rfc"`, "sortBy", "userName", "sortOrder", "descending")
	require.Equal(t, []string{"Zoe", "Bea", "adam"}, names(down))
	page := w.list(directory.CXIF, "Users", "filter", `title eq "rfc"`, "sortBy", "userName", "startIndex", "2", "count", "1")
	require.Equal(t, []string{"Bea"}, names(page))
	require.Equal(t, []any{3.0, 2.0, 1.0}, []any{page.Body["totalResults"], page.Body["startIndex"], page.Body["itemsPerPage"]})
	require.Equal(t, names(w.list(directory.CXIF, "Users", "filter", `title eq "rfc"`)), names(w.list(directory.CXIF, "Users", "filter", `title eq "rfc"`, "startIndex", "0")), "less than 1 is 1")
	require.Empty(t, w.list(directory.CXIF, "Users", "count", "-1").resources(), "a negative count is none")
	search := w.admin(directory.CXIF, "POST", "/Users/.search", m{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"},
		"filter": `title eq "rfc"`, "sortBy": "userName", "attributes": []any{"userName"}, "startIndex": 3})
	require.Equal(t, []string{"Zoe"}, names(search))
	require.NotContains(t, search.resources()[0], "title")
}

func TestRFC7644PatchIsAtomicAndSaysWhatItDid(t *testing.T) { // 3.5.2
	w := start(t, "messy", simulator.Options{})
	made := w.admin(directory.CXIF, "POST", "/Users", with("ada", m{"title": "Countess"}))
	path := "/Users/" + made.text("id")
	bad := w.admin(directory.CXIF, "PATCH", path, patchOf(m{"op": "replace", "path": "title", "value": "x"}, m{"op": "replace", "path": "userName", "value": ""}))
	require.Equal(t, 400, bad.Status)
	now := w.admin(directory.CXIF, "GET", path, nil)
	require.Equal(t, made.Body, now.Body, "what failed left no trace")

	same := w.admin(directory.CXIF, "PATCH", path, patchOf(m{"op": "add", "path": "title", "value": "Countess"}))
	require.Equal(t, 200, same.Status)
	require.Equal(t, made.text("meta.version"), same.text("meta.version"), "to add what is there is no change")

	second := m{"value": "ada@home.example", "type": "home", "primary": true}
	r := w.admin(directory.CXIF, "PATCH", path, patchOf(m{"op": "add", "path": "emails", "value": []any{second}}))
	require.Equal(t, 200, r.Status, r.Raw)
	primaries := 0
	for _, e := range r.Body["emails"].([]any) {
		if e.(m)["primary"] == true {
			require.Equal(t, "ada@home.example", e.(m)["value"])
			primaries++
		}
	}
	require.Equal(t, 1, primaries, "a new primary takes it from the old one")
	require.NotEqual(t, made.text("meta.version"), r.text("meta.version"))
	require.Equal(t, r.Header.Get("ETag"), r.text("meta.version"))

	for name, c := range map[string]struct {
		op       m
		scimType string
	}{
		"no target":        {m{"op": "remove"}, "noTarget"},
		"no such element":  {m{"op": "replace", "path": `emails[type eq "other"].value`, "value": "x@y"}, "noTarget"},
		"a broken path":    {m{"op": "replace", "path": "emails[", "value": "x"}, "invalidPath"},
		"what is required": {m{"op": "remove", "path": "userName"}, "mutability"},
		"what is readOnly": {m{"op": "replace", "path": "id", "value": "x"}, "mutability"},
	} {
		r := w.admin(directory.CXIF, "PATCH", path, patchOf(c.op))
		require.Equal(t, 400, r.Status, name)
		require.Equal(t, c.scimType, r.text("scimType"), name)
	}
	r = w.admin(directory.CXIF, "PATCH", path, patchOf(m{"op": "replace", "path": `emails[type eq "home"]`, "value": m{"value": "new@home.example"}},
		m{"op": "remove", "path": "title"}, m{"op": "replace", "path": "locale", "value": "en"}, m{"op": "add", "value": m{"nickName": "A", "name": m{"givenName": "Augusta"}}}))
	require.Equal(t, 200, r.Status, r.Raw)
	require.NotContains(t, r.Body, "title", "what was removed is unassigned")
	require.Equal(t, "en", r.text("locale"), "to replace what is not there adds it")
	require.Equal(t, "A", r.text("nickName"))
	require.Equal(t, m{"givenName": "Augusta", "familyName": "Byron"}, r.Body["name"])
	require.Contains(t, r.Raw, "new@home.example")
}

func TestRFC7644DeletedResourcesAreGoneForEverybody(t *testing.T) { // 3.6
	everyResource(t, func(t *testing.T, w *world, kind string, body m) {
		id := w.create(directory.CXIF, kind, body)
		gone := w.admin(directory.CXIF, "DELETE", "/"+kind+"/"+id, nil)
		require.Equal(t, 204, gone.Status)
		require.Empty(t, gone.Raw)
		for _, method := range []string{"GET", "DELETE"} {
			require.Equal(t, 404, w.admin(directory.CXIF, method, "/"+kind+"/"+id, nil).Status)
		}
		require.Equal(t, 0.0, w.list(directory.CXIF, kind, "filter", `id eq "`+id+`"`).Body["totalResults"])
		w.create(directory.CXIF, kind, body) // its name is free again
	})
}

func TestRFC7644Bulk(t *testing.T) { // 3.7
	w := start(t, "messy", simulator.Options{})
	r := w.admin(directory.CXIF, "POST", "/Bulk", bulk(
		op("POST", "/Users", "ada", newUser("ada")),
		op("POST", "/Groups", "g", of("Groups", m{"displayName": "Testers", "members": []any{m{"value": "bulkId:ada", "type": "User"}}})),
		op("PATCH", "/Users/bulkId:ada", "p", patchOf(m{"op": "replace", "path": "title", "value": "Countess"})),
		op("POST", "/Users", "bad", m{"userName": "x"}),
		op("DELETE", "/Groups/bulkId:g", "d", nil)))
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, []any{"urn:ietf:params:scim:api:messages:2.0:BulkResponse"}, r.Body["schemas"])
	var statuses []any
	for _, o := range r.Body["Operations"].([]any) {
		result := o.(m)
		statuses = append(statuses, result["status"])
		require.NotEmpty(t, result["bulkId"])
		require.NotEmpty(t, result["method"])
		if result["status"] == "400" {
			require.Equal(t, "400", result["response"].(m)["status"], "what failed says why")
		} else {
			require.Contains(t, result["location"], w.URL(directory.CXIF)+"/admin/v1/")
		}
	}
	require.Equal(t, []any{"201", "201", "200", "400", "204"}, statuses, "each is for itself, in its order")
}

// TestWhereOracleSaysOtherwiseThanTheRFCOracleCounts holds the deviations of docs/conformance.md.
func TestWhereOracleSaysOtherwiseThanTheRFCOracleCounts(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	bare := m{"schemas": []any{schemaOf["Users"]}, "userName": "bare"}
	require.Equal(t, 400, w.admin(directory.CXIF, "POST", "/Users", bare).Status, "the RFC requires userName alone")

	made := w.admin(directory.CXIF, "POST", "/Users", newUser("ada"))
	changed := with("ada", m{"id": "another"})
	require.Equal(t, 400, w.admin(directory.CXIF, "PUT", "/Users/"+made.text("id"), changed).Status, "the RFC ignores read-only values of a PUT")
	require.NotContains(t, made.Header.Get("ETag"), `"`, "the RFC has entity tags in quotes, and weak ones with W/")

	group := w.create(directory.CXIF, "Groups", m{"displayName": "Testers", "members": []any{m{"value": made.text("id"), "type": "User"}}})
	add := func(member m) int {
		return w.admin(directory.CXIF, "PATCH", "/Groups/"+group, patchOf(m{"op": "add", "path": "members", "value": []any{member}})).Status
	}
	require.Equal(t, 409, add(m{"value": made.text("id"), "type": "User"}), "the RFC adds a member who is in already without an error")
	bob := w.create(directory.CXIF, "Users", newUser("bob"))
	require.Equal(t, 400, add(m{"value": bob}), "the RFC does not require the type of a member")
	adding := patchOf(m{"op": "add", "path": "members", "value": []any{m{"value": bob, "type": "User"}}})
	require.NotContains(t, w.admin(directory.CXIF, "PATCH", "/Groups/"+group, adding).Body, "members", "the RFC returns what is returned on request to those who have set it")
	renaming := patchOf(m{"op": "replace", "path": "displayName", "value": "Probers"})
	require.Len(t, w.admin(directory.CXIF, "PATCH", "/Groups/"+group+"?attributes=members", renaming).Body["members"], 2, "whoever names it gets it")
	nameless := w.admin(directory.CXIF, "POST", "/Groups", of("Groups", m{}))
	require.Equal(t, 400, nameless.Status)
	require.NotContains(t, nameless.Body, "scimType", "the RFC knows invalidValue for what is missing")
	require.Equal(t, 400, w.list(directory.CXIF, "Users", "count", "1001").Status, "the RFC returns fewer than were asked for")
	require.Equal(t, 400, w.list(directory.CXIF, "Users", "filter", `schemas pr`).Status, "some attributes cannot be searched")
	require.Contains(t, w.admin(directory.CXIF, "GET", "/Users/"+made.text("id")+"?excludedAttributes=emails", nil).Raw, "emails", "excludedAttributes is no parameter")
	require.Equal(t, 404, w.admin(directory.CXIF, "POST", "/.search", m{}).Status, "there is no search over all kinds")

	require.Contains(t, made.Body["schemas"], userState, "the RFC names the extensions that are there")
	require.NotContains(t, made.Body, userState)
	require.NotContains(t, w.admin(directory.CXIF, "GET", customPath, nil).Body, "attributes", "the RFC has attributes in every schema")
	schemas := w.list(directory.CXIF, "Schemas", "attributes", "id").resources()
	require.NotEmpty(t, schemas)
	for _, s := range schemas {
		require.NotContains(t, s, "name", "the RFC ignores the parameters of discovery")
	}
	app := of("Apps", m{"displayName": "Reader", "basedOnTemplate": m{"value": "CustomWebAppTemplateId"}, "externalId": "mine"})
	require.Equal(t, 400, w.admin(directory.CXIF, "POST", "/Apps", app).Status, "the RFC has externalId common to all")
	own := m{"op": "add", "path": userExt + ":isAuthenticationDelegated", "value": true}
	require.Equal(t, 400, w.admin(directory.CXIF, "PATCH", "/Users/"+bob, patchOf(own)).Status, "the RFC adds what is immutable and has no value")
	require.Equal(t, 200, w.admin(directory.CXIF, "POST", "/Bulk", bulk()).Status, "the RFC has operations in every Bulk")
	require.Equal(t, 1.0, w.list(directory.CXIF, "Users", "filter", `emails[primary eq true].value eq "bob@riverbend.example"`).Body["totalResults"], "the RFC asks nothing of a part of selected elements")
}
