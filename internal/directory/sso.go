package directory

// SSO is how a domain lets people sign in: its default identity provider
// policy with the rules in force, the identity providers, and the apps that
// matter for single sign-on. Lists are as the domain orders them.
type SSO struct {
	PolicyID   string      `json:"policyId"`
	Rules      []Rule      `json:"rules"`           // in the policy's order
	Spare      []Rule      `json:"spare,omitempty"` // made, but in no policy: without effect
	Conditions []Condition `json:"conditions,omitempty"`
	IdPs       []IdP       `json:"idps,omitempty"`
	Apps       []App       `json:"apps,omitempty"`
	Metadata   Metadata    `json:"metadata"`
}

// Metadata is what a domain says of itself in its SAML metadata (/fed/v1/metadata),
// as service provider and as identity provider. Certificates are DER in base64.
type Metadata struct {
	SPEntityID        string `json:"spEntityId,omitempty"`
	AssertionConsumer string `json:"assertionConsumer,omitempty"`
	SPCertificate     string `json:"spCertificate,omitempty"`
	IdPEntityID       string `json:"idpEntityId,omitempty"`
	IdPSSOURL         string `json:"idpSsoUrl,omitempty"`
	IdPCertificate    string `json:"idpCertificate,omitempty"`
}

// Rule is a rule of the identity provider policy. SAML holds ids of identity
// providers; Local holds "UserNamePassword" where local sign-in is offered.
type Rule struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Active    bool     `json:"active"`
	Local     []string `json:"local"`
	SAML      []string `json:"saml"`
	Condition string   `json:"condition,omitempty"` // id of a Condition; empty: always
}

// OffersLocal tells whether the rule offers the domain's own password page.
func (r Rule) OffersLocal() bool {
	for _, l := range r.Local {
		if l == UserNamePassword {
			return true
		}
	}
	return false
}

// UserNamePassword is the value of LocalIDPs that offers local sign-in.
const UserNamePassword = "UserNamePassword"

// DefaultRuleID and DefaultPolicyID are the ids that Oracle's own tools use for
// the default identity provider rule and policy. Whether they are fixed is not
// documented, so the client finds both by these ids first and by name after.
const (
	DefaultRuleID   = "DefaultIDPRule"
	DefaultPolicyID = "DefaultIDPPolicy"
)

// Condition is what a rule depends on.
type Condition struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Attribute string `json:"attribute"`
	Operator  string `json:"operator"`
	Value     string `json:"value"`
}

// IdP is a SAML identity provider of a domain. Certificate is the DER of its
// signing certificate in base64, as metadata carries it.
type IdP struct {
	ID           string `json:"id"`
	Name         string `json:"name"` // partnerName
	EntityID     string `json:"entityId"`
	Enabled      bool   `json:"enabled"`
	Certificate  string `json:"certificate,omitempty"`
	SSOURL       string `json:"ssoUrl,omitempty"` // idpSsoUrl
	NameIDFormat string `json:"nameIdFormat,omitempty"`
	UserMapping  string `json:"userMapping,omitempty"` // the domain's attribute that the NameID maps to, e.g. userName
}

// App is an app of a domain as far as single sign-on and the sync client need
// it. A client secret is never read into it.
type App struct {
	ID     string `json:"id"`
	Name   string `json:"name"` // displayName
	Active bool   `json:"active"`
	// Of a SAML app:
	EntityID           string `json:"entityId,omitempty"`
	AssertionConsumer  string `json:"assertionConsumer,omitempty"`
	NameIDFormat       string `json:"nameIdFormat,omitempty"`
	NameIDValue        string `json:"nameIdValue,omitempty"`
	SignedSSO          string `json:"signedSso,omitempty"`
	HashAlgorithm      string `json:"hashAlgorithm,omitempty"`
	LogoutEnabled      bool   `json:"logoutEnabled,omitempty"`
	SigningCertificate string `json:"signingCertificate,omitempty"`
	// Of an OAuth client:
	OAuthClient   bool     `json:"oauthClient,omitempty"`
	AllowedGrants []string `json:"allowedGrants,omitempty"`
	AnyURLScheme  bool     `json:"anyUrlScheme,omitempty"` // "Allow non-HTTPS URLs"
	ClientRoles   []string `json:"clientRoles,omitempty"`  // admin roles granted to it
	IdPPolicy     string   `json:"idpPolicy,omitempty"`    // a policy of its own overrules the default one
	Sync          *Sync    `json:"sync,omitempty"`         // of an app that takes over the people of another domain
}

// Default returns the default rule: the one with no condition that comes last.
func (s SSO) Default() (Rule, bool) {
	for _, r := range s.Rules {
		if r.ID == DefaultRuleID {
			return r, true
		}
	}
	for i := len(s.Rules) - 1; i >= 0; i-- {
		if s.Rules[i].Condition == "" {
			return s.Rules[i], true
		}
	}
	return Rule{}, false
}

// Overruled tells whether the app has an identity provider policy of its own, so
// that the default one does not decide who may sign in to it, and how.
func (s SSO) Overruled(a App) bool {
	return a.IdPPolicy != "" && a.IdPPolicy != s.PolicyID && a.IdPPolicy != DefaultPolicyID
}

// RuleNamed finds a rule by its name.
func (s SSO) RuleNamed(name string) (Rule, bool) {
	for _, r := range s.Rules {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}

// ConditionByID finds a condition.
func (s SSO) ConditionByID(id string) (Condition, bool) {
	for _, c := range s.Conditions {
		if c.ID == id {
			return c, true
		}
	}
	return Condition{}, false
}
