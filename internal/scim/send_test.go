package scim_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

func TestARefusalTellsWhatOracleSaysAndWhatToDoAboutIt(t *testing.T) {
	const oracle = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Missing\nrequired attribute","status":"400",
		"urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error":{"messageId":"error.common.validation.missingReqAttributes"}}`
	for _, c := range []struct {
		status int
		body   string
		want   directory.Problem
		detail string
	}{
		{400, oracle, directory.ProblemInvalid, "Missing required attribute [error.common.validation.missingReqAttributes]"},
		{400, `{"Errors":[{"code":"400","description":"no such role"}]}`, directory.ProblemInvalid, "no such role"},
		{403, `<html>secret page</html>`, directory.ProblemAuth, "the credentials do not allow this: see the client's admin roles"},
		{404, `{"detail":"gone","status":"404"}`, directory.ProblemNotFound, "gone"},
		{409, `{"detail":"exists","scimType":"uniqueness"}`, directory.ProblemConflict, "exists [uniqueness]"},
		{412, ``, directory.ProblemChanged, "precondition failed, without a reason in SCIM's error form"},
		{413, ``, directory.ProblemInvalid, "request entity too large, without a reason in SCIM's error form"},
		{429, ``, directory.ProblemThrottled, "too many requests"},
		{501, ``, directory.ProblemInvalid, "not implemented, without a reason in SCIM's error form"},
		{503, ``, directory.ProblemUnavailable, "service unavailable, without a reason in SCIM's error form"},
		{307, ``, directory.ProblemInvalid, "the answer is a redirection, which is not followed: see whether the URL is the domain's own"},
	} {
		p := newPeer(t, func(w *reply, _ *call) {
			w.Header().Set("opc-request-id", "OPC-1")
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Location", "/elsewhere")
			w.json(c.status, c.body)
		})
		_, err := p.client(t).JSON(t.Context(), "create users", "POST", "/Users", nil, map[string]string{"userName": "ann"}, nil)
		e := peerError(t, err)
		require.Equal(t, c.want, e.Problem, c.status)
		require.Equal(t, c.detail, e.Detail)
		require.Equal(t, "OPC-1", e.RequestID)
		require.Equal(t, 7*time.Second, e.RetryAfter)
		require.Equal(t, "fusion", e.Peer)
		require.Equal(t, "create users", e.Op)
		require.Len(t, p.calls, 1, "nothing is sent twice, and no redirect is followed")
	}
}

func TestEveryRequestHasADeadline(t *testing.T) {
	release := make(chan struct{})
	p := newPeer(t, func(w *reply, _ *call) { <-release })
	defer close(release)
	c := p.client(t, func(o *scim.Options) { o.Timeout = 50 * time.Millisecond })
	_, err := c.JSON(t.Context(), "read", "GET", "/slow", nil, nil, nil)
	e := peerError(t, err)
	require.Equal(t, directory.ProblemUnavailable, e.Problem)
	require.Equal(t, "no answer before the request's deadline", e.Detail)
}

func TestEveryRequestNamesCutover(t *testing.T) {
	p := newPeer(t, func(w *reply, _ *call) { w.json(200, `{}`) })
	_, err := p.client(t).JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, scim.UserAgent(), p.calls[0].Header.Get("User-Agent"))
	require.Regexp(t, `^cutover/\d`, scim.UserAgent())
}

func TestACancelledCallerSeesTheCancellation(t *testing.T) {
	p := newPeer(t, func(w *reply, _ *call) { w.json(200, `{}`) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.client(t).JSON(ctx, "read", "GET", "/Users", nil, nil, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestADispatcherBoundToAContextEndsWithIt(t *testing.T) {
	p := newPeer(t, func(w *reply, _ *call) { w.json(200, `{}`) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, p.URL+"/admin/v1/Rules", nil)
	require.NoError(t, err)
	_, err = p.client(t).For("read rules").In(ctx).Do(req)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, p.calls)
}

func TestAnAnswerThatIsNoJSONIsUnreadable(t *testing.T) {
	p := newPeer(t, func(w *reply, _ *call) { w.json(200, `<html>`) })
	_, err := scim.List[struct{}](t.Context(), p.client(t), "read users", "/Users", scim.Query{})
	require.Equal(t, directory.ProblemUnreadable, peerError(t, err).Problem)
}

func TestOnlyOneBulkRequestIsOnItsWayAtATime(t *testing.T) {
	var running, most atomic.Int32
	entered := make(chan struct{}, 8)
	release := make(chan struct{})
	p := newPeer(t, func(w *reply, _ *call) {
		most.Store(max(most.Load(), running.Add(1)))
		entered <- struct{}{}
		<-release
		running.Add(-1)
		w.json(200, `{"Operations":[{"bulkId":"1","status":"204"}]}`)
	})
	c := p.client(t)
	done := make(chan error, 3)
	for range 3 {
		go func() {
			_, err := c.Bulk(t.Context(), "delete users", nil, []scim.BulkOp{{Method: "DELETE", Path: "/Users/1"}})
			done <- err
		}()
	}
	for range 3 {
		<-entered
		require.EqualValues(t, 1, running.Load())
		release <- struct{}{}
		require.NoError(t, <-done)
	}
	require.EqualValues(t, 1, most.Load())
	require.Positive(t, c.Waited())
}

func TestAURLWithMoreThanAHostIsRefused(t *testing.T) {
	for _, url := range []string{"", "host", "ftp://host", "https://host/path", "https://u@host", "https://host?x=1", "://"} {
		_, err := scim.New(scim.Options{URL: url, Timeout: time.Second})
		require.Error(t, err, url)
	}
	_, err := scim.New(scim.Options{URL: "https://host"})
	require.ErrorContains(t, err, "deadline")
}

func TestARequestLargerThanAPeerTakesIsNotSent(t *testing.T) {
	p := newPeer(t, func(w *reply, _ *call) { w.json(200, `{}`) })
	_, err := p.client(t).JSON(t.Context(), "create users", http.MethodPost, "/Bulk", nil, make([]byte, scim.MaxPayload), nil)
	require.Equal(t, directory.ProblemInvalid, peerError(t, err).Problem)
	require.Empty(t, p.calls)
}
