package simulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

// runsOne has a Bulk call of one operation answered.
func runsOne(d *domain) int {
	w := httptest.NewRecorder()
	d.serveBulk(w, httptest.NewRequest(http.MethodPost, "/admin/v1/Bulk", nil), operation{method: http.MethodPost, body: object{
		"schemas": []any{schemaBulkAsked}, "Operations": []any{object{"method": "DELETE", "path": "/Users/none"}}}})
	return w.Code
}

func TestImportsExportsAndBulkCallsRunOneAtATime(t *testing.T) {
	d := newDomain(directory.CXIF, 1, time.Now)
	require.NoError(t, d.bear(bornAlways))
	d.limits, d.tier = newLimits("none", time.Now), "none"
	ended := make(chan struct{})
	d.jobs.start = func(run func(context.Context)) {
		go func() { defer close(ended); run(t.Context()) }()
	}
	d.heavy <- struct{}{} // something else runs
	require.Equal(t, http.StatusTooManyRequests, runsOne(d))
	asked := object{"schemas": []any{schemaJobSchedule}, "jobType": "UserExport", "runNow": true,
		"parameters": []any{object{"name": "exportFormat", "value": "CSV"}}}
	a, err := d.schedule(asked, client{})
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, a.status, "a job that cannot start at once is only scheduled")
	d.mu.RLock()
	require.Empty(t, d.jobs.histories)
	d.mu.RUnlock()
	<-d.heavy
	<-ended
	d.mu.RLock()
	require.Equal(t, "succeeded", text(d.jobs.histories[0], "status"))
	d.mu.RUnlock()
	require.Equal(t, http.StatusOK, runsOne(d))
}
