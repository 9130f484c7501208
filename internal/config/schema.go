package config

import (
	"embed"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

// The comments of the types are the descriptions in the schema, so there is one
// text for both.
//
//go:embed config.go limits.go approvals.go probation.go invitations.go
var typeSources embed.FS

// Schema is a JSON Schema (draft 2020-12) of cutover.yaml, with which an editor
// completes keys and shows what they mean. Load is stricter: a schema knows no
// secrets, no duplicates and no contradictions.
func Schema() []byte {
	r := jsonschema.Reflector{
		Anonymous: true, ExpandedStruct: true, RequiredFromJSONSchemaTags: true,
		Mapper: mapped, CommentMap: comments(),
	}
	s := r.Reflect(&Config{})
	s.Title = "cutover.yaml"
	// Resolutions are under names of users, where reflection does not see their type.
	for name, d := range (&jsonschema.Reflector{Anonymous: true, RequiredFromJSONSchemaTags: true, CommentMap: comments()}).Reflect(&Resolution{}).Definitions {
		s.Definitions[name] = d
	}
	s.Required = []string{"fusion", "utilities", "emergency", "firstSignIn", "scope", "access"}
	s.Definitions["DomainConfig"].Required = []string{"url"} // and a client, or a profile of OCI, or what a SCIM server takes
	s.Definitions["FusionDomain"].Required = []string{"url", "applications"}
	s.Definitions["FusionApplications"].Required = []string{"url", "userName", "password"}
	for _, c := range choices {
		p, ok := s.Properties.Get(c.key)
		if c.of != "" {
			p, ok = s.Definitions[c.of].Properties.Get(c.key)
		}
		if !ok {
			panic("config: the schema has no key " + c.of + "." + c.key)
		}
		for _, value := range c.values {
			p.Enum = append(p.Enum, value)
		}
	}
	windowSchema(s)
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("config: the schema cannot be written: " + err.Error()) // strings and maps only
	}
	return append(out, '\n')
}

var choices = []struct {
	of, key string
	values  []string
}{
	{"", "firstSignIn", firstSignIns},
	{"DomainConfig", "type", domainTypes},
	{"FusionDomain", "type", domainTypes},
	{"Migrate", "through", throughs},
	{"Sync", "engine", engines},
	{"NativeSync", "start", syncStarts},
	{"NativeSync", "beyondScope", beyonds},
	{"SSO", "testBy", testBys},
	{"AccessTo", "overLimit", overLimits},
	{"Probation", "watchdog", watchdogs},
	{"Invitations", "by", inviters},
	{"Resolution", "orphans", orphans},
}

// mapped gives the schema of types whose YAML is not what their Go shape says.
func mapped(t reflect.Type) *jsonschema.Schema {
	switch t {
	case typeDuration:
		return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`}
	case typeOrderedMap:
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "string"}}
	case typeSecret:
		return &jsonschema.Schema{Type: "string", Pattern: `^(env|file|command):.+`}
	case typeResolutions:
		return targetResolutions()
	}
	return nil
}

func targetResolutions() *jsonschema.Schema {
	one := func() *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/Resolution"} }
	known := jsonschema.NewProperties()
	orphan := &jsonschema.Schema{Type: "string"}
	for _, o := range orphans {
		orphan.Enum = append(orphan.Enum, o)
	}
	known.Set("orphans", orphan)
	known.Set("verdicts", &jsonschema.Schema{Type: "object", AdditionalProperties: one()})
	return &jsonschema.Schema{Type: "object", Properties: known, AdditionalProperties: one()}
}

// comments collects the comments of types and fields from their own source.
func comments() map[string]string {
	out := map[string]string{}
	files, err := typeSources.ReadDir(".")
	for _, file := range files {
		source, rerr := typeSources.ReadFile(file.Name())
		f, perr := parser.ParseFile(token.NewFileSet(), file.Name(), source, parser.ParseComments)
		if err = errors.Join(err, rerr, perr); err == nil {
			commentsOf(f, out)
		}
	}
	if err != nil {
		panic("config: its own source cannot be read: " + err.Error()) // it was compiled
	}
	return out
}

func commentsOf(f *ast.File, out map[string]string) {
	pkg := reflect.TypeFor[Config]().PkgPath()
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, s := range g.Specs {
			t := s.(*ast.TypeSpec)
			out[pkg+"."+t.Name.Name] = oneLine(g.Doc)
			fields, ok := t.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					doc := oneLine(field.Doc)
					if doc == "" {
						doc = oneLine(field.Comment)
					}
					out[pkg+"."+t.Name.Name+"."+name.Name] = doc
				}
			}
		}
	}
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
