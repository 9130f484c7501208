package planning_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/phase"
)

const (
	fusion    = directory.Fusion
	utilities = directory.Utilities
	cxif      = directory.CXIF
)

// app is an app that an administrator made by hand.
func app(name string, more object) object {
	o := object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:App"}, "displayName": name, "basedOnTemplate": object{"value": "CustomWebAppTemplateId"}}
	for k, v := range more {
		o[k] = v
	}
	return o
}

// TestEveryFaultIsFoundBeforeTheFirstWrite has a world for each.
func TestEveryFaultIsFoundBeforeTheFirstWrite(t *testing.T) {
	for _, c := range []struct {
		fault    string
		before   func(*testing.T, *world) // changes the estate
		after    func(*world)             // changes the running world, or the configuration
		area     string
		standing phase.Standing
		says     string
	}{
		{
			fault: "a client of Utilities without Security Administrator", area: phase.AreaRights, standing: phase.Wrong,
			after: func(w *world) { w.client(utilities, "User Administrator", "Application Administrator") },
			says:  `^utilities: client cutover for utilities: is .*may not write IdentityProviders, Policies, Rules, Conditions, which sso-setup will -> grant .*Add app roles > Security Administrator\n$`,
		},
		{
			fault: "a client of CXIF that may administer apps only", area: phase.AreaRights, standing: phase.Wrong,
			after: func(w *world) { w.client(cxif, "Application Administrator") },
			says:  `^cxif: .*may not write Users, Groups, which sync-cxif and access-cxif will -> .*> User Administrator\n$`,
		},
		{
			fault: "a client of CXIF that cannot make the app of its own synchronization", area: phase.AreaRights, standing: phase.Wrong,
			after: func(w *world) {
				w.client(cxif, "User Administrator")
				w.configure(`engine: direct`, "engine: native")
			},
			says: `^cxif: .*may not write Apps, AppStatusChanger, which sync-cxif will -> .*> Application Administrator\n$`,
		},
		{
			fault: "a client of Fusion that may not even read", area: phase.AreaRights, standing: phase.Wrong,
			after: func(w *world) { w.client(fusion) },
			says:  `^fusion: .*may not even read Users, .*Conditions -> grant`,
		},
		{
			fault: "the scope with one underscore, as a page of the guide prints it", area: phase.AreaReach, standing: phase.Wrong,
			after: func(w *world) { w.configure(`(?m)^utilities:\n`, "utilities:\n  oauthScope: urn:opc:idm:_myscopes_\n") },
			says:  `utilities: OAuth scope: urn:opc:idm:_myscopes_ is a misprint .* -> utilities: \{oauthScope: "urn:opc:idm:__myscopes__"\}`,
		},
		{
			fault: "more identity providers than a domain of the named type takes", area: phase.AreaLimits, standing: phase.Warned,
			before: func(_ *testing.T, w *world) { w.idps(6) },
			after:  func(w *world) { w.configure(`(?s)(utilities:.*?)type: none`, "${1}type: apps") },
			says:   `^utilities: type apps: there are 6 identity providers, and such a domain takes 5: it cannot be of this type`,
		},
		{
			fault: "no room for another identity provider", area: phase.AreaLimits, standing: phase.Warned,
			before: func(_ *testing.T, w *world) { w.idps(5) },
			after:  func(w *world) { w.configure(`(?s)(utilities:.*?)type: none`, "${1}type: apps") },
			says:   `^utilities: type apps: there are 5 identity providers, and such a domain takes no more`,
		},
		{
			fault: "an app of the name that is no SAML app", area: phase.AreaTaken, standing: phase.Wrong,
			after: func(w *world) {
				w.api(fusion, http.MethodPost, "/Apps", app("Oracle Utilities", nil))
			},
			says: `^fusion: app "Oracle Utilities": is there, and is no SAML app`,
		},
		{
			fault: "an OAuth client of the name with other settings", area: phase.AreaTaken, standing: phase.Warned,
			after: func(w *world) {
				w.api(fusion, http.MethodPost, "/Apps", app("cutover-sync", object{"isOAuthClient": true, "allowedGrants": []any{"authorization_code"}}))
			},
			says: `^fusion: OAuth client "cutover-sync": is there with other settings, is taken over, and allowedGrants and anyUrlScheme will be changed`,
		},
		{
			fault: "an identity provider of the name that is somebody else", area: phase.AreaTaken, standing: phase.Wrong,
			after: func(w *world) {
				w.api(utilities, http.MethodPost, "/IdentityProviders", object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:IdentityProvider"},
					"partnerName": "Fusion", "type": "SAML", "enabled": true, "partnerProviderId": "https://other.example/fed"})
			},
			says: `^utilities: identity provider "Fusion": is there and is not this Fusion domain, but https://other.example/fed`,
		},
		{
			fault: "a rule of the name that offers something else", area: phase.AreaTaken, standing: phase.Warned,
			after: func(w *world) {
				w.api(utilities, http.MethodPost, "/Rules", object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:Rule"}, "name": "SSO test", "condition": "",
					"policyType": object{"value": "IdentityProvider"}, "return": []any{object{"name": "LocalIDPs", "value": `["UserNamePassword"]`}}})
			},
			says: `^utilities: rule "SSO test": is there, .* and will be changed -> sso: \{testRuleName:`,
		},
		{
			fault: "somebody else of the test user's name", area: phase.AreaTaken, standing: phase.Wrong,
			before: func(t *testing.T, w *world) {
				w.estate("fusion.json", func(o object) {
					named(t, o, "Users", "userName", "agnieszka.svensson")["userName"] = "cutover.test"
				})
			},
			says: `^fusion: cutover.test: The user name of the test user belongs to somebody with another email.* -> sso: \{testUser:`,
		},
		{
			fault: "somebody else with the test user's e-mail", area: phase.AreaTaken, standing: phase.Warned,
			after: func(w *world) { w.configure(`cutover\.test@[a-z.]+`, "agnieszka.svensson@riverbend.example") },
			says:  `^fusion: test user's e-mail: .* is the e-mail of agnieszka.svensson: `,
		},
		{
			fault: "certificates that end in ten days", area: phase.AreaCertificates, standing: phase.Warned,
			before: func(_ *testing.T, w *world) { w.later = time.Until(time.Now().AddDate(10, 0, -10)) },
			says:   `^fusion: signs assertions: expires on [0-9-]{10}, in (9|10) days -> renew .*\nutilities: signs requests: expires on`,
		},
		{
			fault: "certificates that have ended", area: phase.AreaCertificates, standing: phase.Wrong,
			before: func(_ *testing.T, w *world) { w.later = time.Until(time.Now().AddDate(10, 0, 10)) },
			says:   `^fusion: signs assertions: expired on [0-9-]{10}: .*\nutilities: signs requests: expired on`,
		},
		{
			fault: "a clock that is a minute behind", area: phase.AreaClocks, standing: phase.Warned,
			before: func(_ *testing.T, w *world) {
				w.o.Clock = func() time.Time { return time.Now().Add(-time.Minute) }
			},
			says: `^fusion: clock: is (59s|1m0s|1m1s) behind this machine's -> set this machine's clock`,
		},
		{
			fault: "a clock that is five minutes ahead", area: phase.AreaClocks, standing: phase.Wrong,
			before: func(_ *testing.T, w *world) {
				w.o.Clock = func() time.Time { return time.Now().Add(5 * time.Minute) }
			},
			says: `^fusion: clock: is (4m59s|5m0s|5m1s) ahead of this machine's: a sign-in by SAML fails`,
		},
		{
			fault: "an identity provider in the default rule that nobody told of", area: phase.AreaSignIn, standing: phase.Warned,
			before: func(t *testing.T, w *world) {
				w.estate("utilities.json", func(o object) {
					o["IdentityProviders"] = []any{object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:IdentityProvider"},
						"id": "partner", "partnerName": "Partner", "type": "SAML", "enabled": true, "partnerProviderId": "https://partner.example"}}
					named(t, o, "Rules", "id", "DefaultIDPRule")["return"] = []any{object{"name": "LocalIDPs", "value": `["UserNamePassword"]`}, object{"name": "SamlIDPs", "value": `["partner"]`}}
				})
			},
			says: `^utilities: identity provider "Partner": The default rule of Utilities also offers`,
		},
		{
			fault: "a rule of others in front of the default one", area: phase.AreaSignIn, standing: phase.Warned,
			before: func(t *testing.T, w *world) {
				w.estate("utilities.json", func(o object) {
					o["Rules"] = append(o["Rules"].([]any), object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:Rule"}, "id": "partners", "name": "Partners", "active": true,
						"policyType": object{"value": "IdentityProvider"}, "return": []any{object{"name": "LocalIDPs", "value": `["UserNamePassword"]`}}})
					named(t, o, "Policies", "id", "DefaultIDPPolicy")["rules"] = []any{object{"sequence": 1, "value": "partners"}, object{"sequence": 2, "value": "DefaultIDPRule"}}
				})
			},
			says: `^utilities: rules in front: "Partners" of the default policy decide before the default rule`,
		},
		{
			fault: "an identity provider policy of the app's own", area: phase.AreaSignIn, standing: phase.Wrong,
			before: func(t *testing.T, w *world) {
				w.estate("utilities.json", func(o object) {
					named(t, o, "Apps", "displayName", "CCS-PROD")["idpPolicy"] = object{"value": "OwnPolicy"}
				})
			},
			says: `^utilities: app CCS-PROD: The app "CCS-PROD" of Utilities has an identity provider policy of its own`,
		},
		{
			fault: "a sign-on policy that refuses", area: phase.AreaSignIn, standing: phase.Wrong,
			before: func(_ *testing.T, w *world) {
				w.estate("fusion.json", func(o object) {
					o["Rules"] = append(o["Rules"].([]any), object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:Rule"}, "id": "DefaultSignOnRule", "name": "Default Sign-On Rule",
						"active": true, "policyType": object{"value": "SignOn"}, "return": []any{object{"name": "effect", "value": "DENY"}}})
					o["Policies"] = append(o["Policies"].([]any), object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:Policy"}, "id": "DefaultSignOnPolicy", "name": "Default Sign-On Policy",
						"active": true, "policyType": object{"value": "SignOn"}, "rules": []any{object{"sequence": 1, "value": "DefaultSignOnRule"}}})
				})
			},
			says: `^fusion: sign-on rule: "Default Sign-On Rule", the default one, refuses everybody \(DENY\)`,
		},
		{
			fault: "a Fusion domain of another environment", area: phase.AreaPairing, standing: phase.Wrong,
			after: func(w *world) {
				other := newWorld(t)
				other.estate("fusion.json", func(o object) {
					for _, u := range o["Users"].([]any) {
						u.(object)["userName"] = "other." + u.(object)["userName"].(string)
					}
				})
				other.start()
				id, secret := other.sim.Client(fusion)
				w.configure(`(?s)fusion:\n  url: \S+\n  clientId: \S+\n`, "fusion:\n  url: "+other.sim.URL(fusion)+"\n  clientId: "+id+"\n")
				require.NoError(t, os.WriteFile(filepath.Join(w.dir, "secrets", "fusion-client-secret"), []byte(secret), 0o600))
			},
			says: `^Fusion Applications: http\S+: none of \d+ accounts that were looked at is in the Fusion domain`,
		},
		{
			fault: "people who are new in Utilities and may call web services", area: phase.AreaWebServices, standing: phase.ToDo,
			says: `^utilities: records in Utilities: 59 people get AppWebServices anew`,
		},
		{
			fault: "an account of a program that nobody excluded", area: phase.AreaAccounts, standing: phase.Warned,
			before: func(t *testing.T, w *world) {
				w.estate("utilities.json", func(o object) {
					named(t, o, "Users", "userName", "kwame.villanueva")["userName"] = "FABRIC_CX4U_SYSTEM_USER"
				})
			},
			says: `^utilities: FABRIC_CX4U_SYSTEM_USER: is called like a program, .* -> exclude: \{utilities: \{userNames: \["FABRIC_CX4U_SYSTEM_USER"\]\}\}`,
		},
		{
			fault: "an account that the domain marks as a service user", area: phase.AreaAccounts, standing: phase.Warned,
			before: func(t *testing.T, w *world) {
				w.estate("utilities.json", func(o object) {
					named(t, o, "Users", "userName", "kwame.villanueva")["urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"].(object)["serviceUser"] = true
				})
			},
			says: `^utilities: kwame.villanueva: is marked by the domain as a service user`,
		},
		{
			fault: "an administrator of CXIF that nobody excluded", area: phase.AreaAccounts, standing: phase.Warned,
			after: func(w *world) { w.configure(`    - cxif.admin\n`, "    - somebody.else\n") },
			says:  `^cxif: cxif.admin: administers the domain \(Identity Domain Administrator\), and is not excluded`,
		},
		{
			fault: "a group that would grow past its limit", area: phase.AreaGroups, standing: phase.Wrong,
			after: func(w *world) { w.configure(`    app: CCS-PROD\n`, "    app: CCS-PROD\n    membersPerGroup: 5\n") },
			says:  `^utilities: members: the group CCS .* would have \d+ members, and the domain takes 5 -> access: \{utilities: \{overLimit: grant\}\}`,
		},
		{
			fault: "a group that would grow past its limit, where roles are granted instead", area: phase.AreaGroups, standing: phase.Warned,
			after: func(w *world) {
				w.configure(`    app: CCS-PROD\n`, "    app: CCS-PROD\n    membersPerGroup: 5\n    overLimit: grant\n")
			},
			says: `^utilities: members: the group CCS .*: \d+ people get the roles directly instead`,
		},
	} {
		t.Run(c.fault, func(t *testing.T) {
			w := newWorld(t)
			if c.before != nil {
				c.before(t, w)
			}
			w.start()
			if c.after != nil {
				c.after(w)
			}
			looks := w.check()
			require.Regexp(t, regexp.MustCompile(c.says), of(looks, c.area, c.standing), "%+v", looks)
		})
	}
}

func TestAWorldThatIsInOrderIsSaidToBe(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.client(fusion, "Application Administrator")
	w.client(utilities, "User Administrator", "Security Administrator")
	w.client(cxif, "Identity Domain Administrator")
	looks := w.check()
	for _, l := range looks {
		require.Contains(t, []phase.Standing{phase.Fine, phase.ToDo}, l.Standing, "%+v", l)
		require.NotEmpty(t, l.What)
		require.NotEmpty(t, l.How)
	}
	require.Regexp(t, `utilities: client cutover for utilities: is .*and so may write IdentityProviders, `, of(looks, phase.AreaRights, phase.Fine))
}
