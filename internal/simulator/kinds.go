package simulator

import "strings"

// kind is what a domain knows of a type of resource: the attributes that need
// care, after the SCIM++ properties in the model of Oracle's Go SDK
// (identitydomains, v65). Attribute names are in lower case.
type kind struct {
	name       string // in the URL: Users
	resource   string // meta.resourceType: User
	schema     string
	extensions []string
	family     family // whose admin roles may do what
	label      string // of the journal's natural keys

	always    map[string]bool // returned: always
	onRequest map[string]bool // returned: request
	readOnly  map[string]bool // POST ignores them, PUT and PATCH refuse them
	immutable map[string]bool // set by POST, then fixed
	exact     map[string]bool // caseExact, of full paths
	known     map[string]bool // what a PATCH may name; nil: anything
}

const (
	schemaUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaUserExt    = "urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"
	schemaUserState  = "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"
	schemaPassword   = "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User"
	schemaEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	schemaSAMLApp    = "urn:ietf:params:scim:schemas:oracle:idcs:extension:samlServiceProvider:App"
	schemaManagedApp = "urn:ietf:params:scim:schemas:oracle:idcs:extension:managedapp:App"
	idcsPrefix       = "urn:ietf:params:scim:schemas:oracle:idcs:"
)

// The attributes that the service itself keeps, of every kind.
const commonReadOnly = "id meta ocid idcscreatedby idcslastmodifiedby idcspreventedoperations deleteinprogress " +
	"idcslastupgradedinrelease domainocid compartmentocid tenancyocid"

func set(names ...string) map[string]bool {
	s := map[string]bool{}
	for _, n := range strings.Fields(strings.Join(names, " ")) {
		s[n] = true
	}
	return s
}

var (
	kindUsers = &kind{
		name: "Users", resource: "User", schema: schemaUser, family: familyPeople, label: "user",
		extensions: []string{schemaUserExt, schemaUserState, schemaPassword, schemaEnterprise,
			idcsPrefix + "extension:capabilities:User", idcsPrefix + "extension:mfa:User", idcsPrefix + "extension:selfChange:User"},
		always:    set("id schemas username"),
		onRequest: set("groups"),
		readOnly:  set(commonReadOnly, "groups", schemaKey(schemaUserExt, "status"), strings.ToLower(schemaPassword)),
		immutable: set(schemaKey(schemaUserExt, "bypassnotification"), schemaKey(schemaUserExt, "creationmechanism")),
		known: set("username name displayname nickname profileurl title usertype locale preferredlanguage timezone active password",
			"emails phonenumbers ims photos addresses entitlements roles x509certificates externalid description schemas tags"),
	}
	kindGroups = &kind{
		name: "Groups", resource: "Group", schema: "urn:ietf:params:scim:schemas:core:2.0:Group", family: familyPeople, label: "group",
		extensions: []string{idcsPrefix + "extension:group:Group", idcsPrefix + "extension:requestable:Group"},
		always:     set("id schemas displayname"),
		onRequest:  set("members"),
		readOnly:   set(commonReadOnly),
		known:      set("displayname members externalid schemas tags"),
	}
	kindGrants = &kind{
		name: "Grants", resource: "Grant", schema: idcsPrefix + "Grant", family: familyGrants, label: "grant",
		always:    set("id schemas"),
		onRequest: set("compositekey"),
		readOnly:  set(commonReadOnly, "compositekey isfulfilled grantor"),
		immutable: set("grantmechanism grantee app entitlement"),
		exact:     set("grantmechanism grantee.value grantee.type compositekey"),
	}
	kindApps = &kind{
		name: "Apps", resource: "App", schema: idcsPrefix + "App", family: familyApps, label: "app",
		extensions: []string{schemaSAMLApp, schemaManagedApp},
		always:     set("id schemas displayname"),
		readOnly: set(commonReadOnly, "clientsecret hashedclientsecret meterasopcservice migrated infrastructure isopcservice",
			"ismanagedapp callbackserviceurl readytoupgrade isdatabaseservice cloudcontrolproperties editableattributes",
			"accounts grants grantedapproles adminroles userroles"),
		immutable: set("name isunmanagedapp isaliasapp ismulticloudserviceapp basedontemplate"),
	}
	kindAppRoles = &kind{
		name: "AppRoles", resource: "AppRole", schema: idcsPrefix + "AppRole", family: familyApps, label: "role",
		always:    set("id schemas displayname"),
		onRequest: set("members"),
		readOnly:  set(commonReadOnly, "uniquename limitedtooneormoregroups localizeddisplayname members"),
		immutable: set("displayname app legacygroupname adminrole availabletousers availabletogroups availabletoclients"),
	}
	kindIdPs = &kind{
		name: "IdentityProviders", resource: "IdentityProvider", schema: idcsPrefix + "IdentityProvider", family: familySignOn, label: "idp",
		always:    set("id schemas partnername type"),
		readOnly:  set(commonReadOnly, "tenantproviderid lastnotificationsenttime"),
		immutable: set("type"),
	}
	kindPolicies = &kind{
		name: "Policies", resource: "Policy", schema: idcsPrefix + "Policy", family: familySignOn, label: "policy",
		always:    set("id schemas name"),
		onRequest: set("rules"),
		readOnly:  set(commonReadOnly),
		immutable: set("policytype"),
	}
	kindRules = &kind{
		name: "Rules", resource: "Rule", schema: idcsPrefix + "Rule", family: familySignOn, label: "rule",
		always:    set("id schemas name"),
		readOnly:  set(commonReadOnly),
		immutable: set("policytype"),
		exact:     set("name condition"),
	}
	kindConditions = &kind{
		name: "Conditions", resource: "Condition", schema: idcsPrefix + "Condition", family: familySignOn, label: "condition",
		always:   set("id schemas name"),
		readOnly: set(commonReadOnly),
		exact:    set("name attributename operator attributevalue"),
	}
)

// kinds in the order of an estate file.
var kinds = []*kind{kindUsers, kindGroups, kindApps, kindAppRoles, kindGrants, kindIdPs, kindPolicies, kindRules, kindConditions}

func kindNamed(name string) *kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	return nil
}

// schemaKey is how an attribute of an extension is written in the sets above.
func schemaKey(urn, attribute string) string { return strings.ToLower(urn) + ":" + attribute }

// attributeKey is how a path is looked up in the sets above.
func attributeKey(p attrPath) string {
	if p.urn == "" {
		return strings.ToLower(p.name)
	}
	if p.name == "" {
		return strings.ToLower(p.urn)
	}
	return schemaKey(p.urn, strings.ToLower(p.name))
}

// locked tells whether a path may not be written, and why.
func (k *kind) locked(p attrPath) (why string, yes bool) {
	key := attributeKey(p)
	if k.readOnly[key] || p.urn != "" && k.readOnly[strings.ToLower(p.urn)] {
		return "readOnly", true
	}
	if k.immutable[key] {
		return "immutable", true
	}
	return "", false
}

// strip takes out of a new resource what a client cannot set: POST ignores
// readOnly values (oracle.md 2.3).
func (k *kind) strip(o object) object {
	kept := make(object, len(o))
	for name, v := range o {
		if k.readOnly[strings.ToLower(name)] {
			continue
		}
		if ext, ok := v.(object); ok && strings.HasPrefix(strings.ToLower(name), "urn:") {
			c := make(object, len(ext))
			for attribute, e := range ext {
				if !k.readOnly[schemaKey(name, strings.ToLower(attribute))] {
					c[attribute] = e
				}
			}
			v = c
		}
		if v != nil {
			kept[name] = v
		}
	}
	return kept
}
