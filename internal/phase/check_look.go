package phase

import (
	"time"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Facts are what was seen of the domains and of our clients beside people and
// settings, right before a plan is made.
type Facts struct {
	Now          time.Time
	Domains      map[directory.Domain]directory.Probe
	Applications directory.ApplicationsProbe
	Off          map[string]string // phases switched off, with the reason
}

// Standing says how what was looked at stands.
type Standing string

// The standings. What must be put right stops the cutover; what must be known
// does not.
const (
	Fine    Standing = "ok"
	Unknown Standing = "unknown" // it cannot be seen
	ToDo    Standing = "to-do"   // a person does it, beside the cutover
	Warned  Standing = "warning"
	Wrong   Standing = "wrong"
)

// Look is one thing that was looked at before the first write.
type Look struct {
	Area     string   `json:"area"`             // what it belongs to; an area's looks come together
	Where    string   `json:"where,omitempty"`  // a domain, Fusion Applications, or empty: all
	What     string   `json:"what"`             // what was looked at
	Standing Standing `json:"standing"`         // how it stands
	How      string   `json:"how"`              // the same in a sentence
	Do       []string `json:"do,omitempty"`     // what to do: one of these
	People   []string `json:"people,omitempty"` // user names, where it is about several people

	finding directory.Finding // what a plan tells of it
}

// The areas in which is looked, in the order in which they are shown.
const (
	AreaReach        = "reach"
	AreaRights       = "rights"
	AreaLimits       = "domain type and limits"
	AreaClocks       = "clocks"
	AreaNamed        = "what the configuration names"
	AreaTaken        = "names to be taken"
	AreaCertificates = "certificates"
	AreaSignIn       = "sign-in as it is"
	AreaPairing      = "pairing"
	AreaAccounts     = "accounts that nobody excluded"
	AreaWebServices  = "web services"
	AreaGroups       = "groups"
	AreaPlan         = "the plan"
)

// Looks is everything that is looked at, in order. It changes nothing.
func Looks(in Input) ([]Look, error) {
	c := &checking{in: in}
	return c.all(c.named, c.taken, c.certificates, c.signIn, c.copied, c.pairing, c.accounts, c.webServices)
}

func (c *checking) all(looks ...func() error) ([]Look, error) {
	if err := needs("check", c.in, directory.Fusion, directory.Utilities); err != nil {
		return nil, err
	}
	if c.in.Facts != nil {
		c.looks = LooksAtFacts(*c.in.Facts, c.in.SSO)
	}
	for _, look := range looks {
		if err := look(); err != nil {
			return nil, err
		}
	}
	return c.looks, nil
}

// LooksAtFacts is what can be said without having read the domains whole: where
// one cannot be reached, it is all there is.
func LooksAtFacts(facts Facts, sso SSOSettings) []Look {
	c := &checking{in: Input{Facts: &facts, SSO: sso}}
	c.reach()
	c.rights()
	c.limits()
	c.clocks()
	return c.looks
}

// checking gathers looks.
type checking struct {
	in    Input
	looks []Look
}

func (c *checking) outline(d directory.Domain) directory.Outline { return c.in.World[d].Outline() }

// look writes down what was looked at. What must be known is a finding of this name.
func (c *checking) look(name string, l Look) {
	if l.Standing == Warned || l.Standing == Wrong {
		l.finding = directory.Finding{Phase: "check", Name: name, Domain: directory.Domain(l.Where), Detail: l.What + ": " + l.How,
			Fixes: l.Do, Blocking: l.Standing == Wrong}
		if l.Where == whereApplications {
			l.finding.Domain, l.finding.Detail = directory.Fusion, whereApplications+", "+l.finding.Detail
		}
	}
	c.looks = append(c.looks, l)
}

// about is look for something about one user.
func (c *checking) about(user, name string, l Look) {
	c.look(name, l)
	last := &c.looks[len(c.looks)-1]
	last.finding.User = user
	last.finding.Detail = l.How
}

// found writes down a finding as what was looked at.
func (c *checking) found(area, what string, f directory.Finding) {
	f.Phase = "check"
	c.looks = append(c.looks, LookAt(area, what, f))
}

// LookAt is a finding as what was looked at.
func LookAt(area, what string, f directory.Finding) Look {
	standing := Warned
	if f.Blocking {
		standing = Wrong
	}
	if f.User != "" {
		what = f.User
	}
	return Look{Area: area, Where: string(f.Domain), What: what, Standing: standing, How: f.Detail, Do: f.Fixes, finding: f}
}

// whereApplications is how a look names Fusion Applications.
const whereApplications = "Fusion Applications"

// targets are the domains besides the hub that were read.
func (c *checking) targets() []directory.Domain {
	var out []directory.Domain
	for _, d := range []directory.Domain{directory.Utilities, directory.CXIF} {
		if c.in.World[d] != nil {
			out = append(out, d)
		}
	}
	return out
}

// withoutSSO tells whether every phase that changes how people sign in is switched off.
func (c *checking) withoutSSO() bool {
	if c.in.Facts == nil {
		return false
	}
	for _, name := range []string{"sso-setup", "sso-test", "sso-off", "sso-on"} {
		if c.in.Facts.Off[name] == "" {
			return false
		}
	}
	return true
}

// probes yields what was seen of each domain, in the guide's order.
func (c *checking) probes(each func(directory.Domain, directory.Probe)) {
	for _, d := range directory.Domains {
		if p, ok := c.in.Facts.Domains[d]; ok {
			each(d, p)
		}
	}
}

// planCheck tells what stops the cutover and what must be known. What a person only
// sees or does beside it, it does not look at.
func planCheck(in Input, sink reconcile.Sink) error {
	c := &checking{in: in}
	looks, err := c.all(c.named, c.taken, c.certificates, c.signIn, c.copied, c.accounts)
	if err != nil {
		return err
	}
	for _, l := range looks {
		if l.finding.Name == "" {
			continue
		}
		if err := sink.Finding(l.finding); err != nil {
			return err
		}
	}
	return nil
}
