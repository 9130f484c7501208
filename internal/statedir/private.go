package statedir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// makePrivate makes the directory, or closes an existing one to everybody else:
// it holds the names of people. A directory that is open to others and full of
// other things was hardly meant, and is left as it is.
func makePrivate(p Paths) error {
	if err := os.MkdirAll(p.root, 0o700); err != nil {
		return fmt.Errorf("make the state directory: %w", err)
	}
	info, err := os.Stat(p.root)
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	if err := ours(p); err != nil {
		return err
	}
	if err := os.Chmod(p.root, 0o700); err != nil {
		return fmt.Errorf("state directory: close it to others: %w", err)
	}
	return nil
}

// ours accepts a directory with our stamp in it, or with nothing besides the
// lock of somebody who is opening it at this moment.
func ours(p Paths) error {
	_, err := os.Stat(p.stamp())
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	entries, err := os.ReadDir(p.root)
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	for _, e := range entries {
		if own := filepath.Join(p.root, e.Name()); own == p.lock() || own == p.pid() || strings.HasPrefix(own, p.stamp()) {
			continue
		}
		return fmt.Errorf("state directory %s: others may read it, and it holds things that are not cutover's; "+
			"name a new or an empty directory, or run chmod 700 on this one", p.root)
	}
	return nil
}
