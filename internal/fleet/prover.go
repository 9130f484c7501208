package fleet

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/signin"
)

// Provers prove sign-ins by the program that a configuration names: a robot over
// HTTP, or a browser; in a fresh session each. What somebody unknown meets takes
// neither: it is looked at over HTTP whoever proves the sign-ins.
type Provers struct{}

// signer signs in for real.
type signer interface {
	SignIn(ctx context.Context, req signin.Request) signin.Result
}

// Prove implements activities.Prover.
func (Provers) Prove(ctx context.Context, e *activities.Estate, proof phase.Proof) (ledger.SignIn, error) {
	sso, err := e.Domains[directory.Utilities].SSO(ctx)
	if err != nil {
		return ledger.SignIn{}, err
	}
	hub, err := e.Domains[directory.Fusion].SSO(ctx)
	if err != nil {
		return ledger.SignIn{}, err
	}
	req, secret, err := request(e, proof, sso, hub)
	if err != nil {
		return ledger.SignIn{}, err
	}
	if proof == phase.FrontRuleRedirect {
		met := signin.Robot{}.Arrive(ctx, req)
		return ledger.SignIn{Prover: "cutover", Outcome: met.Outcome, Reason: met.Reason}, nil
	}
	req.Password = func(ctx context.Context) (string, error) { return e.Secrets.Read(ctx, secret) }
	name, by := "robot", signer(signin.Robot{})
	if e.Config.SSO.Prover == config.ProverBrowser {
		name, by = "browser", signin.Browser{Path: e.Config.SSO.Browser}
	}
	result := by.SignIn(ctx, req)
	return ledger.SignIn{User: req.UserName, Prover: name, Outcome: result.Outcome, Reason: result.Reason}, nil
}

func request(e *activities.Estate, proof phase.Proof, sso, hub directory.SSO) (signin.Request, config.Secret, error) {
	c := e.Config
	req := signin.Request{
		StartURL: c.Utilities.URL + c.SSO.SignInPath, ConsolePath: c.SSO.ConsolePath, Timeout: 30 * time.Second,
		Hosts: []string{host(c.Utilities.URL), host(c.Fusion.URL)},
	}
	req.OwnPolicy.ServiceProvider = overruled(sso, func(a directory.App) bool { return directory.Equal(a.Name, c.Access.Utilities.App) })
	switch proof {
	case phase.TestUserBySSO:
		req.UserName, req.By = c.SSO.TestUser.UserName, "sso"
		req.Trust = signin.Trust{
			IdPEntityID: hub.Metadata.IdPEntityID, IdPCertificate: trusted(sso, hub.Metadata.IdPEntityID),
			SPEntityID: sso.Metadata.SPEntityID, AssertionConsumer: sso.Metadata.AssertionConsumer,
		}
		req.OwnPolicy.IdentityProvider = overruled(hub, func(a directory.App) bool { return a.EntityID == req.Trust.SPEntityID })
		return req, c.SSO.TestUser.Password, nil
	case phase.EmergencyLocal:
		req.UserName, req.By = c.Emergency.Utilities, "local"
		return req, c.Emergency.Password, nil
	case phase.FrontRuleRedirect:
		return req, "", nil // nobody signs in
	}
	return req, "", fmt.Errorf("no prover knows the proof %q", proof)
}

// overruled tells whether such an app has an identity provider policy of its own.
func overruled(sso directory.SSO, which func(directory.App) bool) bool {
	return slices.ContainsFunc(sso.Apps, func(a directory.App) bool { return which(a) && sso.Overruled(a) })
}

// trusted is the certificate that Utilities itself trusts for this provider.
func trusted(sso directory.SSO, entityID string) string {
	for _, idp := range sso.IdPs {
		if idp.EntityID == entityID {
			return idp.Certificate
		}
	}
	return ""
}

func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}
