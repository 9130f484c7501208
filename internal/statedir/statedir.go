// Package statedir is the directory in which a cutover keeps what must outlive
// its process: the ledger, Temporal's own file, a socket. One process owns it at
// a time, and it is stamped with the versions that wrote it. The package opens
// none of those files and knows nothing of what is in them.
package statedir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
)

// Dir is a state directory that this process owns until Close.
type Dir struct {
	Paths
	close func() error
}

// Open takes ownership of a state directory: it makes it where there is none
// (mode 0700), locks it, and stamps it. It returns
//   - *HeldError where another process, or this one, owns it already
//   - *MismatchError where other versions wrote what is in it
func Open(dir string, s Stamp) (*Dir, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("state directory %s: %w", dir, err)
	}
	paths := Paths{root: root}
	if err := makePrivate(paths); err != nil {
		return nil, err
	}
	lock, err := own(paths)
	if err != nil {
		return nil, err
	}
	if err := check(paths, s); err != nil {
		return nil, errors.Join(err, disown(paths, lock))
	}
	return &Dir{Paths: paths, close: sync.OnceValue(func() error { return disown(paths, lock) })}, nil
}

// Close gives the directory up. A second Close does nothing and says the same.
func (d *Dir) Close() error { return d.close() }

// own takes the lock and writes down whose it is. The lock is the kernel's: it
// ends with the process, whatever is left in the files. The pid is in a file of
// its own, which nobody believes without the lock.
func own(p Paths) (*flock.Flock, error) {
	lock := flock.New(p.lock())
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the state directory %s: %w", p.root, err)
	}
	if !ok {
		return nil, &HeldError{Dir: p.root, PID: readPID(p)}
	}
	if err := os.WriteFile(p.pid(), fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("write the owner of the state directory: %w", err), lock.Unlock())
	}
	return lock, nil
}

// disown takes the pid away first: once the lock is free the file is another's.
func disown(p Paths, lock *flock.Flock) error {
	return errors.Join(os.Remove(p.pid()), lock.Unlock())
}
