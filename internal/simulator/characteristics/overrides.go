package characteristics

import (
	"fmt"
	"strings"
)

// correction is one attribute of which a document or Oracle's own use of the
// API says something else than the comments in the SDK.
type correction struct {
	resource string // *: every one
	path     string // attribute, or attribute.sub, of the resource's own schema
	why      string
	apply    func(*Attribute)
}

func required(a *Attribute) { a.Required = true }

// corrections are all of them. Everything else is as the SDK says, also where
// that is surprising: passwordState and a user's status come on request only,
// the displayName of a role cannot be changed, the name of a policy or a rule
// is not unique.
var corrections = []correction{
	{"User", "name", "the guides on users ask for a last name (oracle.md 2.4, D23b); the SDK has it optional", required},
	{"User", "name.familyName", "as name", required},
	{"User", "emails", "a user needs a primary email, unless a setting of the domain relaxes it, and the service has a message of its own for that (oracle.md 2.3, 2.4, D28); the SDK has it optional",
		func(a *Attribute) { a.Required, a.Missing = true, "error.identity.user.primaryEmailNotSpecified" }},
	{"*", "schemas", "the SDK says default in its list and, in the words above it, that every representation must include it, as RFC 7643 section 3 does",
		func(a *Attribute) { a.Returned = Always }},
	{"Rule", "condition", "deprecated since 17.3.4 in favour of conditionGroup, and mandatory all the same: an empty one is all that a rule with a conditionGroup can say",
		func(a *Attribute) { a.MayBeEmpty = true }},
}

// override applies the corrections. One that finds no attribute is a defect.
func override(rs []*Resource) {
	for _, c := range corrections {
		found := false
		for _, r := range rs {
			if r.Name == c.resource || c.resource == "*" {
				a := c.find(r)
				if a == nil {
					panic(fmt.Sprintf("the correction of %s of %s names no attribute", c.path, r.Name))
				}
				c.apply(a)
				found = true
			}
		}
		if !found {
			panic("the correction of " + c.path + " names no resource: " + c.resource)
		}
	}
}

func (c correction) find(r *Resource) *Attribute {
	name, sub, nested := strings.Cut(c.path, ".")
	a := r.Attributes.Find(name)
	if a == nil || !nested {
		return a
	}
	return a.Sub.Find(sub)
}
