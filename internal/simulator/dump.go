package simulator

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"cutover/internal/directory"
)

// dumpAll writes the domains in the form of an estate.
func dumpAll(dir string, domains map[directory.Domain]*domain) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("the directory of the dump cannot be made: %w", err)
	}
	for _, name := range directory.Domains {
		if err := writeFile(filepath.Join(dir, string(name)+".json"), 0o644, domains[name].dump); err != nil {
			return fmt.Errorf("the dump of %s cannot be written: %w", name, err)
		}
	}
	return nil
}

// writeFile writes a file whole or not at all: readers never see half of it.
func writeFile(path string, mode os.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already where all went well
	if err = write(f); err == nil {
		err = f.Chmod(mode)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// dump writes the resources one by one, each as the estate has it: groups with
// their members, apps without their secrets.
func (d *domain) dump(to io.Writer) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	w := bufio.NewWriterSize(to, 1<<16)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, k := range stored {
		if i >= len(kinds) && !d.changedSinceBorn(k) {
			continue
		}
		before := ",\n"
		if i == 0 {
			before = "{\n"
		}
		if _, err := fmt.Fprintf(w, "%s%q: [\n", before, k.name); err != nil {
			return err
		}
		if err := writeAll(w, enc, d.bodies(k)); err != nil {
			return err
		}
		if _, err := io.WriteString(w, "]"); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w, "\n}\n"); err != nil {
		return err
	}
	return w.Flush()
}

func writeAll(w io.Writer, enc *json.Encoder, all iter.Seq[object]) error {
	first := true
	for o := range all {
		if !first {
			if _, err := io.WriteString(w, ","); err != nil {
				return err
			}
		}
		first = false
		if err := enc.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

func (d *domain) bodies(k *kind) iter.Seq[object] {
	return func(yield func(object) bool) {
		for e := range d.collection(k).each() {
			if d.asBorn(e) {
				continue
			}
			o := d.body(e)
			if g, ok := e.(*group); ok {
				members := make([]any, len(g.members))
				for i, u := range g.members {
					members[i] = memberObject(u)
				}
				o["members"] = members
			}
			if !yield(o) {
				return
			}
		}
	}
}
