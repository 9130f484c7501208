package activities

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
)

// beatEvery is well below the heartbeat timeout of the workflow's policies.
const beatEvery = 2 * time.Second

// pulse records heartbeats until it is stopped, so that an attempt that died is
// noticed within seconds while one that waits for an answer or for our own
// pacing is left in peace. Every beat carries how far the attempt is, for the
// next one to go on there.
type pulse struct {
	ctx  context.Context
	mu   sync.Mutex
	far  []any
	done chan struct{}
	over sync.WaitGroup
}

// beating begins to beat with these details.
func beating(ctx context.Context, details ...any) *pulse {
	p := &pulse{ctx: ctx, far: details, done: make(chan struct{})}
	p.over.Go(p.run)
	return p
}

func (p *pulse) run() {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-p.ctx.Done():
			return
		case <-ticker.C:
			p.beat()
		}
	}
}

// at beats at once, and says from now on that the attempt is this far.
func (p *pulse) at(details ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.far = details
	activity.RecordHeartbeat(p.ctx, details...)
}

func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	activity.RecordHeartbeat(p.ctx, p.far...)
}

// stop ends the beating; no beat follows it.
func (p *pulse) stop() {
	close(p.done)
	p.over.Wait()
}
