package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Tampered says which line of a pack is the first that is not as it was written,
// and how that shows.
type Tampered struct {
	Line int
	Why  string
}

func (t *Tampered) Error() string { return fmt.Sprintf("line %d: %s", t.Line, t.Why) }

// Line is a line of a pack that fits the one before.
type Line struct {
	Seq  int             `json:"seq"`
	Kind string          `json:"kind"`
	At   string          `json:"at"`
	Body json.RawMessage `json:"body"`
	Prev string          `json:"prev"`
	Hash string          `json:"-"`
}

// Options of a verification. All may be left out.
type Options struct {
	// Head is the head that was kept elsewhere, at least its first 12 characters.
	Head string
	// Each is called with every line, once it is known to be right.
	Each func(Line) error
}

// Verified is what a pack that nobody has touched holds.
type Verified struct {
	Header Header `json:"header"`
	Written
	Plans int `json:"plans"` // whose hash was made again from their changes
}

// shortestHead is how much of a head must be named.
const shortestHead = 12

// longest is the longest line that a pack can have: a configuration with a
// resolution for everybody fits.
const longest = 256 << 20

// Verify reads a pack to its end. It returns *Tampered where the pack is not as
// it was written, byte for byte; any other error means that it could not be read.
func Verify(r io.Reader, o Options) (Verified, error) {
	v := verifier{out: Verified{Written: Written{Kinds: map[string]int{}}}}
	in := bufio.NewReaderSize(r, 1<<13)
	for {
		raw, err := readLine(in)
		if err != nil {
			return v.out, err
		}
		if len(raw) == 0 {
			break
		}
		line, err := v.next(raw)
		if err != nil {
			return v.out, err
		}
		if o.Each != nil {
			if err := o.Each(line); err != nil {
				return v.out, err
			}
		}
	}
	return v.end(o.Head)
}

// readLine reads up to and with the end of the line; nothing at the end.
func readLine(in *bufio.Reader) ([]byte, error) {
	var raw []byte
	for {
		part, err := in.ReadSlice('\n')
		raw = append(raw, part...)
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return raw, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("the pack cannot be read: %w", err)
		case len(raw) > longest:
			return raw, nil // whatever it is, it is no line of ours
		}
	}
}

type verifier struct {
	out   Verified
	prev  Line
	seal  bool
	plans plans
}

// next takes the next line in, or says what is wrong with it.
func (v *verifier) next(raw []byte) (Line, error) {
	n := v.out.Lines + 1
	if v.seal {
		return Line{}, &Tampered{n, "something stands after the seal; it was added"}
	}
	line, why := parse(raw)
	if why != "" {
		return line, &Tampered{n, why}
	}
	if t := v.follows(n, line); t != nil {
		return line, t
	}
	if n == 1 {
		if err := v.header(line); err != nil {
			return line, err
		}
	} else if line.Kind == KindHeader {
		return line, &Tampered{n, "a second header; another pack was put in"}
	}
	if t := v.plans.take(line); t != nil {
		return line, t
	}
	if line.Kind == KindSeal {
		if t := v.sealed(n, line); t != nil {
			return line, t
		}
	} else {
		v.out.Kinds[line.Kind]++
	}
	v.out.Lines, v.prev = n, line
	return line, nil
}

// parse takes a line apart and holds it, byte for byte, against the form.
func parse(raw []byte) (Line, string) {
	var line Line
	body, ended := bytes.CutSuffix(raw, []byte(after))
	at := len(body) - len(before) - 2*32
	if !ended || at < 0 || !bytes.HasPrefix(body[at:], []byte(before)) {
		if !bytes.HasSuffix(raw, []byte("\n")) {
			return line, "is cut off"
		}
		return line, "is no line of a pack: it does not end in its hash"
	}
	content, hash := body[:at], string(body[at+len(before):])
	if sum(content) != hash {
		return line, "its hash is not that of its content; one of the two was changed"
	}
	if err := json.Unmarshal(append(bytes.Clone(content), '}'), &line); err != nil {
		return line, "is no line of a pack: " + err.Error()
	}
	line.Hash = hash
	again, err := recode(line.Body)
	if err != nil {
		return line, "is no line of a pack: " + err.Error()
	}
	if whole, err := contentOf(line, again); err != nil || !bytes.Equal(whole, content) {
		return line, "is not written as a pack writes it, so another program has written it"
	}
	return line, ""
}

func contentOf(l Line, body []byte) ([]byte, error) {
	return content(l.Seq, l.Kind, l.At, body, l.Prev)
}

// follows says how a line does not fit the one before.
func (v *verifier) follows(n int, line Line) *Tampered {
	switch fits := line.Prev == v.prev.Hash; {
	case line.Seq != n:
		return &Tampered{n, fmt.Sprintf("is numbered %d: lines before it were taken away, added or put in another place", line.Seq)}
	case !fits && n == 1:
		return &Tampered{n, "names a line before the first one"}
	case !fits:
		return &Tampered{n - 1, fmt.Sprintf("is not the line that line %d was written after: it was changed, and its hash made anew", n)}
	}
	return nil
}

func (v *verifier) header(line Line) error {
	if line.Kind != KindHeader {
		return &Tampered{1, "is not the header of a pack"}
	}
	h := &v.out.Header
	if err := json.Unmarshal(line.Body, h); err != nil || h.Format != Format {
		return &Tampered{1, "is not the header of a pack of evidence"}
	}
	if h.Version > Version {
		return fmt.Errorf("the pack has the form %d, and this cutover knows forms up to %d: verify it with the version that wrote it (%s)", h.Version, Version, h.By)
	}
	return nil
}

func (v *verifier) sealed(n int, line Line) *Tampered {
	var s Seal
	if err := json.Unmarshal(line.Body, &s); err != nil || s.Lines != n-1 || !same(s.Kinds, v.out.Kinds) {
		return &Tampered{n, "seals another pack: it does not count the lines before it"}
	}
	v.seal, v.out.Head, v.out.Plans = true, line.Hash, v.plans.count
	return nil
}

func same(a, b map[string]int) bool {
	for k, n := range a {
		if b[k] != n {
			return false
		}
	}
	return len(a) == len(b)
}

// end is reached where there are no more lines.
func (v *verifier) end(head string) (Verified, error) {
	head = strings.ToLower(strings.TrimSpace(head))
	switch {
	case v.out.Lines == 0:
		return v.out, &Tampered{1, "the file is empty"}
	case !v.seal:
		return v.out, &Tampered{v.out.Lines + 1, "is missing: the pack ends without its seal, so its last lines were taken away"}
	case head == "":
		return v.out, nil
	case len(head) < shortestHead:
		return v.out, fmt.Errorf("a head is named by at least its first %d characters", shortestHead)
	case !strings.HasPrefix(v.out.Head, head):
		return v.out, &Tampered{v.out.Lines, fmt.Sprintf("the head of the pack is %s and not %s: every line fits the one before, so the pack was written anew as a whole, from a line on that cannot be told, or it is another pack", v.out.Head, head)}
	}
	return v.out, nil
}
