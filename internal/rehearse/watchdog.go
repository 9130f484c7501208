package rehearse

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

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
	"cutover/internal/simulator"
	"cutover/internal/watchdog"
)

// guard is the watchdog beside a rehearsal. It lives in this process, because a
// rehearsal has no second machine, but shares nothing else: its client in the
// domain is its own, and it is armed by HTTP as any other.
type guard struct {
	url  string
	stop func()
}

func startWatchdog(ctx context.Context, keep string, sim *simulator.Simulator) (guard, error) {
	id, secret := sim.SecondClient(directory.Utilities)
	url := sim.URL(directory.Utilities)
	client, err := identitydomain.New(identitydomain.Options{
		Domain: directory.Utilities, URL: url, ClientID: id, Type: "none",
		Secret: func(context.Context) (string, error) { return secret, nil },
	})
	if err != nil {
		return guard{}, err
	}
	dog, err := watchdog.Open(watchdog.Options{Domain: client, URL: url, Client: id, Dir: filepath.Join(keep, "watchdog")})
	if err != nil {
		return guard{}, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return guard{}, fmt.Errorf("start the watchdog of the rehearsal: %w", err)
	}
	token := filepath.Join(keep, "secrets", "watchdog-token") // written with the configuration
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: dog.Handler(func() (string, error) {
		b, err := os.ReadFile(token)
		return strings.TrimSpace(string(b)), err
	})}
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); dog.Watch(watching) }()
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			stop()
		}
	}()
	return guard{url: "http://" + listener.Addr().String(), stop: func() {
		stop()
		_ = server.Close()
		<-watched
	}}, nil
}
