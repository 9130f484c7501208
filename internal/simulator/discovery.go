package simulator

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cutover/internal/simulator/characteristics"
)

// The schemas of what a domain tells of itself (RFC 7643 sections 5 to 7).
const (
	schemaConfig       = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	schemaResourceType = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema       = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// discovery answers what is asked about the domain itself (RFC 7644 section 4).
// Not ok: the path is about something else. Whoever has a token may ask. Schemas
// can be asked for by the end of their id, as Oracle's own tools do, against that
// document.
func (d *domain) discovery(method, path string, q url.Values) (a answer, ok bool, err error) {
	kind, id, _ := strings.Cut(strings.Trim(path, "/"), "/")
	var all []object
	switch kind {
	case kindSchemas.name:
		if method == http.MethodPut || method == http.MethodPatch {
			return a, false, nil // one of them can be changed
		}
		all = append(slices.Clone(schemas()), d.custom())
	case "ServiceProviderConfig":
		all, id = []object{serviceProviderConfig()}, ""
	case "ResourceTypes":
		all = d.resourceTypes()
	default:
		return a, false, nil
	}
	filter := q.Get("filter")
	if m := idEnds.FindStringSubmatch(filter); m != nil && kind == "Schemas" {
		all = slices.DeleteFunc(slices.Clone(all), func(o object) bool { return !strings.HasSuffix(text(o, "id"), m[1]) })
		filter = ""
	}
	switch {
	case method != http.MethodGet:
		return a, true, notPossible(method, http.MethodGet)
	case filter != "" && kind != "ServiceProviderConfig": // one object has nothing to select from
		return a, true, refuse(http.StatusForbidden, "%s cannot be filtered (RFC 7644 section 4).", kind)
	}
	located := make([]any, 0, len(all))
	for _, o := range all {
		o = without(o)
		own := d.url + "/admin/v1/" + kind
		if kind != "ServiceProviderConfig" {
			own += "/" + text(o, "id")
		}
		meta := without(inner(o, "meta"))
		meta["resourceType"], meta["location"] = strings.TrimSuffix(kind, "s"), own
		o["meta"] = meta
		if kind == "ServiceProviderConfig" || id != "" && strings.EqualFold(text(o, "id"), id) {
			return answer{status: http.StatusOK, body: o}, true, nil
		}
		if q.Get("attributes") == "id" {
			o = object{"schemas": o["schemas"], "id": o["id"]}
		}
		located = append(located, o)
	}
	if id != "" {
		return a, true, notFound(kind, id)
	}
	return answer{status: http.StatusOK, body: object{"schemas": []any{schemaList}, "totalResults": len(located),
		"itemsPerPage": len(located), "startIndex": 1, "Resources": located}}, true, nil
}

var idEnds = regexp.MustCompile(`(?i)^id\s+ew\s+"([^"]*)"$`)

// tell sends what the domain says of itself.
func (d *domain) tell(w http.ResponseWriter, r *http.Request, a answer) {
	if pause(r.Context(), 2*d.latency) { // there is no moment in between at which something takes effect
		a.write(w)
	}
}

func serviceProviderConfig() object {
	return object{
		"schemas":        []any{schemaConfig},
		"patch":          object{"supported": true},
		"bulk":           object{"supported": true, "maxOperations": maxBulk, "maxPayloadSize": maxPayload},
		"filter":         object{"supported": true, "maxResults": maxCount},
		"changePassword": object{"supported": true},
		"sort":           object{"supported": true},
		"etag":           object{"supported": true},
		"authenticationSchemes": []any{object{"type": "oauthbearertoken", "name": "OAuth Bearer Token", "primary": true,
			"description": "A token of a client with the grant client_credentials, from /oauth2/v1/token.",
			"specUri":     "https://www.rfc-editor.org/info/rfc6750"}},
	}
}

// resourceTypes are those of this domain, whose people may need an attribute of the
// custom schema.
func (d *domain) resourceTypes() []object {
	all := slices.Clone(plainResourceTypes())
	at := slices.Index(served, kindUsers)
	people := without(all[at])
	people["schemaExtensions"] = append(slices.Clone(list(people, "schemaExtensions")),
		object{"schema": schemaCustom, "required": d.people.Load().root.find(schemaCustom).Required})
	all[at] = people
	return all
}

var plainResourceTypes = sync.OnceValue(func() []object {
	var all []object
	for _, k := range served {
		r := characteristics.At(k.name)
		o := object{"schemas": []any{schemaResourceType}, "id": k.resource, "name": k.resource, "endpoint": "/" + r.Endpoint,
			"description": r.Description, "schema": r.Schema}
		var extensions []any
		for _, e := range r.Extensions {
			extensions = append(extensions, object{"schema": e.Schema, "required": false})
		}
		if extensions != nil {
			o["schemaExtensions"] = extensions
		}
		all = append(all, o)
	}
	return all
})

// schemaNamed is one of the schemas that every domain has; nil: none.
func schemaNamed(id string) object {
	for _, s := range schemas() {
		if strings.EqualFold(text(s, "id"), id) {
			return s
		}
	}
	return nil
}

var schemas = sync.OnceValue(func() []object {
	var all []object
	told := map[string]bool{}
	tell := func(urn, name, description string, as characteristics.Attributes) {
		if told[urn] { // an extension may be of several kinds
			return
		}
		told[urn] = true
		all = append(all, object{"schemas": []any{schemaSchema}, "id": urn, "name": name, "description": description, "attributes": definitions(urn, as)})
	}
	for _, k := range served {
		r := characteristics.At(k.name)
		var own characteristics.Attributes
		for _, a := range r.Attributes {
			switch a.Name {
			case "id", "externalId", "meta", "schemas": // common to all, and of no schema (RFC 7643 section 3.1)
			case "idcsCreatedBy": // required, and nothing here has it
			default:
				own = append(own, a)
			}
		}
		tell(r.Schema, r.Name, r.Description, own)
		for _, e := range r.Extensions {
			tell(e.Schema, e.Schema[strings.Index(e.Schema, "extension:")+len("extension:"):], e.Description, e.Attributes)
		}
	}
	return all
})

// definitions are attributes in the form of RFC 7643 section 7.
func definitions(urn string, as characteristics.Attributes) []any {
	all := make([]any, len(as))
	for i, a := range as {
		o := object{"name": a.Name, "type": a.Type, "multiValued": a.Multi, "description": a.Description, "required": a.Required,
			"mutability": string(a.Mutability), "returned": string(a.Returned)}
		switch a.Type {
		case characteristics.Complex:
			o["subAttributes"] = definitions("", a.Sub)
		case characteristics.Any:
			o["type"] = characteristics.String // RFC 7643 knows no open type
		case characteristics.Reference:
			o["referenceTypes"] = []any{"uri"}
			o["caseExact"] = true
		case characteristics.String, characteristics.Binary:
			o["caseExact"] = a.Exact
		}
		if o["uniqueness"] = "none"; a.Unique != "" {
			o["uniqueness"] = a.Unique
		}
		if len(a.Values) > 0 {
			values := make([]any, len(a.Values))
			for j, v := range a.Values {
				values[j] = v
			}
			o["canonicalValues"] = values
		}
		if headings := headingsOf(urn, a.Name); headings != nil {
			o["idcsCsvAttributeNameMappings"] = headings
		}
		all[i] = o
	}
	return all
}

// headingsOf are the columns that an attribute of a user has in a file.
func headingsOf(urn, attr string) (all []any) {
	for _, c := range userColumns {
		if c.attr != attr || urn == "" || urn != cmp.Or(c.urn, schemaUser) {
			continue
		}
		o := object{"columnHeaderName": c.heading}
		if c.sub != "" && c.kind == "" {
			o["mapsTo"] = c.attr + "." + c.sub
		} else if c.kind != "" && c.kind != primaryType {
			o["mapsTo"] = c.attr + "[type eq \"" + c.kind + "\"]." + c.sub
		}
		all = append(all, o)
	}
	return all
}
