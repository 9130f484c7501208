// Package embedded runs a Temporal server, its Web UI and its SQLite database in
// this process, on loopback only, without a call to the outside. It must not
// know what runs on it: no workflow, no ledger, no configuration. Whoever starts
// it makes sure that one process at a time has the database file; SQLite would
// not refuse a second one.
//
// The ports have no sign-in of their own: any user of this machine can reach them.
package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/headers"
	"go.temporal.io/server/temporal"

	uiserver "github.com/temporalio/ui-server/v2/server"
)

// Version is the version of the Temporal server. Its database has no
// migrations: a file belongs to the version that made it.
const Version = headers.ServerVersion

// startDeadline bounds how long Start waits; it takes under a second when
// nothing is wrong.
const startDeadline = 60 * time.Second

// Options say where the server lives. The zero value is a server on free ports
// with a database in a temporary directory, which Stop deletes.
type Options struct {
	DBFile       string // made if it is not there
	Namespace    string // default "default"
	FrontendPort int    // gRPC; 0: a free one
	UIPort       int    // HTTP; 0: a free one
	// SearchAttributes are registered for the namespace; those of an existing
	// file that are missing are added.
	SearchAttributes map[string]enums.IndexedValueType
	LogLevel         slog.Level // of the server's own log, handed to slog; 0: errors only
}

// Server is a running server.
type Server struct {
	namespace string
	ports     ports
	temporal  temporal.Server
	ui        *uiserver.Server
	uiEnded   chan error // what ended the UI, if anything did
	temporary string     // directory to delete, or empty
	stop      sync.Once
	stopping  atomic.Bool // Stop has begun, or is about to
}

// Start starts the server and returns when its frontend, its namespace, the
// search attributes and the UI can be used. ctx bounds the start; when it ends
// later, the server goes on until Stop, and its log falls silent.
func Start(ctx context.Context, o Options) (s *Server, err error) {
	s = &Server{namespace: cmp.Or(o.Namespace, "default"), uiEnded: make(chan error, 1)}
	// When ctx ends, whoever started the server is about to stop it, and its
	// clients give up their calls: from then on its complaints tell nothing.
	stopping := &s.stopping
	context.AfterFunc(ctx, func() { stopping.Store(true) })
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	defer func() {
		if err != nil {
			s.Stop()
			s = nil
		}
	}()
	if s.ports, err = choosePorts(o.FrontendPort, o.UIPort); err != nil {
		return s, err
	}
	file := o.DBFile
	if file == "" {
		if s.temporary, err = os.MkdirTemp("", "cutover-temporal-"); err != nil {
			return s, fmt.Errorf("making a directory for Temporal's database: %w", err)
		}
		file = filepath.Join(s.temporary, "temporal.db")
	}
	sql, err := database(file, s.namespace, o.SearchAttributes)
	if err != nil {
		return s, fmt.Errorf("opening Temporal's database %s: %w: look whether the directory is there, has room, and belongs to the user who runs this", file, err)
	}
	if err := s.startTemporal(sql, o.LogLevel); err != nil {
		return s, fmt.Errorf("starting the Temporal server on %s: %w", s.HostPort(), err)
	}
	if err := s.awaitNamespace(ctx, o.SearchAttributes); err != nil {
		return s, err
	}
	if err := s.startUI(); err != nil {
		return s, err
	}
	return s, s.awaitUI(ctx)
}

// HostPort is where a Temporal client connects.
func (s *Server) HostPort() string { return loopback(s.ports.frontend) }

// Namespace is the namespace that is ready to use.
func (s *Server) Namespace() string { return s.namespace }

// UIURL is where the Web UI is, without a slash at the end.
func (s *Server) UIURL() string { return "http://" + loopback(s.ports.ui) }

// WorkflowURL is the page of a workflow in the Web UI that shows in words where
// it stands (its user metadata); without a run, the page of its latest one.
func (s *Server) WorkflowURL(id, run string) string {
	u := s.UIURL() + "/namespaces/" + url.PathEscape(s.namespace) + "/workflows/" + url.PathEscape(id)
	if run != "" {
		u += "/" + url.PathEscape(run) + "/user-metadata"
	}
	return u
}

// UIEnded delivers why the Web UI stopped by itself. The server goes on without it.
func (s *Server) UIEnded() <-chan error { return s.uiEnded }

// Stop ends the UI and the server, and deletes a temporary database. Clients
// and workers are to be stopped before it. It may be called more than once.
func (s *Server) Stop() {
	s.stop.Do(func() {
		s.stopping.Store(true)
		if s.ui != nil {
			s.ui.Stop()
		}
		if s.temporal != nil {
			if err := s.temporal.Stop(); err != nil {
				slog.Warn("Temporal did not stop cleanly", "error", err)
			}
		}
		if s.temporary != "" {
			if err := os.RemoveAll(s.temporary); err != nil {
				slog.Warn("Temporal's temporary database is left behind", "error", err)
			}
		}
	})
}

// await asks again and again until the answer is yes or the context ends; the
// last reason why not becomes part of the error.
func await(ctx context.Context, what string, ask func(context.Context) error) error {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", what, errors.Join(ctx.Err(), err))
		case <-tick.C:
		}
	}
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
