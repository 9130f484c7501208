package rehearse_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"time"

	"cutover/internal/simulator"
)

// front is a kind of weather as a storm has it: some spells, drawn at random, and
// for what reasons a cutover may stop in it. Without one it has to get through.
type front struct {
	name   string
	spells func(r *rand.Rand) []simulator.Spell
	stops  string // a regular expression; empty: it does not
}

var (
	anyService = []string{"fusion", "utilities", "cxif", "fusion-applications"}
	anyDomain  = anyService[:3]
	bothWrites = []string{"writes", "bulk"}
)

func oneOf[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func between(r *rand.Rand, least, most int) int { return least + r.IntN(most-least+1) }

func millis(r *rand.Rand, least, most int) time.Duration {
	return time.Duration(between(r, least, most)) * time.Millisecond
}

func one(s simulator.Spell) []simulator.Spell { return []simulator.Spell{s} }

// heals is weather that a cutover gets through by itself.
var heals = []front{
	{name: "slow", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.Latency, Takes: millis(r, 5, 80), Jitter: millis(r, 1, 120)})
	}},
	{name: "5xx", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.Unavailable, Domain: oneOf(r, anyService...), Chance: between(r, 3, 15)})
	}},
	{name: "outage", spells: func(r *rand.Rand) []simulator.Spell {
		from := millis(r, 500, 8000)
		return one(simulator.Spell{Kind: simulator.Unavailable, Domain: oneOf(r, anyService...), From: from, Until: from + millis(r, 1000, 8000)})
	}},
	{name: "429", spells: func(r *rand.Rand) []simulator.Spell {
		return []simulator.Spell{
			{Kind: simulator.Throttled, Domain: oneOf(r, anyService...), Chance: between(r, 3, 15), Burst: between(r, 1, 3)},
			{Kind: simulator.Throttled, Domain: oneOf(r, anyService...), Chance: between(r, 1, 5), RetryAfter: time.Second},
		}
	}},
	{name: "resets", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.ResetBefore, Chance: between(r, 2, 6)})
	}},
	{name: "lost answers", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.ResetAfter, Only: bothWrites, Chance: between(r, 20, 60), Times: 1})
	}},
	{name: "half answers", spells: func(r *rand.Rand) []simulator.Spell {
		return []simulator.Spell{
			{Kind: simulator.HalfBody, Only: []string{"reads", "tokens"}, Chance: between(r, 2, 8)},
			{Kind: simulator.HalfBody, Domain: oneOf(r, anyService...), Only: bothWrites, Chance: between(r, 20, 60), Times: 1},
		}
	}},
	{name: "revoked tokens", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.TokenRevoked, Chance: 100, After: between(r, 5, 60), Times: 1})
	}},
	{name: "short tokens", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.TokenShort, Takes: millis(r, 1000, 4000)})
	}},
	{name: "clocks a little off", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.ClockSkew, Domain: oneOf(r, anyService...), By: time.Duration(between(r, -60, 60)) * time.Second})
	}},
	{name: "slow copy", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.SlowCopy, Takes: millis(r, 500, 2500)})
	}},
	{name: "jobs", spells: func(r *rand.Rand) []simulator.Spell {
		from := millis(r, 0, 6000)
		return one(simulator.Spell{Kind: simulator.Job, Domain: oneOf(r, anyDomain[1:]...), From: from, Until: from + millis(r, 3000, 12000), Status: oneOf(r, 409, 423, 429, 503)})
	}},
	{name: "late indexes", spells: func(r *rand.Rand) []simulator.Spell {
		return []simulator.Spell{
			{Kind: simulator.IndexLate, Takes: millis(r, 500, 3000)},
			{Kind: simulator.ResetAfter, Domain: oneOf(r, anyDomain[1:]...), Only: []string{"bulk"}, Times: 1},
		}
	}},
	{name: "plain conflicts", spells: func(r *rand.Rand) []simulator.Spell {
		return []simulator.Spell{{Kind: simulator.PlainConflict}, {Kind: simulator.MemberMeanwhile, Chance: between(r, 20, 80)}}
	}},
	{name: "others at work", spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.MemberMeanwhile, Domain: oneOf(r, "utilities", "fusion-applications"), Times: between(r, 1, 3)})
	}},
	{name: "a rule once ignored", spells: func(*rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.RuleIgnored, Times: 1})
	}},
}

// stands is weather that only a person gets a cutover out of.
var stands = []front{
	{name: "clocks far off", stops: `the proof .* failed: .*clocks|check: 1 finding is open`, spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.ClockSkew, Domain: oneOf(r, "fusion", "utilities"), By: oneOf[time.Duration](r, -1, 1) * time.Duration(between(r, 10, 600)) * time.Minute})
	}},
	{name: "credentials that do not hold", stops: `the client was refused: check its id`, spells: func(r *rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.TokenRevoked, Domain: oneOf(r, anyDomain...), After: between(r, 20, 60)})
	}},
	{name: "full groups", stops: `changes? (was|were) refused`, spells: func(*rand.Rand) []simulator.Spell {
		return one(simulator.Spell{Kind: simulator.GroupLimit, Domain: "utilities", Most: 1})
	}},
}

// storm is the weather of one rehearsal.
type storm struct {
	weather simulator.Weather
	fronts  []string
	stops   *regexp.Regexp // nil: it gets through
	invited string         // how people act who were invited: late; empty: nobody is invited
	engine  string         // empty: cutover itself writes into the targets
	ends    bool           // what has stopped is ended, and a second cutover comes after; else it is resumed
}

// stormOf mixes a weather by its seed.
func stormOf(seed uint64) storm {
	r := rand.New(rand.NewPCG(seed, 5))
	s := storm{weather: simulator.Weather{Seed: seed}, ends: r.IntN(2) == 0}
	add := func(f front) {
		s.weather.Spells = append(s.weather.Spells, f.spells(r)...)
		s.fronts = append(s.fronts, f.name)
	}
	for _, i := range r.Perm(len(heals))[:between(r, 2, 5)] {
		add(heals[i])
	}
	if r.IntN(4) == 0 {
		f := stands[r.IntN(len(stands))]
		add(f)
		s.stops = regexp.MustCompile(f.stops)
	}
	if r.IntN(5) == 0 {
		s.invited = "late"
		s.weather.Spells = append(s.weather.Spells, simulator.Spell{Kind: simulator.InvitedLate, Domain: "fusion", Takes: millis(r, 200, 2500)})
		s.fronts = append(s.fronts, "invitations acted on late")
	}
	if seed%4 == 0 || os.Getenv("CUTOVER_ENGINE") == "native" { // nothing drawn, so that the weather of a seed is the same with both
		s.engine = "native"
		s.fronts = append(s.fronts, "people come by the domains' own synchronization")
	}
	return s
}

// reproduced is the line that makes the same storm again.
func reproduced(seed uint64) string {
	engine := ""
	if os.Getenv("CUTOVER_ENGINE") != "" {
		engine = "CUTOVER_ENGINE=" + os.Getenv("CUTOVER_ENGINE") + " "
	}
	return engine + fmt.Sprintf("CUTOVER_STORMS=1 CUTOVER_SEED=%d go test ./internal/rehearse -run TestStorms -v -count=1", seed)
}

// mayLoseAnswers tells whether the answer to an invitation may not come.
func (s storm) mayLoseAnswers() bool {
	for _, sp := range s.weather.Spells {
		switch sp.Kind {
		case simulator.ResetBefore, simulator.ResetAfter, simulator.Unavailable, simulator.HalfBody:
			return true
		}
	}
	return false
}

func (s storm) String() string { return strings.Join(s.fronts, ", ") }
