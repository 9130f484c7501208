package config

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

var (
	typeDuration    = reflect.TypeFor[time.Duration]()
	typeSecret      = reflect.TypeFor[Secret]()
	typeOrderedMap  = reflect.TypeFor[OrderedMap]()
	typeResolutions = reflect.TypeFor[TargetResolutions]()
)

// fill puts the value of a node into v.
func (r *reader) fill(n ast.Node, v reflect.Value, p path) {
	if n == nil || n.Type() == ast.NullType {
		return // "key:" with nothing after it is as if it were not there
	}
	r.values[p.id()] = at(n)
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.wrong(n, p, "written out in full", "write the value itself here")
		return
	}
	switch v.Type() {
	case typeSecret:
		r.secret(n, v, p)
		return
	case typeDuration:
		r.duration(n, v, p)
		return
	case typeOrderedMap:
		r.orderedMap(n, v, p)
		return
	case typeResolutions:
		r.resolutions(n, v, p)
		return
	}
	switch v.Kind() {
	case reflect.String:
		if s, ok := r.text(n, p); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		if b, ok := n.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
		} else {
			r.wrong(n, p, "true or false", "write true or false, without quotes")
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.fill(n, v.Elem(), p)
	case reflect.Int:
		r.integer(n, v, p)
	case reflect.Float64:
		r.float(n, v, p)
	case reflect.Slice:
		r.list(n, v, p)
	case reflect.Map:
		r.byName(n, v, p)
	case reflect.Struct:
		r.mapping(n, v, p)
	}
}

func (r *reader) text(n ast.Node, p path) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		r.wrong(n, p, "text", "put it in quotes")
	default:
		r.wrong(n, p, "text", "write one value here")
	}
	return "", false
}

// secret reads a reference to a secret. What is something else may be the secret
// itself, so its line is not shown.
func (r *reader) secret(n ast.Node, v reflect.Value, p path) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		r.hide(n)
		r.wrong(n, p, "a reference to a secret", secretInstead)
		return
	}
	if _, _, err := Secret(s.Value).split(); err != nil && s.Value != "" {
		r.hide(n)
		r.refuse(p, "this is not a reference to a secret", secretInstead)
		return
	}
	v.SetString(s.Value)
}

// hide keeps the line of a node from being shown, from where it starts.
func (r *reader) hide(n ast.Node) {
	where := at(n)
	r.source.hide(where.line, where.column)
}

func (r *reader) integer(n ast.Node, v reflect.Value, p path) {
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		r.wrong(n, p, "a whole number", "write a whole number, without quotes")
		return
	}
	switch x := i.Value.(type) {
	case int64:
		v.SetInt(x)
	case uint64:
		v.SetInt(int64(min(x, math.MaxInt64)))
	}
}

func (r *reader) float(n ast.Node, v reflect.Value, p path) {
	switch x := n.(type) {
	case *ast.FloatNode:
		v.SetFloat(x.Value)
	case *ast.IntegerNode:
		switch i := x.Value.(type) {
		case int64:
			v.SetFloat(float64(i))
		case uint64:
			v.SetFloat(float64(i))
		}
	default:
		r.wrong(n, p, "a number", "write a number, without quotes")
	}
}

func (r *reader) duration(n ast.Node, v reflect.Value, p path) {
	const instead = "write a number with its unit, such as 500ms, 20s, 10m or 2h"
	s, ok := n.(*ast.StringNode)
	if !ok {
		r.wrong(n, p, "a time with a unit", instead)
		return
	}
	d, err := time.ParseDuration(s.Value)
	if err != nil {
		r.refuse(p, "this is not a time", instead)
		return
	}
	v.SetInt(int64(d))
}

func (r *reader) list(n ast.Node, v reflect.Value, p path) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.wrong(n, p, "a list", "write each on a line of its own, after a dash: - NAME")
		return
	}
	for i, item := range seq.Values {
		x := reflect.New(v.Type().Elem()).Elem()
		r.fill(item, x, p.index(i))
		if item.Type() == ast.NullType {
			r.keys[p.index(i).id()] = at(item)
			r.refuse(p.index(i), "nothing is written here", "write a name or take the line out")
		}
		v.Set(reflect.Append(v, x))
	}
}

// entries yields the keys of a mapping with where they stand; a key that is
// there twice is refused and left out.
func (r *reader) entries(n ast.Node, p path) []*ast.MappingValueNode {
	m, ok := n.(ast.MapNode)
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		ok = false // the document itself may be one
	}
	if !ok {
		r.wrong(n, p, "a mapping", "write KEY: VALUE, a line each, indented below this key")
		return nil
	}
	var out []*ast.MappingValueNode
	first := map[string]position{}
	for it := m.MapRange(); it.Next(); {
		if it.Key().IsMergeKey() {
			r.add(at(it.Key()), Problem{Path: p.String(), What: "a merge key is not read here", Instead: "write the keys out"})
			continue
		}
		name := keyOf(it.Key())
		if old, twice := first[name]; twice {
			r.add(at(it.Key()), Problem{Path: p.key(name).String(),
				What: "this key is here twice", Instead: "keep one; the first is on line " + strconv.Itoa(old.line)})
			continue
		}
		first[name] = at(it.Key())
		r.keys[p.key(name).id()] = first[name]
		out = append(out, it.KeyValue())
	}
	return out
}

// keyOf is the key as it is written: 007 stays 007.
func keyOf(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	return k.GetToken().Value
}

func (r *reader) mapping(n ast.Node, v reflect.Value, p path) {
	fields, names := fieldsOf(v)
	var meant []path
	for _, e := range r.entries(n, p) {
		name := keyOf(e.Key)
		if f, ok := fields[name]; ok {
			r.fill(e.Value, f, p.key(name))
			continue
		}
		instead := "known here: " + strings.Join(names, ", ")
		if near := nearest(name, names); near != "" {
			instead = "did you mean " + near + "?"
			meant = append(meant, p.key(near))
		}
		r.add(at(e.Key), Problem{Path: p.key(name).String(), What: "there is no such key", Instead: instead})
		r.misread[p.id()] = true
		if s, ok := e.Value.(*ast.StringNode); ok && !reference.MatchString(s.Value) {
			r.hide(e.Value) // the key may be a misspelt one of a secret
		}
	}
	for _, m := range meant {
		if _, there := r.keys[m.id()]; !there {
			r.spoilt[m.id()] = true // that it is missing goes without saying
		}
	}
}

// fieldsOf lists the fields of a struct by their keys, those of embedded
// structs included.
func fieldsOf(v reflect.Value) (map[string]reflect.Value, []string) {
	fields := map[string]reflect.Value{}
	var names []string
	for _, f := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "-" {
			continue
		}
		fields[name] = v.FieldByIndex(f.Index)
		names = append(names, name)
	}
	return fields, names
}

func (r *reader) byName(n ast.Node, v reflect.Value, p path) {
	for _, e := range r.entries(n, p) {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type())) // an empty mapping is as none, also in the hash
		}
		name := keyOf(e.Key)
		x := reflect.New(v.Type().Elem()).Elem()
		r.fill(e.Value, x, p.key(name))
		v.SetMapIndex(reflect.ValueOf(name), x)
	}
}

func (r *reader) orderedMap(n ast.Node, v reflect.Value, p path) {
	var m OrderedMap
	for _, e := range r.entries(n, p) {
		var s string
		r.fill(e.Value, reflect.ValueOf(&s).Elem(), p.key(keyOf(e.Key)))
		m = append(m, Pair{Key: keyOf(e.Key), Value: s})
	}
	v.Set(reflect.ValueOf(m))
}

// resolutions reads those of a domain: orphans and verdicts are words of ours,
// every other key is a userName.
func (r *reader) resolutions(n ast.Node, v reflect.Value, p path) {
	t := v.Addr().Interface().(*TargetResolutions)
	for _, e := range r.entries(n, p) {
		name := keyOf(e.Key)
		switch name {
		case "orphans":
			r.fill(e.Value, reflect.ValueOf(&t.Orphans).Elem(), p.key(name))
		case "verdicts":
			r.fill(e.Value, reflect.ValueOf(&t.Verdicts).Elem(), p.key(name))
		default:
			var one Resolution
			r.fill(e.Value, reflect.ValueOf(&one).Elem(), p.key(name))
			if t.Users == nil {
				t.Users = map[string]Resolution{}
			}
			t.Users[name] = one
		}
	}
}
