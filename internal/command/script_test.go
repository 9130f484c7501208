package command_test

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"cutover/internal/command"
)

// update writes what the commands print now into the scripts that compare it.
var update = flag.Bool("update", false, "update the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cutover": func() { os.Exit(command.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestTheCommandLine runs the scripts: each is what an administrator types, and
// what they read then. Those in quick need no Temporal server.
func TestTheCommandLine(t *testing.T) {
	for name, slow := range map[string]bool{"quick": false, "server": true} {
		t.Run(name, func(t *testing.T) {
			if slow && testing.Short() {
				t.Skip("starts whole Temporal servers")
			}
			testscript.Run(t, testscript.Params{
				Dir: "testdata/" + name, UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"exits": exits, "nothing": nothing, "ssoOnly": ssoOnly, "unplug": unplug, "simulator": startSimulator, "up": up, "down": down, "waits": waits, "interrupt": interrupt, "without": without,
				},
				Setup: func(e *testscript.Env) error {
					// Whatever Temporal there is on this machine, the scripts do not
					// reach it: nothing answers at this port.
					e.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
					return nil
				},
			})
		})
	}
}
