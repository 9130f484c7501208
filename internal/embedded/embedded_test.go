package embedded_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	sdktemporal "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"cutover/internal/embedded"
)

const queue = "greetings"

var place = sdktemporal.NewSearchAttributeKeyKeyword("Place")

// greeting waits for a name and greets whoever bears it.
func greeting(ctx workflow.Context) (string, error) {
	var name string
	workflow.GetSignalChannel(ctx, "name").Receive(ctx, &name)
	return "hello, " + name, nil
}

func TestAWorkflowOutlivesARestartOnTheSameFile(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Temporal server twice")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	// A name with what means something in a URI.
	file := filepath.Join(t.TempDir(), "50% #1?.db")
	options := embedded.Options{DBFile: file, SearchAttributes: map[string]enums.IndexedValueType{
		"Place": enums.INDEXED_VALUE_TYPE_KEYWORD, "Count": enums.INDEXED_VALUE_TYPE_INT,
	}}

	first, err := embedded.Start(ctx, options)
	require.NoError(t, err)
	t.Cleanup(first.Stop)
	c, w := connect(t, ctx, first)
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: "greet 1", TaskQueue: queue, TypedSearchAttributes: sdktemporal.NewSearchAttributes(place.ValueSet("here")),
	}, greeting)
	require.NoError(t, err)
	page := first.WorkflowURL(run.GetID(), run.GetRunID())
	require.Equal(t, first.UIURL()+"/namespaces/default/workflows/greet%201/"+run.GetRunID()+"/user-metadata", page)
	require.Equal(t, http.StatusOK, status(t, ctx, page))
	w.Stop()
	c.Close()
	first.Stop()
	_, err = net.Dial("tcp", first.HostPort())
	require.Error(t, err, "the frontend still listens after Stop")

	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	// A later version of the program wants one attribute more.
	options.SearchAttributes["Since"] = enums.INDEXED_VALUE_TYPE_DATETIME
	second, err := embedded.Start(ctx, options)
	require.NoError(t, err)
	t.Cleanup(second.Stop)
	c, w = connect(t, ctx, second)
	defer c.Close()
	defer w.Stop()
	require.NoError(t, c.SignalWorkflow(ctx, run.GetID(), run.GetRunID(), "name", "Ada"))
	var said string
	require.NoError(t, c.GetWorkflow(ctx, run.GetID(), run.GetRunID()).Get(ctx, &said))
	require.Equal(t, "hello, Ada", said)
	found, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: `Place = "here" AND Since IS NULL AND Count IS NULL`})
	require.NoError(t, err)
	require.EqualValues(t, 1, found.Count)

}

func TestAPortInUseIsSaidBeforeAnythingStarts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	file := filepath.Join(t.TempDir(), "temporal.db")
	_, err = embedded.Start(t.Context(), embedded.Options{DBFile: file, UIPort: port})
	require.EqualError(t, err, fmt.Sprintf("port %d, for the Web UI, is in use: stop what uses it, or choose another port (0: a free one)", port))
	require.NoFileExists(t, file)
}

func TestADatabaseThatCannotBeMadeIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nowhere", "temporal.db")
	_, err := embedded.Start(t.Context(), embedded.Options{DBFile: file})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "opening Temporal's database "+file)
}

func connect(t *testing.T, ctx context.Context, s *embedded.Server) (client.Client, worker.Worker) {
	t.Helper()
	c, err := client.DialContext(ctx, client.Options{HostPort: s.HostPort(), Namespace: s.Namespace(), Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(greeting)
	require.NoError(t, w.Start())
	return c, w
}

func status(t *testing.T, ctx context.Context, url string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	return res.StatusCode
}
