// Package estatetest holds a dump of simulated domains against what an estate
// says a correct run must leave behind: name by name, and nothing else. It is
// for tests only, and shares no code with the product, so that both cannot be
// wrong in the same way.
package estatetest

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// T is what the helpers need of a test.
type T interface {
	require.TestingT
	Helper()
}

// resource is any SCIM resource, as far as a comparison looks at it.
type resource struct {
	ID          string `json:"id"`
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	Name        any    `json:"name"`
	Active      bool   `json:"active"`
	Emails      []struct {
		Value   string `json:"value"`
		Primary bool   `json:"primary"`
	} `json:"emails"`
	Members     []struct{ Value string }        `json:"members"`
	App         struct{ Value string }          `json:"app"`
	PartnerName string                          `json:"partnerName"`
	Grantee     struct{ Type, Value string }    `json:"grantee"`
	Entitlement struct{ AttributeValue string } `json:"entitlement"`
	Return      []struct{ Name, Value string }  `json:"return"`
	Rules       []struct {
		Value    string
		Sequence int
	} `json:"rules"`
	ConditionGroup struct{ Value string } `json:"conditionGroup"`
	IsOAuthClient  bool                   `json:"isOAuthClient"`
	IsSAML         bool                   `json:"isSamlServiceProvider"`
}

// domain is a dump of one domain.
type domain struct {
	Users, Groups, Apps, AppRoles, Grants, IdentityProviders, Policies, Rules, Conditions []resource
}

// person is what is compared of a user.
type person struct {
	Given, Family, Email string
	Active               bool
}

// Estate is an estate with what it expects.
type Estate struct {
	Fusion, Utilities, CXIF domain
	Choices                 choices
	Expected                expected
}

type choices struct {
	Emergency struct{ Utilities string }
	Access    map[string]struct {
		App   string
		Roles []string
	}
	Resolutions map[string]map[string]json.RawMessage
}

type expected struct {
	Users map[string]string
	Final struct {
		Fusion struct {
			Created, Reactivated, Changed []string
			RoleMembers                   map[string][]string
		}
		Utilities struct {
			Renamed                         map[string]string
			Changed, Created, StillInactive []string
			GroupMembers                    map[string][]string
			DirectGrants, InScope           []string
		}
		CXIF struct{ Created, Updated, RoleHolders []string }
	}
	After json.RawMessage
}

// Load reads an estate, or a dump, which has no choices and expects nothing.
func Load(t T, dir fs.FS) Estate {
	t.Helper()
	var e Estate
	read(t, dir, "fusion.json", &e.Fusion)
	read(t, dir, "utilities.json", &e.Utilities)
	read(t, dir, "cxif.json", &e.CXIF)
	if _, err := fs.Stat(dir, "expected.json"); err == nil {
		read(t, dir, "cutover.json", &e.Choices)
		read(t, dir, "expected.json", &e.Expected)
	}
	return e
}

func read(t T, dir fs.FS, name string, v any) {
	t.Helper()
	body, err := fs.ReadFile(dir, name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(body, v), name)
}

func (r resource) person() person {
	p := person{Active: r.Active}
	if name, ok := r.Name.(map[string]any); ok {
		p.Given, _ = name["givenName"].(string)
		p.Family, _ = name["familyName"].(string)
	}
	for _, e := range r.Emails {
		if e.Primary {
			p.Email = e.Value
		}
	}
	return p
}

// people lists the users of a domain by name.
func (d domain) people() map[string]person {
	out := map[string]person{}
	for _, u := range d.Users {
		out[u.UserName] = u.person()
	}
	return out
}

// members lists who is in which group, by names, sorted.
func (d domain) members() map[string][]string {
	names := map[string]string{}
	for _, u := range d.Users {
		names[u.ID] = u.UserName
	}
	out := map[string][]string{}
	for _, g := range d.Groups {
		list := []string{}
		for _, m := range g.Members {
			list = append(list, names[m.Value])
		}
		slices.Sort(list)
		out[g.DisplayName] = list
	}
	return out
}

// grants lists every grant by names, "kind name -> app/role".
func (d domain) grants() []string {
	names := map[string]string{}
	for _, list := range [][]resource{d.Users, d.Groups, d.Apps} {
		for _, r := range list {
			names[r.ID] = r.UserName + r.DisplayName
			if r.UserName != "" {
				names[r.ID] = r.UserName
			}
		}
	}
	roles := map[string]string{}
	for _, r := range d.AppRoles {
		roles[r.ID] = names[r.App.Value] + "/" + r.DisplayName
	}
	out := []string{}
	for _, g := range d.Grants {
		out = append(out, strings.ToLower(g.Grantee.Type)+" "+names[g.Grantee.Value]+" -> "+roles[g.Entitlement.AttributeValue])
	}
	slices.Sort(out)
	return out
}
