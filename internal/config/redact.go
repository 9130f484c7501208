package config

import (
	"regexp"
	"strings"
)

var (
	// A key that sounds like a secret, with what follows it on its line.
	secretKey = regexp.MustCompile(`(?i)(secret|passw|passphrase|token|credential|apikey|api[_-]key|private)[A-Za-z_-]*["']?\s*:\s*["']?`)
	// What follows such a key when it is the reference that it should be. A
	// command's words are not shown: some commands take a secret as a word.
	reference = regexp.MustCompile(`^(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\s"',}]+)`)
	// A URL that carries a user, a password or a query.
	tellingURL = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"']*[@?]`)
	// A key whose value is on the lines below it.
	openSecret = regexp.MustCompile(`(?i)(secret|passw|passphrase|token|credential|apikey|api[_-]key|private)[A-Za-z_-]*["']?\s*:\s*[|>]?[-+0-9]*\s*(#.*)?$`)
)

const notShown = "(not shown)"

// source holds the lines of a file so that they can be shown without giving a
// secret away: someone may have written it where only a reference belongs.
type source struct {
	lines  []string
	hidden map[int]int // line -> rune column from which on it is not shown
}

func newSource(text string) *source {
	s := &source{lines: strings.Split(text, "\n"), hidden: map[int]int{}}
	for i := range s.lines {
		s.lines[i] = strings.TrimSuffix(s.lines[i], "\r")
	}
	below := -1 // indent of a key whose value is on the lines below it
	for i, line := range s.lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case below >= 0 && strings.TrimSpace(line) != "" && indent > below:
			s.hide(i+1, indent+1)
		case strings.TrimSpace(line) != "":
			below = -1
		}
		if openSecret.MatchString(line) {
			below = indent
		}
	}
	return s
}

// hide cuts a line off before the column.
func (s *source) hide(line, column int) {
	if old, ok := s.hidden[line]; !ok || column < old {
		s.hidden[line] = column
	}
}

// line returns a line as it may be shown.
func (s *source) line(number int) string {
	if number < 1 || number > len(s.lines) {
		return ""
	}
	line := s.lines[number-1]
	cut := len(line)
	for _, at := range secretKey.FindAllStringIndex(line, -1) {
		if value := line[at[1]:]; value != "" && !reference.MatchString(value) {
			cut = min(cut, at[1])
		}
	}
	if at := tellingURL.FindStringIndex(line); at != nil {
		cut = min(cut, at[0])
	}
	if column, ok := s.hidden[number]; ok {
		runes := []rune(line)
		cut = min(cut, len(string(runes[:min(column-1, len(runes))])))
	}
	if cut == len(line) {
		return line
	}
	return line[:cut] + notShown
}
