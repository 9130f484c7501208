package directory

import (
	"encoding/json"
	"slices"
	"strings"
)

// The kinds of setting: the part of a target before the first slash
// (docs/decisions/0001-words.md has the attributes of each).
const (
	SettingApp          = "app"           // a SAML app
	SettingAppStatus    = "app-status"    // whether that app is active
	SettingClient       = "client"        // a confidential OAuth client
	SettingClientStatus = "client-status" // whether that client is active
	SettingClientRole   = "client-role"   // the admin role granted to that client
	SettingIdP          = "idp"           // a SAML identity provider
	SettingCondition    = "condition"     // the condition of the rule of that name; it bears the same name
	SettingRule         = "rule"          // a rule of the identity provider policy
	SettingPolicy       = "policy"        // the order of the rules
	SettingSync         = "sync"          // the app of a target that takes over Fusion's people
	SettingSyncSource   = "sync-source"   // from where that app takes them
	SettingSyncStatus   = "sync-status"   // whether that app is active
)

// SettingDefault is the name of the default rule and of the default policy in
// targets and in the list of a policy's rules.
const SettingDefault = "default"

// Values of the settings of SAML and OAuth, as the identity domains spell them.
const (
	NameIDUnspecified   = "saml-unspecified"              // nameIdFormat of an app and of an identity provider
	NameIDUserName      = "userName"                      // nameIdUserstoreAttribute of an app
	SignedAssertion     = "Assertion"                     // signResponseOrAssertion of an app
	HashSHA256          = "SHA-256"                       // signatureHashAlgorithm
	MapToUserName       = "username"                      // userMappingStoreAttribute of an identity provider
	GrantClient         = "client_credentials"            // the one grant type of the native sync's client
	RoleDomainAdmin     = "Identity Domain Administrator" // the admin role that may do everything
	RoleUserAdmin       = "User Administrator"            // the admin role of the native sync's client
	AdminApp            = "IDCSAppId"                     // id of the app whose roles are a domain's admin roles
	DefaultPolicyName   = "Default Identity Provider Policy"
	DefaultRuleName     = "Default IDP Rule"
	IdPPolicyType       = "IdentityProvider" // policyType of a policy and of its rules
	ConditionOperatorIn = "in"
	ConditionOperatorEq = "eq"
)

// Target writes the target of a setting: kind/name.
func Target(kind, name string) string { return kind + "/" + name }

// SplitTarget reads the target of a setting. A name may hold slashes.
func SplitTarget(target string) (kind, name string) {
	kind, name, _ = strings.Cut(target, "/")
	return kind, name
}

// EncodeList writes a list as an attribute: compact JSON, never null.
func EncodeList(list []string) string {
	if list == nil {
		list = []string{}
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(list); err != nil {
		return "[]" // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// DecodeList reads a list that an attribute holds; empty is no element.
func DecodeList(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	var list []string
	err := json.Unmarshal([]byte(s), &list)
	return list, err
}

// EncodeBool writes a boolean as an attribute.
func EncodeBool(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// Setting shows how a setting stands, in the attributes of
// docs/decisions/0001-words.md; false: it is not there.
func (s SSO) Setting(target string) (Attributes, bool) {
	kind, name := SplitTarget(target)
	switch kind {
	case SettingApp, SettingAppStatus, SettingClient, SettingClientStatus, SettingClientRole, SettingSync, SettingSyncSource, SettingSyncStatus:
		app, ok := s.AppNamed(name)
		if !ok {
			return nil, false
		}
		return app.setting(kind)
	case SettingIdP:
		idp, ok := s.IdPNamed(name)
		return idp.setting(), ok
	case SettingCondition:
		c, ok := s.ConditionNamed(name)
		if !ok {
			return nil, false
		}
		return Attributes{"attribute": c.Attribute, "operator": c.Operator, "value": c.Value}, true
	case SettingRule:
		r, ok := s.ruleOf(name)
		if !ok {
			return nil, false
		}
		return s.ruleSetting(r), true
	case SettingPolicy:
		if name != SettingDefault || s.PolicyID == "" {
			return nil, false
		}
		return Attributes{"rules": EncodeList(s.Order())}, true
	}
	return nil, false
}

// Order lists the names of the rules in force, the default one as "default".
func (s SSO) Order() []string {
	last, _ := s.Default()
	names := make([]string, len(s.Rules))
	for i, r := range s.Rules {
		if names[i] = r.Name; r.ID == last.ID {
			names[i] = SettingDefault
		}
	}
	return names
}

// ruleOf finds a rule by its name in a target, also one that is in no policy.
func (s SSO) ruleOf(name string) (Rule, bool) {
	if name == SettingDefault {
		return s.Default()
	}
	if r, ok := s.RuleNamed(name); ok {
		return r, true
	}
	for _, r := range s.Spare {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}

// ruleSetting writes names in the place of ids. An id that nothing bears stays
// as it is, so that the difference shows.
func (s SSO) ruleSetting(r Rule) Attributes {
	saml := make([]string, len(r.SAML))
	for i, id := range r.SAML {
		saml[i] = id
		for _, p := range s.IdPs {
			if p.ID == id {
				saml[i] = p.Name
			}
		}
	}
	condition := r.Condition
	if c, ok := s.ConditionByID(r.Condition); ok {
		condition = c.Name
	}
	return Attributes{"local": EncodeList(r.Local), "saml": EncodeList(saml), "condition": condition}
}

// AppNamed finds an app by its displayName.
func (s SSO) AppNamed(name string) (App, bool) {
	i := slices.IndexFunc(s.Apps, func(a App) bool { return a.Name == name })
	if i < 0 {
		return App{}, false
	}
	return s.Apps[i], true
}

// IdPNamed finds an identity provider by its partnerName.
func (s SSO) IdPNamed(name string) (IdP, bool) {
	i := slices.IndexFunc(s.IdPs, func(p IdP) bool { return p.Name == name })
	if i < 0 {
		return IdP{}, false
	}
	return s.IdPs[i], true
}

// ConditionNamed finds a condition by its name.
func (s SSO) ConditionNamed(name string) (Condition, bool) {
	i := slices.IndexFunc(s.Conditions, func(c Condition) bool { return c.Name == name })
	if i < 0 {
		return Condition{}, false
	}
	return s.Conditions[i], true
}

func (a App) setting(kind string) (Attributes, bool) {
	switch kind {
	case SettingApp:
		return Attributes{
			"entityId": a.EntityID, "assertionConsumer": a.AssertionConsumer, "nameIdFormat": a.NameIDFormat,
			"nameIdValue": a.NameIDValue, "signedSso": a.SignedSSO, "hashAlgorithm": a.HashAlgorithm,
			"logoutEnabled": EncodeBool(a.LogoutEnabled), "signingCertificate": a.SigningCertificate,
		}, true
	case SettingClient:
		grants := slices.Sorted(slices.Values(a.AllowedGrants)) // a set
		return Attributes{"allowedGrants": EncodeList(grants), "anyUrlScheme": EncodeBool(a.AnyURLScheme)}, true
	case SettingClientRole:
		if len(a.ClientRoles) == 0 {
			return nil, false
		}
		return Attributes{"role": a.clientRole()}, true
	case SettingSync, SettingSyncSource:
		if a.Sync == nil {
			return nil, false
		}
		return a.Sync.setting(kind), true
	default:
		return Attributes{"active": EncodeBool(a.Active)}, true
	}
}

// clientRole is the role that is asked for where the client holds it, however
// many more it holds; else all that it holds.
func (a App) clientRole() string {
	if slices.Contains(a.ClientRoles, RoleUserAdmin) {
		return RoleUserAdmin
	}
	return strings.Join(slices.Sorted(slices.Values(a.ClientRoles)), ", ")
}

func (p IdP) setting() Attributes {
	return Attributes{
		"entityId": p.EntityID, "ssoUrl": p.SSOURL, "certificate": p.Certificate, "nameIdFormat": p.NameIDFormat,
		"userMapping": p.UserMapping, "enabled": EncodeBool(p.Enabled),
	}
}
