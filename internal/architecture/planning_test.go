package architecture_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/identitydomain"
	"cutover/internal/observe"
	"cutover/internal/planning"
)

// readers are all the ways in which a read of a domain begins.
var readers = regexp.MustCompile(`^(Users|Groups|Members|Count|MemberCount|Roles|Grants|SSO|Lookup|Setting|Check|Probe|Waited)`)

// methodsOf lists the methods of a type.
func methodsOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumMethod() {
		out = append(out, t.Method(i).Name)
	}
	return out
}

func TestWhoPlansHoldsAClientThatCannotWriteByItsType(t *testing.T) {
	for _, client := range []reflect.Type{
		reflect.TypeFor[observe.Reader](), reflect.TypeFor[*observe.Reader](), reflect.TypeFor[observe.Domain](),
		reflect.TypeFor[planning.Input]().Field(0).Type.Elem(),
	} {
		methods := methodsOf(client)
		require.NotEmpty(t, methods, client)
		for _, m := range methods {
			require.Regexp(t, readers, m, "%s has %s, which does not read", client, m)
		}
	}
	reader := reflect.TypeFor[observe.Reader]()
	for i := range reader.NumField() {
		require.False(t, reader.Field(i).IsExported(), "whoever holds a reader reaches a client that writes by %s", reader.Field(i).Name)
		require.False(t, reader.Field(i).Anonymous, "a reader inherits what its client can do")
	}
	_, writes := reflect.TypeFor[*identitydomain.Client]().MethodByName("Write")
	require.True(t, writes, "the client that writes has another name for it now, and this test sees nothing")
}

// planners are what makes a plan, from the rules to the document of it.
var planners = []string{
	"internal/reconcile", "internal/phase", "internal/forecast", "internal/spool", "internal/estimate", "internal/window",
	"internal/document", "internal/planning", "internal/wayback",
}

func TestWhatPlansKnowsNothingThatWrites(t *testing.T) {
	packages := list(t, "ImportPath,Imports,Deps", "./...")
	for _, name := range planners {
		p, ok := packages[name]
		require.True(t, ok, "there is no package %s", name)
		for _, dep := range p.Deps {
			require.False(t, under(dep, module+"internal/apply", module+"internal/fusionapps", module+"activities", module+"internal/fleet"), "%s must not reach %s", name, dep)
		}
		for _, imported := range p.ours() {
			require.False(t, under(imported, "internal/scim", "internal/identitydomain", "internal/signin"), "%s must not import %s", name, imported)
		}
		require.NotContains(t, p.Imports, "net/http", name)
	}
}

// The wiring may make clients of every kind; the plan command must take the
// readers only, and of the facts what was seen, not who saw it.
func TestThePlanCommandMakesReadersOnly(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../command/plan.go", nil, 0)
	require.NoError(t, err)
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "fleet" {
				used[s.Sel.Name] = true
			}
		}
		return true
	})
	require.True(t, used["ReadersOf"])
	for name := range used {
		require.Contains(t, []string{"ReadersOf", "RulesOf", "SSOSettingsOf", "LimitsOf", "FactsOf"}, name)
	}
	for _, imported := range file.Imports {
		path := strings.Trim(imported.Path.Value, `"`)
		require.False(t, under(path, module+"internal/identitydomain", module+"internal/fusionapps", module+"internal/scim", module+"internal/apply", module+"activities"),
			"plan.go must not import %s", path)
	}
}

// A plan must not depend on when or where it is made: no clock, no chance, no
// environment in what plans purely.
func TestAPlanAsksNeitherTheClockNorChanceNorTheMachine(t *testing.T) {
	for _, name := range []string{"internal/reconcile", "internal/phase", "internal/directory", "internal/estimate", "internal/window"} {
		entries, err := fs.Glob(os.DirFS("../.."), name+"/*.go")
		require.NoError(t, err)
		require.NotEmpty(t, entries)
		for _, entry := range entries {
			if strings.HasSuffix(entry, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), "../../"+entry, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := s.X.(*ast.Ident); ok {
						word := pkg.Name + "." + s.Sel.Name
						require.NotContains(t, []string{"time.Now", "time.Local", "time.Since", "os.Getenv", "runtime.GOOS"}, word, entry)
						require.NotEqual(t, "rand", pkg.Name, entry)
					}
				}
				return true
			})
		}
	}
}
