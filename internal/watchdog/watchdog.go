// Package watchdog brings local sign-in back to Utilities when nothing else of
// cutover is alive to do it: a process on a second machine, with a client of its
// own in the domain. It is armed before the switch, and acts by itself unless it
// is told in time that a person has confirmed. It knows neither Temporal nor the
// ledger.
package watchdog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cutover/internal/directory"
	"cutover/internal/localsignin"
	"cutover/internal/phase"
)

// Order is what a watchdog is armed with.
type Order struct {
	Cutover  string    `json:"cutover"`
	Domain   string    `json:"domain"`  // URL of the Utilities domain
	Rule     string    `json:"rule"`    // the rule that the local sign-in comes back to
	Restore  string    `json:"restore"` // what comes back to it
	Deadline time.Time `json:"deadline"`
	Now      time.Time `json:"now"`    // by the clock of whoever arms
	Client   string    `json:"client"` // their client in the domain, which must not be ours
}

// States of an order.
const (
	Armed     = "armed"
	Confirmed = "confirmed" // a person confirmed in time
	Restoring = "restoring" // the time is over
	Restored  = "restored"  // local sign-in was put back, and read back
)

// Status is how an order stands.
type Status struct {
	Order
	State    string    `json:"state"`
	At       time.Time `json:"at"`                // since when
	Changed  bool      `json:"changed,omitempty"` // it had been taken away, and is back
	Failures int       `json:"failures,omitempty"`
	Failure  string    `json:"failure,omitempty"` // the last one
}

// Refusal is a request that the watchdog does not carry out.
type Refusal struct{ Reason string }

func (e *Refusal) Error() string { return e.Reason }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// ErrUnknown says that the watchdog was never armed for this cutover.
var ErrUnknown = errors.New("the watchdog was never armed for this cutover")

// Options are what a Dog is made from.
type Options struct {
	Domain localsignin.Domain
	URL    string // of that domain
	Client string // id of the watchdog's own client
	Dir    string // its orders are kept here
	// Say is told what it does, one line each; nil: nobody.
	Say func(format string, args ...any)
	// Pause is between two tries to put local sign-in back; Again is when it looks
	// once more after it has. Defaults 3s and 1m.
	Pause, Again time.Duration
}

// Dog keeps watch. It is safe for concurrent use.
type Dog struct {
	Options
	store store

	mu     sync.Mutex
	orders map[string]Status
	wake   chan struct{}
}

// skew is how far the two clocks may be apart: a deadline is a moment.
const skew = 10 * time.Second

// Open reads the orders that an earlier process was armed with.
func Open(o Options) (*Dog, error) {
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	if o.Pause <= 0 {
		o.Pause = 3 * time.Second
	}
	if o.Again <= 0 {
		o.Again = time.Minute
	}
	s := store{o.Dir}
	orders, err := s.load()
	if err != nil {
		return nil, err
	}
	return &Dog{Options: o, store: s, orders: orders, wake: make(chan struct{}, 1)}, nil
}

// Arm takes an order, once it has seen that it can reach the domain, and keeps
// it. The same cutover again is a new deadline.
func (d *Dog) Arm(ctx context.Context, o Order) (Status, error) {
	now := time.Now()
	switch apart := now.Sub(o.Now).Abs(); {
	case o.Cutover == "" || o.Deadline.IsZero():
		return Status{}, refuse("an order names its cutover and a deadline")
	case !sameURL(o.Domain, d.URL):
		return Status{}, refuse("the watchdog watches %s, not %s", d.URL, o.Domain)
	case o.Rule != phase.DefaultRule() || o.Restore != directory.UserNamePassword:
		return Status{}, refuse("the watchdog can only put %s back into %s", directory.UserNamePassword, phase.DefaultRule())
	case o.Client == d.Client:
		return Status{}, refuse("the watchdog uses the very client of the cutover (%s); it needs one of its own, so that one of them can be lost", d.Client)
	case apart > skew:
		return Status{}, refuse("the clock of the watchdog and that of the cutover are %s apart; set them right", apart.Round(time.Second))
	case !o.Deadline.After(now):
		return Status{}, refuse("the deadline is over already")
	}
	if _, err := localsignin.Offered(ctx, d.Domain); err != nil {
		d.Say("not armed for %s: the default rule of Utilities cannot be read: %v", o.Cutover, err)
		return Status{}, errors.New("the watchdog cannot read the default rule of Utilities; it says itself why") // a domain's own words may name people
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if had := d.orders[o.Cutover]; had.State == Restoring {
		return Status{}, refuse("the watchdog is putting local sign-in back just now")
	}
	s := Status{Order: o, State: Armed, At: time.Now().UTC()}
	if err := d.put(s); err != nil {
		return Status{}, err
	}
	d.Say("armed for %s: local sign-in comes back at %s unless a person confirms", o.Cutover, o.Deadline.UTC().Format(time.RFC3339))
	d.stir()
	return s, nil
}

// Confirm ends an order. Where it comes too late, the status says so.
func (d *Dog) Confirm(cutover string) (Status, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.orders[cutover]
	switch {
	case !ok:
		return Status{}, ErrUnknown
	case s.State != Armed:
		return s, nil
	}
	s.State, s.At = Confirmed, time.Now().UTC()
	if err := d.put(s); err != nil {
		return Status{}, err
	}
	d.Say("%s is confirmed", cutover)
	d.stir()
	return s, nil
}

// Status is how the order for a cutover stands.
func (d *Dog) Status(cutover string) (Status, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.orders[cutover]
	if !ok {
		return Status{}, ErrUnknown
	}
	return s, nil
}

// put keeps a status. The caller holds the lock.
func (d *Dog) put(s Status) error {
	if err := d.store.save(s); err != nil {
		return fmt.Errorf("the watchdog cannot keep its orders: %w", err)
	}
	d.orders[s.Cutover] = s
	return nil
}

func (d *Dog) stir() {
	select {
	case d.wake <- struct{}{}:
	default: // it is awake already
	}
}

// look is how often the clock of the wall is looked at: one that is set, or a
// machine that slept, must not make the watchdog late.
const look = time.Second

// Watch acts on what is overdue until ctx ends.
func (d *Dog) Watch(ctx context.Context) {
	for _, s := range d.recent() {
		go d.again(ctx, s)
	}
	for ctx.Err() == nil {
		s, wait := d.next()
		if wait <= 0 {
			d.restore(ctx, s)
			continue
		}
		timer := time.NewTimer(min(wait, look))
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// recent lists the orders that an earlier process carried out and did not come
// to look at once more.
func (d *Dog) recent() (out []Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.orders {
		if s.State == Restored && time.Since(s.At) < d.Again {
			out = append(out, s)
		}
	}
	return out
}

// next is the order that is due first, and how long that is from now.
func (d *Dog) next() (first Status, wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	wait = look
	now := time.Now().Round(0) // the wall's clock
	for _, s := range d.orders {
		switch left := s.Deadline.Sub(now); {
		case s.State == Restoring:
			return s, 0
		case s.State == Armed && left < wait:
			first, wait = s, left
		}
	}
	return first, wait
}

// restore puts local sign-in back, however long the domain takes to let it, and
// looks once more after a while: a request to take it away may have been on its way.
func (d *Dog) restore(ctx context.Context, s Status) {
	if s.State == Armed && !d.overdue(&s) {
		return // confirmed in the meantime
	}
	d.Say("nobody has confirmed %s in time: local sign-in is put back", s.Cutover)
	changes, err := localsignin.Insist(ctx, d.Domain, d.Pause, func(err error) {
		s.Failures, s.Failure = s.Failures+1, err.Error()
		d.note(s)
		d.Say("local sign-in is not back yet: %v", err)
	})
	if err != nil {
		return // ctx ended; what was begun is in the store
	}
	s.State, s.At, s.Changed, s.Failure = Restored, time.Now().UTC(), s.Changed || len(changes) > 0, ""
	d.note(s)
	d.Say("Utilities offers local sign-in (read back)")
	go d.again(ctx, s)
}

func (d *Dog) again(ctx context.Context, s Status) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(d.Again):
	}
	changes, err := localsignin.Insist(ctx, d.Domain, d.Pause, nil)
	if err == nil && len(changes) > 0 {
		s.Changed = true
		d.note(s)
		d.Say("local sign-in had been taken away once more, and is back")
	}
}

// overdue marks an order as one that is acted upon; false: it was confirmed, or
// given a new deadline.
func (d *Dog) overdue(s *Status) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.orders[s.Cutover]
	if now.State != Armed || now.Deadline.After(time.Now()) {
		return false
	}
	now.State, now.At = Restoring, time.Now().UTC()
	d.orders[s.Cutover] = now
	if err := d.store.save(now); err != nil {
		d.Say("the watchdog cannot keep its orders: %v", err) // that is no reason not to act
	}
	*s = now
	return true
}

// note keeps how an order stands, unless it is another one by now.
func (d *Dog) note(s Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.orders[s.Cutover]; !now.Deadline.Equal(s.Deadline) {
		return
	}
	d.orders[s.Cutover] = s
	if err := d.store.save(s); err != nil {
		d.Say("the watchdog cannot keep its orders: %v", err)
	}
}
