package simulator

import (
	"slices"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// kind is what a domain knows of a type of resource. What its attributes are
// comes from the models of Oracle's SDK (package characteristics).
type kind struct {
	name       string // in the URL: Users
	resource   string // meta.resourceType: User
	schema     string
	extensions []string
	family     family // whose admin roles may do what
	label      string // of the journal's natural keys
	root       *node
	offers     func(method string, onOne bool) bool
	of         *kind // the kind that this is in one domain, with attributes of its own; nil: it is the same in all
}

// plain is the kind as every domain has it: the one to compare by.
func (k *kind) plain() *kind {
	if k.of != nil {
		return k.of
	}
	return k
}

const (
	schemaUser      = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaUserExt   = "urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"
	schemaUserState = "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"
	schemaPassword  = "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User"
	schemaSAMLApp   = "urn:ietf:params:scim:schemas:oracle:idcs:extension:samlServiceProvider:App"
	idcsPrefix      = "urn:ietf:params:scim:schemas:oracle:idcs:"
)

var (
	kindUsers      = kindOf("User", familyPeople, "user")
	kindGroups     = kindOf("Group", familyPeople, "group")
	kindGrants     = kindOf("Grant", familyGrants, "grant")
	kindApps       = kindOf("App", familyApps, "app")
	kindAppRoles   = kindOf("AppRole", familyApps, "role")
	kindIdPs       = kindOf("IdentityProvider", familySignOn, "idp")
	kindPolicies   = kindOf("Policy", familySignOn, "policy")
	kindRules      = kindOf("Rule", familySignOn, "rule")
	kindConditions = kindOf("Condition", familySignOn, "condition")

	kindFactors = kindOf("AuthenticationFactorSetting", familySignOn, "factors")
	kindSchemas = kindOf("Schema", familySchema, "schema")

	kindAccountInfos = kindOf("AccountMgmtInfo", familyPeople, "account")

	// What is put to one of these changes a resource of another kind.
	kindAppStatus     = kindOf("AppStatusChanger", familyApps, "app")
	kindUserStatus    = kindOf("UserStatusChanger", familyPeople, "user")
	kindPasswordReset = kindOf("UserPasswordResetter", familyPeople, "user")
)

func kindOf(resource string, f family, label string) *kind {
	r := characteristics.Of(resource)
	k := &kind{name: r.Endpoint, resource: r.Name, schema: r.Schema, family: f, label: label, root: root(r), offers: r.Offers}
	if own, ok := strings.CutPrefix(r.Schema, idcsPrefix); ok {
		k.resource = own // which differs from the model's name where there is one resource of the kind
	}
	for _, e := range r.Extensions {
		k.extensions = append(k.extensions, e.Schema)
	}
	return k
}

// kinds in the order of an estate file.
var kinds = []*kind{kindUsers, kindGroups, kindApps, kindAppRoles, kindGrants, kindIdPs, kindPolicies, kindRules, kindConditions}

// stored are all that an estate may have. The last ones are in every domain, and in
// an estate or a dump only where they are not as a domain is born with them.
var stored = append(slices.Clone(kinds), kindFactors, kindSchemas)

// served are the types of resources. Accounts are in no estate: they are what the
// apps of a domain found out. Schemas are no resources: they are what they are made of.
var served = append(slices.Clone(kinds), kindFactors, kindAccountInfos)

// addressed are all that a path can name.
var addressed = append(slices.Clone(served), kindSchemas)

func kindNamed(name string) *kind {
	for _, k := range addressed {
		if k.name == name {
			return k
		}
	}
	return nil
}

// taken reads a new resource as a client sent it.
func (k *kind) taken(o object) (object, error) {
	if o == nil {
		return nil, invalid("The request has no body; send the resource.")
	}
	if err := k.checkSchemas(o); err != nil {
		return nil, err
	}
	return k.root.take(o, creating, standing{}, "", false)
}

// asked reads the body of a PUT to a changer of the resource with this id.
func (k *kind) asked(o object, id string) (object, error) {
	if o == nil {
		return nil, invalid("The request has no body; send a %s.", k.resource)
	}
	if err := k.checkSchemas(o); err != nil {
		return nil, err
	}
	shown := object{"id": id}
	return k.root.take(o, replacing, standing{shown: shown}, "", false)
}

// checkSchemas refuses a body that does not say what it is, or says that it is
// something of which the kind knows nothing.
func (k *kind) checkSchemas(o object) error {
	found := false
	for _, s := range list(o, "schemas") {
		urn, _ := s.(string)
		if strings.EqualFold(urn, k.schema) {
			found = true
		} else if k.root.find(urn) == nil || !strings.HasPrefix(strings.ToLower(urn), "urn:") {
			return invalid("schemas names %q, which %s does not have.", urn, k.name)
		}
	}
	if !found {
		return missing("schemas with " + k.schema)
	}
	return nil
}

// named are the schemas of a resource as it is: those that are always there,
// and of the extensions it has.
func (k *kind) named(o object, always []any) []any {
	var more []any
	for name := range o {
		if strings.HasPrefix(name, "urn:") && !slices.Contains(always, any(name)) {
			more = append(more, name)
		}
	}
	if more == nil {
		return always
	}
	slices.SortFunc(more, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return append(slices.Clone(always), more...)
}

// drop takes off a resource what is never returned, because it counts in the
// request alone.
func (k *kind) drop(o object) { dropNever(k.root, o) }

func dropNever(n *node, o object) {
	if n.quiet {
		return
	}
	for name, v := range o {
		s := n.find(name)
		if s == nil {
			continue
		}
		if s.Returned == characteristics.Never {
			delete(o, name)
		} else if below, ok := v.(object); ok {
			dropNever(s, below)
		}
	}
}

// locked tells whether a PATCH may not touch what a path names in o, and why:
// the attribute, or the part of it that is named, is readOnly; or it is
// immutable and has a value. One that is never returned counts as having one.
func (k *kind) locked(p attrPath, a, s *node, o object) *refusal {
	for _, n := range []*node{a, s} {
		if n == nil {
			continue
		}
		if n.Mutability == characteristics.ReadOnly {
			return fixed(p.String(), n)
		}
		if n.Mutability == characteristics.Immutable {
			set := p.values(o)
			if n == a {
				set = attrPath{urn: p.urn, name: p.name}.values(o)
			}
			if len(set) > 0 || n.Returned == characteristics.Never {
				return fixed(p.String(), n)
			}
		}
	}
	return nil
}

// uniques are the attributes of a kind of which no two resources may have the
// same value.
func (k *kind) uniques() []*node {
	var all []*node
	for name, n := range k.root.sub {
		if name == n.Name && n.Unique != "" && n.Mutability != characteristics.ReadOnly {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b *node) int { return strings.Compare(a.Name, b.Name) })
	return all
}
