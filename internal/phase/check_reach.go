package phase

import (
	"fmt"
	"strings"

	"cutover/internal/directory"
)

// misspeltScope is the scope as a page of the guide prints it: with one underscore
// on each side, where every other page and the domains have two.
const (
	misspeltScope = "urn:opc:idm:_myscopes_"
	rightScope    = "urn:opc:idm:__myscopes__"
)

// reach tells whether every domain answers and its credentials work, and with
// which scope.
func (c *checking) reach() {
	c.probes(func(d directory.Domain, p directory.Probe) {
		c.scope(d, p)
		l := Look{Area: AreaReach, Where: string(d), What: "credentials", Standing: Fine, How: p.URL + " answers, and the credentials work"}
		if p.Failed != "" {
			l.Standing, l.How = Wrong, p.Failed
		}
		c.look("not-reached", l)
	})
	a := c.in.Facts.Applications
	l := Look{Area: AreaReach, Where: whereApplications, What: "credentials", Standing: Fine, How: fmt.Sprintf("%s answers; users (%d) and roles can be read", a.URL, a.Accounts)}
	if a.Failed != "" {
		l.Standing, l.How = Wrong, a.Failed
		if strings.Contains(a.Failed, "HTTP 403") {
			l.Do = []string{"give the user the privilege ASE_REST_SERVICE_ACCESS_IDENTITY_INTEGRATION_PRIV, which the job role IT Security Manager holds, in the Security Console"}
		}
	}
	c.look("not-reached", l)
}

// scope tells of a token that is not for what was asked for. One that is right is
// no line of its own.
func (c *checking) scope(d directory.Domain, p directory.Probe) {
	l := Look{Area: AreaReach, Where: string(d), What: "OAuth scope"}
	switch given := strings.Fields(p.GivenScope); {
	case strings.Contains(p.AskedScope, misspeltScope) && !strings.Contains(p.AskedScope, rightScope):
		l.Standing = Wrong
		l.How = misspeltScope + " is a misprint of the guide, with one underscore on each side where there must be two: no token is given for it, or one that allows nothing"
		l.Do = []string{string(d) + ": {oauthScope: \"" + rightScope + "\"}, or leave oauthScope out"}
	case len(given) > 0 && !containsAll(given, strings.Fields(p.AskedScope)):
		l.Standing = Warned
		l.How = "asked for " + p.AskedScope + ", and the token is for " + p.GivenScope + ": what the client may do is less than its roles say"
		l.Do = []string{string(d) + ": {oauthScope: \"" + rightScope + "\"}, or leave oauthScope out"}
	default:
		return
	}
	c.look("oauth-scope", l)
}

func containsAll(have, want []string) bool {
	held := map[string]bool{}
	for _, h := range have {
		held[h] = true
	}
	for _, w := range want {
		if !held[w] {
			return false
		}
	}
	return true
}
