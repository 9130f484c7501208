package command

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"cutover/internal/simulator"
)

// otherWeather reads the weather of a rehearsal again whenever the process gets
// SIGUSR2, which only its owner can send. A file that is wrong changes nothing.
func (a *app) otherWeather(ctx context.Context, name string) (weathers <-chan simulator.Weather, stop func()) {
	if name == "" {
		return nil, func() {}
	}
	asked, out := make(chan os.Signal, 1), make(chan simulator.Weather)
	signal.Notify(asked, syscall.SIGUSR2)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-asked:
			}
			w, err := simulator.ReadWeather(name)
			if err != nil {
				fmt.Fprintln(a.err, "the weather stays as it is:", err)
				continue
			}
			select {
			case out <- w:
				fmt.Fprintf(a.err, "weather %s begins (%d spells)\n", name, len(w.Spells))
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() {
		signal.Stop(asked)
		cancel()
	}
}
