// Package spool keeps what is too much for memory and not worth a ledger: the
// people and the changes of a forecast, in private temporary files, sorted,
// written once and read many times. A forecast reads everyone some twenty times,
// and a file that is read from front to back costs a tenth of a query by pages.
//
// What a plan supposes lies in layers over what was read, so that it costs what
// it changes. Memory stays the same however many people there are: sorting goes
// by runs on disk. Nothing in a spool outlives it.
package spool

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
)

// Dir is a private temporary directory of spools. It may be used from any
// number of goroutines; each spool is written by one.
type Dir struct {
	ctx  context.Context // of the forecast: an iterator has no other way for one
	path string
}

// Open makes a directory, mode 0700, which Close deletes. Streams from it end
// with an error when ctx does.
func Open(ctx context.Context) (*Dir, error) {
	path, err := os.MkdirTemp("", "cutover-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory for the forecast: %w (is TMPDIR writable?)", err)
	}
	return &Dir{ctx: ctx, path: path}, nil
}

// Close deletes everything.
func (d *Dir) Close() error { return os.RemoveAll(d.path) }

const bufferSize = 64 << 10

// row is a record and the key that it is sorted by; where nothing is sorted the
// key is empty. What was read is good until the next row is.
type row struct{ key, record []byte }

// list is rows in a file, in their order. Once it is finished nothing of it is
// open but for those who read it: there are more lists than a process may have
// files open.
type list struct {
	dir *Dir
	f   *os.File
	out *bufio.Writer // until it is finished

	lengths [maxLengths]byte // of the row in hand
}

func (d *Dir) newList() (*list, error) {
	f, err := os.CreateTemp(d.path, "") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make a temporary file for the forecast: %w", err)
	}
	return &list{dir: d, f: f, out: bufio.NewWriterSize(f, bufferSize)}, nil
}

func (l *list) add(key, record []byte) error {
	n := binary.PutUvarint(l.lengths[:], uint64(len(key)))
	n += binary.PutUvarint(l.lengths[n:], uint64(len(record)))
	for _, part := range [3][]byte{l.lengths[:n], key, record} {
		if _, err := l.out.Write(part); err != nil {
			return full(err)
		}
	}
	return nil
}

// maxLengths is how many bytes the lengths before a row may take.
const maxLengths = 2 * binary.MaxVarintLen64

func (l *list) finish() error {
	err := errors.Join(l.out.Flush(), l.f.Close())
	l.out = nil
	return full(err)
}

// reader reads the rows of a finished list from the start.
func (l *list) reader() (*reader, error) {
	f, err := os.Open(l.f.Name())
	if err != nil {
		return nil, fmt.Errorf("read back what the forecast wrote: %w (its temporary directory is gone)", err)
	}
	return &reader{list: l, f: f, in: bufio.NewReaderSize(f, bufferSize)}, nil
}

type reader struct {
	list *list
	f    *os.File
	in   *bufio.Reader
	n    int
}

func (r *reader) close() { _ = r.f.Close() } // it was only read

// next is the next row; ok is false past the last.
func (r *reader) next() (at row, ok bool, err error) {
	if r.n++; r.n%1024 == 0 && r.list.dir.ctx.Err() != nil {
		return row{}, false, r.list.dir.ctx.Err()
	}
	lengths, err := r.in.Peek(maxLengths) // fewer before the end
	if len(lengths) == 0 && errors.Is(err, io.EOF) {
		return row{}, false, nil
	}
	key, n := binary.Uvarint(lengths)
	record, m := binary.Uvarint(lengths[max(n, 0):])
	if err = io.ErrUnexpectedEOF; n > 0 && m > 0 {
		_, _ = r.in.Discard(n + m) // they were there to peek at
		var both []byte
		if both, err = r.take(int(key + record)); err == nil {
			return row{both[:key], both[key:]}, true, nil
		}
	}
	return row{}, false, fmt.Errorf("read back what the forecast wrote to %s: %w", r.list.f.Name(), err)
}

func (r *reader) take(n int) ([]byte, error) {
	if n > bufferSize {
		b := make([]byte, n)
		_, err := io.ReadFull(r.in, b)
		return b, err
	}
	b, err := r.in.Peek(n)
	if err == nil {
		_, err = r.in.Discard(n) // which leaves them where they are
	}
	return b, err
}

func full(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write to the temporary directory of the forecast: %w (is there room in TMPDIR?)", err)
}

// cursor goes through rows in the order of their keys.
type cursor interface {
	next() (at row, ok bool, err error)
	close()
}

// records streams the rows of a cursor, each record taken apart by decode.
func records[T any](open func() (cursor, error), decode func(string) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		c, err := open()
		if err != nil {
			yield(none, err)
			return
		}
		defer c.close()
		for {
			at, more, err := c.next()
			if err != nil {
				yield(none, err)
				return
			}
			if !more || !yield(decode(string(at.record)), nil) {
				return
			}
		}
	}
}

// cursor reads a list from the start.
func (l *list) cursor() (cursor, error) {
	r, err := l.reader()
	if err != nil {
		return nil, err // not r: a nil reader would be a cursor
	}
	return r, nil
}
