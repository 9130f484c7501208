package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"cutover/internal/directory"
)

// mappable are the attributes of a new Fusion user that a mapping may give. The
// userName is not among them: people sign in by it, byte for byte.
var mappable = []string{"givenName", "familyName", "displayName", "email"}

// UsualPeople and UsualRoles are the columns of the files of import-management.
// Import Management lets whoever loads a file say what each of its columns is.
var (
	UsualPeople = OrderedMap{{"User Name", "userName"}, {"First Name", "givenName"}, {"Last Name", "familyName"}, {"Email", "email"}}
	UsualRoles  = OrderedMap{{"User Name", "userName"}, {"Role", "role"}}
)

func (m *Migrate) defaults(has func(path) bool) {
	either(has, path{"migrate", "files"}, &m.Files, "import")
	either(has, path{"migrate", "people"}, &m.People, UsualPeople)
	either(has, path{"migrate", "roles"}, &m.Roles, UsualRoles)
}

// mappedUser is what an expression may name.
type mappedUser struct {
	UserName    string   `expr:"userName"`
	GivenName   string   `expr:"givenName"`
	FamilyName  string   `expr:"familyName"`
	DisplayName string   `expr:"displayName"`
	Email       string   `expr:"email"`
	Groups      []string `expr:"groups"` // of Utilities; in a mapping only
	Role        string   `expr:"role"`   // of Fusion; in a file of roles only
}

// Mapping is expressions, compiled, each with the name that it is for. It is safe
// for concurrent use.
type Mapping struct {
	names    []string
	programs []*vm.Program
}

// CompileMapping compiles expressions (the language of expr-lang/expr) that must
// give text.
func CompileMapping(m OrderedMap) (Mapping, error) {
	var out Mapping
	for _, pair := range m {
		program, err := compileExpression(pair.Value)
		if err != nil {
			return out, fmt.Errorf("%s: %w", pair.Key, err)
		}
		out.names, out.programs = append(out.names, pair.Key), append(out.programs, program)
	}
	return out, nil
}

func compileExpression(text string) (*vm.Program, error) {
	return expr.Compile(text, expr.Env(mappedUser{}), expr.AsKind(reflect.String))
}

// Apply sets in after what the mapping gives for a person; an empty result takes
// an attribute away. An error tells which expression failed, and nothing of the person.
func (m Mapping) Apply(p directory.Person, after directory.Attributes) error {
	env := mappedUser{UserName: p.UserName, GivenName: p.GivenName, FamilyName: p.FamilyName, DisplayName: p.DisplayName, Email: p.Email, Groups: p.Groups}
	for i, name := range m.names {
		v, err := m.run(i, env)
		if err != nil {
			return err
		}
		if after[name] = v; v == "" {
			delete(after, name)
		}
	}
	return nil
}

// Row gives the cells of a file for a new user and a role.
func (m Mapping) Row(a directory.Attributes, role string) ([]string, error) {
	env := mappedUser{UserName: a["userName"], GivenName: a["givenName"], FamilyName: a["familyName"], DisplayName: a["displayName"], Email: a["email"], Role: role}
	row := make([]string, len(m.names))
	for i := range m.names {
		var err error
		if row[i], err = m.run(i, env); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// Header are the names, in their order.
func (m Mapping) Header() []string { return m.names }

func (m Mapping) run(i int, env mappedUser) (string, error) {
	v, err := vm.Run(m.programs[i], env)
	if err != nil {
		return "", fmt.Errorf("the expression for %s fails on this user", m.names[i]) // its own words hold what it was given
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("the expression for %s gives no text for this user", m.names[i])
	}
	return s, nil
}

// mappings looks at the expressions of migrate.
func (v *validator) mappings() {
	m, p := v.c.Migrate, path{"migrate"}
	v.expressions(p.key("mapping"), m.Mapping, mappable)
	byHand := m.Through == ThroughImportManagement
	for key, columns := range map[string]OrderedMap{"people": m.People, "roles": m.Roles} {
		if !byHand && v.has(p.key(key)) {
			v.refuse(p.key(key), "this is for the way import-management", "write through: import-management, or take it out")
			continue
		}
		v.expressions(p.key(key), columns, nil)
	}
	switch {
	case byHand:
		v.text(p.key("files"), m.Files, "write the directory that gets the files")
	case v.has(p.key("files")):
		v.refuse(p.key("files"), "this is for the way import-management", "write through: import-management, or take it out")
	}
}

// expressions refuses what does not compile, with what is wrong in it.
func (v *validator) expressions(p path, m OrderedMap, known []string) {
	for _, pair := range m {
		at := p.key(pair.Key)
		if known != nil && !contains(known, pair.Key) {
			v.unknownKey(at, pair.Key, "attribute to map", known)
			continue
		}
		if !v.text(at, pair.Value, "write an expression, such as userName or givenName + \" \" + familyName") {
			continue
		}
		if _, err := compileExpression(pair.Value); err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			v.refuse(at, "this is no expression that gives text: "+first, "it may name userName, givenName, familyName, displayName, email, groups and role")
		}
	}
}
