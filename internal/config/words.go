package config

import (
	"errors"
	"strings"
)

// words splits a command as a shell would split it, with quotes and
// backslashes, and does nothing else of what a shell does: no variables, no
// globs, no pipes (POSIX.1-2024, XCU 2.2 Quoting).
func words(command string) ([]string, error) {
	var out []string
	var word strings.Builder
	begun := false
	runes := []rune(command)
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; c {
		case ' ', '\t', '\n', '\r':
			if begun {
				out = append(out, word.String())
				word.Reset()
				begun = false
			}
		case '\'', '"':
			begun = true
			end, err := quoted(runes, i, &word)
			if err != nil {
				return nil, err
			}
			i = end
		case '\\':
			if i++; i == len(runes) {
				return nil, errors.New("a backslash ends the command")
			}
			begun = true
			word.WriteRune(runes[i])
		default:
			begun = true
			word.WriteRune(c)
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out, nil
}

// quoted writes what is between the quote at start and its fellow, and returns
// where that is. In double quotes a backslash keeps " \ $ and ` from meaning
// anything.
func quoted(runes []rune, start int, word *strings.Builder) (int, error) {
	quote := runes[start]
	for i := start + 1; i < len(runes); i++ {
		c := runes[i]
		switch {
		case c == quote:
			return i, nil
		case quote == '"' && c == '\\' && i+1 < len(runes) && strings.ContainsRune("\"\\$`", runes[i+1]):
			i++
			word.WriteRune(runes[i])
		default:
			word.WriteRune(c)
		}
	}
	return 0, errors.New("a quote is not closed")
}
