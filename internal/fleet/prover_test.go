package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/signin"
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
