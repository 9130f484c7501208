package scim

import (
	"context"
	"math"
	"time"

	"golang.org/x/time/rate"
)

// Limit is how many requests a peer takes in any second and in any minute.
// Zero is no limit.
type Limit struct{ PerSecond, PerMinute int }

// Share is the part of the limit that is ours, in percent; never less than one
// request.
func (l Limit) Share(percent int) Limit {
	part := func(n int) int {
		if n == 0 {
			return 0
		}
		return max(1, n*percent/100)
	}
	return Limit{PerSecond: part(l.PerSecond), PerMinute: part(l.PerMinute)}
}

// jitter is by how much the way to the peer may differ between two requests:
// what leaves here within a window may arrive in a window shorter by this.
const jitter = 500 * time.Millisecond

// Pace is a token bucket: Rate requests a second on the long run, Burst at once.
type Pace struct {
	Rate  float64
	Burst int
}

// Pace picks the fastest even pace that keeps every sliding second and every
// sliding minute within the limit. A bucket lets at most Burst + Rate×w requests
// out in a window of w seconds, so both sums must stay below the limit plus one.
func (l Limit) Pace() Pace {
	if l.PerSecond == 0 && l.PerMinute == 0 {
		return Pace{Rate: float64(rate.Inf)}
	}
	p := Pace{Burst: 1, Rate: math.Inf(1)}
	if l.PerSecond > 0 {
		// A burst that lets the few reads of one look at a domain through without
		// waiting, and costs the minute little.
		p.Burst = max(1, l.PerSecond*28/100)
	}
	if l.PerMinute > 0 {
		p.Burst = min(p.Burst, max(1, l.PerMinute/100))
	}
	within := func(limit int, window time.Duration) {
		if limit > 0 {
			// Just below the limit plus one: the window cannot hold one more.
			p.Rate = min(p.Rate, 0.995*float64(limit+1-p.Burst)/(window+jitter).Seconds())
		}
	}
	within(l.PerSecond, time.Second)
	within(l.PerMinute, time.Minute)
	return p
}

// Limiter holds requests back to a pace. It is safe for concurrent use.
type Limiter struct{ bucket *rate.Limiter }

// NewLimiter makes a limiter; one without limits never waits.
func NewLimiter(p Pace) *Limiter {
	return &Limiter{bucket: rate.NewLimiter(rate.Limit(p.Rate), p.Burst)}
}

// Wait waits for the next turn, and has it measured. It fails at once where the
// turn would come after the deadline of ctx.
func (l *Limiter) Wait(ctx context.Context, measure *Waiting) error {
	if l.bucket.Limit() == rate.Inf {
		return ctx.Err()
	}
	if measure != nil {
		defer measure.Begin()()
	}
	return l.bucket.Wait(ctx)
}
