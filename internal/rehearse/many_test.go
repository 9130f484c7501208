package rehearse_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/embedded"
	"cutover/internal/fleet"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/rehearse"
	"cutover/internal/simulator"
	"cutover/workflows"
)

// fewPeople is the estate clean with some thirty of its people: those of CXIF,
// whom the rules of the others name, and a few besides.
func fewPeople(t *testing.T) fs.FS {
	t.Helper()
	type object = map[string]any
	all := map[directory.Domain]map[string][]object{}
	for _, d := range directory.Domains {
		body, err := fs.ReadFile(estate(t, "clean"), string(d)+".json")
		require.NoError(t, err)
		var o map[string][]object
		require.NoError(t, json.Unmarshal(body, &o))
		all[d] = o
	}
	keep := map[string]bool{"bg-admin": true, "process.automation": true}
	for d, n := range map[directory.Domain]int{directory.Fusion: 4, directory.Utilities: 6, directory.CXIF: 100} {
		for i, u := range all[d]["Users"] {
			if name := directory.Fold(u["userName"].(string)); i < n || strings.HasPrefix(name, "svc") {
				keep[name] = true
			}
		}
	}
	out := fstest.MapFS{}
	for d, o := range all {
		here := map[any]bool{}
		users, grants := []object{}, []object{}
		for _, u := range o["Users"] {
			if keep[directory.Fold(u["userName"].(string))] {
				users, here[u["id"]] = append(users, u), true
			}
		}
		o["Users"] = users
		for _, g := range o["Groups"] {
			here[g["id"]] = true
			members := []any{}
			given, _ := g["members"].([]any)
			for _, m := range given {
				if here[m.(object)["value"]] {
					members = append(members, m)
				}
			}
			g["members"] = members
		}
		for _, g := range o["Grants"] {
			if here[g["grantee"].(object)["value"]] {
				grants = append(grants, g)
			}
		}
		o["Grants"] = grants
		body, err := json.Marshal(o)
		require.NoError(t, err)
		out[string(d)+".json"] = &fstest.MapFile{Data: body}
	}
	choices, err := fs.ReadFile(estate(t, "clean"), "cutover.json")
	require.NoError(t, err)
	out["cutover.json"] = &fstest.MapFile{Data: choices}
	return out
}

// many holds many cutovers beside each other: one Temporal, one ledger, one
// worker, and for each a simulated world of its own.
type many struct {
	client client.Client
	ledger *ledger.Ledger
	estate fs.FS
	dir    string
	// decide decides at a gate. act is how long people take who were invited.
	decide func(workflows.Status) *workflows.Decision
	act    time.Duration
	// signed are the domains that are reached by signatures in place of a client.
	signed []directory.Domain
	// config, if given, changes the configuration that the simulator wrote.
	config func(name, file string) error
	// asks, if given, is called once whenever a person is asked to do something.
	asks func(ctx context.Context, name string, s workflows.Status) error
	// then is called at the end of each, while its world is still there.
	then func(ctx context.Context, cut ledger.Cutover, sim *simulator.Simulator) error
	// native is what nobody knows of the synchronization that domains do themselves.
	native simulator.NativeSync
	// requests of all of them are held against the documents.
	requests *requests
}

func newMany(t *testing.T) *many {
	t.Helper()
	dir := t.TempDir()
	server, err := embedded.Start(t.Context(), embedded.Options{DBFile: filepath.Join(dir, "temporal.db"), SearchAttributes: workflows.SearchAttributes()})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	l, err := ledger.Open(t.Context(), filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	c, err := client.DialContext(t.Context(), client.Options{HostPort: server.HostPort(), Namespace: server.Namespace(),
		Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	w := fleet.NewWorker(c, l)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return &many{client: c, ledger: l, estate: fewPeople(t), dir: dir, decide: rehearse.Automatic, requests: witnessing(t)}
}

// held is what became of one of them.
type held struct {
	outcome string
	at      string         // the phase where it ended, if not at the last
	said    []string       // why it stopped, and why something had to be tried again
	wrote   map[string]int // what the journal holds, by natural keys
	refused []string       // lines of the journal that a domain refused
	lines   []line         // the journal, less what somebody else did
	others  []line         // and that
}

// hold holds one cutover. One whose fault is only ever tried again is cancelled
// once it has said why.
func (m *many) hold(ctx context.Context, name, fault string, others ...*somebody) (h held, err error) {
	dir := filepath.Join(m.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return h, err
	}
	journal, file := filepath.Join(dir, "journal.jsonl"), filepath.Join(dir, "cutover.yaml")
	sim, err := simulator.Start(ctx, simulator.Options{Estate: m.estate, Tier: "none", CopyDelay: 20e6, Seed: 1, Fault: fault, Journal: journal, ActAfter: m.act,
		Signed: m.signed, NativeSync: m.native, Witness: m.requests.witness})
	if err != nil {
		return h, err
	}
	defer sim.Close()
	if err := sim.WriteConfig(file); err != nil {
		return h, err
	}
	if m.config != nil {
		if err := m.config(name, file); err != nil {
			return h, err
		}
	}
	f, err := config.Load(file)
	if err != nil {
		return h, err
	}
	if err := m.ledger.PutConfiguration(ctx, f.Hash, f.Canonical); err != nil {
		return h, err
	}
	cut := ledger.Cutover{Name: name, ConfigHash: f.Hash, StartedBy: "test", StartedAt: time.Now(), Run: 1}
	if err := m.ledger.PutCutover(ctx, cut); err != nil {
		return h, err
	}
	if _, err := follow.Start(ctx, m.client, workflows.Input{Name: name, Key: cut.Key(), ConfigHash: f.Hash}); err != nil {
		return h, err
	}
	for _, o := range others {
		if err := o.enter(sim); err != nil {
			return h, err
		}
	}
	tried := make(chan []string, 1)
	looking, enough := context.WithCancel(ctx)
	go func() {
		tried <- m.tried(looking, name, strings.HasPrefix(fault, "read-5xx") || strings.HasPrefix(fault, "read-half"))
	}()
	asked := ""
	each := func(s workflows.Status) error {
		if s.Asks == "" {
			asked = ""
		} else if m.asks != nil && asked != s.Asks {
			asked = s.Asks
			if err := m.asks(ctx, name, s); err != nil {
				return err
			}
		}
		if s.Gate == nil {
			return nil
		}
		if s.Gate.Kind == workflows.GateStopped {
			h.said = append(h.said, s.Gate.Question)
		}
		for _, o := range others {
			if err := o.at(ctx, *s.Gate, false); err != nil {
				return err
			}
		}
		for {
			_, err := follow.Decide(ctx, m.client, name, *m.decide(s))
			for _, o := range others {
				if err == nil {
					err = o.at(ctx, *s.Gate, true)
				}
			}
			var busy *follow.NoAnswerError
			if _, refused := follow.Refusal(err); refused {
				return nil // it has been decided
			} else if ctx.Err() != nil || !errors.As(err, &busy) {
				return err
			}
		}
	}
	result, err := follow.Watch(ctx, m.client, name, each)
	for ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) { // so many at once on a small machine
		result, err = follow.Watch(ctx, m.client, name, each)
	}
	enough()
	h.said = append(h.said, <-tried...)
	if err != nil {
		return h, err
	}
	h.outcome, h.at = result.Outcome, result.Phase
	if result.Reason != "" {
		h.said = append(h.said, result.Reason)
	}
	if m.then != nil {
		if err := m.then(ctx, cut, sim); err != nil {
			return h, err
		}
	}
	return h, h.read(journal)
}

// tried collects why activities of a cutover are tried again, and where that
// would go on for minutes cancels it after the first time.
func (m *many) tried(ctx context.Context, name string, cancel bool) (said []string) {
	seen := map[string]bool{}
	for ticker := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			ticker.Stop()
			return said
		case <-ticker.C:
		}
		d, err := m.client.DescribeWorkflowExecution(ctx, follow.WorkflowID(name), "")
		if err != nil {
			continue
		}
		for _, p := range d.GetPendingActivities() {
			msg := p.GetLastFailure().GetMessage()
			if msg == "" || seen[msg] {
				continue
			}
			seen[msg], said = true, append(said, msg)
			if cancel {
				_ = m.client.CancelWorkflow(ctx, follow.WorkflowID(name), "") // it is tried again with the next message
			}
		}
	}
}

// estateOf makes clients of a cutover's own configuration, for a person who acts
// with the same domains.
func (m *many) estateOf(ctx context.Context, s workflows.Status) (*activities.Estate, error) {
	stored, err := m.ledger.Configuration(ctx, s.ConfigHash)
	if err != nil {
		return nil, err
	}
	return fleet.NewEstate(stored, s.ConfigHash)
}

// instead changes words of a configuration, which must be there.
func instead(old, now string) func(name, file string) error {
	return func(_, file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !strings.Contains(string(text), old) {
			return fmt.Errorf("%s does not say %q", file, old)
		}
		return os.WriteFile(file, []byte(strings.Replace(string(text), old, now, 1)), 0o600)
	}
}

// line is a line of the journal.
type line struct {
	Time                         time.Time
	Domain, Client, Method, Path string
	Status                       int
	Keys                         []string
}

func (h *held) read(journal string) error {
	f, err := os.Open(journal)
	if err != nil {
		return err
	}
	defer f.Close()
	h.wrote = map[string]int{}
	for s := bufio.NewScanner(f); s.Scan(); {
		var line line
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			return err
		}
		if strings.HasPrefix(line.Client, "second-") {
			h.others = append(h.others, line)
			continue // somebody else's
		}
		h.lines = append(h.lines, line)
		kind := line.Path[:strings.LastIndex(line.Path, "/")] // without the id, if there is one
		if strings.HasSuffix(kind, "v1") || strings.HasSuffix(kind, "scim") {
			kind = line.Path
		}
		for _, k := range append(line.Keys, "") {
			if k != "" || len(line.Keys) == 0 {
				h.wrote[fmt.Sprintf("%s %s %s %s", line.Domain, line.Method, kind, k)]++
			}
		}
		if line.Status >= 300 {
			h.refused = append(h.refused, s.Text())
		}
	}
	return nil
}
