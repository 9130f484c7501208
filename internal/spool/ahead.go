package spool

import (
	"iter"
)

// How far a stream of people is read ahead: whoever plans has a processor, and
// whoever reads and takes apart has the other.
const (
	batchSize = 256
	batches   = 3
)

// batch is what was read ahead, with the error that ended it.
type batch[T any] struct {
	rows []T
	err  error
}

// ahead streams in as it is, while the next of it are made on another goroutine.
// That one has ended when the stream has.
func ahead[T any](in iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		full, empty, left := make(chan batch[T], batches), make(chan []T, batches), make(chan struct{})
		for range batches {
			empty <- nil
		}
		go fill(in, full, empty, left)
		defer func() {
			close(left)
			for range full { // until the other goroutine has ended
			}
		}()
		for b := range full {
			for _, v := range b.rows {
				if !yield(v, nil) {
					return
				}
			}
			if b.err != nil {
				var none T
				yield(none, b.err)
				return
			}
			empty <- b.rows
		}
	}
}

// fill makes batches of a stream until it ends or its reader has left.
func fill[T any](in iter.Seq2[T, error], full chan<- batch[T], empty <-chan []T, left <-chan struct{}) {
	defer close(full)
	take := func() (rows []T, more bool) {
		select {
		case rows = <-empty:
			return rows[:0], true
		case <-left:
			return nil, false
		}
	}
	rows, more := take()
	for v, err := range in {
		if !more {
			return
		}
		if err != nil {
			full <- batch[T]{rows, err} // there is room: what is full was empty before
			return
		}
		if rows = append(rows, v); len(rows) == batchSize {
			full <- batch[T]{rows: rows}
			rows, more = take()
		}
	}
	if len(rows) > 0 {
		full <- batch[T]{rows: rows}
	}
}
