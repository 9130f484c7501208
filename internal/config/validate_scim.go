package config

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// scimServer looks at a domain of kind scim. It can only receive people: SCIM has
// no single sign-on to set up and no app roles to grant.
func (v *validator) scimServer(p path, d DomainConfig, seen map[string]path) {
	if p.String() != "cxif" {
		v.refuse(p.key("kind"), "people sign in through this domain, and SCIM knows nothing of single sign-on",
			"write identity-domain or take the line out; only cxif may be of kind scim")
		return
	}
	s, at := d.SCIM, p.key("scim")
	v.url(p.key("url"), d.URL, seen)
	for key, written := range map[string]bool{"type": d.Type != "", "share": d.Share != 0} {
		if written {
			v.refuse(p.key(key), "this is of Oracle's identity domains, and the domain is of kind scim", "take the line out; scim.requestsPerSecond is our pace there")
		}
	}
	for key, written := range map[string]bool{"ociProfile": d.OCIProfile != "", "ociConfig": d.OCIConfig != ""} {
		if written {
			v.refuse(p.key(key), "requests to a SCIM server are not signed", "take the line out; write scim.token, or clientId, clientSecret and scim.tokenUrl")
		}
	}
	v.sitePath(at.key("base"), s.Base)
	if !(s.RequestsPerSecond > 0 && s.RequestsPerSecond <= 1000) {
		v.refuse(at.key("requestsPerSecond"), fmt.Sprintf("%g is out of range", s.RequestsPerSecond), "write a number above 0, up to 1000")
	}
	v.within(p.key("bulkOperations"), d.BulkOperations, 1, 50)
	v.timeWithin(p.key("requestTimeout"), d.RequestTimeout, 100*time.Millisecond, 10*time.Minute)
	v.scimCredentials(p, at, d)
}

func (v *validator) scimCredentials(p, at path, d DomainConfig) {
	byClient := d.ClientID != "" || d.ClientSecret != "" || d.SCIM.TokenURL != ""
	switch {
	case d.SCIM.Token != "" && byClient:
		v.refuse(at.key("token"), "a token stands beside a client that would get tokens", "keep scim.token, or clientId, clientSecret and scim.tokenUrl")
	case d.SCIM.Token != "":
	case !byClient:
		v.text(at.key("token"), "", "write env:NAME, file:PATH or command:WORDS; or clientId, clientSecret and scim.tokenUrl")
	default:
		v.text(p.key("clientId"), d.ClientID, "write the client ID that gets tokens for this server")
		v.text(p.key("clientSecret"), string(d.ClientSecret), "write env:NAME, file:PATH or command:WORDS")
		v.tokenURL(at.key("tokenUrl"), d.SCIM.TokenURL)
	}
}

func (v *validator) tokenURL(p path, text string) {
	if !v.text(p, text, "write the URL that gives tokens, such as https://HOST/oauth2/v1/token") {
		return
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || !slices.Contains([]string{"https", "http"}, u.Scheme) {
		v.refuse(p, "this is not a URL that gives tokens", "write it as https://HOST/PATH, without a user")
		return
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		v.refuse(p, "plain http would send credentials in clear", "write it with https")
	}
}

// scimAccess looks at what people shall get on a SCIM server: groups, by their
// role in Fusion.
func (v *validator) scimAccess(p path, a AccessTo, needed bool) {
	for key, written := range map[string]bool{"app": a.App != "", "roles": len(a.Roles) > 0} {
		if written {
			v.refuse(p.key(key), "a SCIM server has no app roles", "take the line out; the groups below it give access")
		}
	}
	if needed && len(a.Groups) == 0 {
		v.refuse(p.key("groups"), "this is missing", "name the group of this server for each Fusion role that gives access there")
	}
	v.pairs(p.key("groups"), a.Groups, "name the group of this domain that gives the access")
}
