package config

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Edit writes resolutions into the text of a configuration. Whatever it does
// not write stays as it is, byte for byte: comments, order, spelling. The syntax
// tree tells where to write; the lines are written by hand, since a printed tree
// would be another text. At the end the text is read again, and it must say what
// the old one said and the resolutions, and nothing else.
func Edit(text []byte, writes []Write) ([]byte, error) {
	want, r := read("", bytes.TrimPrefix(text, []byte(mark)))
	if len(r.problems) > 0 {
		return nil, fmt.Errorf("the configuration has mistakes; correct them first: %s", r.problems[0].What)
	}
	out := text
	for _, w := range writes {
		next := want.Written(w)
		if reflect.DeepEqual(next, *want) {
			continue // it is there already, spelt as somebody liked it
		}
		var err error
		if out, err = edit(out, next, w); err != nil {
			return nil, err
		}
		want = &next
	}
	got, again := read("", bytes.TrimPrefix(out, []byte(mark)))
	if len(again.problems) > 0 || !reflect.DeepEqual(got, want) {
		return nil, fmt.Errorf("this file is written in a way that cannot be edited safely; write the resolutions into it by hand")
	}
	return out, nil
}

// edit writes one resolution; c is the configuration with it.
func edit(text []byte, c Config, w Write) ([]byte, error) {
	keys := []string{"resolutions", string(w.Domain)}
	value := ""
	switch t := c.Resolutions.Of(w.Domain); {
	case w.User != "":
		name := t.Named(w.User)
		keys, value = append(keys, name), t.Users[name].flow()
	case w.Verdict != "":
		keys, value = append(keys, "verdicts", w.Verdict), t.Verdicts[w.Verdict].flow()
	default:
		keys, value = append(keys, "orphans"), t.Orphans
	}
	// Whatever is written as {a: b} on the way is opened up first, one at a time.
	for range keys {
		next, opened, err := put(text, keys, value)
		if err != nil {
			return nil, err
		}
		text = next
		if !opened {
			return text, nil
		}
	}
	return nil, fmt.Errorf("resolutions cannot be written into this file; write them by hand")
}

// put sets the value of a path of keys, or opens up the mapping that is in the way.
func put(text []byte, keys []string, value string) (out []byte, opened bool, err error) {
	l := linesOf(text)
	f, err := parser.ParseBytes(bytes.TrimPrefix(text, []byte(mark)), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, false, fmt.Errorf("this is not YAML: %w", err)
	}
	i := slices.IndexFunc(f.Docs, func(d *ast.DocumentNode) bool { return d.Body != nil && d.Body.Type() != ast.NullType })
	if i < 0 {
		return nil, false, fmt.Errorf("the file says nothing")
	}
	node, isMapping := f.Docs[i].Body.(ast.MapNode)
	if !isMapping || isFlow(f.Docs[i].Body) {
		return nil, false, fmt.Errorf("the configuration is written in braces, as JSON is, and is not edited; write the resolutions into it by hand")
	}
	indent, end := 0, l.count() // of the mapping in hand: its keys' indentation, and the line past it
	for depth, key := range keys {
		entry := entryOf(node, key)
		if entry == nil {
			l.insert(end, block(keys[depth:], value, indent))
			return l.bytes(), false, nil
		}
		where := at(entry.Key)
		indent = where.column - 1
		from := where.line - 1
		end = l.extent(from, indent)
		if depth == len(keys)-1 {
			l.replace(from, end, indent, []string{spelt(key) + ": " + value})
			return l.bytes(), false, nil
		}
		switch v := entry.Value.(type) {
		case *ast.NullNode:
			l.replace(from, end, indent, []string{spelt(key) + ":"})
			l.insert(l.extent(l.found, indent), block(keys[depth+1:], value, indent+2))
			return l.bytes(), false, nil
		case ast.MapNode:
			if isFlow(entry.Value) {
				open := []string{spelt(key) + ":"}
				for it := v.MapRange(); it.Next(); {
					open = append(open, "  "+it.Key().String()+": "+it.Value().String())
				}
				l.replace(from, end, indent, open)
				return l.bytes(), true, nil
			}
			node = v
			for it := v.MapRange(); it.Next(); {
				indent = at(it.Key()).column - 1
				break
			}
		default:
			return nil, false, fmt.Errorf("%s is no mapping", strings.Join(keys[:depth+1], "."))
		}
	}
	return nil, false, fmt.Errorf("there is no place for %s", strings.Join(keys, "."))
}

func isFlow(n ast.Node) bool {
	m, ok := n.(*ast.MappingNode)
	return ok && m.IsFlowStyle
}

func entryOf(m ast.MapNode, key string) *ast.MappingValueNode {
	for it := m.MapRange(); it.Next(); {
		if keyOf(it.Key()) == key {
			return it.KeyValue()
		}
	}
	return nil
}

// block writes keys below each other, and the value at the last.
func block(keys []string, value string, indent int) []string {
	var out []string
	for i, key := range keys {
		line := strings.Repeat(" ", indent+2*i) + spelt(key) + ":"
		if i == len(keys)-1 {
			line += " " + value
		}
		out = append(out, line)
	}
	return out
}

// lines are a text to be edited by lines, counted from 0.
type lines struct {
	all      []string // without their ends
	ending   string
	comments map[int]string // by line
	found    int            // where replace has written the key
}

func linesOf(text []byte) *lines {
	l := &lines{ending: "\n", comments: map[int]string{}}
	s := string(text)
	if strings.Contains(s, "\r\n") {
		l.ending = "\r\n"
	}
	l.all = strings.Split(s, "\n")
	if l.all[len(l.all)-1] == "" {
		l.all = l.all[:len(l.all)-1]
	}
	for i := range l.all {
		l.all[i] = strings.TrimSuffix(l.all[i], "\r")
	}
	for _, t := range lexer.Tokenize(strings.TrimPrefix(s, mark)) {
		if t.Type == token.CommentType && t.Position != nil {
			l.comments[t.Position.Line-1] = "#" + strings.TrimRight(t.Value, "\r\n")
		}
	}
	return l
}

func (l *lines) count() int { return len(l.all) }

func (l *lines) bytes() []byte { return []byte(strings.Join(l.all, l.ending) + l.ending) }

// says tells whether a line holds more than blanks and a comment, and how far
// in it begins.
func (l *lines) says(i int) (indent int, says bool) {
	rest := strings.TrimLeft(l.all[i], " ")
	return len(l.all[i]) - len(rest), strings.TrimSpace(rest) != "" && !strings.HasPrefix(rest, "#")
}

// extent is the line past an entry of a block mapping: past the last line that
// says something and is further in than its key.
func (l *lines) extent(from, indent int) int {
	end := from + 1
	for i := from + 1; i < len(l.all); i++ {
		in, says := l.says(i)
		if says && in <= indent {
			break
		}
		if says {
			end = i + 1
		}
	}
	return end
}

func (l *lines) insert(at int, more []string) {
	if at == len(l.all) && at > 0 && strings.HasPrefix(more[0], "resolutions:") && strings.TrimSpace(l.all[at-1]) != "" {
		more = append([]string{""}, more...) // what is new at the end of the file stands by itself
	}
	l.all = slices.Insert(l.all, at, more...)
}

// replace puts other lines in the place of an entry. Comments within it are
// kept: that of a single line after it, all others above.
func (l *lines) replace(from, end, indent int, with []string) {
	pad := strings.Repeat(" ", indent)
	for i := range with {
		with[i] = pad + with[i]
	}
	var above []string
	for i := from; i < end; i++ {
		comment, there := l.comments[i]
		switch {
		case !there:
		case i == from && (len(with) == 1 || end == from+1):
			with[0] += " " + comment
		default:
			above = append(above, pad+comment)
		}
	}
	l.found = from + len(above)
	l.all = slices.Replace(l.all, from, end, append(above, with...)...)
}
