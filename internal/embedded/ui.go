package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
)

// startUI starts the Web UI. It fetches nothing from outside, shows no feedback
// link and logs nothing.
//
// The UI's own Start ends the whole process where its port is taken
// (ui-server, server.go: Logger.Fatal), which is why choosePorts looks first.
func (s *Server) startUI() (err error) {
	defer func() {
		if r := recover(); r != nil { // its constructor panics on what it does not like
			err = fmt.Errorf("starting Temporal's Web UI on %s: %v", s.UIURL(), r)
		}
	}()
	s.ui = uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: s.HostPort(), Host: "127.0.0.1", Port: s.ports.ui,
		EnableUI: true, DefaultNamespace: s.namespace,
		DisableNewsFetch: true, NotifyOnNewVersion: false, HideLogs: true,
		// Plain http on loopback: a cookie marked secure would not come back.
		CORS: uiconfig.CORS{CookieInsecure: true},
	}))
	ui, ended := s.ui, s.uiEnded
	go func() {
		defer func() {
			if r := recover(); r != nil {
				ended <- fmt.Errorf("the Web UI of Temporal ended: %v", r)
			}
		}()
		if err := ui.Start(); err != nil {
			ended <- fmt.Errorf("the Web UI of Temporal ended: %w", err)
		}
	}()
	return nil
}

// awaitUI waits until the UI answers.
func (s *Server) awaitUI(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	return await(ctx, "Temporal's Web UI at "+s.UIURL(), func(ctx context.Context) error {
		select {
		case err := <-s.uiEnded:
			cancel(err)
			return err
		default:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.UIURL()+"/healthz", nil)
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("it answers %s", res.Status)
		}
		return nil
	})
}
