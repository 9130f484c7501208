package phase

import (
	"strings"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// ssoSetup makes Utilities a service provider of Fusion (chapter 6 of the guide,
// "Set Up CCS Identity Domain as Service Provider" and "Set Up Fusion ... as
// Identity Provider"), the sync client of the prerequisites, and the rule that
// keeps a local sign-in for whoever is left alone. It changes how nobody signs in.
var ssoSetup = Phase{
	Name:   "sso-setup",
	Title:  "Set up single sign-on between Fusion and Utilities",
	Guide:  "faas2a-set-up-ccs-id-sp-fa-id.html, faas2b-set-up-fa-id-identity-provider-ccs-id.html, prereqa-config-user-sync.html",
	Reads:  ssoReads,
	People: true, // the rule in front names who is excluded
	Plan:   planSetup,
	Proofs: func(_ Input, step int) []Proof {
		if step != 0 {
			return nil
		}
		return []Proof{EmergencyLocal} // the rule in front lets them in as before
	},
}

func planSetup(in Input, sink reconcile.Sink) error {
	p, err := newSSOPlan("sso-setup", in, sink)
	if err != nil {
		return err
	}
	p.appPolicy()
	if p.state() == StateNeither {
		p.finding(noKnownSignIn())
	}
	if !p.metadata() {
		return p.err
	}
	app := adoptApp(p.fusion, p.utilities.Metadata, in.SSO.AppName)
	client := appNamed(p.fusion, in.SSO.SyncClientName)
	p.want(1, directory.Fusion, directory.Target(directory.SettingApp, app), appAttributes(p.utilities.Metadata), "Fusion signs people in to Utilities")
	p.want(1, directory.Fusion, directory.Target(directory.SettingClient, client), clientAttributes, "the guide's client for the user sync")
	p.want(1, directory.Utilities, directory.Target(directory.SettingIdP, p.idp.Name), idpAttributes(p.fusion.Metadata), "Utilities trusts Fusion's sign-ins")
	p.activate(2, directory.Target(directory.SettingAppStatus, app), "Fusion signs people in to Utilities")
	p.activate(2, directory.Target(directory.SettingClientStatus, client), "the guide's client for the user sync")
	p.want(2, directory.Fusion, directory.Target(directory.SettingClientRole, client),
		directory.Attributes{"role": directory.RoleUserAdmin}, "the guide's client for the user sync")
	return p.front(3)
}

// appAttributes are what the guide asks of the SAML app in Fusion. Entity id and
// consumer URL are Utilities' own words: the entity id carries the port, the
// consumer URL does not.
func appAttributes(utilities directory.Metadata) directory.Attributes {
	return directory.Attributes{
		"entityId": utilities.SPEntityID, "assertionConsumer": utilities.AssertionConsumer, "signingCertificate": utilities.SPCertificate,
		"nameIdFormat": directory.NameIDUnspecified, "nameIdValue": directory.NameIDUserName,
		"signedSso": directory.SignedAssertion, "hashAlgorithm": directory.HashSHA256, "logoutEnabled": "false",
	}
}

// idpAttributes are what the guide asks of the identity provider in Utilities.
// Enabled is not yet offered: the default rule does that.
func idpAttributes(fusion directory.Metadata) directory.Attributes {
	return directory.Attributes{
		"entityId": fusion.IdPEntityID, "ssoUrl": fusion.IdPSSOURL, "certificate": fusion.IdPCertificate,
		"nameIdFormat": directory.NameIDUnspecified, "userMapping": directory.MapToUserName, "enabled": "true",
	}
}

// clientAttributes are what the guide's prerequisites ask of the sync client:
// client credentials, and "Allow non-HTTPS URLs".
var clientAttributes = directory.Attributes{"allowedGrants": directory.EncodeList([]string{directory.GrantClient}), "anyUrlScheme": "true"}

// activate plans an app of Fusion to be active. One that step 1 makes is
// inactive until then.
func (p *ssoPlan) activate(step int, target, why string) {
	if _, there := p.fusion.Setting(target); there {
		p.want(step, directory.Fusion, target, directory.Attributes{"active": "true"}, why)
		return
	}
	p.put(step, directory.Fusion, target, directory.Attributes{"active": "false"}, directory.Attributes{"active": "true"}, why)
}

// metadata tells whether both sides say of themselves what the other needs.
func (p *ssoPlan) metadata() bool {
	u, f := p.utilities.Metadata, p.fusion.Metadata
	return p.says(directory.Utilities, "service provider", missing(
		"entity id", u.SPEntityID, "assertion consumer URL", u.AssertionConsumer, "signing certificate", u.SPCertificate,
	)) && p.says(directory.Fusion, "identity provider", missing(
		"entity id", f.IdPEntityID, "sign-in URL", f.IdPSSOURL, "signing certificate", f.IdPCertificate,
	))
}

func (p *ssoPlan) says(d directory.Domain, as string, missing []string) bool {
	if len(missing) == 0 {
		return true
	}
	p.finding(directory.Finding{
		Name: "no-saml-metadata", Domain: d, Blocking: true,
		Detail: "The SAML metadata of " + string(d) + " (/fed/v1/metadata) gives no " + strings.Join(missing, ", no ") + " as " + as +
			", so the other side cannot be set up. Switch \"Access signing certificate\" on in the settings of that domain, then `cutover resume`.",
	})
	return false
}

// missing takes pairs of a name and a value, and returns the names without one.
func missing(pairs ...string) []string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			out = append(out, pairs[i])
		}
	}
	return out
}

// appPolicy refuses an environment app that has an identity provider policy of
// its own: it overrules the default one, so the switch would switch nothing.
func (p *ssoPlan) appPolicy() {
	for _, a := range overruling(p.utilities, p.in.Rules.AccessUtilities.App) {
		p.finding(appIdPPolicy(a))
	}
}
