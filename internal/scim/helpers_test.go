package scim_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// call is a request as the peer got it.
type call struct {
	*http.Request
	body string
}

// reply is what the peer answers.
type reply struct{ http.ResponseWriter }

func (r *reply) json(status int, body string) {
	r.Header().Set("Content-Type", scim.MediaType)
	r.WriteHeader(status)
	_, _ = io.WriteString(r, body)
}

type peer struct {
	*httptest.Server
	mu    sync.Mutex
	calls []*call
}

func newPeer(t *testing.T, answer func(*reply, *call)) *peer {
	t.Helper()
	p := &peer{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		c := &call{Request: r, body: string(b)}
		p.mu.Lock()
		p.calls = append(p.calls, c)
		p.mu.Unlock()
		answer(&reply{w}, c)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *peer) client(t *testing.T, change ...func(*scim.Options)) *scim.Client {
	t.Helper()
	o := scim.Options{Peer: "fusion", URL: p.URL, Base: "/admin/v1", Timeout: 10 * time.Second}
	for _, f := range change {
		f(&o)
	}
	c, err := scim.New(o)
	require.NoError(t, err)
	return c
}

func peerError(t *testing.T, err error) *directory.PeerError {
	t.Helper()
	var e *directory.PeerError
	require.True(t, errors.As(err, &e), "%v", err)
	return e
}
