// Package architecture holds what is true of the imports between the packages:
// dependencies point inwards. It has tests only.
package architecture_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const module = "cutover/"

// pkg is what `go list -json` tells of a package. Imports are those of the
// product; what only tests import is apart.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string // Imports, and theirs
}

func list(t *testing.T, fields, pattern string) map[string]pkg {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "list", "-json="+fields, pattern)
	cmd.Dir = "../.."
	var out, fault bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &fault
	require.NoError(t, cmd.Run(), fault.String())
	packages := map[string]pkg{}
	for d := json.NewDecoder(&out); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		packages[strings.TrimPrefix(p.ImportPath, module)] = p
	}
	return packages
}

// ours are the imports of the project's own packages, without the module's name.
func (p pkg) ours() []string {
	var out []string
	for _, path := range p.Imports {
		if name, ok := strings.CutPrefix(path, module); ok {
			out = append(out, name)
		}
	}
	return out
}

func under(name string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return name == root || strings.HasPrefix(name, root+"/") })
}

func TestTheCoreImportsOnlyWhatIsFurtherIn(t *testing.T) {
	packages := list(t, "ImportPath,Imports", "./...")
	for name, allowed := range map[string][]string{
		"internal/directory":  nil,
		"internal/reconcile":  {"internal/directory"},
		"internal/phase":      {"internal/directory", "internal/reconcile"},
		"internal/config":     {"internal/directory", "internal/window", "internal/ociprofile"},
		"internal/window":     nil,
		"internal/ociprofile": nil,
		"internal/estates":    nil,
		"internal/version":    nil,
		// What runs on it, it must not know.
		"internal/embedded": nil,
	} {
		p, ok := packages[name]
		require.True(t, ok, "there is no package %s", name)
		for _, imported := range p.ours() {
			require.Contains(t, allowed, imported, "%s must not import %s", name, imported)
		}
	}
}

func TestTheCoreDoesNoInputOrOutput(t *testing.T) {
	packages := list(t, "ImportPath,Imports", "./...")
	for _, name := range []string{"internal/directory", "internal/reconcile", "internal/phase", "internal/window"} {
		for _, imported := range packages[name].Imports {
			require.False(t, under(imported, "net", "os", "database/sql", "go.temporal.io", "log"), "%s must not import %s", name, imported)
		}
	}
}

func TestWorkflowsKnowNoClientNoLedgerAndNoConfiguration(t *testing.T) {
	p, ok := list(t, "ImportPath,Imports", "./workflows")["workflows"]
	require.True(t, ok)
	for _, imported := range p.ours() {
		require.False(t, under(imported,
			"internal/identitydomain", "internal/fusionapps", "internal/scim", "internal/signin", "internal/ledger", "internal/config",
			"internal/owner", "internal/fleet", "internal/embedded", "internal/simulator", "internal/rehearse", "internal/command"),
			"workflows must not import %s", imported)
	}
	for _, imported := range p.Imports {
		require.False(t, under(imported, "net", "os", "database/sql", "math/rand", "crypto/rand", "go.temporal.io/sdk/client"), "workflows must not import %s", imported)
	}
}

func TestOnlyTheRehearsalKnowsTheSimulator(t *testing.T) {
	for name, p := range list(t, "ImportPath,Imports", "./...") {
		// internal/command has the flags of `cutover rehearse`, which are the
		// simulator's; its other commands are in the same package.
		if under(name, "internal/simulator", "internal/rehearse", "simulator", "internal/command") {
			continue
		}
		for _, imported := range p.ours() {
			require.False(t, under(imported, "internal/simulator", "internal/rehearse"), "%s must not import %s", name, imported)
		}
	}
}

func TestTheWorkerLinksNoServerNoSimulatorAndNoTerminal(t *testing.T) {
	p, ok := list(t, "ImportPath,Deps", "./worker")["worker"]
	require.True(t, ok)
	require.Contains(t, p.Deps, module+"internal/fleet", "the list of what is linked is empty")
	for _, linked := range p.Deps {
		require.False(t, under(linked,
			module+"internal/embedded", module+"internal/simulator", module+"internal/rehearse", module+"internal/command", module+"internal/estates",
			"go.temporal.io/server", "github.com/temporalio/ui-server", "charm.land", "github.com/charmbracelet"),
			"worker must not link %s", linked)
	}
}
