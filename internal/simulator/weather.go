package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cutover/internal/directory"
)

// Weather is what goes wrong with a simulated world that is otherwise right:
// spells of bad weather, each over one of the four services or over all of them,
// for some time, some requests, or the whole run. No spell is calm.
//
// Reproducible it is in this sense: whether a spell strikes a request depends on
// the seed, the service, the spell's place in the list, the method, the path, and
// on which request of that method and path it is since the weather began. Requests
// that are made at the same time may reach the service in any order, and it is
// the same for each of them. What goes by the clock (From, Until) or by a number
// of requests of any kind (After, Requests, Times) is as reproducible as the
// client is.
type Weather struct {
	// Seed decides what is struck. Zero: the simulator's own seed.
	Seed   uint64  `yaml:"seed,omitempty"`
	Spells []Spell `yaml:"spells"`
}

// Spell is one thing that goes wrong, where and when.
type Spell struct {
	Kind string `yaml:"kind"`
	// Domain is fusion, utilities, cxif or fusion-applications. Empty: each.
	Domain string `yaml:"domain,omitempty"`

	// From and Until are counted from when the weather was set. Until zero: for good.
	From  time.Duration `yaml:"from,omitempty"`
	Until time.Duration `yaml:"until,omitempty"`
	// After is how many requests the service answers before it begins, Requests
	// for how many it goes on. Zero: from the first; for good.
	After    int `yaml:"after,omitempty"`
	Requests int `yaml:"requests,omitempty"`

	// What strikes single requests: which of them (reads, writes, bulk, tokens,
	// sign-in; empty: all but sign-in), in how many percent of them (zero: all),
	// how many of the same in a row, and how often at most (zero: without end).
	Only   []string `yaml:"only,omitempty"`
	Chance int      `yaml:"chance,omitempty"`
	Burst  int      `yaml:"burst,omitempty"`
	Times  int      `yaml:"times,omitempty"`

	// What some kinds need to know besides; see spellKinds.
	Takes      time.Duration `yaml:"takes,omitempty"`
	Jitter     time.Duration `yaml:"jitter,omitempty"`
	Status     int           `yaml:"status,omitempty"`
	HTML       bool          `yaml:"html,omitempty"`
	RetryAfter time.Duration `yaml:"retryAfter,omitempty"`
	By         time.Duration `yaml:"by,omitempty"`
	Most       int           `yaml:"most,omitempty"`
}

// The kinds of spells.
const (
	Latency         = "latency"          // a request takes long: half before it takes effect, half after
	Unavailable     = "unavailable"      // 5xx before anything is done
	ResetBefore     = "reset-before"     // the connection breaks before anything is done
	ResetAfter      = "reset-after"      // the request is carried out, and the answer is lost
	HalfBody        = "half-body"        // the request is carried out, and half of the answer comes
	Throttled       = "throttled"        // 429
	TokenRevoked    = "token-revoked"    // the token of the request does not count any more
	RuleIgnored     = "rule-ignored"     // a change of a rule is accepted and not made
	MemberMeanwhile = "member-meanwhile" // somebody else adds one of those whom a request adds, right before
	TokenShort      = "token-short"      // tokens hold no longer than this, and say so
	ClockSkew       = "clock-skew"       // the service's clock is wrong
	SlowCopy        = "slow-copy"        // Fusion Applications' copy into its domain takes long
	Job             = "job"              // an import, an export or a full synchronization runs: no Bulk
	IndexLate       = "index-late"       // a filter does not find what was made so lately; the service knows it all the same
	PlainConflict   = "plain-conflict"   // a 409 says nothing but that
	GroupLimit      = "group-limit"      // a group holds so many
	InvitedLate     = "invited-late"     // people act on an invitation after this time
	InvitedNever    = "invited-never"    // people do not act on an invitation
)

// spellKind is what a kind needs to know, by the names that the file has, and
// what it may be told besides.
type spellKind struct {
	needs, may []string
	strikes    bool                           // single requests, by chance; else it holds while it lasts
	only       []string                       // services; empty: all
	fits       func(method, path string) bool // requests that it can strike; nil: all
}

var identityDomains = []string{"fusion", "utilities", "cxif"}

var spellKinds = map[string]spellKind{
	Latency:      {strikes: true, needs: []string{"takes"}, may: []string{"jitter"}},
	Unavailable:  {strikes: true, may: []string{"status", "html"}},
	ResetBefore:  {strikes: true},
	ResetAfter:   {strikes: true},
	HalfBody:     {strikes: true},
	Throttled:    {strikes: true, may: []string{"retryAfter"}},
	TokenRevoked: {strikes: true, only: identityDomains, fits: func(_, path string) bool { return strings.HasPrefix(path, "/admin/") }},
	RuleIgnored: {strikes: true, only: identityDomains, fits: func(method, path string) bool {
		return method == "PATCH" && strings.HasPrefix(path, "/admin/v1/Rules/")
	}},
	MemberMeanwhile: {strikes: true, fits: func(method, path string) bool {
		return method == "PATCH" && (strings.HasPrefix(path, "/admin/v1/Groups/") || strings.HasPrefix(path, faBase+"/Roles/"))
	}},
	TokenShort:    {needs: []string{"takes"}, only: identityDomains},
	ClockSkew:     {needs: []string{"by"}},
	SlowCopy:      {needs: []string{"takes"}, only: []string{applicationsName}},
	Job:           {may: []string{"status"}, only: identityDomains},
	IndexLate:     {needs: []string{"takes"}, only: identityDomains},
	PlainConflict: {},
	GroupLimit:    {needs: []string{"most"}, only: identityDomains},
	InvitedLate:   {needs: []string{"takes"}, only: identityDomains},
	InvitedNever:  {only: identityDomains},
}

// applicationsName is Fusion Applications among the services.
const applicationsName = "fusion-applications"

// services are those that weather is over.
var services = []string{string(directory.Fusion), string(directory.Utilities), string(directory.CXIF), applicationsName}

// classes are the kinds of requests.
var classes = []string{"reads", "writes", "bulk", "tokens", "sign-in"}

// SpellMistake is what is wrong with a spell, and where.
type SpellMistake struct {
	Spell int    // from 0 on
	Key   string // as the file has it; empty: the spell as a whole
	What  string
}

func (m *SpellMistake) Error() string { return fmt.Sprintf("spell %d: %s", m.Spell+1, m.What) }

// Check refuses weather that there is not. It finds every mistake, each a
// *SpellMistake.
func (w Weather) Check() error {
	var all []error
	for i, s := range w.Spells {
		for _, m := range s.mistakes() {
			m.Spell = i
			all = append(all, m)
		}
	}
	return errors.Join(all...)
}

func (s Spell) mistakes() (all []*SpellMistake) {
	wrong := func(key, format string, args ...any) {
		all = append(all, &SpellMistake{Key: key, What: fmt.Sprintf(format, args...)})
	}
	kind, ok := spellKinds[s.Kind]
	if !ok {
		wrong("kind", "there is no weather of the kind %q; use one of: %s", s.Kind, strings.Join(names(spellKinds), ", "))
		return all
	}
	over := kind.only
	if len(over) == 0 {
		over = services
	}
	if s.Domain != "" && !slices.Contains(over, s.Domain) {
		wrong("domain", "%s is over one of %s, not over %q", s.Kind, strings.Join(over, ", "), s.Domain)
	}
	if s.From < 0 || s.Until < 0 || s.Until > 0 && s.Until <= s.From {
		wrong("until", "from %s until %s is no time; until is later than from, and neither is negative", s.From, s.Until)
	}
	if s.After < 0 || s.Requests < 0 {
		wrong("requests", "after and requests are numbers of requests, and not negative")
	}
	for _, c := range s.Only {
		if !slices.Contains(classes, c) {
			wrong("only", "there are no requests of the kind %q; use some of: %s", c, strings.Join(classes, ", "))
		}
	}
	if s.Chance < 0 || s.Chance > 100 {
		wrong("chance", "chance is %d: it is a percentage from 1 to 100", s.Chance)
	}
	if s.Burst < 0 || s.Times < 0 {
		wrong("times", "burst and times are numbers, and not negative")
	}
	given := s.given()
	for _, key := range []string{"only", "chance", "burst", "times"} {
		if given[key] && !kind.strikes {
			wrong(key, "%s holds while it lasts, and strikes no single requests, so it takes no %s", s.Kind, key)
		}
	}
	for _, key := range []string{"takes", "jitter", "status", "html", "retryAfter", "by", "most"} {
		needed := slices.Contains(kind.needs, key)
		switch {
		case needed && !given[key]:
			wrong("", "%s needs to know %s", s.Kind, key)
		case given[key] && !needed && !slices.Contains(kind.may, key):
			wrong(key, "%s takes no %s", s.Kind, key)
		}
	}
	if s.Takes < 0 || s.Jitter < 0 || s.RetryAfter < 0 || s.Most < 0 {
		wrong("", "only by may be negative")
	}
	switch {
	case s.Status == 0:
	case s.Kind == Unavailable && (s.Status < 500 || s.Status > 599):
		wrong("status", "unavailable answers a status from 500 to 599, not %d", s.Status)
	case s.Kind == Job && (s.Status < 400 || s.Status > 599):
		wrong("status", "a Bulk call that a job refuses gets a status from 400 to 599, not %d", s.Status)
	}
	return all
}

// given tells which keys say something.
func (s Spell) given() map[string]bool {
	return map[string]bool{
		"only": len(s.Only) > 0, "chance": s.Chance != 0, "burst": s.Burst != 0, "times": s.Times != 0,
		"takes": s.Takes != 0, "jitter": s.Jitter != 0, "status": s.Status != 0, "html": s.HTML,
		"retryAfter": s.RetryAfter != 0, "by": s.By != 0, "most": s.Most != 0,
	}
}
