// Package owner lets the process that owns a state directory serve the other
// commands: over a Unix socket in that directory, which only its user can open.
// It hands configurations in and reports out; it starts nothing and decides
// nothing.
package owner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"cutover/internal/ledger"
	"cutover/internal/report"
)

// Facts is what an owner tells of itself.
type Facts struct {
	PID       int    `json:"pid"`
	HostPort  string `json:"hostPort"` // Temporal's frontend
	Namespace string `json:"namespace"`
	UI        string `json:"ui"` // Temporal's Web UI, where it is ours
}

// configuration is a configuration on its way to the ledger.
type configuration struct {
	Hash string          `json:"hash"`
	Body json.RawMessage `json:"body"`
}

// maxBody is more than any configuration needs.
const maxBody = 64 << 20

// Serve serves on the socket until ctx ends.
func Serve(ctx context.Context, socket string, facts Facts, l *ledger.Ledger) error {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the socket that an earlier owner left: %w", err)
	}
	socket, err := short(socket)
	if err != nil {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", socket, err)
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: handler(facts, l), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 5 * time.Minute,
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			slog.Error("the owner's socket is closed", "error", err)
		}
	}()
	return nil
}

// longest is how many bytes of path every system takes for a socket.
const longest = 103

// short is the socket's path, or the way to it from here, whichever is short
// enough: a socket's path may only be about a hundred bytes long.
func short(socket string) (string, error) {
	if len(socket) <= longest {
		return socket, nil
	}
	here, err := os.Getwd()
	if err == nil {
		if relative, err := filepath.Rel(here, socket); err == nil && len(relative) <= longest {
			return relative, nil
		}
	}
	return "", fmt.Errorf("the path of the state directory is too long for its socket %s: name one with a shorter path", socket)
}

func handler(facts Facts, l *ledger.Ledger) http.Handler {
	mux := http.NewServeMux()
	serveRecords(mux, l)
	mux.HandleFunc("GET /facts", func(w http.ResponseWriter, _ *http.Request) { answer(w, facts, nil) })
	mux.HandleFunc("PUT /configuration", func(w http.ResponseWriter, r *http.Request) {
		var c configuration
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err == nil {
			err = json.Unmarshal(body, &c)
		}
		if err == nil {
			err = l.PutConfiguration(r.Context(), c.Hash, c.Body)
		}
		answer(w, struct{}{}, err)
	})
	mux.HandleFunc("GET /configuration", func(w http.ResponseWriter, r *http.Request) {
		body, err := l.Configuration(r.Context(), r.URL.Query().Get("hash"))
		answer(w, configuration{r.URL.Query().Get("hash"), body}, err)
	})
	mux.HandleFunc("PUT /cutover", func(w http.ResponseWriter, r *http.Request) {
		var c ledger.Cutover
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&c)
		if err == nil {
			err = l.PutCutover(r.Context(), c)
		}
		answer(w, struct{}{}, err)
	})
	mux.HandleFunc("GET /cutover", func(w http.ResponseWriter, r *http.Request) {
		c, err := l.Cutover(r.Context(), r.URL.Query().Get("name"))
		answer(w, c, err)
	})
	mux.HandleFunc("PUT /acceptances", func(w http.ResponseWriter, r *http.Request) {
		var all []ledger.Acceptance
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&all)
		if err == nil {
			err = l.PutAcceptances(r.Context(), all)
		}
		answer(w, struct{}{}, err)
	})
	mux.HandleFunc("GET /acceptances", func(w http.ResponseWriter, r *http.Request) {
		all, err := l.Acceptances(r.Context(), r.URL.Query().Get("key"))
		answer(w, all, err)
	})
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, r *http.Request) {
		rep, err := report.Build(r.Context(), l, r.URL.Query().Get("key"))
		answer(w, rep, err)
	})
	mux.HandleFunc("GET /open", func(w http.ResponseWriter, r *http.Request) {
		open, err := report.BuildOpen(r.Context(), l, r.URL.Query().Get("key"), r.URL.Query().Get("phase"))
		answer(w, open, err)
	})
	serveTripwire(mux, l)
	return mux
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		w.WriteHeader(http.StatusNotFound)
		v = map[string]string{"error": err.Error()}
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		v = map[string]string{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(v)
}
