package embedded

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// ports are those of the four services and of the UI. With static hosts the
// services open no membership ports, but Temporal wants a number for each.
type ports struct {
	frontend, history, matching, worker int
	membership                          [4]int
	ui                                  int
}

// PortError says that a port cannot be used. Err is nil where it is in use.
type PortError struct {
	Port int
	What string // is meant to listen there
	Err  error
}

func (e *PortError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("port %d, for %s, is in use: stop what uses it, or choose another port (0: a free one)", e.Port, e.What)
	}
	return fmt.Sprintf("port %d, for %s, cannot be opened: %v: choose another port (0: a free one)", e.Port, e.What, e.Err)
}

func (e *PortError) Unwrap() error { return e.Err }

// choosePorts looks that the ports asked for are free and finds free ones for
// the rest. All are held until all are found, so that none is chosen twice. The
// servers open them themselves, a moment later: in between another process can
// take one, and then the start fails.
func choosePorts(frontend, ui int) (p ports, err error) {
	var held []net.Listener
	defer func() {
		for _, l := range held {
			err = errors.Join(err, l.Close())
		}
	}()
	type want struct {
		what string
		port *int
		flag int
	}
	wants := []want{{"Temporal's frontend", &p.frontend, frontend}, {"the Web UI", &p.ui, ui}}
	for _, free := range []*int{&p.history, &p.matching, &p.worker, &p.membership[0], &p.membership[1], &p.membership[2], &p.membership[3]} {
		wants = append(wants, want{"a part of Temporal", free, 0})
	}
	for _, w := range wants {
		l, err := net.Listen("tcp", loopback(w.flag))
		if errors.Is(err, syscall.EADDRINUSE) {
			return p, &PortError{Port: w.flag, What: w.what}
		}
		if err != nil {
			return p, &PortError{Port: w.flag, What: w.what, Err: err}
		}
		held = append(held, l)
		*w.port = l.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}
