package simulator

import (
	"sync"
	"time"
)

// apiGroup is a group of APIs that share a limit (oracle.md 2.2).
type apiGroup int

const (
	groupAuthN apiGroup = iota
	groupToken
	groupOthers
	groupBulk
	apiGroups
)

var groupNames = [apiGroups]string{"AuthN", "Token", "Others", "Bulk"}

// rate is a limit over any second and any minute.
type rate struct{ second, minute int }

// tiers is the published table of limits by type of domain (oracle.md 2.2), in
// the order of the groups above. A tier that is nil has no limits.
var tiers = map[string]*[apiGroups]rate{
	"free":          {{10, 150}, {10, 150}, {20, 150}, {5, 200}},
	"apps":          {{50, 1000}, {40, 1000}, {50, 1500}, {5, 200}},
	"apps-premium":  {{80, 2100}, {50, 1700}, {55, 1750}, {5, 200}},
	"premium":       {{95, 4500}, {65, 3400}, {90, 5000}, {5, 200}},
	"external-user": {{90, 3100}, {60, 2300}, {80, 4000}, {5, 200}},
	"none":          nil,
}

// limits counts what a domain let in. Its windows slide: what counts is any
// second and any minute, not the clock's. A request that is refused does not
// count.
type limits struct {
	now    func() time.Time
	groups [apiGroups]*window
}

func newLimits(tier string, now func() time.Time) *limits {
	l := &limits{now: now}
	if rates := tiers[tier]; rates != nil {
		for g, r := range rates {
			l.groups[g] = &window{rate: r, last: make([]time.Time, r.minute)}
		}
	}
	return l
}

// admit lets a request in, or refuses it with 429. No Retry-After is sent,
// because none is documented.
func (l *limits) admit(g apiGroup) error {
	if w := l.groups[g]; w != nil && !w.admit(l.now()) {
		return refuse(429, "Too many requests: the limit of %s is %d a second and %d a minute.", groupNames[g], w.rate.second, w.rate.minute)
	}
	return nil
}

// window remembers the last admissions, as many as a minute allows, in a ring.
type window struct {
	rate rate
	mu   sync.Mutex
	last []time.Time
	next int // where the oldest is, and the next one goes
}

func (w *window) admit(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.last)
	aMinuteAgo := w.last[w.next]
	aSecondAgo := w.last[(w.next-w.rate.second+n)%n]
	if recent(aMinuteAgo, now, time.Minute) || recent(aSecondAgo, now, time.Second) {
		return false
	}
	w.last[w.next] = now
	w.next = (w.next + 1) % n
	return true
}

func recent(t, now time.Time, span time.Duration) bool {
	return !t.IsZero() && now.Sub(t) < span
}
