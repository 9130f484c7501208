package workflows_test

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"cutover/workflows"
)

// The histories were recorded by whole rehearsals, one for each way a cutover
// may go. They come from released code and are only ever added to: a change of
// the workflow that one of them does not survive breaks cutovers that are under
// way, and needs workflow.GetVersion.
func TestEveryRecordedHistoryStillReplays(t *testing.T) {
	files, err := filepath.Glob("testdata/replay/*.json.gz")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 5)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			replayer.RegisterWorkflowWithOptions(workflows.Cutover, workflow.RegisterOptions{Name: workflows.WorkflowName})
			replayer.RegisterWorkflowWithOptions(workflows.Rollback, workflow.RegisterOptions{Name: workflows.RollbackName})
			f, err := os.Open(file)
			require.NoError(t, err)
			defer f.Close()
			unpacked, err := gzip.NewReader(f)
			require.NoError(t, err)
			history, err := client.HistoryFromJSON(unpacked, client.HistoryJSONOptions{})
			require.NoError(t, err)
			require.NoError(t, replayer.ReplayWorkflowHistory(silent{}, history))
		})
	}
}
