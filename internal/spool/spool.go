// Package spool keeps what is too much for memory and not worth a ledger: the
// people and the changes of a forecast, in private temporary files, sorted,
// written once and read many times. A forecast reads everyone some forty times,
// and a file that is read from front to back costs a tenth of a query by pages.
//
// Memory stays the same however many people there are: sorting goes by runs on
// disk. Nothing in a spool outlives it.
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

// list is records in a file, in their order. Once it is finished nothing of it
// is open but for those who read it: there are more lists than a process may
// have files open.
type list struct {
	dir *Dir
	f   *os.File
	out *bufio.Writer // until it is finished
}

func (d *Dir) newList() (*list, error) {
	f, err := os.CreateTemp(d.path, "") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make a temporary file for the forecast: %w", err)
	}
	return &list{dir: d, f: f, out: bufio.NewWriterSize(f, bufferSize)}, nil
}

func (l *list) add(record []byte) error {
	var length [binary.MaxVarintLen64]byte
	if _, err := l.out.Write(length[:binary.PutUvarint(length[:], uint64(len(record)))]); err != nil {
		return full(err)
	}
	_, err := l.out.Write(record)
	return full(err)
}

func (l *list) finish() error {
	err := errors.Join(l.out.Flush(), l.f.Close())
	l.out = nil
	return full(err)
}

// reader reads the records of a finished list from the start.
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

// next is the next record; ok is false past the last.
func (r *reader) next() (record string, ok bool, err error) {
	if r.n++; r.n%1024 == 0 && r.list.dir.ctx.Err() != nil {
		return "", false, r.list.dir.ctx.Err()
	}
	length, err := binary.ReadUvarint(r.in)
	if errors.Is(err, io.EOF) {
		return "", false, nil
	}
	if err == nil {
		record, err = r.take(int(length))
	}
	if err != nil {
		return "", false, fmt.Errorf("read back what the forecast wrote to %s: %w", r.list.f.Name(), err)
	}
	return record, true, nil
}

func (r *reader) take(n int) (string, error) {
	if n > bufferSize {
		b := make([]byte, n)
		_, err := io.ReadFull(r.in, b)
		return string(b), err
	}
	b, err := r.in.Peek(n)
	if err != nil {
		return "", err
	}
	s := string(b)
	_, err = r.in.Discard(n)
	return s, err
}

func full(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write to the temporary directory of the forecast: %w (is there room in TMPDIR?)", err)
}

// records streams a list, each record taken apart by decode.
func records[T any](l *list, decode func(string) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		r, err := l.reader()
		if err != nil {
			yield(none, err)
			return
		}
		defer r.close()
		for {
			record, more, err := r.next()
			if err != nil {
				yield(none, err)
				return
			}
			if !more || !yield(decode(record), nil) {
				return
			}
		}
	}
}
