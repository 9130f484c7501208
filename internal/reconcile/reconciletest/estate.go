package reconciletest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// FromEstate reads the three domains of an estate: dir holds fusion.json,
// utilities.json and cxif.json.
func FromEstate(files fs.FS, dir string) (reconcile.World, error) {
	w := reconcile.World{}
	for _, d := range directory.Domains {
		var dump dump
		if err := read(files, path.Join(dir, string(d)+".json"), &dump); err != nil {
			return nil, err
		}
		side, err := dump.side()
		if err != nil {
			return nil, fmt.Errorf("%s of estate %s: %w", d, dir, err)
		}
		w[d] = side
	}
	return w, nil
}

func read(files fs.FS, name string, v any) error {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// dump is a domain as its API returns it, as far as the core needs it.
type dump struct {
	Users  []user
	Groups []struct {
		ID, DisplayName string
		Members         []struct{ Value string }
	}
	AppRoles []struct {
		ID, DisplayName string
		App             struct{ Display string }
	}
	Grants []struct {
		Grantee     struct{ Type, Value string }
		Entitlement struct{ AttributeValue string }
	}
	IdentityProviders []struct {
		ID, PartnerName, PartnerProviderID string
		Enabled                            bool
	}
	Policies []struct {
		ID    string
		Rules []struct{ Value string }
	}
	Rules []struct {
		ID, Name string
		Active   bool
		Return   []struct{ Name, Value string }
	}
}

type user struct {
	ID, UserName, DisplayName string
	Active                    bool
	ExternalID                string
	Name                      struct{ GivenName, FamilyName string }
	Emails                    []struct {
		Value   string
		Primary bool
	}
	Oracle struct {
		IsFederatedUser bool
	} `json:"urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"`
	State struct {
		Locked struct {
			On     bool
			Reason int
		}
	} `json:"urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"`
}

func (u user) person() directory.Person {
	p := directory.Person{User: directory.User{
		ID: u.ID, UserName: u.UserName, GivenName: u.Name.GivenName, FamilyName: u.Name.FamilyName, DisplayName: u.DisplayName,
		Active: u.Active, Federated: u.Oracle.IsFederatedUser, ExternalID: u.ExternalID,
		Locked: u.State.Locked.On, LockReason: u.State.Locked.Reason,
	}}
	for _, e := range u.Emails {
		if e.Primary {
			p.Email = e.Value
		}
	}
	return p
}

func (d dump) side() (*Side, error) {
	side := &Side{Rest: directory.Outline{GroupRoles: map[string][]directory.Role{}}}
	at := map[string]int{} // id of a user -> index
	for i, u := range d.Users {
		at[u.ID] = i
		side.People = append(side.People, u.person())
	}
	groups := map[string]string{} // id -> name
	for _, g := range d.Groups {
		groups[g.ID] = g.DisplayName
		side.Rest.Groups = append(side.Rest.Groups, directory.Group{ID: g.ID, Name: g.DisplayName, Members: len(g.Members)})
		for _, m := range g.Members {
			i, ok := at[m.Value]
			if !ok {
				return nil, fmt.Errorf("group %s has a member that is no user: %s", g.DisplayName, m.Value)
			}
			side.People[i].Groups = append(side.People[i].Groups, g.DisplayName)
		}
	}
	for i := range side.People {
		slices.Sort(side.People[i].Groups)
	}
	if err := d.grants(side, at, groups); err != nil {
		return nil, err
	}
	return side, d.sso(side)
}

func (d dump) grants(side *Side, at map[string]int, groups map[string]string) error {
	roles := map[string]directory.Role{}
	for _, r := range d.AppRoles {
		roles[r.ID] = directory.Role{App: r.App.Display, Name: r.DisplayName}
		side.Rest.Roles = append(side.Rest.Roles, roles[r.ID])
	}
	for _, g := range d.Grants {
		role, ok := roles[g.Entitlement.AttributeValue]
		if !ok {
			return fmt.Errorf("a grant of a role that is not there: %s", g.Entitlement.AttributeValue)
		}
		if i, ok := at[g.Grantee.Value]; ok && g.Grantee.Type == "User" {
			side.People[i].Roles = append(side.People[i].Roles, role)
		} else if name, ok := groups[g.Grantee.Value]; ok {
			side.Rest.GroupRoles[name] = append(side.Rest.GroupRoles[name], role)
		}
	}
	return nil
}

// sso fills in the policy with its rules, and the identity providers.
func (d dump) sso(side *Side) error {
	sso := &side.Rest.SSO
	for _, p := range d.IdentityProviders {
		sso.IdPs = append(sso.IdPs, directory.IdP{ID: p.ID, Name: p.PartnerName, EntityID: p.PartnerProviderID, Enabled: p.Enabled})
	}
	for _, p := range d.Policies {
		sso.PolicyID = p.ID
		for _, ref := range p.Rules {
			for _, r := range d.Rules {
				if r.ID != ref.Value {
					continue
				}
				rule := directory.Rule{ID: r.ID, Name: r.Name, Active: r.Active}
				for _, v := range r.Return {
					list := map[string]*[]string{"LocalIDPs": &rule.Local, "SamlIDPs": &rule.SAML}[v.Name]
					if list == nil {
						continue
					}
					if err := json.Unmarshal([]byte(v.Value), list); err != nil {
						return fmt.Errorf("rule %s: %s: %w", r.Name, v.Name, err)
					}
				}
				sso.Rules = append(sso.Rules, rule)
			}
		}
	}
	return nil
}
