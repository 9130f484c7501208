package phase

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// world is a small estate for the phases of single sign-on.
type world struct{ fusion, utilities *side }

type side struct {
	people  []directory.Person
	outline directory.Outline
}

func (s *side) ByName() reconcile.People {
	people := slices.Clone(s.people)
	slices.SortFunc(people, func(a, b directory.Person) int {
		return strings.Compare(directory.Fold(a.UserName), directory.Fold(b.UserName))
	})
	return func(yield func(directory.Person, error) bool) {
		for _, p := range people {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (s *side) ByEmail() reconcile.People { panic("no phase of single sign-on reads by email") }

func (s *side) Outline() directory.Outline { return s.outline }

func (w *world) sides() reconcile.World {
	return reconcile.World{directory.Fusion: w.fusion, directory.Utilities: w.utilities}
}

// bare is an estate without a trace of single sign-on: bg-admin is the emergency
// administrator, svc-meter an excluded account, ann and bob people, of whom bob
// works in Utilities. In Fusion people sign in by the corporate identity provider.
func bare() *world {
	return &world{
		fusion: &side{
			people: []directory.Person{person("ann"), person("bob")},
			outline: directory.Outline{SSO: directory.SSO{
				PolicyID: directory.DefaultPolicyID,
				Rules: []directory.Rule{{
					ID: directory.DefaultRuleID, Name: directory.DefaultRuleName, Active: true, Local: []string{"UserNamePassword"}, SAML: []string{"corp"},
				}},
				IdPs: []directory.IdP{{ID: "corp", Name: "Corporate", EntityID: "https://login.riverbend.example", Enabled: true}},
				Apps: []directory.App{{ID: directory.AdminApp, Name: "Oracle Identity Cloud Service", Active: true}},
				Metadata: directory.Metadata{
					IdPEntityID: "https://fusion.example:443/fed", IdPSSOURL: "https://fusion.example/fed/v1/idp/sso", IdPCertificate: "RlVTSU9O",
				},
			}},
		},
		utilities: &side{
			people: []directory.Person{worker("bob"), person("Ann"), worker("svc-meter"), holding(person("bg-admin"), administrator)},
			outline: directory.Outline{SSO: directory.SSO{
				PolicyID: directory.DefaultPolicyID,
				Rules:    []directory.Rule{{ID: directory.DefaultRuleID, Name: directory.DefaultRuleName, Active: true, Local: []string{"UserNamePassword"}}},
				Apps:     []directory.App{{ID: "ccs", Name: "CCS-PROD", Active: true}},
				Metadata: directory.Metadata{
					SPEntityID: "https://utilities.example:443/fed", AssertionConsumer: "https://utilities.example/fed/v1/sp/sso", SPCertificate: "VVRJTA==",
				},
			}},
		},
	}
}

func person(name string) directory.Person {
	return directory.Person{User: directory.User{ID: "id-" + name, UserName: name, Email: name + "@riverbend.example", Active: true}}
}

// The roles that matter: of the app of Utilities, and of the domain.
var (
	appUser       = directory.Role{App: "CCS-PROD", Name: "AppUser"}
	administrator = directory.Role{App: "Oracle Identity Cloud Service", Name: directory.RoleDomainAdmin}
)

func holding(p directory.Person, roles ...directory.Role) directory.Person {
	p.Roles = roles
	return p
}

// worker is a person who works in Utilities.
func worker(name string) directory.Person { return holding(person(name), appUser) }

func input(w *world) Input {
	return Input{
		World: w.sides(),
		Rules: &reconcile.Rules{
			TestUser: "cutover.test", ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"svc-*", "bg-admin"}},
			AccessUtilities: reconcile.Access{App: "CCS-PROD"},
		},
		SSO: SSOSettings{
			AppName: "Oracle Utilities", IdPName: "Fusion", SyncClientName: "cutover-sync",
			FrontRuleName: "Keep local sign-in", TestRuleName: "SSO test", UserAttribute: "user.userName", Emergency: "bg-admin",
			TestUser:       TestUser{UserName: "cutover.test", Email: "cutover.test@riverbend.example", GivenName: "Cutover", FamilyName: "Test"},
			ByCorporateIdP: true, Attested: []string{"SVC-*"},
		},
		Done:       func(string) bool { return false },
		PeopleWork: true,
	}
}

// done makes an Input in which these phases of the cutover are finished.
func done(phases ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(phases, name) }
}

// collected is what a planner said.
type collected struct {
	changes  []directory.Change
	findings []directory.Finding
}

func (c *collected) Change(x directory.Change) error { c.changes = append(c.changes, x); return nil }
func (c *collected) Finding(x directory.Finding) error {
	c.findings = append(c.findings, x)
	return nil
}

func plan(t require.TestingT, ph Phase, in Input) collected {
	var c collected
	require.NoError(t, ph.Plan(in, &c))
	require.True(t, slices.IsSortedFunc(c.changes, func(a, b directory.Change) int { return a.Step - b.Step }), "changes come in the order of their steps")
	return c
}

// targets writes changes as "step domain kind what".
func (c collected) lines() []string {
	var out []string
	for _, x := range c.changes {
		out = append(out, line(x))
	}
	return out
}

func line(c directory.Change) string {
	what := c.Target
	if what == "" {
		what = c.User
	}
	return string(rune('0'+c.Step)) + " " + string(c.Domain) + " " + string(c.Kind) + " " + what
}

func (c collected) blocking() []string {
	var out []string
	for _, f := range c.findings {
		if f.Blocking {
			out = append(out, f.Name+" "+f.User)
		}
	}
	return out
}

// apply carries changes out on the estate, one by one.
func (w *world) apply(changes ...directory.Change) {
	for _, c := range changes {
		s := w.utilities
		if c.Domain == directory.Fusion {
			s = w.fusion
		}
		i := slices.IndexFunc(s.people, func(p directory.Person) bool { return directory.Equal(p.UserName, c.User) })
		switch c.Kind {
		case directory.CreateUser:
			s.people = append(s.people, directory.Person{User: directory.User{
				ID: "id-" + c.User, UserName: c.After["userName"], Email: c.After["email"], Active: c.After["active"] == "true",
				Federated: c.After["federated"] == "true", ExternalID: c.After["externalId"],
			}})
		case directory.UpdateUser:
			s.people[i].Active = c.After["active"] == "true"
		case directory.DeleteUser:
			s.people = slices.Delete(s.people, i, i+1)
		default:
			s.outline = ProjectSSO(s.outline, slices.Values([]directory.Change{c}))
		}
	}
}

// carryOut plans a phase, demands that nothing blocks it, applies it, and
// demands that a second plan is empty.
func (w *world) carryOut(t *testing.T, ph Phase, adjust func(*Input)) collected {
	t.Helper()
	in := input(w)
	adjust(&in)
	c := plan(t, ph, in)
	require.Empty(t, c.blocking())
	w.apply(c.changes...)
	require.Empty(t, plan(t, ph, in).lines(), "%s planned again after it was applied", ph.Name)
	return c
}

func asItIs(*Input) {}

// offer makes the default rule of Utilities offer these.
func (w *world) offer(local bool, idps ...string) *world {
	rule := &w.utilities.outline.SSO.Rules[len(w.utilities.outline.SSO.Rules)-1]
	rule.Local, rule.SAML = nil, idps
	if local {
		rule.Local = []string{directory.UserNamePassword}
	}
	return w
}

// setUp carries sso-setup out.
func setUp(t *testing.T) *world {
	w := bare()
	w.carryOut(t, ssoSetup, asItIs)
	return w
}

func (w *world) idpID(name string) string {
	i, _ := w.utilities.outline.SSO.IdPNamed(name)
	return i.ID
}
