// Package privacy looks for people and secrets where none may be: in every
// payload, failure, heartbeat, summary, memo and search attribute of a history,
// in logs and in files. It is for tests.
package privacy

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Word is something that must not be found.
type Word struct{ Kind, Text string }

// Leak is a word where it must not be.
type Leak struct {
	Word  Word
	Place string
}

func (l Leak) String() string { return fmt.Sprintf("%s %q in %s", l.Word.Kind, l.Word.Text, l.Place) }

// Scanner finds words in texts, whole and case aside.
type Scanner struct{ words []Word }

// New makes a scanner. Words that are too short or too plain to mean anybody
// are left out: a bare single name is also a word.
func New(words []Word) Scanner {
	var s Scanner
	for _, w := range words {
		if len(w.Text) < 5 || (w.Kind == "userName" && !strings.ContainsAny(w.Text, "._-@ ")) {
			continue
		}
		s.words = append(s.words, Word{w.Kind, strings.ToLower(w.Text)})
	}
	return s
}

// Words is how many words are looked for.
func (s Scanner) Words() int { return len(s.words) }

// In finds the words in a text, also where the text holds base64 of them.
func (s Scanner) In(place, text string) []Leak {
	var leaks []Leak
	for _, hidden := range unpacked(text) {
		leaks = append(leaks, s.plain(place+", in base64", hidden)...)
	}
	return append(leaks, s.plain(place, text)...)
}

func (s Scanner) plain(place, text string) []Leak {
	text = strings.ToLower(text)
	var leaks []Leak
	for _, w := range s.words {
		if whole(text, w.Text) {
			leaks = append(leaks, Leak{w, place})
		}
	}
	return leaks
}

// whole tells whether word stands in text with no letter or digit beside it.
func whole(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		if !wordRune(before) && !wordRune(after) {
			return true
		}
		from = i + 1
	}
}

func wordRune(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// History scans every event, and every field of it, with payloads decoded.
func (s Scanner) History(h *historypb.History) []Leak {
	var leaks []Leak
	for _, e := range h.GetEvents() {
		place := fmt.Sprintf("event %d %s", e.GetEventId(), e.GetEventType())
		Texts(e.ProtoReflect(), func(field, text string) {
			leaks = append(leaks, s.In(place+" "+field, text)...)
		})
	}
	return leaks
}

// Texts walks a message and hands out every string in it; the data of payloads
// is handed out decoded.
func Texts(m protoreflect.Message, each func(field, text string)) {
	if p, ok := m.Interface().(*commonpb.Payload); ok {
		each("payload", decoded(p.GetData()))
		for k, v := range p.GetMetadata() {
			each("payload metadata "+k, string(v))
		}
		return
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				each(string(fd.Name())+" key", k.String())
				value(fd.MapValue(), v, each)
				return true
			})
		case fd.IsList():
			for i := range v.List().Len() {
				value(fd, v.List().Get(i), each)
			}
		default:
			value(fd, v, each)
		}
		return true
	})
}

func value(fd protoreflect.FieldDescriptor, v protoreflect.Value, each func(field, text string)) {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		Texts(v.Message(), each)
	case protoreflect.StringKind:
		each(string(fd.Name()), v.String())
	case protoreflect.BytesKind:
		each(string(fd.Name()), string(v.Bytes()))
	}
}

// decoded shows what a payload says: JSON strings unescaped, base64 within.
func decoded(data []byte) string {
	var b strings.Builder
	b.Write(data)
	var v any
	if json.Unmarshal(data, &v) == nil {
		flatten(v, &b)
	}
	return b.String()
}

func flatten(v any, b *strings.Builder) {
	switch v := v.(type) {
	case string:
		b.WriteString("\n" + v)
		if raw, err := base64.StdEncoding.DecodeString(v); err == nil && utf8.Valid(raw) {
			b.WriteString("\n" + string(raw))
		}
	case []any:
		for _, e := range v {
			flatten(e, b)
		}
	case map[string]any:
		for k, e := range v {
			b.WriteString("\n" + k)
			flatten(e, b)
		}
	}
}

// Files scans every file of a tree, by its bytes, except those whose name skip
// says yes to.
func (s Scanner) Files(dir fs.FS, skip func(path string) bool) ([]Leak, error) {
	var leaks []Leak
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || skip(path) {
			return err
		}
		body, err := fs.ReadFile(dir, path)
		leaks = append(leaks, s.In("file "+path, string(body))...)
		return err
	})
	return leaks, err
}
