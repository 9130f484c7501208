package reconcile

import (
	"bytes"
	"fmt"
	"iter"

	"cutover/internal/directory"
)

// Pair is who bears a name on either side of a join; nil where nobody does.
type Pair struct{ Left, Right *directory.Person }

// Join pairs two streams by folded userName, in the order of it: everyone of
// either side comes up. Where several of the left share a name, each is paired.
// Both streams must be in that order, which Join verifies: a plan made from a
// jumbled read would take people for missing.
func Join(left, right People) iter.Seq2[Pair, error] {
	return func(yield func(Pair, error) bool) {
		for p, err := range join(left, right, appendName) {
			if !yield(Pair{p.left, p.right}, err) || err != nil {
				return
			}
		}
	}
}

func nameKey(p directory.Person) string { return directory.Fold(p.UserName) }

func appendName(b []byte, p directory.Person) []byte { return directory.AppendFold(b, p.UserName) }

type pair[T any] struct{ left, right *T }

// join merges two streams that are sorted by what key appends.
func join[T any](left, right iter.Seq2[T, error], key func([]byte, T) []byte) iter.Seq2[pair[T], error] {
	return func(yield func(pair[T], error) bool) {
		l, r := pull(left, key), pull(right, key)
		defer l.stop()
		defer r.stop()
		l.next()
		r.next()
		for l.at != nil || r.at != nil || l.err != nil || r.err != nil {
			if l.err != nil || r.err != nil {
				yield(pair[T]{}, firstError(l.err, r.err))
				return
			}
			var p pair[T]
			switch {
			case r.at == nil || l.at != nil && bytes.Compare(l.key, r.key) < 0:
				p.left = l.at
				l.next()
			case l.at == nil || bytes.Compare(r.key, l.key) < 0:
				p.right = r.at
				r.next()
			default:
				p = pair[T]{l.at, r.at}
				if l.next(); l.at == nil || !bytes.Equal(l.key, l.last) {
					r.next()
				}
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// head is where a pulled stream stands; at is nil past its end.
type head[T any] struct {
	pull      func() (T, error, bool)
	stop      func()
	keyOf     func([]byte, T) []byte
	at        *T
	key, last []byte // of at, and of the one before; both are written over
	err       error
}

func pull[T any](in iter.Seq2[T, error], key func([]byte, T) []byte) *head[T] {
	next, stop := iter.Pull2(in)
	return &head[T]{pull: next, stop: stop, keyOf: key}
}

func (h *head[T]) next() {
	v, err, ok := h.pull()
	if !ok || err != nil {
		h.at, h.err = nil, err
		return
	}
	h.at, h.key, h.last = &v, h.keyOf(h.last[:0], v), h.key
	if bytes.Compare(h.key, h.last) < 0 {
		h.at, h.err = nil, fmt.Errorf("a domain's people are not in order: %q comes after %q; read the domain again", h.key, h.last)
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
