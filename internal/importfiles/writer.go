// Package importfiles writes the files that a person loads into Fusion
// Applications with Import Management (the guide's "Migrate Existing Users",
// 2a-migrate-existing-ccs-users-fa.html): people first, then their roles. It is a
// peer like any other to whoever applies changes; what it writes is seen to
// arrive in the Fusion domain by whoever waits for it. It knows no plan and no
// workflow.
package importfiles

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"cutover/internal/directory"
)

// Batch is how many changes are written at a time.
const Batch = 1000

// Columns gives the cells of a file for a new user and a role.
type Columns interface {
	Header() []string
	Row(user directory.Attributes, role string) ([]string, error)
}

// Hub tells who is in the Fusion domain.
type Hub interface {
	Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error)
}

// Writer writes files. It is safe for concurrent use within a process.
type Writer struct {
	Dir           string
	People, Roles Columns
	Hub           Hub

	mu sync.Mutex
}

// BatchSize is how many writes of a kind are written at a time.
func (w *Writer) BatchSize(k directory.Kind) int {
	if k == directory.CreateUser || k == directory.AddMember {
		return Batch
	}
	return 1
}

// Lookup reads how these users stand in the Fusion domain.
func (w *Writer) Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error) {
	return w.Hub.Lookup(ctx, userNames)
}

// Write adds a line for each change to the file of its step. A line that is there
// stays the only one of its kind, so that writing again changes nothing.
func (w *Writer) Write(_ context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	if len(writes) == 0 {
		return nil, nil
	}
	first := writes[0].Change
	columns := w.People
	switch first.Kind {
	case directory.CreateUser:
	case directory.AddMember:
		columns = w.Roles
	default:
		return nil, refused(fmt.Sprintf("a file for Import Management cannot hold a %q", first.Kind))
	}
	rows := make([][]string, 0, len(writes))
	outcomes := make([]directory.Outcome, len(writes))
	file := w.file(first.Step, first.Kind)
	for i, write := range writes {
		c := write.Change
		user := c.After
		if user == nil {
			user = directory.Attributes{"userName": c.User}
		}
		row, err := columns.Row(user, c.Target)
		if err != nil {
			outcomes[i].Err = refused(err.Error())
			continue
		}
		rows = append(rows, row)
		outcomes[i] = directory.Outcome{ID: write.ID, Note: "written to " + filepath.Base(file) + ", for a person to load"}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := add(file, columns.Header(), rows); err != nil {
		return nil, refused(err.Error())
	}
	return outcomes, nil
}

func (w *Writer) file(step int, k directory.Kind) string {
	what := "people"
	if k == directory.AddMember {
		what = "roles"
	}
	return filepath.Join(w.Dir, fmt.Sprintf("%d-%s.csv", step, what))
}

// Ask says what a person shall do with what a step wrote.
func (w *Writer) Ask(step int) string {
	return fmt.Sprintf("load the file that begins with %d- in %s, on the machine of the worker, into Fusion Applications (Import Management for people; Import Management or the Security Console for roles); cutover goes on by itself when everybody in it shows in the Fusion domain", step, w.Dir)
}

func refused(detail string) *directory.PeerError {
	return &directory.PeerError{Peer: directory.ViaImportManagement, Op: "write a file", Problem: directory.ProblemInvalid, Detail: detail}
}

// add puts lines into a file, each once, and leaves it whole whatever happens.
func add(file string, header []string, rows [][]string) error {
	all := [][]string{header}
	old, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%s cannot be read: %w", file, err)
	default:
		had, err := csv.NewReader(bytes.NewReader(old)).ReadAll()
		if err != nil || len(had) == 0 || !slices.Equal(had[0], header) {
			return fmt.Errorf("%s is there with other columns: move it away, then `cutover resume`", file)
		}
		all = had
	}
	seen := map[string]bool{}
	for _, row := range all {
		seen[strings.Join(row, "\x00")] = true
	}
	for _, row := range rows {
		if key := strings.Join(row, "\x00"); !seen[key] {
			seen[key], all = true, append(all, row)
		}
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(all); err != nil {
		return err
	}
	return replace(file, out.Bytes())
}

// replace writes a file anew, readable by its owner alone: it names people.
func replace(file string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("the directory of the files cannot be made: %w", err)
	}
	fresh, err := os.CreateTemp(filepath.Dir(file), ".writing-*") // mode 0600
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", file, err)
	}
	_, err = fresh.Write(body)
	err = errors.Join(err, fresh.Sync(), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), file)
	}
	if err != nil {
		_ = os.Remove(fresh.Name())
		return fmt.Errorf("%s cannot be written: %w", file, err)
	}
	return nil
}
