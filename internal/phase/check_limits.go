package phase

import (
	"fmt"

	"cutover/internal/directory"
)

// ObjectLimits are how many of each a domain takes, by its type.
type ObjectLimits struct{ Users, Groups, Members, IdPs int }

// objectLimits are Oracle's (docs.oracle.com, Content/Identity/sku/overview.htm,
// "IAM Identity Domain Object Limits").
var objectLimits = map[string]ObjectLimits{
	"free":          {2_000, 250, 2_000, 5},
	"apps":          {1_000_000, 10_000, 10_000, 5},
	"apps-premium":  {1_000_000, 100_000, 100_000, 30},
	"premium":       {1_000_000, 100_000, 100_000, 30},
	"external-user": {100_000_000, 100_000, 100_000, 30},
	"none":          {},
}

// ObjectLimitsOf are the limits of a type of domain, those of Oracle Apps where
// none is said; zero is no limit.
func ObjectLimitsOf(kind string) ObjectLimits {
	if kind == "" {
		kind = "apps"
	}
	return objectLimits[kind]
}

// limits holds the numbers of every domain against what its type takes. A domain's
// API shows its type nowhere; only that it cannot be the one that was named.
func (c *checking) limits() {
	c.probes(func(d directory.Domain, p directory.Probe) {
		if p.Failed != "" || p.Server != "" { // a SCIM server publishes none
			return
		}
		kind := p.Type
		if kind == "" {
			kind = "apps"
		}
		most, what := ObjectLimitsOf(kind), "type "+kind
		l := Look{Area: AreaLimits, Where: string(d), What: what, Standing: Fine,
			How: fmt.Sprintf("%s, %s, %s: within its limits (the type is the configuration's word: no API shows it)",
				number(p.Users, "user"), number(p.Groups, "group"), number(p.IdPs, "identity provider"))}
		name := "domain-type"
		for _, n := range []struct {
			have, most int
			of         string
		}{{p.Users, most.Users, "users"}, {p.Groups, most.Groups, "groups"}, {p.IdPs, most.IdPs, "identity providers"}} {
			if n.most > 0 && n.have > n.most {
				l.Standing = Warned
				l.How = fmt.Sprintf("there are %d %s, and such a domain takes %d: it cannot be of this type, and its limits are others than cutover keeps", n.have, n.of, n.most)
				l.Do = []string{"see the type in the console (Identity > Domains) and correct " + string(d) + ".type"}
			}
		}
		if l.Standing == Fine && d == directory.Utilities && most.IdPs > 0 && p.IdPs == most.IdPs && c.in.Facts.Off["sso-setup"] == "" {
			l.Standing, name = Warned, "no-room-for-idp"
			l.How = fmt.Sprintf("there are %d identity providers, and such a domain takes no more: unless Fusion is one of them, sso-setup cannot add it", p.IdPs)
			l.Do = []string{"delete one that nobody uses, in the console of the domain > Security > Identity providers"}
		}
		c.look(name, l)
	})
}

// number is a number of things, in words.
func number(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
