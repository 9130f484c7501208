package config

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// domains looks at how each of the peers is reached.
func (v *validator) domains() {
	seen := map[string]path{}
	fusion := path{"fusion"}
	v.domain(fusion, v.c.Fusion.DomainConfig, seen)
	v.applications(fusion.key("applications"), v.c.Fusion.Applications, seen)
	v.domain(path{"utilities"}, v.c.Utilities, seen)
	switch cxif := (path{"cxif"}); {
	case v.has(cxif):
		v.domain(cxif, v.c.CXIF, seen)
	case !v.withoutCXIF():
		v.refuse(cxif, "this is missing", "describe the domain, or switch sync-cxif and access-cxif off, with a reason each, under phasesOff")
	}
}

func (v *validator) domain(p path, d DomainConfig, seen map[string]path) {
	if !v.has(p) {
		v.refuse(p, "this is missing", "describe the domain: url, clientId and clientSecret, or url and ociProfile")
		return
	}
	v.choice(p.key("kind"), d.Kind, domainKinds)
	if d.Kind == KindSCIM {
		v.scimServer(p, d, seen)
		return
	}
	if v.has(p.key("scim")) {
		v.refuse(p.key("scim"), "this is for a domain of kind scim", "take it out, or write kind: scim")
	}
	v.url(p.key("url"), d.URL, seen)
	v.credentials(p, d)
	v.choice(p.key("type"), d.Type, domainTypes)
	v.within(p.key("share"), d.Share, 1, 100)
	v.within(p.key("bulkOperations"), d.BulkOperations, 1, 50)
	v.timeWithin(p.key("requestTimeout"), d.RequestTimeout, 100*time.Millisecond, 10*time.Minute)
}

func (v *validator) applications(p path, a FusionApplications, seen map[string]path) {
	if !v.has(p.parent()) {
		return // said of the domain already
	}
	if !v.has(p) {
		v.refuse(p, "this is missing", "describe Fusion Applications: url, userName and password")
		return
	}
	v.url(p.key("url"), a.URL, seen)
	v.text(p.key("userName"), a.UserName, "write the user who may call the SCIM API of Fusion Applications")
	v.text(p.key("password"), string(a.Password), "write env:NAME, file:PATH or command:WORDS")
	if !(a.RequestsPerSecond > 0 && a.RequestsPerSecond <= 1000) {
		v.refuse(p.key("requestsPerSecond"), fmt.Sprintf("%g is out of range", a.RequestsPerSecond), "write a number above 0, up to 1000")
	}
	v.within(p.key("bulkOperations"), a.BulkOperations, 1, 50)
	v.timeWithin(p.key("requestTimeout"), a.RequestTimeout, 100*time.Millisecond, 10*time.Minute)
	v.timeWithin(p.key("arrivalPoll"), a.ArrivalPoll, 100*time.Millisecond, time.Hour)
	v.timeWithin(p.key("arrivalTimeout"), a.ArrivalTimeout, time.Second, 7*24*time.Hour)
	if a.ArrivalTimeout < a.ArrivalPoll {
		v.refuse(p.key("arrivalTimeout"), "this is shorter than arrivalPoll, "+brief(a.ArrivalPoll), "write a longer time")
	}
}

// url refuses all but scheme and host. What it refuses it does not quote: a URL
// may carry a password or a token.
func (v *validator) url(p path, text string, seen map[string]path) {
	if !v.text(p, text, "write https://HOST") {
		return
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") {
		v.refuse(p, "this is not a URL of a host", "write https://HOST")
		return
	}
	plain := u.Scheme + "://" + u.Host
	switch {
	case u.User != nil:
		v.refuse(p, "the URL holds a user", "write "+plain+"; credentials have keys of their own")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		v.refuse(p, "the URL holds a query or a fragment", "write "+plain)
	case u.Path != "":
		v.refuse(p, "the URL holds a path", "write "+plain+"; cutover knows the paths")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.refuse(p, "plain http would send credentials in clear", "write https://"+u.Host)
	default:
		v.once(p, u, seen)
	}
}

// once refuses a URL that another key has already: two domains at one URL are
// one domain, and a sync would compare it with itself.
func (v *validator) once(p path, u *url.URL, seen map[string]path) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	host := net.JoinHostPort(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port)
	if other, twice := seen[host]; twice {
		v.refuse(p, "this is the URL of "+other.parent().String()+" too", "write the URL of each as its own console shows it")
		return
	}
	seen[host] = p
}

// loopback tells whether the host is this machine: an address of it, or a name
// that never leaves it (RFC 6761 section 6.3).
func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
