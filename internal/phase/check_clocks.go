package phase

import (
	"time"

	"cutover/internal/directory"
)

// How far two clocks may be apart. An assertion is good for a few minutes only, and
// is refused when it comes from later than now.
const (
	skewWarns  = 30 * time.Second
	skewBreaks = 3 * time.Minute
)

// clocks holds the clock of every domain against ours.
func (c *checking) clocks() {
	type clock struct {
		where        string
		skew, unsure time.Duration
	}
	var told, off []clock
	add := func(where, failed string, skew, unsure time.Duration) {
		if failed != "" {
			return
		}
		k := clock{where, skew, unsure}
		switch {
		case unsure == 0:
			c.look("", Look{Area: AreaClocks, Where: where, What: "clock", Standing: Unknown, How: "its answers carry no date"})
		case skew.Abs()-unsure > skewWarns:
			off = append(off, k)
		default:
			told = append(told, k)
		}
	}
	c.probes(func(d directory.Domain, p directory.Probe) { add(string(d), p.Failed, p.Skew, p.Unsure) })
	a := c.in.Facts.Applications
	add(whereApplications, a.Failed, a.Skew, a.Unsure)
	if len(told) > 0 {
		var where []string
		var most time.Duration
		for _, k := range told {
			where = append(where, k.where)
			most = max(most, k.skew.Abs())
		}
		c.look("", Look{Area: AreaClocks, What: "clocks", Standing: Fine, How: enumerate(where) + ": within " + atLeastASecond(most).String() + " of this machine's"})
	}
	for _, k := range off {
		l := Look{Area: AreaClocks, Where: k.where, What: "clock", Standing: Warned, How: "is " + apart(k.skew) + " this machine's"}
		if k.skew.Abs()-k.unsure > skewBreaks {
			l.Standing = Wrong
			l.How += ": a sign-in by SAML fails when clocks are minutes apart"
		}
		l.Do = []string{"set this machine's clock by NTP; where the others agree with it, tell Oracle's support of this domain's"}
		if len(told) == 0 && len(off) > 1 {
			l.Do = []string{"set this machine's clock by NTP: every domain differs from it"}
		}
		c.look("clock-skew", l)
	}
}

func apart(skew time.Duration) string {
	if skew < 0 {
		return atLeastASecond(-skew).String() + " behind"
	}
	return atLeastASecond(skew).String() + " ahead of"
}

func atLeastASecond(d time.Duration) time.Duration { return max(d.Round(time.Second), time.Second) }
