package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/identitydomain"
	"cutover/internal/watchdog"
)

type watchdogOptions struct{ file, listen, token, cert, key string }

func (a *app) watchdog() *cobra.Command {
	var o watchdogOptions
	c := &cobra.Command{
		Use: "watchdog --token-file FILE", Short: "Bring local sign-in back if nothing else is alive to do it",
		Long: `Runs on a second machine. Before sso-on takes local sign-in away, the worker arms
it: told what comes back and when. If no confirmation reaches it in time, it puts
local sign-in back into Utilities by itself, whether or not Temporal, the worker or
their machine are alive.

--config needs only the section utilities, with a client of the watchdog's own.
What it is armed with is kept in --state. The token is the one that the worker's
configuration names as sso.probation.watchdogToken. Anything but loopback needs
--tls-cert and --tls-key.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runWatchdog(c.Context(), o) },
	}
	configFlag(c, &o.file)
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8321", "address and port")
	c.Flags().StringVar(&o.token, "token-file", "", "file with the token, and nothing else (required)")
	c.Flags().StringVar(&o.cert, "tls-cert", "", "file with the certificate, and those above it, in PEM")
	c.Flags().StringVar(&o.key, "tls-key", "", "file with its key, in PEM")
	for _, flag := range []string{"token-file", "tls-cert", "tls-key"} {
		_ = c.MarkFlagFilename(flag)
	}
	return c
}

func (a *app) runWatchdog(ctx context.Context, o watchdogOptions) error {
	if o.token == "" {
		return usage("--token-file is missing: a file with a long random token, mode 0600")
	}
	if (o.cert == "") != (o.key == "") {
		return usage("--tls-cert and --tls-key go together")
	}
	token := func() (string, error) { return watchdogToken(o.token) }
	if _, err := token(); err != nil {
		return usage("%w", err)
	}
	if err := mayListen(o.listen, o.cert != ""); err != nil {
		return err
	}
	d, secrets, err := config.LoadWatchdog(o.file)
	if err != nil {
		return usage("%w", err)
	}
	client, err := identitydomain.New(fleet.IdentityDomain(directory.Utilities, d, secrets))
	if err != nil {
		return err
	}
	who, err := secrets.Client(d)
	if err != nil {
		return err
	}
	dir := filepath.Join(a.state, "watchdog")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the state directory cannot be made: %s", cause(err))
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if mine, err := lock.TryLock(); err != nil || !mine {
		return fmt.Errorf("another watchdog uses %s; stop that one first, or use another --state", dir)
	}
	defer func() { _ = lock.Unlock() }()
	say := func(format string, args ...any) {
		fmt.Fprintf(a.err, "%s "+format+"\n", append([]any{time.Now().UTC().Format(time.RFC3339)}, args...)...)
	}
	dog, err := watchdog.Open(watchdog.Options{Domain: client, URL: d.URL, Client: who, Dir: dir, Say: say})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %s", o.listen, cause(err))
	}
	server := &http.Server{Handler: dog.Handler(token), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	served := make(chan error, 1)
	scheme := "http://"
	if o.cert != "" {
		scheme = "https://"
	}
	go func() {
		if o.cert != "" {
			served <- server.ServeTLS(listener, o.cert, o.key)
		} else {
			served <- server.Serve(listener)
		}
	}()
	where := scheme + listener.Addr().String()
	if a.json {
		_ = printJSON(a.out, map[string]string{"url": where, "domain": d.URL})
	} else {
		fmt.Fprintf(a.out, "The watchdog listens at %s for %s.\n", where, d.URL)
	}
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); dog.Watch(watching) }()
	// Should the door close, what it is armed with counts all the same.
	select {
	case <-ctx.Done():
	case err = <-served:
		say("nobody can arm or confirm any more: %v", err)
		<-ctx.Done()
	}
	stop()
	_ = server.Close()
	<-watched
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// watchdogToken reads the token. One that can be guessed protects nothing.
func watchdogToken(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the token file %s cannot be read: %s", file, cause(err))
	}
	token := strings.TrimSpace(string(b))
	if len(token) < 16 {
		return "", fmt.Errorf("the token in %s is shorter than 16 characters: head -c 32 /dev/urandom | base64 makes one", file)
	}
	return token, nil
}

// mayListen refuses to let a token travel in clear.
func mayListen(address string, tls bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usage("--listen is ADDRESS:PORT, not %q", address)
	}
	ip := net.ParseIP(host)
	if local := host == "localhost" || ip != nil && ip.IsLoopback(); local || tls {
		return nil
	}
	return usage("%s can be reached from elsewhere, and the token would travel in clear: give --tls-cert and --tls-key, or listen on 127.0.0.1", address)
}
