package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/crash/crashtest"
	"cutover/internal/directory"
	"cutover/internal/estates/estatetest"
	"cutover/internal/follow"
)

// backLatency is shorter than that of the way forward: there and back again is
// twice as far.
const backLatency = 100 * time.Millisecond

func TestThereAndBackAgainKilledAtAnyMomentEverythingIsAsItWas(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds and kills the real binaries")
	}
	n, err := strconv.Atoi(os.Getenv("CUTOVER_KILLS"))
	if err != nil {
		n = 1
	}
	bin := crashtest.Build(t)
	for run := range n {
		seed := uint64(run + 1)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel() // almost all of it is waiting for the simulated domains
			thereAndBack(t, bin, seed)
		})
	}
}

// thereAndBack runs a cutover that is killed once, and its way back that is killed
// twice, and compares what is left with the start.
func thereAndBack(t *testing.T, bin string, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 8))
	dir, err := os.MkdirTemp("", "back") // short: a socket lives below it
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	estate := filepath.Join("..", "estates", []string{"resolved", "clean"}[seed%2])
	place, journal := filepath.Join(dir, "place"), filepath.Join(dir, "journal.jsonl")
	require.NoError(t, os.MkdirAll(place, 0o700))
	require.NoError(t, os.WriteFile(journal, nil, 0o600))
	simulate := func(dump string, args ...string) *crashtest.Process {
		sim := crashtest.Run(t, bin, "simulator", append([]string{"--estate", estate, "--config-out", filepath.Join(place, "cutover.yaml"),
			"--dump", filepath.Join(dir, dump), "--seed", strconv.FormatUint(seed, 10)}, args...)...)
		sim.Await(t, "http://")
		return sim
	}
	end := func(sim *crashtest.Process) {
		require.NoError(t, sim.Cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, sim.Wait())
	}
	end(simulate("start"))
	sim := simulate("end", "--journal", journal, "--latency", backLatency.String())

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	up := &crashtest.Upper{T: t, Bin: bin, State: filepath.Join(place, "state")}
	up.Start()
	defer up.Stop()
	command(ctx, t, up, "start", cutoverName, "--config", filepath.Join(place, "cutover.yaml"))
	lines := follower(ctx, t, journal)
	killAt(ctx, t, up, cutoverName, lines, later(rng, []moment{
		[]moment{{domain: "fusion-applications", method: "POST", after: 2 + rng.IntN(40)}, {domain: "cxif", method: "POST", after: 1 + rng.IntN(55)}}[rng.IntN(2)],
	}, backLatency))

	forward := entries(t, journal)
	from := forward[len(forward)-1].Seq
	command(ctx, t, up, "rollback", cutoverName)
	moments := []moment{
		{domain: "utilities", method: "PATCH", from: from, after: 1 + rng.IntN(2)},
		{domain: "cxif", method: "DELETE", from: from, after: 1 + rng.IntN(40)},
		{domain: "fusion-applications", method: "PATCH", from: from, after: 1 + rng.IntN(40)},
		{domain: "utilities", method: "DELETE", from: from, after: 1 + rng.IntN(2)},
	}
	spared := rng.IntN(len(moments) - 1)
	moments = append(moments[:spared], moments[spared+1:]...)
	killAt(ctx, t, up, follow.RollbackOf(cutoverName), lines, later(rng, moments[:2], backLatency))

	var again struct{ Changes []directory.Change }
	require.NoError(t, json.Unmarshal([]byte(command(ctx, t, up, "rollback", cutoverName, "--dry-run", "--json")), &again))
	require.Empty(t, again.Changes, "what is undone is not undone again")
	require.Contains(t, command(ctx, t, up, "report", cutoverName, "--json"), `"rolledBack"`)
	end(sim)
	estatetest.BackAtTheStart(t, os.DirFS(filepath.Join(dir, "start")), os.DirFS(filepath.Join(dir, "end")))
	all := entries(t, journal)
	onceIn(t, all[:len(forward)])
	onceIn(t, all[len(forward):])
	for _, e := range all[len(forward):] {
		require.Less(t, e.Status, 300, "line %d: %s %s was refused", e.Seq, e.Method, e.Path)
	}
}
