package watchdog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// store keeps each order in a file of its own, which is there as a whole or not
// at all, whenever the process dies.
type store struct{ dir string }

func (s store) load() (map[string]Status, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("the directory of the watchdog's orders cannot be made: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "order-*.json"))
	if err != nil {
		return nil, err
	}
	orders := map[string]Status{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("an order of the watchdog cannot be read: %w", err)
		}
		var o Status
		if err := json.Unmarshal(b, &o); err != nil || o.Cutover == "" {
			return nil, fmt.Errorf("%s is no order of a watchdog; move it away, and arm the watchdog again: %w", file, err)
		}
		orders[o.Cutover] = o
	}
	return orders, nil
}

// save writes the file beside its place, to the disk, and moves it there.
func (s store) save(o Status) (err error) {
	b, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, "new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(o.Cutover))
	if err := os.Rename(f.Name(), filepath.Join(s.dir, "order-"+hex.EncodeToString(sum[:8])+".json")); err != nil {
		return err
	}
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func sameURL(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, "/"), strings.TrimRight(b, "/"))
}
