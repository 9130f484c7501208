package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// position is where something starts, counted from 1.
type position struct{ line, column int }

// reader fills a Config from YAML and keeps every mistake instead of stopping
// at the first; that is why it walks the syntax tree itself.
type reader struct {
	file     string
	source   *source
	keys     map[string]position // by path id: where the key stands
	values   map[string]position // by path id: where its value starts; what is empty has none
	spoilt   map[string]bool     // by path id: already refused
	misread  map[string]bool     // by path id: a mapping with a key that nobody knows
	problems []Problem
}

// read takes the text apart. What it could not read keeps its zero value and is
// among the problems.
func read(file string, text []byte) (*Config, *reader) {
	r := &reader{
		file: file, source: newSource(string(text)),
		keys: map[string]position{}, values: map[string]position{}, spoilt: map[string]bool{}, misread: map[string]bool{},
	}
	c := &Config{}
	// The parser would stop at the first key that is there twice.
	f, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return c, r
	}
	var bodies []ast.Node
	for _, d := range f.Docs {
		if d.Body != nil && d.Body.Type() != ast.NullType {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		r.add(position{}, Problem{What: "the file says nothing", Instead: "write a configuration; cutover init makes one to fill in"})
	case 1:
		r.mapping(bodies[0], reflect.ValueOf(c).Elem(), nil)
	default:
		r.add(at(bodies[1]), Problem{What: "a second document begins here", Instead: "keep one configuration a file"})
	}
	return c, r
}

// syntax reports what the parser could not make sense of. Its own message never
// quotes the file, except for the line that source shows with care.
func (r *reader) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		r.add(position{}, Problem{What: "this is not YAML", Instead: "check indentation and quotes"})
		return
	}
	instead := "check the indentation and the quotes of this line and of the one before it"
	if t := e.GetToken(); t.Type == token.MappingValueType || t.Type == token.AliasType {
		instead = `put quotes around what holds ": " or begins with * & ! % @`
	}
	p := e.GetToken().Position
	r.add(position{p.Line, p.Column}, Problem{What: "this is not YAML: " + e.GetMessage(), Instead: instead})
}

// add keeps a problem that was found at a position.
func (r *reader) add(where position, p Problem) {
	p.File, p.Line, p.Column = r.file, where.line, where.column
	r.problems = append(r.problems, p)
}

// refuse keeps a mistake in the value of a path, or in the nearest thing above
// it that is there. A path is refused once, and nothing more is said of what is
// below it.
func (r *reader) refuse(p path, what, instead string) {
	r.refuseAt(r.whereis(p), p, what, instead)
}

// refuseKey is refuse for a mistake in the key itself.
func (r *reader) refuseKey(p path, what, instead string) {
	where, ok := r.keys[p.id()]
	if !ok {
		where = r.whereis(p)
	}
	r.refuseAt(where, p, what, instead)
}

func (r *reader) refuseAt(where position, p path, what, instead string) {
	for i := range p {
		if r.spoilt[p[:i+1].id()] {
			return
		}
	}
	r.spoilt[p.id()] = true
	r.add(where, Problem{Path: p.String(), What: what, Instead: instead})
}

// warn keeps what a person should know.
func (r *reader) warn(p path, what, instead string) {
	r.add(r.whereis(p), Problem{Path: p.String(), What: what, Instead: instead, Warning: true})
}

// sorted returns the mistakes and the warnings in the order of their lines, each
// with its line. Lines are taken last, when all that must be hidden is known.
func (r *reader) sorted() (mistakes, warnings []Problem) {
	inOrder(r.problems)
	for _, p := range r.problems {
		p.Source = r.source.line(p.Line)
		if p.Warning {
			warnings = append(warnings, p)
		} else {
			mistakes = append(mistakes, p)
		}
	}
	return mistakes, warnings
}

// has tells whether the file gives the path a value.
func (r *reader) has(p path) bool { _, ok := r.values[p.id()]; return ok }

func (r *reader) whereis(p path) position {
	if where, ok := r.values[p.id()]; ok {
		return where
	}
	for ; len(p) > 0; p = p.parent() {
		if where, ok := r.keys[p.id()]; ok {
			return where
		}
	}
	return position{}
}

// wrong refuses a value of the wrong kind. The value is not quoted: it may be a secret.
func (r *reader) wrong(n ast.Node, p path, want, instead string) {
	r.refuse(p, fmt.Sprintf("this must be %s, not %s", want, kind(n)), instead)
}

// kind says in plain words what a node is. Anchors and tags come first: they
// pass for mappings and lists too.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or an alias"
	case *ast.TagNode:
		return "a tag"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode:
		return "a number"
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number with a point"
	case *ast.BoolNode:
		return "true or false"
	case ast.MapNode:
		return "a mapping"
	case ast.ArrayNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	}
	return n.Type().YAMLName()
}

// at is where a node starts. The token of a block mapping is the colon after
// its first key, so that its first key is asked.
func at(n ast.Node) position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return at(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return at(m.Key)
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{cmp.Or(t.Position.Line, 1), cmp.Or(t.Position.Column, 1)}
}
