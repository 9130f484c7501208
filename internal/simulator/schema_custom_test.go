package simulator_test

import (
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates/estatetest"
	"cutover/internal/simulator"
)

const (
	custom     = "urn:ietf:params:scim:schemas:idcs:extension:custom:User"
	customPath = "/Schemas/" + custom
)

// division and branch are attributes in the form of Oracle's page on adding custom
// attributes with PUT.
func division() m {
	return m{"name": "subDivision", "idcsDisplayName": "Sub Division", "type": "string", "idcsMinLength": 5, "idcsMaxLength": 30, "description": "SubDivision",
		"multiValued": false, "returned": "always", "mutability": "readWrite", "idcsSearchable": true}
}

func branch() m {
	return m{"name": "branchAddress", "idcsDisplayName": "Branch Address", "type": "string", "idcsMaxLength": 300, "returned": "request", "mutability": "immutable"}
}

func customSchema(attributes ...m) m {
	return m{"name": "CustomUser", "description": "Custom User", "id": "urn:ietf:params:scim:schemas:extension:custom:2.0:User",
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:Schema"}, "idcsResourceTypes": []any{"User"}, "attributes": attributes}
}

// customWorld is a domain with these custom attributes.
func customWorld(t *testing.T, attributes ...m) *world {
	t.Helper()
	w := start(t, "messy", simulator.Options{})
	r := w.admin(at, "PUT", customPath, customSchema(attributes...))
	require.Equal(t, 200, r.Status, r.Raw)
	return w
}

// withCustom is a user with custom attributes.
func withCustom(name string, values m) m {
	return with(name, m{"schemas": []any{schemaOf["Users"], custom}, custom: values})
}

func TestEveryDomainHasACustomSchemaWithoutAttributes(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.admin(at, "GET", customPath, nil)
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, custom, r.text("id"))
	require.NotContains(t, r.Body, "attributes")
	require.Equal(t, w.URL(at)+"/admin/v1"+customPath, r.text("meta.location"))
	require.Contains(t, w.admin(at, "GET", "/ResourceTypes/User", nil).Raw, custom)
	require.Equal(t, 400, w.admin(at, "POST", "/Users", withCustom("ada", m{"subDivision": "Billing"})).Status, "nobody can have an attribute that is not defined")
	w.create(at, "Users", with("ada", m{"schemas": []any{schemaOf["Users"], custom}}))
}

func TestPeopleHaveTheAttributesThatAnAdministratorDefines(t *testing.T) {
	w := customWorld(t, division(), branch())
	r := w.admin(at, "GET", customPath, nil)
	require.Equal(t, custom, r.text("id"), "the id of the body does not count")
	first := r.at("attributes.0").(m)
	require.Equal(t, []any{false, true, "none", true}, []any{first["required"], first["caseExact"], first["uniqueness"], first["idcsValuePersisted"]}, "what is not said is the usual")

	ada := w.create(at, "Users", withCustom("ada", m{"subDivision": "Billing", "branchAddress": "1 Weir Lane"}))
	w.create(at, "Users", withCustom("bob", m{"subDivision": "Outages"}))
	read := w.admin(at, "GET", "/Users/"+ada, nil)
	require.Equal(t, m{"subDivision": "Billing"}, read.Body[custom], "what is returned on request is not returned without")
	require.Contains(t, read.Body["schemas"], custom)
	require.Equal(t, "1 Weir Lane", w.admin(at, "GET", "/Users/"+ada+"?attributes="+custom+":branchAddress", nil).Body[custom].(m)["branchAddress"])
	require.Equal(t, "Billing", w.admin(at, "GET", "/Users/"+ada+"?attributeSets=always", nil).Body[custom].(m)["subDivision"], "what is returned always is")

	require.Equal(t, ada, w.idOf(at, "Users", custom+`:subDivision eq "Billing"`))
	require.Equal(t, 0.0, w.list(at, "Users", "filter", custom+`:subDivision eq "billing"`).Body["totalResults"], "its case counts")
	for _, filter := range []string{custom + `:branchAddress eq "1 Weir Lane"`, custom + `:nothing pr`} {
		require.Equal(t, 400, w.list(at, "Users", "filter", filter).Status, filter)
	}

	for why, values := range map[string]m{"it is too short": {"subDivision": "Bill"}, "it is too long": {"subDivision": strings.Repeat("x", 31)}, "it is a string": {"subDivision": 5},
		"it has one value": {"subDivision": []any{"Billing"}}, "it is not defined": {"division": "Billing"}} {
		require.Equal(t, 400, w.admin(at, "POST", "/Users", withCustom("eve", values)).Status, why)
	}
	patch := func(op, attribute string, value any) int {
		return w.admin(at, "PATCH", "/Users/"+ada, patchOf(m{"op": op, "path": custom + ":" + attribute, "value": value})).Status
	}
	require.Equal(t, 200, patch("replace", "subDivision", "Metering"))
	require.Equal(t, 400, patch("replace", "subDivision", "Met"))
	require.Equal(t, 400, patch("replace", "branchAddress", "2 Weir Lane"), "it is immutable")
	require.Equal(t, 400, patch("add", "nothing", "x"))
	require.Equal(t, "Metering", w.admin(at, "GET", "/Users/"+ada, nil).Body[custom].(m)["subDivision"])
}

func TestACustomAttributeMayHaveAListOfValues(t *testing.T) {
	listed := division()
	listed["canonicalValues"] = []any{"Billing", "Metering"}
	w := customWorld(t, listed)
	require.Equal(t, 201, w.admin(at, "POST", "/Users", withCustom("ada", m{"subDivision": "Billing"})).Status)
	require.Equal(t, 400, w.admin(at, "POST", "/Users", withCustom("bob", m{"subDivision": "Outages"})).Status)
	replace := func(values ...any) int {
		listed["canonicalValues"] = values
		return w.admin(at, "PATCH", customPath, patchOf(m{"op": "replace", "path": "attributes", "value": []any{listed}})).Status
	}
	require.Equal(t, 400, replace("Billing"), "none is taken off the list")
	require.Equal(t, 200, replace("Billing", "Metering", "Outages"))
	require.Equal(t, 201, w.admin(at, "POST", "/Users", withCustom("bob", m{"subDivision": "Outages"})).Status)
}

func TestARequiredCustomAttributeIsWantedOfEverybodyNew(t *testing.T) {
	needed := division()
	needed["required"] = true
	w := customWorld(t, needed)
	require.Equal(t, 400, w.admin(at, "POST", "/Users", newUser("ada")).Status)
	require.Equal(t, 400, w.admin(at, "POST", "/Users", withCustom("ada", m{})).Status)
	require.Equal(t, 201, w.admin(at, "POST", "/Users", withCustom("ada", m{"subDivision": "Billing"})).Status)
	require.Contains(t, w.admin(at, "GET", "/ResourceTypes/User", nil).at("schemaExtensions"), m{"schema": custom, "required": true})
}

func TestAPatchKnowsCustomAttributesByTheirNames(t *testing.T) {
	w := customWorld(t, division())
	patch := func(op string, value any) reply {
		return w.admin(at, "PATCH", customPath, patchOf(m{"op": op, "path": "attributes", "value": value}))
	}
	names := func() (all []any) {
		for _, a := range w.admin(at, "GET", customPath, nil).at("attributes").([]any) {
			all = append(all, a.(m)["name"])
		}
		return all
	}
	require.Equal(t, 200, patch("add", []any{branch()}).Status)
	require.Equal(t, []any{"subDivision", "branchAddress"}, names())
	wider := division()
	maps.Copy(wider, m{"name": "SUBDIVISION", "idcsMaxLength": 35, "caseExact": false, "multiValued": true, "required": true, "type": "integer",
		"idcsSearchable": false, "uniqueness": "server", "idcsSensitive": "hash"})
	require.Equal(t, 200, patch("add", []any{wider}).Status, "one that is there is replaced")
	require.Equal(t, []any{"subDivision", "branchAddress"}, names(), "and the others stay")
	have := w.admin(at, "GET", customPath, nil).at("attributes.0").(m)
	require.Equal(t, []any{35.0, true, false, false, "string", true, "none", nil}, []any{have["idcsMaxLength"], have["caseExact"], have["multiValued"], have["required"],
		have["type"], have["idcsSearchable"], have["uniqueness"], have["idcsSensitive"]}, "what cannot be changed is ignored")
	version := w.admin(at, "GET", customPath, nil).text("meta.version")
	require.Equal(t, 200, patch("replace", []any{have}).Status)
	require.Equal(t, version, w.admin(at, "GET", customPath, nil).text("meta.version"), "what is as it was is no change")
	require.Equal(t, 200, patch("replace", []any{wider}).Status)
	require.Equal(t, 200, w.admin(at, "PATCH", customPath, patchOf(m{"op": "add", "value": m{"attributes": []any{wider}}})).Status, "without a path too")
	require.Equal(t, 200, w.admin(at, "PATCH", customPath, patchOf(m{"op": "replace", "path": `attributes[name eq "subDivision"].idcsMaxLength`, "value": 40})).Status)
	require.Equal(t, 40.0, w.admin(at, "GET", customPath, nil).at("attributes.0").(m)["idcsMaxLength"])
	for why, limits := range map[string]m{"a value might be longer than fits": {"idcsMaxLength": 39}, "a value might be too short": {"idcsMinLength": 6}, "it was made for forty": {"idcsMaxLength": 41}} {
		other := maps.Clone(wider)
		other["idcsMaxLength"] = 40
		maps.Copy(other, limits)
		require.Equal(t, 400, patch("replace", []any{other}).Status, why)
	}
	require.Equal(t, 200, patch("replace", []any{m{"name": "branchAddress", "idcsMaxLength": 4000}}).Status)
	require.Equal(t, 400, patch("replace", []any{m{"name": "nickname"}}).Status, "what is replaced must be there")
	require.Equal(t, 400, patch("add", []any{m{"idcsDisplayName": "Nameless"}}).Status)
	require.Equal(t, []any{"subDivision", "branchAddress"}, names())

	w.create(at, "Users", withCustom("ada", m{"subDivision": "Billing"}))
	gone := func(name string) reply {
		return w.admin(at, "PATCH", customPath, patchOf(m{"op": "remove", "path": `attributes[name eq "` + name + `"]`}))
	}
	require.Equal(t, 200, gone("branchAddress").Status)
	refused := gone("subDivision")
	require.Equal(t, 400, refused.Status)
	require.Contains(t, refused.text("detail"), "ada")
	require.Equal(t, 400, w.admin(at, "PUT", customPath, customSchema(branch())).Status, "nor does it go by being left out")
	require.Equal(t, []any{"subDivision"}, names())
}

func TestACustomAttributeThatCannotBeIsRefused(t *testing.T) {
	with := func(change m) m {
		a := branch()
		maps.Copy(a, change)
		return a
	}
	heading := func(name string, more m) m {
		mapping := m{"columnHeaderName": name}
		maps.Copy(mapping, more)
		return m{"idcsCsvAttributeNameMappings": []any{mapping}}
	}
	for why, attributes := range map[string][]m{
		"a name is there twice":                    {division(), with(m{"name": "SUBDIVISION"})},
		"a display name is there twice":            {division(), with(m{"idcsDisplayName": "Sub division"})},
		"a heading is there twice":                 {with(heading("One", nil)), with(m{"name": "other", "idcsDisplayName": "Other", "idcsCsvAttributeNameMappings": []any{m{"columnHeaderName": "one"}}})},
		"a name does not begin with a letter":      {with(m{"name": "1st"})},
		"it has no name":                           {with(m{"name": ""})},
		"it is no string":                          {with(m{"type": "integer"})},
		"it is shorter than one character":         {with(m{"idcsMinLength": 0})},
		"it is shorter than it must be":            {with(m{"idcsMinLength": 10, "idcsMaxLength": 9})},
		"it is at most one character":              {with(m{"idcsMaxLength": 1})},
		"it is longer than there is room":          {with(m{"idcsMaxLength": 4001})},
		"it is returned in no known way":           {with(m{"returned": "sometimes"})},
		"it is mutable in no known way":            {with(m{"mutability": "maybe"})},
		"many values have nothing between them":    {with(m{"multiValued": true, "idcsCsvAttributeNameMappings": []any{m{"columnHeaderName": "Many"}}})},
		"an attribute of an attribute is unknown":  {with(m{"colour": "red"})},
		"it is unique, which is not built":         {with(m{"uniqueness": "server"})},
		"it is longer at least than there is room": {with(m{"idcsMinLength": 4001, "idcsMaxLength": nil})},
		"it is required, and nobody can set it":    {with(m{"required": true, "mutability": "readOnly"})},
		"a usual column has its heading":           {with(heading("title", nil))},
	} {
		w := start(t, "messy", simulator.Options{})
		r := w.admin(at, "PUT", customPath, customSchema(attributes...))
		require.Equal(t, 400, r.Status, "%s: %s", why, r.Raw)
		require.NotContains(t, w.admin(at, "GET", customPath, nil).Body, "attributes", why)
	}
}

func TestOnlyTheCustomSchemaChangesAndOnlyByWhoAdministersTheDomain(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	change := patchOf(m{"op": "add", "path": "attributes", "value": []any{division()}})
	require.Equal(t, 403, w.admin(at, "PATCH", "/Schemas/"+schemaOf["Users"], change).Status)
	require.Equal(t, 404, w.admin(at, "PATCH", "/Schemas/urn:none", change).Status)
	require.Equal(t, 200, w.admin(at, "PATCH", "/Schemas/"+strings.ToUpper(custom), change).Status)
	require.Equal(t, 405, w.admin(at, "DELETE", customPath, nil).Status)
	made := w.admin(at, "POST", "/Apps", oauthClient())
	require.Equal(t, 201, made.Status, made.Raw)
	require.Equal(t, 200, w.admin(at, "PUT", "/AppStatusChanger/"+made.text("id"), of("AppStatusChanger", m{"active": true})).Status)
	role := w.idOf(at, "AppRoles", `displayName eq "User Administrator"`)
	w.create(at, "Grants", grantOf("ADMINISTRATOR_TO_APP", "App", made.text("id"), "IDCSAppId", role))
	token := w.tokenFor(at, made.text("name"), made.text("clientSecret"), myScopes).text("access_token")
	r := w.send(w.request(t.Context(), "PATCH", w.URL(at)+"/admin/v1"+customPath, change, "Authorization", "Bearer "+token))
	require.Equal(t, 403, r.Status, r.Raw)
}

func TestCustomAttributesTravelInFilesUnderTheirHeadings(t *testing.T) {
	one, many := division(), branch()
	one["idcsCsvAttributeNameMappings"] = []any{m{"columnHeaderName": "Custom_subDivision"}}
	many["multiValued"], many["idcsCsvAttributeNameMappings"] = true, []any{m{"columnHeaderName": "Custom_branches", "multiValueDelimiter": ";"}}
	secret := m{"name": "badge", "returned": "never", "idcsCsvAttributeNameMappings": []any{m{"columnHeaderName": "Custom_badge", "multiValueDelimiter": ";"}}}
	w := customWorld(t, one, many, secret)
	const headings = "User ID,First Name,Last Name,Work Email,Custom_subDivision,Custom_branches,Custom_badge\n"
	h := w.imported("UserImport", headings+"ada,Ada,Byron,ada@riverbend.example,Billing,North;South,b;1\nbob,Bob,Smith,bob@riverbend.example,Bill,,\n")
	require.Equal(t, []any{1.0, 1.0}, []any{h["successCount"], h["failureCount"]}, "a division has five characters at least")
	ada := w.idOf(at, "Users", `userName eq "ada"`)
	require.Equal(t, m{"subDivision": "Billing", "branchAddress": []any{"North", "South"}}, w.admin(at, "GET", "/Users/"+ada+"?attributeSets=all", nil).Body[custom])

	h = w.ran("UserExport", "exportFormat", "CSV", "attributesToGet", "userName,"+custom+":subDivision,"+custom+":branchAddress,"+custom+":badge", "filter", custom+`:subDivision pr`)
	require.Equal(t, 1.0, h["successCount"])
	file := w.reported("JobReports", h)[0].(m)["name"].(string)
	content := w.domainCall("GET", "/storage/v1/Files?fileName="+strings.TrimPrefix(file, "files/"), nil).Raw
	require.Equal(t, "User ID,Custom_subDivision,Custom_branches\nada,Billing,North;South\n", content, "what is never returned is in no file")
	require.Equal(t, 0.0, w.imported("UserImport", "User ID,First Name,Last Name,Work Email,Custom_other\nada,Ada,Byron,a@riverbend.example,x\n")["successCount"], "a heading that nothing has")
}

func TestADumpHasTheCustomSchemaOnceItHasAttributes(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	dir := t.TempDir()
	require.NoError(t, w.Dump(dir))
	estatetest.Unchanged(t, estate(t, "clean"), os.DirFS(dir))
	require.Equal(t, 200, w.admin(at, "PUT", customPath, customSchema(division())).Status)
	w.create(at, "Users", withCustom("ada", m{"subDivision": "Billing"}))
	require.NoError(t, w.Dump(dir))
	s, err := simulator.Start(t.Context(), simulator.Options{Estate: os.DirFS(dir), Tier: "none"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	again := &world{Simulator: s, t: t, tokens: map[directory.Domain]string{}}
	require.Equal(t, "Billing", again.list(at, "Users", "filter", custom+`:subDivision pr`).at("Resources.0").(m)[custom].(m)["subDivision"])
	require.Equal(t, 400, again.admin(at, "POST", "/Users", withCustom("eve", m{"subDivision": "Bill"})).Status)
	require.Equal(t, w.admin(at, "GET", customPath, nil).Body["attributes"], again.admin(at, "GET", customPath, nil).Body["attributes"])
}

func TestAnEstateMayBringTheCustomSchemaAndNoOther(t *testing.T) {
	for body, why := range map[string]string{
		`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "urn:x"}`:                                            "the only one that a domain's administrators change",
		`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "` + custom + `", "attributes": ["x", null]}`:        "attributes is an object",
		`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "` + custom + `", "attributes": [{"name": "1"}]}`:    "begins with a letter",
		`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "` + custom + `", "attributes": [{"name": "rank"}]}`: "",
	} {
		files := fstest.MapFS{"cutover.json": {Data: []byte("{}")}}
		for _, d := range directory.Domains {
			files[string(d)+".json"] = &fstest.MapFile{Data: []byte(`{"Schemas": [` + body + `]}`)}
		}
		s, err := simulator.Start(t.Context(), simulator.Options{Estate: files, Tier: "none"})
		if why != "" {
			require.ErrorContains(t, err, why)
			continue
		}
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		w := &world{Simulator: s, t: t, tokens: map[directory.Domain]string{}}
		ada := w.create(at, "Users", withCustom("ada", m{"rank": "Captain"}))
		require.Equal(t, m{"rank": "Captain"}, w.admin(at, "GET", "/Users/"+ada, nil).Body[custom])
	}
}
