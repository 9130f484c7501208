package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in cutover.yaml, or something that a person should know.
type Problem struct {
	File         string
	Line, Column int    // count from 1; 0 where the file itself is the problem
	Path         string // e.g. utilities.clientSecret
	What         string // what is wrong
	Instead      string // what would be right
	// Source is the line as it is in the file; what may be a secret is cut off.
	Source string
	// Warning marks what does not keep a cutover from starting.
	Warning bool
}

// Invalid holds every mistake of a file, in the order of its lines.
type Invalid struct{ Problems []Problem }

// Error shows every mistake with its line and what would be right, without colour.
func (e *Invalid) Error() string { return e.Format(false) }

// Format is Error, in colour if asked.
func (e *Invalid) Format(colour bool) string {
	var b strings.Builder
	count := "1 mistake"
	if n := len(e.Problems); n != 1 {
		count = fmt.Sprintf("%d mistakes", n)
	}
	file := "the configuration"
	if len(e.Problems) > 0 {
		file = e.Problems[0].File
	}
	fmt.Fprintf(&b, "%s: %s", file, count)
	for _, p := range e.Problems {
		b.WriteString("\n\n" + p.Format(colour))
	}
	return b.String()
}

// String shows the problem with its line, without colour.
func (p Problem) String() string { return p.Format(false) }

// Format shows the problem: where and what, the line with a caret, what instead.
func (p Problem) Format(colour bool) string {
	paint := func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	const red, yellow, faint, bold = "31", "33", "2", "1"
	tint := red
	if p.Warning {
		tint = yellow
	}
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	what := p.What
	if p.Path != "" {
		what = p.Path + ": " + what
	}
	if p.Warning {
		what = "warning: " + what
	}
	lines := []string{paint(bold, where) + ": " + paint(tint, what)}
	if p.Source != "" {
		line, column := p.excerpt()
		lines = append(lines, paint(faint, fmt.Sprintf("%4d | ", p.Line))+line)
		if column <= len([]rune(line)) {
			lines = append(lines, paint(faint, "     | ")+blank(line, column)+paint(tint, "^"))
		}
	}
	if p.Instead != "" {
		lines = append(lines, "     "+p.Instead)
	}
	return strings.Join(lines, "\n")
}

// excerpt is the part of the line around the problem, with the problem's index
// in it, in runes: JSON may have everything on one line.
func (p Problem) excerpt() (string, int) {
	const before, after, dots = 60, 60, "..."
	runes, column := []rune(p.Source), p.Column-1
	if len(runes) <= before+after || column > len(runes) {
		return string(runes[:min(len(runes), before+after)]), column
	}
	from, to := max(column-before, 0), min(column+after, len(runes))
	line := string(runes[from:to])
	column -= from
	if from > 0 {
		line, column = dots+line, column+len(dots)
	}
	if to < len(runes) {
		line += dots
	}
	return line, column
}

// blank is as wide as the first n runes of the line; a tab stays a tab.
func blank(line string, n int) string {
	var b strings.Builder
	for _, r := range []rune(line)[:n] {
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// inOrder sorts problems by where they are, then by path.
func inOrder(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Path, b.Path))
	})
}
