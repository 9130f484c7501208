package sso

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"
	"unicode"
)

// maxKept caps how many sign-ins a store remembers: past it the oldest goes.
const maxKept = 10_000

// store keeps values under random keys for a while. It is safe for concurrent use.
type store[T any] struct {
	keep time.Duration
	now  func() time.Time

	mu    sync.Mutex
	order []string // keys, oldest first; may hold keys that were taken
	kept  map[string]entry[T]
}

type entry[T any] struct {
	value T
	until time.Time
}

func newStore[T any](keep time.Duration, now func() time.Time) *store[T] {
	return &store[T]{keep: keep, now: now, kept: map[string]entry[T]{}}
}

// add keeps the value under a new random key.
func (s *store[T]) add(v T) string {
	key := newKey()
	s.put(key, v)
	return key
}

// put keeps the value under a key that was not used before.
func (s *store[T]) put(key string, v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for len(s.order) > 0 {
		oldest := s.order[0]
		e, ok := s.kept[oldest]
		if ok && now.Before(e.until) && len(s.order) < maxKept {
			break
		}
		delete(s.kept, oldest)
		s.order = s.order[1:]
	}
	s.kept[key] = entry[T]{v, now.Add(s.keep)}
	s.order = append(s.order, key)
}

// get finds a value that has not expired.
func (s *store[T]) get(key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.kept[key]
	if !ok || !s.now().Before(e.until) {
		var none T
		return none, false
	}
	return e.value, true
}

// take finds a value and forgets it, so that it counts once.
func (s *store[T]) take(key string) (T, bool) {
	v, ok := s.get(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, still := s.kept[key]; !still {
		ok = false
	}
	delete(s.kept, key)
	return v, ok
}

func withoutBlanks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// newKey is a name that cannot be guessed.
func newKey() string { return rand.Text() }
