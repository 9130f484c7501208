// Package ledger is the record of a cutover: what was read of the domains, what
// was planned, decided, claimed and done. Temporal's history may expire; the
// ledger may not, and a new start on the same ledger goes on where it stands.
//
// It is one SQLite file with one writer. What a method has written is on the
// disk when it returns. The package knows the words of internal/directory and
// nothing of HTTP, workflows or phases: it is told what to keep, and never
// decides what to do. Its errors name tables of things ("plan 7"), never people.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// ErrNotFound says that the ledger holds nothing under that name or id.
var ErrNotFound = errors.New("not in the ledger")

// Ledger is an open ledger. It may be used from any number of goroutines.
type Ledger struct {
	path   string
	writer *sql.DB // one connection: SQLite has one writer, and a queue in this process beats a busy file
	reader *sql.DB // refuses to write
	close  func() error
}

// Open opens the ledger at path, makes it where there is none (mode 0600; its
// directory must be there), and brings its tables up to Schema. It refuses a
// ledger that a newer cutover wrote.
func Open(ctx context.Context, path string) (*Ledger, error) {
	return open(ctx, path, durable)
}

// OpenTemp opens an empty ledger in a private temporary directory, which Close
// deletes. It does not wait for the disk, so nothing in it outlives a crash: it
// is for a forecast that nobody will apply.
func OpenTemp(ctx context.Context) (*Ledger, error) {
	dir, err := os.MkdirTemp("", "cutover-") // mode 0700
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory for the ledger: %w (is TMPDIR writable?)", err)
	}
	l, err := open(ctx, filepath.Join(dir, "ledger.db"), fleeting)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	l.after(func() error { return os.RemoveAll(dir) })
	return l, nil
}

func open(ctx context.Context, path string, s safety) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", path, err)
	}
	if err := touch(path); err != nil {
		return nil, err
	}
	l := &Ledger{path: path}
	if l.writer, err = connect(path, s, writing); err != nil {
		return nil, l.failed("open it", err)
	}
	if err := migrate(ctx, l.writer); err != nil {
		return nil, errors.Join(l.failed("bring its tables up to date", err), l.writer.Close())
	}
	if l.reader, err = connect(path, s, reading); err != nil {
		return nil, errors.Join(l.failed("open it for reading", err), l.writer.Close())
	}
	// The writer closes last, and takes the write-ahead log back into the file.
	l.close = sync.OnceValue(func() error { return errors.Join(l.reader.Close(), l.writer.Close()) })
	return l, nil
}

// touch makes the file, so that neither it nor SQLite's files beside it, which
// take its mode, are readable for anybody else.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the ledger: %w (it must be writable, and its directory must exist)", err)
	}
	return f.Close()
}

// Close closes the ledger. A second Close does nothing and says the same.
func (l *Ledger) Close() error { return l.close() }

// after adds what is to be done when the ledger has been closed.
func (l *Ledger) after(f func() error) {
	before := l.close
	l.close = sync.OnceValue(func() error { return errors.Join(before(), f()) })
}
