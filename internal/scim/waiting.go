package scim

import (
	"sync"
	"time"
)

// Waiting measures how long at least one request was held back by our own
// pacing. Requests that wait beside each other count once: it is time on a
// clock, and never more than has passed. The zero value is ready.
type Waiting struct {
	mu    sync.Mutex
	now   int // requests that wait
	since time.Time
	sum   time.Duration
}

// Begin is called before a wait, and what it returns after it.
func (w *Waiting) Begin() (end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now == 0 {
		w.since = time.Now()
	}
	w.now++
	return w.end
}

func (w *Waiting) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now--; w.now == 0 {
		w.sum += time.Since(w.since)
	}
}

// Sum is how long it was so far.
func (w *Waiting) Sum() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now > 0 {
		return w.sum + time.Since(w.since)
	}
	return w.sum
}
