package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// entryLine is one line of the journal: a writing request of a client, or one
// operation of a Bulk, with what it was about by natural keys.
type entryLine struct {
	Seq    int64    `json:"seq"`
	Time   string   `json:"time"`
	Domain string   `json:"domain"`
	Client string   `json:"client"`
	Method string   `json:"method"`
	Path   string   `json:"path"`
	Status int      `json:"status"`
	Keys   []string `json:"keys"`
}

// journal writes what clients did, in the order in which it took effect, each
// line as it happens. Its nil value writes nothing.
type journal struct {
	now func() time.Time
	mu  sync.Mutex
	w   io.WriteCloser
	seq int64
	err error
}

func openJournal(path string, now func() time.Time) (*journal, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, fmt.Errorf("journal %s cannot be written: %w; name a file in a directory that exists", path, err)
	}
	return &journal{now: now, w: f}, nil
}

// record writes one line with one write, so that a reader never sees half of it
// and a killed simulator loses none.
func (j *journal) record(e entryLine) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	e.Seq, e.Time = j.seq, j.now().UTC().Format(time.RFC3339Nano)
	if e.Keys == nil {
		e.Keys = []string{}
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = j.w.Write(append(line, '\n'))
	}
	if err != nil && j.err == nil {
		j.err = fmt.Errorf("the journal stopped at line %d: %w", e.Seq, err)
	}
}

// close tells whether every line was written.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.w.Close(); err != nil && j.err == nil {
		j.err = err
	}
	return j.err
}
