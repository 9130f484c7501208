package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
)

// beatEvery is well below the heartbeat timeout of the workflow's policies.
const beatEvery = 2 * time.Second

// beating records heartbeats with these details until the returned function is
// called, so that an attempt that died is noticed within seconds while one that
// waits for an answer or for our own pacing is left in peace.
func beating(ctx context.Context, details ...any) (stop func()) {
	done := make(chan struct{})
	ticker := time.NewTicker(beatEvery)
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx, details...)
			}
		}
	}()
	return func() { close(done) }
}
