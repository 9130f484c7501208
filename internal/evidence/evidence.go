// Package evidence writes and verifies an evidence pack: a log of lines, each of
// which holds the hash of the one before, so that nothing in it can be changed,
// added or taken away unseen. It knows the form and nothing of where the lines
// come from; it needs no ledger, no domain and no network.
//
// A pack is one file. A line is
//
//	{"seq":2,"kind":"plan","at":"2026-04-03T07:00:00Z","body":{...},"prev":"...","hash":"..."}
//
// with one form for every content: no blanks, the keys of the body sorted. The
// hash is the SHA-256 of the line's own bytes before `,"hash"`, in which prev is
// the hash of the line before. The first line is the header, the last one the
// seal, whose hash is the head of the pack. Whoever keeps the head elsewhere also
// catches a pack that was written anew as a whole.
package evidence

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// Format and Version are in the header of every pack.
const (
	Format  = "cutover-evidence"
	Version = 1
)

// The kinds of line that the form itself knows.
const (
	KindHeader = "header"
	KindSeal   = "seal"
	KindPlan   = "plan"   // its changes follow at once
	KindChange = "change" // of the plan before it
)

// Header is the body of the first line.
type Header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Cutover string `json:"cutover"`
	Run     int    `json:"run"`
	By      string `json:"by"` // the version of cutover that wrote it
}

// Seal is the body of the last line.
type Seal struct {
	Lines int            `json:"lines"` // before the seal
	Kinds map[string]int `json:"kinds"`
}

// Written is what a finished pack is known by.
type Written struct {
	Lines int            `json:"lines"` // with header and seal
	Head  string         `json:"head"`
	Kinds map[string]int `json:"kinds"`
}

// Writer writes a pack line by line. It holds one line in memory.
type Writer struct {
	out   *bufio.Writer
	seq   int
	prev  string
	kinds map[string]int
	over  bool
}

// NewWriter begins a pack with its header.
func NewWriter(w io.Writer, h Header, at time.Time) (*Writer, error) {
	h.Format, h.Version = Format, Version
	p := &Writer{out: bufio.NewWriterSize(w, 1<<16), kinds: map[string]int{}}
	return p, p.line(KindHeader, at, h)
}

// Add adds a line. No time is a zero one.
func (p *Writer) Add(kind string, at time.Time, body any) error {
	if kind == "" || kind == KindHeader || kind == KindSeal {
		return fmt.Errorf("a line of evidence cannot be of the kind %q", kind)
	}
	return p.line(kind, at, body)
}

// Close seals the pack. Without it there is no pack, only a part of one.
func (p *Writer) Close() (Written, error) {
	if err := p.line(KindSeal, time.Time{}, Seal{Lines: p.seq, Kinds: p.kinds}); err != nil {
		return Written{}, err
	}
	p.over = true
	return Written{Lines: p.seq, Head: p.prev, Kinds: p.kinds}, p.out.Flush()
}

func (p *Writer) line(kind string, at time.Time, body any) error {
	if p.over {
		return errors.New("the pack is sealed")
	}
	canonical, err := canonical(body)
	if err != nil {
		return fmt.Errorf("a line of evidence of the kind %s: %w", kind, err)
	}
	content, err := content(p.seq+1, kind, moment(at), canonical, p.prev)
	if err != nil {
		return err
	}
	p.seq++
	p.prev = sum(content)
	if kind != KindSeal {
		p.kinds[kind]++
	}
	_, err = p.out.Write(finish(content, p.prev))
	return err
}

// content are the bytes of a line that its hash is made of.
func content(seq int, kind, at string, body []byte, prev string) ([]byte, error) {
	var words [3][]byte
	for i, s := range []string{kind, at, prev} {
		var err error
		if words[i], err = encode(s); err != nil {
			return nil, err
		}
	}
	return fmt.Appendf(nil, `{"seq":%d,"kind":%s,"at":%s,"body":%s,"prev":%s`, seq, words[0], words[1], body, words[2]), nil
}

// finish makes a line of its content and hash.
func finish(content []byte, hash string) []byte {
	return append(content, before+hash+after...)
}

const (
	before = `,"hash":"`
	after  = "\"}\n"
)

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
