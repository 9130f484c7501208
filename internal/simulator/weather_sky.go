package simulator

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"sync"
	"time"
)

// sky is the weather over one service: which spells are over it, and what they
// have struck so far.
type sky struct {
	service string
	clock   func() time.Time

	mu       sync.Mutex
	seed     uint64
	began    time.Time
	spells   []over
	requests int            // since the weather began
	same     map[string]int // of one method and path, since then
	struck   map[string]int // by kind, since the simulator began
}

// over is a spell over this service.
type over struct {
	Spell
	place  int // in the list, so that two spells of a kind do not strike alike
	struck int
}

func newSky(service string, clock func() time.Time) *sky {
	return &sky{service: service, clock: clock, began: clock(), same: map[string]int{}, struck: map[string]int{}}
}

// set changes the weather; its time begins now.
func (s *sky) set(w Weather, seed uint64) {
	if w.Seed != 0 {
		seed = w.Seed
	}
	var spells []over
	for i, sp := range w.Spells {
		kind := spellKinds[sp.Kind]
		if (sp.Domain == "" || sp.Domain == s.service) && (len(kind.only) == 0 || slices.Contains(kind.only, s.service)) {
			spells = append(spells, over{Spell: sp, place: i})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seed, s.began, s.spells, s.requests = seed, s.clock(), spells, 0
	clear(s.same)
}

// met are the spells that strike one request, by their kinds, and the draw that
// decides what they leave open.
type met struct {
	by   map[string]Spell
	draw uint64
}

func (m met) has(kind string) (Spell, bool) {
	s, ok := m.by[kind]
	return s, ok
}

// meet counts a request and tells what strikes it.
func (s *sky) meet(class, method, path string) met {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.spells) == 0 {
		return met{}
	}
	m := met{by: map[string]Spell{}}
	which := method + " " + path
	n := s.same[which]
	s.same[which]++
	s.requests++
	for i := range s.spells {
		o := &s.spells[i]
		kind := spellKinds[o.Kind]
		if !kind.strikes || !s.lasts(o.Spell) || o.Times > 0 && o.struck >= o.Times || !o.of(class) || kind.fits != nil && !kind.fits(method, path) {
			continue
		}
		draw := s.drawn(o.place, which, n/max(1, o.Burst))
		if chance := o.Chance; chance != 0 && draw%100 >= uint64(chance) {
			continue
		}
		if _, already := m.by[o.Kind]; already {
			continue // the first of a kind
		}
		o.struck++
		s.struck[o.Kind]++
		m.by[o.Kind], m.draw = o.Spell, draw/100
	}
	return m
}

// lasts tells whether it is the time of a spell. The request in hand is counted
// already.
func (s *sky) lasts(sp Spell) bool {
	since, n := s.clock().Sub(s.began), max(0, s.requests-1)
	return since >= sp.From && (sp.Until == 0 || since < sp.Until) && n >= sp.After && (sp.Requests == 0 || n < sp.After+sp.Requests)
}

// of tells whether the spell strikes requests of a class.
func (o *over) of(class string) bool {
	if len(o.Only) == 0 {
		return class != "sign-in"
	}
	return slices.Contains(o.Only, class)
}

// drawn is the same for the same request, whatever else is going on.
func (s *sky) drawn(place int, which string, n int) uint64 {
	h := fnv.New64a()
	for _, v := range []uint64{s.seed, uint64(place), uint64(n)} {
		_ = binary.Write(h, binary.LittleEndian, v) // a hash takes everything
	}
	_, _ = h.Write([]byte(s.service + " " + which))
	// FNV's low digits are poor for inputs that differ little: mix them (the
	// finalizer of MurmurHash3).
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// holds tells whether a spell of a kind that strikes no single requests is there
// now. Its nil value is a clear sky.
func (s *sky) holds(kind string) (Spell, bool) {
	if s == nil {
		return Spell{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.spells {
		if o := &s.spells[i]; o.Kind == kind && s.lasts(o.Spell) {
			return o.Spell, true
		}
	}
	return Spell{}, false
}

// struckBy counts what a spell did that strikes no single requests.
func (s *sky) struckBy(kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.struck[kind]++
}

// now is the time by the service's own clock.
func (s *sky) now() time.Time {
	now := s.clock()
	if sp, ok := s.holds(ClockSkew); ok {
		now = now.Add(sp.By)
	}
	return now
}

// metKey is where a request's context has what strikes it.
type metKey struct{}

func (m met) in(ctx context.Context) context.Context { return context.WithValue(ctx, metKey{}, m) }

func metIn(ctx context.Context) met {
	m, _ := ctx.Value(metKey{}).(met)
	return m
}

// SetWeather changes the weather over all services. Its time begins now, and its
// counts at none.
func (s *Simulator) SetWeather(w Weather) error {
	if err := w.Check(); err != nil {
		return err
	}
	for _, k := range s.skies {
		k.set(w, s.options.Seed)
	}
	return nil
}

// Struck is how often each kind of weather has struck so far, over all services.
func (s *Simulator) Struck() map[string]int {
	all := map[string]int{}
	for _, k := range s.skies {
		k.mu.Lock()
		for kind, n := range k.struck {
			all[kind] += n
		}
		k.mu.Unlock()
	}
	return all
}
