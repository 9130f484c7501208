// Package sdkmodel reads the models of Oracle's Go SDK for identity domains
// from its source: the fields of the structs, what the comments on them say
// under "SCIM++ Properties", the constants of their enumerations, and the
// calls that its client has.
package sdkmodel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// Module and Package are where the models are.
const (
	Module  = "github.com/oracle/oci-go-sdk/v65"
	Package = "identitydomains"
)

const idcs = "urn:ietf:params:scim:schemas:oracle:idcs:"

// wanted are the models to read and the schemas of their resources, which the
// SDK does not name. Those of the changers and of what is not in oracle.md
// follow from the name, as all others do.
var wanted = map[string]string{
	"User":                 "urn:ietf:params:scim:schemas:core:2.0:User",
	"Group":                "urn:ietf:params:scim:schemas:core:2.0:Group",
	"App":                  idcs + "App",
	"AppRole":              idcs + "AppRole",
	"Grant":                idcs + "Grant",
	"IdentityProvider":     idcs + "IdentityProvider",
	"Policy":               idcs + "Policy",
	"Rule":                 idcs + "Rule",
	"Condition":            idcs + "Condition",
	"AppStatusChanger":     idcs + "AppStatusChanger",
	"UserStatusChanger":    idcs + "UserStatusChanger",
	"UserPasswordChanger":  idcs + "UserPasswordChanger",
	"UserPasswordResetter": idcs + "UserPasswordResetter",
	"AccountMgmtInfo":      idcs + "AccountMgmtInfo",
	"MappedAttribute":      idcs + "MappedAttribute",
	"IdentitySetting":      idcs + "IdentitySettings",
	"Setting":              idcs + "Settings",
	"Schema":               "urn:ietf:params:scim:schemas:core:2.0:Schema",

	"AuthenticationFactorSetting": idcs + "AuthenticationFactorSettings",
}

// endpoints are the paths whose names are not the model's with an s.
var endpoints = map[string]string{
	"Policy": "Policies", "AppStatusChanger": "AppStatusChanger", "UserStatusChanger": "UserStatusChanger",
	"UserPasswordChanger": "UserPasswordChanger", "UserPasswordResetter": "UserPasswordResetter",
}

// Generate reads the package in dir and writes the characteristics in the form
// of characteristics.json.
func Generate(dir string) ([]byte, error) {
	s, err := read(dir)
	if err != nil {
		return nil, err
	}
	var resources []*characteristics.Resource
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		r, err := s.resource(name)
		if err != nil {
			return nil, err
		}
		resources = append(resources, r)
	}
	return write(resources)
}

// source is the parsed package.
type source struct {
	types map[string]*ast.TypeSpec
	docs  map[string]string
	enums map[string][]string // values by type, in the order of the source
	calls map[string][]string // methods by endpoint, as in Resource.Methods
}

func read(dir string) (*source, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("there is no Go source in %s: %w", dir, fs.ErrNotExist)
	}
	s := &source{types: map[string]*ast.TypeSpec{}, docs: map[string]string{}, enums: map[string][]string{}, calls: map[string][]string{}}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_request_response.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				s.take(g)
			}
		}
	}
	client, err := os.ReadFile(filepath.Join(dir, Package+"_client.go"))
	if err != nil {
		return nil, err
	}
	s.takeCalls(client)
	return s, nil
}

func (s *source) take(g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.types[spec.Name.Name] = spec
			s.docs[spec.Name.Name] = g.Doc.Text()
		case *ast.ValueSpec:
			enum, ok := spec.Type.(*ast.Ident)
			if g.Tok != token.CONST || !ok || len(spec.Values) != 1 {
				continue
			}
			if v, ok := spec.Values[0].(*ast.BasicLit); ok && v.Kind == token.STRING {
				if value, err := strconv.Unquote(v.Value); err == nil {
					s.enums[enum.Name] = append(s.enums[enum.Name], value)
				}
			}
		}
	}
}

var call = regexp.MustCompile(`HTTPRequest\(http\.Method(\w+), "/admin/v1/(\w+)(/[^"]*)?"`)

func (s *source) takeCalls(client []byte) {
	for _, m := range call.FindAllSubmatch(client, -1) {
		method, endpoint, rest := strings.ToUpper(string(m[1])), string(m[2]), string(m[3])
		switch {
		case rest == "/.search":
			method = characteristics.Search
		case strings.HasPrefix(rest, "/{") && strings.Count(rest, "/") == 1:
			method += " id"
		case rest != "":
			continue
		}
		s.calls[endpoint] = append(s.calls[endpoint], method)
	}
}

func (s *source) resource(name string) (*characteristics.Resource, error) {
	endpoint := endpoints[name]
	if endpoint == "" {
		endpoint = name + "s"
	}
	methods := s.calls[endpoint]
	if len(methods) == 0 {
		return nil, fmt.Errorf("the SDK has no call to /admin/v1/%s; the client is not in the form that is understood", endpoint)
	}
	slices.Sort(methods)
	r := &characteristics.Resource{Name: name, Endpoint: endpoint, Schema: wanted[name], Methods: methods,
		Description: describe(name, s.docs[name])}
	fields, err := s.fields(name)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if !strings.HasPrefix(f.name, "urn:") {
			a, err := s.attribute(f)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			r.Attributes = append(r.Attributes, a)
			continue
		}
		within, err := s.attributes(f.base)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r.Extensions = append(r.Extensions, &characteristics.Extension{Schema: f.name, Description: describe(f.base, s.docs[f.base]), Attributes: within})
	}
	sortAttributes(r.Attributes)
	slices.SortFunc(r.Extensions, func(a, b *characteristics.Extension) int { return strings.Compare(a.Schema, b.Schema) })
	return r, nil
}

// write is one attribute a line, so that a change of the SDK can be read.
func write(resources []*characteristics.Resource) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	list := func(as characteristics.Attributes) error {
		b.WriteString("[\n")
		for i, a := range as {
			if err := e.Encode(a); err != nil {
				return err
			}
			if i < len(as)-1 {
				b.Truncate(b.Len() - 1)
				b.WriteString(",\n")
			}
		}
		b.WriteString("]")
		return nil
	}
	b.WriteString("[")
	for i, r := range resources {
		if i > 0 {
			b.WriteString(",")
		}
		head := *r
		head.Attributes, head.Extensions = nil, nil
		if err := opened(&b, e, head); err != nil {
			return nil, err
		}
		if err := list(r.Attributes); err != nil {
			return nil, err
		}
		b.WriteString(`,"extensions":[`)
		for j, x := range r.Extensions {
			if j > 0 {
				b.WriteString(",")
			}
			head := *x
			head.Attributes = nil
			if err := opened(&b, e, head); err != nil {
				return nil, err
			}
			if err := list(x.Attributes); err != nil {
				return nil, err
			}
			b.WriteString("}")
		}
		b.WriteString("]}\n")
	}
	b.WriteString("]\n")
	return b.Bytes(), nil
}

// opened writes an object whose last attribute is "attributes":null up to the null.
func opened(b *bytes.Buffer, e *json.Encoder, v any) error {
	b.WriteString("\n")
	if err := e.Encode(v); err != nil {
		return err
	}
	const tail = "null}\n"
	if !bytes.HasSuffix(b.Bytes(), []byte(tail)) {
		return fmt.Errorf("attributes is not the last of %T", v)
	}
	b.Truncate(b.Len() - len(tail))
	return nil
}
