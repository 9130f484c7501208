package phase

import (
	"slices"

	"cutover/internal/directory"
)

// offer is what a rule offers: ways of local sign-in and names of SAML identity
// providers, in the rule's order.
type offer struct{ local, saml []string }

// offered reads what the default rule offers.
func offered(sso directory.SSO) (offer, bool) {
	a, ok := sso.Setting(defaultTarget)
	if !ok {
		return offer{}, false
	}
	return offerOf(a)
}

// offerOf reads what a rule offers from its attributes.
func offerOf(a directory.Attributes) (offer, bool) {
	local, lerr := directory.DecodeList(a["local"])
	saml, serr := directory.DecodeList(a["saml"])
	return offer{local, saml}, lerr == nil && serr == nil
}

// attributes leaves the rule's condition out: the switch never touches it.
func (o offer) attributes() directory.Attributes {
	return directory.Attributes{"local": directory.EncodeList(o.local), "saml": directory.EncodeList(o.saml)}
}

func (o offer) withLocal() offer {
	return offer{with(o.local, directory.UserNamePassword), o.saml}
}

// withoutLocal takes out UserNamePassword only, as the guide does ("Test SSO",
// last step).
func (o offer) withoutLocal() offer {
	return offer{without(o.local, directory.UserNamePassword), o.saml}
}

func (o offer) withIdP(name string) offer { return offer{o.local, with(o.saml, name)} }

func (o offer) withoutIdP(name string) offer { return offer{o.local, without(o.saml, name)} }

func (o offer) equal(other offer) bool {
	return slices.Equal(o.local, other.local) && slices.Equal(o.saml, other.saml)
}

func with(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(slices.Clone(names), name)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}

// turn plans what the default rule offers, one step further, and returns it.
func (p *ssoPlan) turn(step int, from, to offer, why string) offer {
	if !from.equal(to) {
		p.put(step, directory.Utilities, defaultTarget, from.attributes(), to.attributes(), why)
	}
	return to
}

// others tells of identity providers besides ours in the default rule. They are
// left where they are.
func (p *ssoPlan) others(now offer) {
	for _, name := range now.saml {
		if name == p.idp.Name {
			continue
		}
		p.finding(anotherIdP(name))

	}
}
