package rehearse_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates/estatetest"
	"cutover/internal/ledger"
	"cutover/internal/simulator"
	"cutover/workflows"
)

// syncJob is the type of the job that stands in for the synchronization of an app.
const syncJob = "SimulatedManagedObjectSync"

// byRequest starts the synchronization by the simulator's own request, which no real
// domain knows.
const byRequest = `engine: native
  native:
    poll: 20ms
    within: 4m
    start: request
    request:
      path: /job/v1/JobSchedules
      body: '{"schemas": ["urn:ietf:params:scim:schemas:oracle:idcs:JobSchedule"], "jobType": "` + syncJob + `", "runNow": true, "parameters": [
        {"name": "appId", "value": "{appId}"}, {"name": "maxCreates", "value": "{creates}"}, {"name": "maxDeletes", "value": "{deletes}"}]}'`

// scoped is a synchronization that takes only the members of the estate's scopes.
var scoped = simulator.NativeSync{Scope: "groups"}

func TestTheNativeEngineEndsWhereTheDirectOneDoes(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.estate, m.native = estate(t, "clean"), scoped
	m.requests.standIns = []string{syncJob}
	m.config = instead("engine: direct", byRequest)
	var end fs.FS
	m.then = func(ctx context.Context, cut ledger.Cutover, sim *simulator.Simulator) (err error) {
		end, err = dumped(ctx, t, sim)
		return err
	}
	h, err := m.hold(t.Context(), "native", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	estatetest.FinalSynced(t, m.estate, end)
	m.requests.saw(t, "GET /AccountMgmtInfos", "PATCH /Apps/{id}")
}

func dumped(ctx context.Context, t *testing.T, sim *simulator.Simulator) (fs.FS, error) {
	if err := sim.Settled(ctx); err != nil {
		return nil, err
	}
	dir := t.TempDir()
	return os.DirFS(dir), sim.Dump(dir)
}

var toPress = regexp.MustCompile(`in the console of (\w+) \((\S+)\), under Integrated applications > (.*): in Provisioning .* write (\d+) as .* and (\d+) as that of deletes`)

// press does what a person does who is asked to start a synchronization.
func press(ctx context.Context, _ string, s workflows.Status) error {
	words := toPress.FindStringSubmatch(s.Asks)
	if words == nil {
		return fmt.Errorf("nobody knows what to do with %q", s.Asks)
	}
	form := url.Values{"app": {words[3]}, "maxCreates": {words[4]}, "maxDeletes": {words[5]}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, words[2]+"/simulator/import", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func TestAPersonStartsTheSynchronizationAndTheWayBackTurnsItOffFirst(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.native = scoped
	m.config = instead("engine: direct", "engine: native\n  native: {poll: 20ms, within: 4m}")
	pressed := map[string]int{}
	m.asks = func(ctx context.Context, name string, s workflows.Status) error {
		pressed[s.Phase]++
		return press(ctx, name, s)
	}
	var end fs.FS
	m.then = func(ctx context.Context, cut ledger.Cutover, sim *simulator.Simulator) error {
		result, err := m.back(ctx, cut, workflows.Back{})
		if err != nil {
			return err
		}
		require.Equal(t, workflows.OutcomeCompleted, result.Outcome, result.Reason)
		end, err = dumped(ctx, t, sim)
		return err
	}
	h, err := m.hold(t.Context(), "pressed", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	require.Positive(t, pressed["sync-utilities"])
	require.Positive(t, pressed["sync-cxif"])
	estatetest.BackAtTheStart(t, m.estate, end)
}

// posted is how many people cutover itself made in Utilities.
func posted(h held) int {
	n := 0
	for _, l := range h.lines {
		if l.Domain == string(directory.Utilities) && l.Method == http.MethodPost && strings.HasSuffix(l.Path, "/Users") && l.Status == http.StatusCreated {
			n += max(1, len(l.Keys))
		}
	}
	return n
}

func TestASynchronizationThatTakesEverybodyKeepsTheGateShutUntilThatIsAccepted(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.estate = estate(t, "clean")
	m.requests.standIns = []string{syncJob}
	m.config = instead("engine: direct", byRequest)
	was, is := 0, 0
	m.then = func(ctx context.Context, _ ledger.Cutover, sim *simulator.Simulator) error {
		end, err := dumped(ctx, t, sim)
		if err != nil {
			return err
		}
		was, is = len(estatetest.Load(t, m.estate).Utilities.Users), len(estatetest.Load(t, end).Utilities.Users)
		return nil
	}
	h, err := m.hold(t.Context(), "refused", "")
	require.NoError(t, err)
	require.Equal(t, []string{workflows.OutcomeBlocked, "sync-utilities"}, []string{h.outcome, h.at}, "%v", h.said)
	require.LessOrEqual(t, is-was-posted(h), 4, "in two runs it was seen with two people each at the most")

	m.config = instead("engine: direct", strings.Replace(byRequest, "poll: 20ms", "poll: 20ms\n    beyondScope: accept", 1))
	h, err = m.hold(t.Context(), "accepted", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, "%v", h.said)
	require.Greater(t, is-was, 20, "people outside the scope are there too")
}
