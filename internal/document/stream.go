package document

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Plan streams the changes of a phase, in their order.
func (p Phase) Plan() reconcile.Changes {
	if p.plan == nil {
		return func(func(directory.Change, error) bool) {}
	}
	return p.plan.All()
}

// Names streams who is left alone, in the order of folded names.
func (l Left) Names() iter.Seq2[string, error] { return l.names.All() }

// JSON writes the document for programs: every change and every name, a line
// each, and never more than one of them in memory.
func (d *Document) JSON(w io.Writer) error {
	j := &jsonWriter{w: bufio.NewWriter(w)}
	j.open("{")
	j.field("kind", Kind)
	if !d.At.IsZero() {
		j.field("at", d.At.UTC())
	}
	j.field("version", d.Version)
	j.field("configuration", d.ConfigHash)
	j.field("hash", d.Hash)
	if d.Waits != "" {
		j.field("waits", d.Waits)
	}
	j.field("blocking", d.Blocking)
	j.field("blockedAt", d.BlockedAt)
	j.field("domains", d.Domains)
	j.field("takes", d.Takes)
	j.list("findings", "[")
	for _, f := range d.Findings {
		j.item(f)
	}
	j.close("]")
	j.list("phases", "[")
	for _, p := range d.Phases {
		if err := d.phase(j, p); err != nil {
			return err
		}
	}
	j.close("]")
	j.close("}")
	j.raw("\n")
	if j.err != nil {
		return j.err
	}
	return j.w.Flush()
}

func (d *Document) phase(j *jsonWriter, p Phase) error {
	j.next()
	j.open("{")
	j.field("name", p.Name)
	j.field("title", p.Title)
	j.field("guide", p.Guide)
	if p.Off != "" {
		j.field("off", p.Off)
	}
	j.field("hash", p.Hash)
	j.field("changes", p.Changes)
	j.field("kinds", solid(p.Kinds))
	j.field("why", solid(p.Why))
	j.field("takes", p.Takes)
	j.list("left", "[")
	for _, l := range p.Left {
		j.next()
		j.open("{")
		j.field("domain", l.Domain)
		j.field("reason", l.Reason)
		j.field("count", l.Count)
		j.list("names", "[")
		for name, err := range l.Names() {
			if err != nil {
				return err
			}
			j.item(name)
		}
		j.close("]")
		j.close("}")
	}
	j.close("]")
	j.list("plan", "[")
	for c, err := range p.Plan() {
		if err != nil {
			return err
		}
		j.item(c)
	}
	j.close("]")
	j.close("}")
	return j.err
}

// solid makes an empty list of none.
func solid[T any](list []T) []T { return append([]T{}, list...) }

// jsonWriter writes JSON as it comes, a field or an item on a line. The first
// error stays, and after it nothing more is written.
type jsonWriter struct {
	w     *bufio.Writer
	depth int
	empty bool // nothing has been written since the last bracket
	err   error
}

func (j *jsonWriter) raw(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}

func (j *jsonWriter) open(bracket string) {
	j.raw(bracket)
	j.depth++
	j.empty = true
}

// next begins a line of its own, after a comma where something was before.
func (j *jsonWriter) next() {
	if !j.empty {
		j.raw(",")
	}
	j.empty = false
	j.line()
}

func (j *jsonWriter) line() {
	j.raw("\n")
	for range j.depth {
		j.raw("  ")
	}
}

func (j *jsonWriter) close(bracket string) {
	j.depth--
	if !j.empty {
		j.line()
	}
	j.raw(bracket)
	j.empty = false
}

func (j *jsonWriter) value(v any) {
	if j.err != nil {
		return
	}
	e := json.NewEncoder(trimmed{j.w})
	e.SetEscapeHTML(false)
	j.err = e.Encode(v)
}

func (j *jsonWriter) field(key string, v any) {
	j.list(key, "")
	j.value(v)
}

// list begins a field whose value follows.
func (j *jsonWriter) list(key, bracket string) {
	j.next()
	j.raw(`"` + key + `": `)
	if bracket != "" {
		j.open(bracket)
	}
}

func (j *jsonWriter) item(v any) {
	j.next()
	j.value(v)
}

// trimmed leaves the newline out that ends what an encoder writes, all at once.
type trimmed struct{ w *bufio.Writer }

func (t trimmed) Write(b []byte) (int, error) {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		_, err := t.w.Write(b[:n-1])
		return n, err
	}
	return t.w.Write(b)
}
