package rehearse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/encoding/protojson"

	"cutover/internal/estates"
	"cutover/internal/estates/estatetest"
	"cutover/internal/privacy"
	"cutover/internal/rehearse"
	"cutover/internal/report"
	"cutover/internal/simulator"
	"cutover/internal/statedir"
	"cutover/workflows"
)

func TestACleanEstateGoesThroughToExactlyWhatItExpects(t *testing.T) {
	t.Parallel() // most of it is waiting
	r := rehearsal(t, "clean", "")
	require.Equal(t, "completed", r.report.Outcome, r.report.Reason)
	estatetest.Final(t, estate(t, "clean"), os.DirFS(filepath.Join(r.keep, "dump")))
	r.matchesExpected(t, "clean")
	r.leaksNothing(t, "clean")
	for _, d := range r.report.Decisions {
		require.True(t, d.Automatic, "what a rehearsal decides for itself is marked")
	}
}

func TestAnEstateWithEveryConflictResolvedGoesThroughToExactlyWhatItExpects(t *testing.T) {
	t.Parallel() // most of it is waiting
	r := rehearsal(t, "resolved", "")
	require.Equal(t, "completed", r.report.Outcome, r.report.Reason)
	estatetest.Final(t, estate(t, "resolved"), os.DirFS(filepath.Join(r.keep, "dump")))
	r.matchesExpected(t, "resolved")
	r.leaksNothing(t, "resolved")
}

func TestAnEstateWithOpenConflictsIsBlockedAndNothingIsWritten(t *testing.T) {
	r := rehearsal(t, "messy", "")
	require.Equal(t, "blocked", r.report.Outcome)
	require.Equal(t, "migrate", r.report.BlockedAt)
	require.Empty(t, r.journal(t))
	estatetest.Unchanged(t, estate(t, "messy"), os.DirFS(filepath.Join(r.keep, "dump")))
	r.matchesExpected(t, "messy")
	r.leaksNothing(t, "messy")
}

func TestAWrongCertificateStopsAtTheTestAndOnlyTheTestUserWasTouched(t *testing.T) {
	r := rehearsal(t, "clean", "wrong-saml-certificate")
	require.Equal(t, "stopped", r.report.Outcome)
	require.Equal(t, "sso-test", r.report.StoppedAt)
	require.Contains(t, r.report.Reason, "certificate")
	before, after := estatetest.Load(t, estate(t, "clean")), estatetest.Load(t, os.DirFS(filepath.Join(r.keep, "dump")))
	estatetest.SamePeople(t, before, after)
	r.leaksNothing(t, "clean")
}

func TestASecondCutoverOnTheSameDomainsFindsNothingToDo(t *testing.T) {
	t.Parallel() // most of it is waiting
	for _, name := range []string{"clean", "resolved"} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("starts a whole Temporal server")
			}
			dir := t.TempDir()
			journal, file := filepath.Join(dir, "journal.jsonl"), filepath.Join(dir, "cutover.yaml")
			sim, err := simulator.Start(t.Context(), simulator.Options{Estate: estate(t, name), Tier: "none", CopyDelay: 50e6, Seed: 1, Journal: journal})
			require.NoError(t, err)
			defer sim.Close()
			require.NoError(t, sim.WriteConfig(file))
			first, err := rehearse.Against(t.Context(), options(t.TempDir(), "first"), file, sim)
			require.NoError(t, err)
			require.Equal(t, "completed", first.Outcome, first.Reason)
			before, err := os.ReadFile(journal)
			require.NoError(t, err)

			second, err := rehearse.Against(t.Context(), options(t.TempDir(), "second"), file, sim)
			require.NoError(t, err)
			require.Equal(t, "completed", second.Outcome, second.Reason)
			after, err := os.ReadFile(journal)
			require.NoError(t, err)
			require.Equal(t, string(before), string(after), "its part of the journal is empty")
			require.Len(t, second.Phases, 12)
			for _, p := range second.Phases {
				require.Zero(t, p.Planned, p.Name)
			}
			read := map[string]bool{}
			for _, r := range second.Reads {
				read[string(r.Domain)] = true
			}
			require.Len(t, read, 3, "it read all three domains afresh")
			dump := t.TempDir()
			require.NoError(t, sim.Dump(dump))
			estatetest.Final(t, estate(t, name), os.DirFS(dump))
		})
	}
}

// options approve by themselves.
func options(keep, name string) rehearse.Options {
	return rehearse.Options{
		Name: name, Keep: keep, Stamp: statedir.Stamp{Product: "test"},
		Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		Decide: func(_ context.Context, s workflows.Status, _ rehearse.Place) (*workflows.Decision, error) {
			return rehearse.Automatic(s), nil
		},
	}
}

// run is a rehearsal that was held.
type run struct {
	report report.Report
	keep   string
	logs   *bytes.Buffer
}

func estate(t *testing.T, name string) fs.FS {
	t.Helper()
	sub, err := fs.Sub(estates.FS, name)
	require.NoError(t, err)
	return sub
}

// rehearsal holds one with automatic approvals.
func rehearsal(t *testing.T, name, fault string) run {
	t.Helper()
	return rehearsalOf(t, estate(t, name), fault)
}

func rehearsalOf(t *testing.T, files fs.FS, fault string) run {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	r := run{keep: t.TempDir(), logs: &bytes.Buffer{}}
	logger := slog.New(slog.NewTextHandler(r.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o := options(r.keep, "")
	o.Simulator = simulator.Options{Estate: files, Tier: "apps", CopyDelay: 100e6, Seed: 1, Fault: fault, Witness: witnessing(t).witness}
	o.Logger = sdklog.NewStructuredLogger(logger)
	rep, err := rehearse.Run(t.Context(), o)
	require.NoError(t, err)
	r.report = rep
	return r
}

func (r run) journal(t *testing.T) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(r.keep, "journal.jsonl"))
	require.NoError(t, err)
	return string(body)
}

// matchesExpected holds the report against what the estate expects.
func (r run) matchesExpected(t *testing.T, name string) {
	t.Helper()
	body, err := fs.ReadFile(estate(t, name), "expected.json")
	require.NoError(t, err)
	var want struct {
		Users    map[string]string
		After    *report.After
		Findings struct {
			Orphan          map[string][]string `json:"orphan"`
			HubMissingEmail []string            `json:"hub-missing-email"`
		}
	}
	require.NoError(t, json.Unmarshal(body, &want))
	require.Equal(t, want.Users, r.report.Verdicts)
	if want.After != nil {
		require.Equal(t, want.After, r.report.After)
	}
}

// leaksNothing scans history, logs and every file for people and secrets.
func (r run) leaksNothing(t *testing.T, name string) {
	t.Helper()
	people, err := privacy.People(estate(t, name), []string{"bg-admin", "process.automation", "svc-*", "svc_*", "cxif.admin"})
	require.NoError(t, err)
	secrets, err := privacy.Secrets(os.DirFS(filepath.Join(r.keep, "secrets")))
	require.NoError(t, err)
	require.NotEmpty(t, secrets)
	all := privacy.New(append(people, secrets...))
	require.Greater(t, all.Words(), 50)

	var h historypb.History
	body, err := os.ReadFile(filepath.Join(r.keep, "history.json"))
	require.NoError(t, err)
	require.NoError(t, protojson.Unmarshal(body, &h))
	require.NotEmpty(t, h.GetEvents())
	require.Empty(t, all.History(&h))
	require.Empty(t, all.In("the logs", r.logs.String()))

	r.leavesEvidence(t)
	leaks, err := privacy.New(secrets).Files(os.DirFS(r.keep), func(path string) bool { return filepath.Dir(path) == "secrets" })
	require.NoError(t, err)
	require.Empty(t, leaks, "a secret in a file that was written")
}
