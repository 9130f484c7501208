// Package sso is the sign-in side of a simulated identity domain: its pages,
// its SAML metadata, and the two ends of a SAML sign-in (identity provider and
// service provider). It knows the domain only by the Directory interface, and
// it has rules of its own: it trusts nothing that a client says.
package sso

// Directory is what the sign-in pages need of the domain that they belong to.
type Directory interface {
	Name() string    // fusion, utilities or cxif
	BaseURL() string // http://127.0.0.1:port, no trailing slash
	// UserByName finds a user, case aside.
	UserByName(userName string) (User, bool)
	// CheckPassword tells whether the user has this local password.
	CheckPassword(userID, password string) bool
	// SignedIn stamps the date of the user's last successful sign-in.
	SignedIn(userID string)
	// Rules are the rules of the identity provider policy that decides how people
	// sign in to this app, in its order: the app's own policy where it has one,
	// else the default one. No app ("") is what people sign in to here.
	Rules(appID string) []Rule
	// SignOn are the rules of the sign-on policy, in its order; nil: there is no
	// such policy.
	SignOn() []SignOnRule
	IdP(id string) (IdP, bool)
	// SAMLApps are the apps that this domain signs people in to, as identity provider.
	SAMLApps() []App
}

// User is somebody who signs in.
type User struct {
	ID, UserName   string
	Email          string // the primary one
	Active, Locked bool
	Federated      bool // has no local password
	Groups         []string
}

// Rule is a rule of the policy, with its values parsed. A nil Condition holds always.
type Rule struct {
	Name        string
	Active      bool
	Local, SAML []string // LocalIDPs; ids of identity providers
	Condition   *Condition
}

// SignOnRule decides whether somebody is let in who has shown who they are.
type SignOnRule struct {
	Name      string
	Active    bool
	Effect    string // ALLOW, or what refuses; empty says nothing and allows
	Condition *Condition
}

// Condition is what a rule depends on; Value is a JSON list where Operator asks for one.
type Condition struct{ Attribute, Operator, Value string }

// IdP is an identity provider that this domain, as service provider, may trust.
type IdP struct {
	ID, Name, EntityID, SSOURL, Certificate string // DER in base64
	Enabled                                 bool
}

// App is a service provider that this domain, as identity provider, may send assertions to.
type App struct {
	ID, Name, EntityID, AssertionConsumer, NameIDFormat, NameIDValue, HashAlgorithm, SigningCertificate string
	Active                                                                                              bool
}
