package fleet

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/signin"
	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

func TestTheProverKnowsWhichAppsHaveAPolicyOfTheirOwn(t *testing.T) {
	c := config.Config{}
	c.Access.Utilities.App = "CCS-PROD"
	environment := directory.App{Name: "ccs-prod", IdPPolicy: "own"}
	samlApp := directory.App{Name: "Oracle Utilities", EntityID: "https://utilities.example:443/fed", IdPPolicy: "own"}
	sp := directory.Metadata{SPEntityID: samlApp.EntityID}
	for name, s := range map[string]struct {
		utilities, fusion []directory.App
		proof             phase.Proof
		want              signin.OwnPolicy
	}{
		"none":                          {nil, nil, phase.TestUserBySSO, signin.OwnPolicy{}},
		"Utilities' environment":        {[]directory.App{environment}, nil, phase.TestUserBySSO, signin.OwnPolicy{ServiceProvider: true}},
		"the same for local sign-in":    {[]directory.App{environment}, []directory.App{samlApp}, phase.EmergencyLocal, signin.OwnPolicy{ServiceProvider: true}},
		"Fusion's SAML app":             {nil, []directory.App{samlApp}, phase.TestUserBySSO, signin.OwnPolicy{IdentityProvider: true}},
		"other apps":                    {[]directory.App{samlApp}, []directory.App{environment}, phase.TestUserBySSO, signin.OwnPolicy{}},
		"the default policy, as theirs": {[]directory.App{{Name: "CCS-PROD", IdPPolicy: directory.DefaultPolicyID}}, nil, phase.TestUserBySSO, signin.OwnPolicy{}},
	} {
		t.Run(name, func(t *testing.T) {
			req, _, err := request(&activities.Estate{Config: c}, s.proof, directory.SSO{Apps: s.utilities, Metadata: sp}, directory.SSO{Apps: s.fusion})
			require.NoError(t, err)
			require.Equal(t, s.want, req.OwnPolicy)
		})
	}
}

// ssoOf is a domain whose outline is known.
type ssoOf struct {
	activities.Domain
	sso directory.SSO
}

func (d ssoOf) SSO(context.Context) (directory.SSO, error) { return d.sso, nil }

func TestWhatSomebodyUnknownMeetsIsSeenWhoeverProvesSignIns(t *testing.T) {
	fusion, utilities := ssotest.Start(t, "fusion", sso.Options{}), ssotest.Start(t, "utilities", sso.Options{})
	ssotest.Federate(fusion, utilities, "")
	front := ssotest.When(ssotest.Local("Keep local sign-in"), "user.userName", "in", `["bg-admin"]`)
	c := config.Config{}
	c.Utilities.URL, c.Fusion.URL, c.SSO.SignInPath = utilities.BaseURL(), fusion.BaseURL(), "/ui/v1/signin"
	c.Access.Utilities.App = "CCS-PROD"
	own := directory.SSO{Apps: []directory.App{{Name: "CCS-PROD", IdPPolicy: "own"}}}
	for name, s := range map[string]struct {
		rules           []sso.Rule
		outline         directory.SSO
		outcome, reason string
	}{
		"the redirect":                     {[]sso.Rule{ssotest.Only("Default IDP Rule", "fusion")}, directory.SSO{}, signin.OK, ""},
		"a page for the user name":         {[]sso.Rule{front, ssotest.Only("Default IDP Rule", "fusion")}, directory.SSO{}, signin.Told, "asks for the user name"},
		"the password":                     {[]sso.Rule{ssotest.Local("Default IDP Rule")}, directory.SSO{}, signin.Told, "its own password"},
		"the password, by the app's rules": {[]sso.Rule{ssotest.Local("Default IDP Rule")}, own, signin.Told, "its own password"},
	} {
		for _, prover := range []string{config.ProverPerson, config.ProverBrowser, "robot"} {
			t.Run(name+" by "+prover, func(t *testing.T) {
				c.SSO.Prover = prover
				utilities.SetRules(s.rules...)
				e := &activities.Estate{Config: c, Domains: map[directory.Domain]activities.Domain{directory.Utilities: ssoOf{sso: s.outline}, directory.Fusion: ssoOf{}}}
				got, err := Provers{}.Prove(t.Context(), e, phase.FrontRuleRedirect)
				require.NoError(t, err)
				require.Equal(t, []string{"cutover", "", s.outcome}, []string{got.Prover, got.User, got.Outcome})
				require.Contains(t, got.Reason, s.reason)
			})
		}
	}
}
