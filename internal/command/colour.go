package command

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// paint colours words for a person at a terminal. The zero value colours nothing.
type paint struct{ on bool }

// painter looks whether what is written there is read by a person who wants
// colour: NO_COLOR (https://no-color.org) and a dumb terminal say no.
func painter(w io.Writer) paint {
	return paint{on: isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (p paint) good(s string) string { return p.in("32", s) }
func (p paint) bad(s string) string  { return p.in("31", s) }
func (p paint) warn(s string) string { return p.in("33", s) }
func (p paint) bold(s string) string { return p.in("1", s) }

func (p paint) in(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// outcome colours how a phase or a cutover stands or ended.
func (p paint) outcome(word, shown string) string {
	switch word {
	case "done", "completed":
		return p.good(shown)
	case "blocked", "stopped", "failed":
		return p.bad(shown)
	case "waiting", "rejected", "cancelled":
		return p.warn(shown)
	}
	return shown
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
