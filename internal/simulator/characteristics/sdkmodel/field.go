package sdkmodel

import (
	"fmt"
	"go/ast"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// field is a field of a model.
type field struct {
	name  string // in JSON
	base  string // Go type without pointer and slice: string, UserEmails, …
	many  bool
	must  bool // tag mandatory
	notes string
}

func (s *source) fields(model string) ([]field, error) {
	spec := s.types[model]
	if spec == nil {
		return nil, fmt.Errorf("the SDK has no model %s", model)
	}
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil, fmt.Errorf("the model %s is no struct", model)
	}
	var all []field
	for _, f := range st.Fields.List {
		if f.Tag == nil || len(f.Names) != 1 {
			continue
		}
		raw, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return nil, err
		}
		tag := reflect.StructTag(raw)
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		x := field{name: name, must: tag.Get("mandatory") == "true", notes: f.Doc.Text()}
		if x.base, x.many, err = baseOf(f.Type); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", name, model, err)
		}
		all = append(all, x)
	}
	return all, nil
}

func baseOf(e ast.Expr) (base string, many bool, err error) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return baseOf(e.X)
	case *ast.ArrayType:
		base, inner, err := baseOf(e.Elt)
		if inner || err != nil {
			return "", false, fmt.Errorf("a list of lists is not understood")
		}
		if base == "byte" {
			return base, false, nil
		}
		return base, true, nil
	case *ast.Ident:
		return e.Name, false, nil
	case *ast.SelectorExpr:
		return e.Sel.Name, false, nil
	case *ast.InterfaceType:
		return "interface", false, nil
	}
	return "", false, fmt.Errorf("a field of type %T is not understood", e)
}

// builtin are the types of Go fields whose comments do not name a type.
var builtin = map[string]string{
	"string": characteristics.String, "bool": characteristics.Boolean, "int": characteristics.Integer, "int64": characteristics.Integer,
	"float32": characteristics.Decimal, "float64": characteristics.Decimal, "SDKTime": characteristics.DateTime, "byte": characteristics.Binary,
	"interface": characteristics.Any,
}

func (s *source) attributes(model string) (characteristics.Attributes, error) {
	fields, err := s.fields(model)
	if err != nil {
		return nil, err
	}
	var all characteristics.Attributes
	for _, f := range fields {
		a, err := s.attribute(f)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	sortAttributes(all)
	return all, nil
}

func (s *source) attribute(f field) (*characteristics.Attribute, error) {
	notes := f.notes
	values, isEnum := s.enums[f.base]
	_, isBuiltin := builtin[f.base]
	isModel := !isEnum && !isBuiltin
	if isModel && !strings.Contains(notes, properties) {
		notes = s.docs[f.base] // a single complex attribute is described at its type
	}
	p := propertiesOf(notes)
	a := &characteristics.Attribute{Name: f.name, Multi: f.many, Required: f.must || p["required"] == "true", Exact: p["caseExact"] == "true",
		Description: describe(f.base, notes)}
	if m := characteristics.Mutability(p["mutability"]); m != characteristics.ReadWrite {
		a.Mutability = m
	}
	if r := characteristics.Returned(p["returned"]); r != characteristics.Default {
		a.Returned = r
	}
	if u := p["uniqueness"]; u != "none" {
		a.Unique = u
	}
	a.NoFilter = p["idcsSearchable"] == "false"
	if k := strings.Trim(p["idcsCompositeKey"], "[]"); k != "" {
		a.Key = strings.Split(k, ", ")
	}
	switch {
	case isEnum:
		a.Type, a.Values = characteristics.String, values
	case isModel:
		a.Type = characteristics.Complex
		var err error
		if a.Sub, err = s.attributes(f.base); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	default:
		a.Type = builtin[f.base]
		// A string in Go may be a time or a reference; the comment tells.
		if t := p["type"]; f.base == "string" && (t == characteristics.DateTime || t == characteristics.Reference || t == characteristics.Binary) {
			a.Type = t
		}
	}
	return a, nil
}

const properties = "**SCIM++ Properties:**"

var property = regexp.MustCompile(`(?m)^\s*- (\w+):[ ]?(.*)$`)

func propertiesOf(notes string) map[string]string {
	found := map[string]string{}
	_, list, _ := strings.Cut(notes, properties)
	for _, m := range property.FindAllStringSubmatch(list, -1) {
		found[m[1]] = strings.TrimSpace(m[2])
	}
	return found
}

// describe is the first sentence of a comment.
func describe(name, notes string) string {
	notes, _, _ = strings.Cut(notes, "**")
	notes = strings.TrimPrefix(strings.Join(strings.Fields(notes), " "), name+" ")
	notes = strings.TrimPrefix(notes, "REQUIRED. ")
	if at := strings.Index(notes, ". "); at > 0 {
		notes = notes[:at+1]
	}
	if len(notes) > 160 {
		notes = notes[:strings.LastIndexByte(notes[:160], ' ')] + " ..."
	}
	return notes
}

func sortAttributes(as characteristics.Attributes) {
	slices.SortFunc(as, func(a, b *characteristics.Attribute) int { return strings.Compare(a.Name, b.Name) })
}
