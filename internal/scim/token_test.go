package scim_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

const secret = "s3cret-value"

// tokens is a peer that gives tokens, and takes the last one only.
func tokens(t *testing.T, refuse func(n int) (int, string)) (*peer, *scim.ClientCredentials, *int) {
	var mu sync.Mutex
	given := 0
	p := newPeer(t, func(w *reply, c *call) {
		mu.Lock()
		defer mu.Unlock()
		if c.URL.Path != "/oauth2/v1/token" {
			if c.Header.Get("Authorization") != fmt.Sprintf("Bearer t%d", given) {
				w.json(401, ``)
				return
			}
			w.json(200, `{}`)
			return
		}
		given++
		if status, body := refuse(given); status != 0 {
			w.json(status, body)
			return
		}
		form, err := url.ParseQuery(c.body)
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("id:"+secret))
		if err != nil || c.Header.Get("Authorization") != basic || form.Get("grant_type") != "client_credentials" ||
			form.Get("scope") != "urn:opc:idm:__myscopes__" || !strings.HasPrefix(c.Header.Get("User-Agent"), "cutover/") {
			w.json(400, `{"error":"invalid_request"}`)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"t%d","token_type":"Bearer","expires_in":3600}`, given)
	})
	auth := &scim.ClientCredentials{Peer: "fusion", TokenURL: p.URL + "/oauth2/v1/token", ClientID: "id", Scope: "urn:opc:idm:__myscopes__",
		Secret: func(context.Context) (string, error) { return secret, nil }, Timeout: 5 * time.Second}
	return p, auth, &given
}

func accept(int) (int, string) { return 0, "" }

func TestOneTokenServesManyRequests(t *testing.T) {
	p, auth, given := tokens(t, accept)
	c := p.client(t, func(o *scim.Options) { o.Auth = auth })
	for range 5 {
		_, err := c.JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
		require.NoError(t, err)
	}
	require.Equal(t, 1, *given)
}

func TestATokenThatIsRefusedIsReplacedOnce(t *testing.T) {
	p, auth, given := tokens(t, accept)
	c := p.client(t, func(o *scim.Options) { o.Auth = auth })
	_, err := c.JSON(t.Context(), "write", "POST", "/Users", nil, map[string]int{"n": 1}, nil)
	require.NoError(t, err)
	*given = 7 // the peer forgets the token t1, and gives t8 next
	_, err = c.JSON(t.Context(), "write", "POST", "/Users", nil, map[string]int{"n": 2}, nil)
	require.NoError(t, err)
	require.Equal(t, 8, *given)
	last := p.calls[len(p.calls)-1]
	require.JSONEq(t, `{"n":2}`, last.body, "the body is sent again as well")
}

func TestASecondRefusalIsAProblemOfAuthentication(t *testing.T) {
	_, auth, given := tokens(t, accept)
	p := newPeer(t, func(w *reply, _ *call) { w.json(401, ``) })
	_, err := p.client(t, func(o *scim.Options) { o.Auth = auth }).JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	require.Equal(t, directory.ProblemAuth, peerError(t, err).Problem)
	require.Len(t, p.calls, 2)
	require.Equal(t, 2, *given)
}

func TestARefusedTokenRequestSaysWhatToLookAtAndNoSecret(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   directory.Problem
	}{
		{401, `{"error":"invalid_client","error_description":"` + secret + `"}`, directory.ProblemAuth},
		{400, `{"error":"invalid_scope"}`, directory.ProblemAuth},
		{403, `<html>` + secret, directory.ProblemAuth},
		{429, ``, directory.ProblemThrottled},
		{503, ``, directory.ProblemUnavailable},
		{200, `{"no":"token"}`, directory.ProblemUnreadable},
		{200, `<html>`, directory.ProblemUnreadable},
	} {
		p, auth, _ := tokens(t, func(int) (int, string) { return c.status, c.body })
		client := p.client(t, func(o *scim.Options) { o.Auth = auth })
		_, err := client.JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
		e := peerError(t, err)
		require.Equal(t, c.want, e.Problem, "%d %s", c.status, c.body)
		require.NotContains(t, e.Error(), secret)
		require.Len(t, p.calls, 1, "a refused token request is not repeated")
		if c.want == directory.ProblemAuth {
			require.Contains(t, e.Detail, "refused client id")
			require.Contains(t, e.Detail, "urn:opc:idm:__myscopes__")
		}
	}
}

func TestAnUnreachableTokenServiceIsUnavailable(t *testing.T) {
	p, auth, _ := tokens(t, accept)
	c := p.client(t, func(o *scim.Options) { o.Auth = auth })
	p.Close()
	_, err := c.JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	require.Equal(t, directory.ProblemUnavailable, peerError(t, err).Problem)
}

func TestASecretThatCannotBeReadIsAProblemOfAuthentication(t *testing.T) {
	p, auth, _ := tokens(t, accept)
	auth.Secret = func(context.Context) (string, error) { return "", errors.New("env:FUSION_SECRET is not set") }
	_, err := p.client(t, func(o *scim.Options) { o.Auth = auth }).JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	e := peerError(t, err)
	require.Equal(t, directory.ProblemAuth, e.Problem)
	require.Contains(t, e.Detail, "env:FUSION_SECRET is not set")
	require.Empty(t, p.calls)
}

func TestAPasswordIsNotTriedTwice(t *testing.T) {
	p := newPeer(t, func(w *reply, _ *call) { w.json(401, ``) })
	c := p.client(t, func(o *scim.Options) {
		o.Auth = scim.Basic{Peer: "fusion-applications", UserName: "admin", Password: func(context.Context) (string, error) { return secret, nil }}
	})
	_, err := c.JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	require.Equal(t, directory.ProblemAuth, peerError(t, err).Problem)
	require.Len(t, p.calls, 1)
	user, password, _ := p.calls[0].BasicAuth()
	require.Equal(t, []string{"admin", secret}, []string{user, password})
}
