package follow_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"cutover/internal/embedded"
	"cutover/internal/follow"
	"cutover/workflows"
)

// A Temporal on which nobody works: what is asked of a cutover there must not
// wait for ever.
func TestWhereNoWorkerPollsAPersonIsToldSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	server, err := embedded.Start(t.Context(), embedded.Options{SearchAttributes: workflows.SearchAttributes()})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	c, err := client.DialContext(t.Context(), client.Options{HostPort: server.HostPort(), Namespace: server.Namespace()})
	require.NoError(t, err)
	t.Cleanup(c.Close)

	began := time.Now()
	err = follow.NeedWorker(t.Context(), c, server.Namespace())
	require.Less(t, time.Since(began), 5*time.Second)
	var none *follow.NoWorkerError
	require.ErrorAs(t, err, &none)
	require.ErrorContains(t, err, `no worker polls queue "cutover"`)
	require.ErrorContains(t, err, "cutover up")

	// Temporal itself knows what runs, without a worker.
	_, err = follow.Running(t.Context(), c, "pilot")
	require.ErrorIs(t, err, follow.ErrNotFound)
	_, err = follow.Status(t.Context(), c, "pilot")
	require.ErrorIs(t, err, follow.ErrNotFound)
	_, err = follow.Decide(t.Context(), c, "pilot", workflows.Decision{Verb: workflows.VerbResume})
	require.ErrorIs(t, err, follow.ErrNotFound)
	_, err = follow.Watch(t.Context(), c, "pilot", func(workflows.Status) error { return nil })
	require.ErrorIs(t, err, follow.ErrNotFound)

	_, err = follow.Start(t.Context(), c, workflows.Input{Name: "pilot", Key: "pilot"})
	require.NoError(t, err)
	runs, err := follow.Running(t.Context(), c, "pilot")
	require.NoError(t, err)
	require.True(t, runs)
	_, err = follow.Start(t.Context(), c, workflows.Input{Name: "pilot", Key: "pilot"})
	require.ErrorContains(t, err, "already", "a cutover of one name runs once")

	// A query is only answered by a worker.
	var silent *follow.NoAnswerError
	_, err = follow.Status(t.Context(), c, "pilot")
	require.ErrorAs(t, err, &silent)

	require.NoError(t, c.TerminateWorkflow(t.Context(), follow.WorkflowID("pilot"), "", "the test is over"))
	runs, err = follow.Running(t.Context(), c, "pilot")
	require.NoError(t, err)
	require.False(t, runs)
}
