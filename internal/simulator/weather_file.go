package simulator

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// presets are weathers that have a name. They are files like any other, to begin
// one's own with.
//
//go:embed weathers/*.yaml
var presets embed.FS

// Weathers lists the names of the weathers that are built in.
func Weathers() []string {
	entries, err := presets.ReadDir("weathers")
	if err != nil {
		return nil // they are in the program
	}
	var all []string
	for _, e := range entries {
		all = append(all, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return all
}

// ReadWeather reads a weather by its name, or from a file. A mistake is told with
// its line.
func ReadWeather(name string) (Weather, error) {
	if slices.Contains(Weathers(), name) {
		text, err := presets.ReadFile(path.Join("weathers", name+".yaml"))
		if err != nil {
			return Weather{}, err
		}
		return ParseWeather(name, text)
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return Weather{}, fmt.Errorf("there is no weather %q; name a file, or one of %s", name, strings.Join(Weathers(), ", "))
	}
	if err != nil {
		return Weather{}, fmt.Errorf("the weather cannot be read: %w", err)
	}
	return ParseWeather(name, text)
}

// ParseWeather reads the text of a weather file; file names it in what is said of
// a mistake. What it does not know it refuses.
func ParseWeather(file string, text []byte) (Weather, error) {
	var w Weather
	tree, err := parser.ParseBytes(text, 0)
	if err == nil && len(tree.Docs) > 1 {
		return w, fmt.Errorf("%s holds %d documents; keep one weather a file", file, len(tree.Docs))
	}
	if err == nil {
		err = yaml.NewDecoder(strings.NewReader(string(text)), yaml.Strict(), yaml.DisallowUnknownField()).Decode(&w)
	}
	if err != nil {
		return w, mistakeIn(file, tree, err)
	}
	var all []error
	var mistakes interface{ Unwrap() []error }
	if err := w.Check(); errors.As(err, &mistakes) {
		for _, one := range mistakes.Unwrap() {
			var m *SpellMistake
			if errors.As(one, &m) {
				one = fmt.Errorf("%s:%d: %w", file, m.line(tree), m)
			}
			all = append(all, one)
		}
	}
	return w, errors.Join(all...)
}

// mistakeIn is what the YAML itself is refused for, with its line.
func mistakeIn(file string, tree *ast.File, err error) error {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", file, y.GetToken().Position.Line, y.GetMessage())
	}
	if line, value, ok := noDuration(tree); ok { // the library says this without a line
		return fmt.Errorf("%s:%d: %q is no time; write 500ms, 10s or 2m", file, line, value)
	}
	return fmt.Errorf("%s is no weather: %w; it holds spells: a list of kind, domain, from, until and so on", file, err)
}

// noDuration finds the first time in a file that is none.
func noDuration(tree *ast.File) (line int, value string, found bool) {
	if tree == nil {
		return 0, "", false
	}
	for i := 0; ; i++ {
		spell := fmt.Sprintf("$.spells[%d]", i)
		if nodeAt(tree, spell) == nil {
			return 0, "", false
		}
		for _, key := range []string{"from", "until", "takes", "jitter", "retryAfter", "by"} {
			n := nodeAt(tree, spell+"."+key)
			if n == nil {
				continue
			}
			if _, err := time.ParseDuration(n.GetToken().Value); err != nil {
				return n.GetToken().Position.Line, n.GetToken().Value, true
			}
		}
	}
}

// nodeAt is what is at a path of a file; nil: nothing.
func nodeAt(tree *ast.File, at string) ast.Node {
	p, err := yaml.PathString(at)
	if err != nil {
		return nil
	}
	n, err := p.FilterFile(tree)
	if err != nil {
		return nil
	}
	return n
}

// line is where in the file the mistake is.
func (m *SpellMistake) line(tree *ast.File) int {
	spell := fmt.Sprintf("$.spells[%d]", m.Spell)
	for _, where := range []string{spell + "." + m.Key, spell} {
		if n := nodeAt(tree, strings.TrimSuffix(where, ".")); n != nil {
			return n.GetToken().Position.Line
		}
	}
	return 1
}
