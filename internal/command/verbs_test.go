package command_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/fleet"
	"cutover/internal/simulator"
)

// exits runs a command and wants its exit code: exits CODE COMMAND [ARGUMENT...].
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := code(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("it ended with %d", got)
	}
}

// code is the exit code that an error of a process tells of.
func code(ts *testscript.TestScript, err error) int {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended):
		return ended.ExitCode()
	}
	ts.Fatalf("it did not run: %v", err)
	return -1
}

// startSimulator serves an estate that is built in, from this process, until the
// script ends; it leaves cutover.yaml, its secrets and journal.jsonl:
// simulator ESTATE [FAULT].
func startSimulator(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: simulator ESTATE [FAULT]")
	}
	estate, err := fs.Sub(estates.FS, args[0])
	ts.Check(err)
	o := simulator.Options{Estate: estate, Tier: "none", Seed: 1, Journal: ts.MkAbs("journal.jsonl")}
	if len(args) == 2 {
		o.Fault = args[1]
	}
	s, err := simulator.Start(deadline(ts), o)
	ts.Check(err)
	closing := sync.OnceValue(s.Close)
	ts.Defer(func() { ts.Check(closing()) })
	serving.Store(ts, closing)
	ts.Check(s.WriteConfig(ts.MkAbs("cutover.yaml")))
}

// serving holds how to end the simulator of a script, by its *testscript.TestScript.
var serving sync.Map

// unplug takes the domains off the network: unplug.
func unplug(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: unplug")
	}
	closing, ok := serving.Load(ts)
	if !ok {
		ts.Fatalf("nothing is served")
	}
	ts.Check(closing.(func() error)())
}

// up starts `cutover up` and returns once it says that it is up, with $UI_PORT and
// $UP_ADDRESS, where its Temporal listens: up [ARGUMENT...].
func up(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("up cannot be negated")
	}
	p := start(ts, "cutover", append([]string{"up", "--ui-port", "0"}, args...)...)
	p.until(ts, "Ctrl-C stops it")
	said := p.said()
	fmt.Fprint(ts.Stdout(), said)
	_, ui, _ := strings.Cut(said, "Web UI     http://127.0.0.1:")
	ts.Setenv("UI_PORT", strings.Fields(ui)[0])
	_, address, _ := strings.Cut(said, "Temporal   ")
	ts.Setenv("UP_ADDRESS", strings.Fields(address)[0])
	running.Store(ts, p)
}

// down presses Ctrl-C where `cutover up` runs and wants it to end well.
func down(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: down")
	}
	p, ok := running.LoadAndDelete(ts)
	if !ok {
		ts.Fatalf("nothing is up")
	}
	p.(*process).interrupt(ts)
	if got := code(ts, p.(*process).wait()); got != 0 {
		ts.Fatalf("up ended with %d:\n%s", got, p.(*process).said())
	}
	fmt.Fprint(ts.Stdout(), p.(*process).said())
}

// waits watches a cutover until it stands still at a phase, and puts the hash
// that an approval needs into $HASH: waits NAME PHASE.
func waits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waits NAME PHASE")
	}
	p := start(ts, "cutover", "status", args[0], "--watch")
	line := p.until(ts, args[0]+" waits at "+args[1], args[0]+" has stopped at "+args[1])
	if strings.Contains(line, " waits at ") {
		line = p.until(ts, "cutover approve")
		_, hash, _ := strings.Cut(line, "--hash ")
		ts.Setenv("HASH", strings.Fields(hash)[0])
	}
	p.interrupt(ts)
	_ = p.wait() // it was interrupted, and says so
	fmt.Fprint(ts.Stdout(), p.said())
}

// interrupt presses Ctrl-C once a command has said something, and wants an exit
// code: interrupt CODE WORDS COMMAND [ARGUMENT...].
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt CODE WORDS COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	p := start(ts, args[2], args[3:]...)
	p.until(ts, args[1])
	p.interrupt(ts)
	got := code(ts, p.wait())
	fmt.Fprint(ts.Stdout(), p.said())
	if got != want {
		ts.Fatalf("it ended with %d:\n%s", got, p.said())
	}
}

// ssoOnly takes local sign-in out of Utilities' default rule, as another
// administrator might: ssoOnly.
func ssoOnly(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: ssoOnly")
	}
	f, err := config.Load(ts.MkAbs("cutover.yaml"))
	ts.Check(err)
	estate, err := fleet.NewEstate(f.Canonical, f.Hash)
	ts.Check(err)
	outcomes, err := estate.Domains[directory.Utilities].Write(deadline(ts), []directory.Write{{Change: directory.Change{
		Step: 1, Domain: directory.Utilities, Kind: directory.PutSetting, Target: "rule/default",
		Before: directory.Attributes{"local": `["UserNamePassword"]`, "saml": "[]"}, After: directory.Attributes{"local": "[]", "saml": "[]"},
	}}})
	ts.Check(err)
	if outcomes[0].Err != nil {
		ts.Fatalf("the rule was not written: %v", outcomes[0].Err)
	}
}

// nothing wants no file to fit a pattern: nothing PATTERN.
func nothing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: nothing PATTERN")
	}
	left, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(left) > 0 {
		ts.Fatalf("there is %s", strings.Join(left, ", "))
	}
}

// without takes the first line that holds the words out of a file: without FILE WORDS.
func without(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: without FILE WORDS")
	}
	before, after, found := strings.Cut(ts.ReadFile(args[0]), args[1])
	if !found {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	_, after, _ = strings.Cut(after, "\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(before[:strings.LastIndex(before, "\n")+1]+after), 0o600))
}
