package owner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"

	"cutover/internal/ledger"
	"cutover/internal/report"
)

// ErrNone says that no process owns the state directory now.
var ErrNone = errors.New("no process owns the state directory")

// Client speaks to the owner of a state directory.
type Client struct{ http *http.Client }

// Dial finds the owner by its socket, or returns ErrNone.
func Dial(ctx context.Context, socket string) (*Client, Facts, error) {
	socket, err := short(socket)
	if err != nil {
		return nil, Facts{}, err
	}
	c := &Client{http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}}
	var facts Facts
	err = c.call(ctx, http.MethodGet, "/facts", nil, nil, &facts)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, Facts{}, ErrNone
	}
	if errors.Is(err, os.ErrPermission) {
		return nil, Facts{}, fmt.Errorf("the state directory belongs to another user: %w", err)
	}
	return c, facts, err
}

// PutConfiguration implements Store.
func (c *Client) PutConfiguration(ctx context.Context, hash string, body []byte) error {
	return c.call(ctx, http.MethodPut, "/configuration", nil, configuration{hash, body}, nil)
}

// Configuration implements Store.
func (c *Client) Configuration(ctx context.Context, hash string) ([]byte, error) {
	var out configuration
	err := c.call(ctx, http.MethodGet, "/configuration", url.Values{"hash": {hash}}, nil, &out)
	return out.Body, err
}

// PutCutover implements Store.
func (c *Client) PutCutover(ctx context.Context, cut ledger.Cutover) error {
	return c.call(ctx, http.MethodPut, "/cutover", nil, cut, nil)
}

// Cutover implements Store.
func (c *Client) Cutover(ctx context.Context, name string) (out ledger.Cutover, err error) {
	err = c.call(ctx, http.MethodGet, "/cutover", url.Values{"name": {name}}, nil, &out)
	return out, err
}

// Report implements Store.
func (c *Client) Report(ctx context.Context, key string) (out report.Report, err error) {
	err = c.call(ctx, http.MethodGet, "/report", url.Values{"key": {key}}, nil, &out)
	return out, err
}

// Open implements Store.
func (c *Client) Open(ctx context.Context, key, phase string) (out report.Open, err error) {
	err = c.call(ctx, http.MethodGet, "/open", url.Values{"key": {key}, "phase": {phase}}, nil, &out)
	return out, err
}

// PutAcceptances implements Store.
func (c *Client) PutAcceptances(ctx context.Context, all []ledger.Acceptance) error {
	return c.call(ctx, http.MethodPut, "/acceptances", nil, all, nil)
}

// Acceptances implements Store.
func (c *Client) Acceptances(ctx context.Context, key string) (out []ledger.Acceptance, err error) {
	err = c.call(ctx, http.MethodGet, "/acceptances", url.Values{"key": {key}}, nil, &out)
	return out, err
}

// Close implements Store.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

func (c *Client) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://owner"+path+"?"+query.Encode(), body)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		if out == nil {
			return nil
		}
		return json.NewDecoder(resp.Body).Decode(out)
	}
	var refused struct{ Error string }
	_ = json.NewDecoder(resp.Body).Decode(&refused)
	if resp.StatusCode == http.StatusNotFound {
		return fmt.Errorf("%w: %s", ledger.ErrNotFound, refused.Error)
	}
	return fmt.Errorf("the owner of the state directory: %s", refused.Error)
}
