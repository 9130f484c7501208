package statedir

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// HeldError says that somebody owns the state directory already.
type HeldError struct {
	Dir string
	PID int // of the owner; 0 where it cannot be told
}

func (e *HeldError) Error() string {
	switch e.PID {
	case 0:
		return fmt.Sprintf("state directory %s: another process owns it; stop that one first, or use another directory", e.Dir)
	case os.Getpid():
		return fmt.Sprintf("state directory %s: this process (pid %d) owns it already; it can be open once", e.Dir, e.PID)
	}
	return fmt.Sprintf("state directory %s: process %d owns it; stop that one first, or use another directory", e.Dir, e.PID)
}

// readPID is what the owner wrote, 0 where it has not yet.
func readPID(p Paths) int {
	b, err := os.ReadFile(p.pid())
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}
