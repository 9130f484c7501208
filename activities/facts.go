package activities

import (
	"cmp"
	"context"
	"sync"
	"time"

	"cutover/internal/directory"
	"cutover/internal/phase"
)

// Facts looks at every domain and at Fusion Applications, side by side. What could
// not be asked is in the facts; the error is the first of it, in the guide's order.
func (e *Estate) Facts(ctx context.Context) (phase.Facts, error) {
	facts := phase.Facts{Now: time.Now(), Domains: map[directory.Domain]directory.Probe{}, Off: e.Config.PhasesOff}
	failed := map[directory.Domain]error{}
	var appsFailed error
	var mu sync.Mutex
	var all sync.WaitGroup
	for d, client := range e.Domains {
		all.Go(func() {
			p, err := client.Probe(ctx)
			mu.Lock()
			defer mu.Unlock()
			facts.Domains[d], failed[d] = p, err
		})
	}
	all.Go(func() { facts.Applications, appsFailed = e.Applications.Probe(ctx) })
	all.Wait()
	var first error
	for _, d := range directory.Domains {
		first = cmp.Or(first, failed[d])
	}
	return facts, cmp.Or(first, appsFailed)
}
