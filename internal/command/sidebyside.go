package command

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"cutover/internal/directory"
)

// The widths of records side by side: with the margin they fit 80 columns.
const (
	labelWidth  = 8
	columnWidth = 32
	margin      = "    "
)

// printRecords shows those whom a finding is about beside each other, the user
// always to the left. What should agree and does not is marked.
func printRecords(w io.Writer, records []directory.Record) {
	if len(records) == 0 {
		return
	}
	if len(records) == 1 {
		printPair(w, records[0], nil)
		return
	}
	for i := range records[1:] {
		printPair(w, records[0], &records[i+1])
	}
}

// fact is a line of a record; alike tells what counts as the same, nil where
// the two need not agree.
type fact struct {
	label string
	of    func(directory.Record) []string
	alike func(a, b string) bool
}

func same(a, b string) bool { return a == b }

func one(of func(directory.Record) string) func(directory.Record) []string {
	return func(r directory.Record) []string { return []string{of(r)} }
}

var facts = []fact{
	{"userName", one(func(r directory.Record) string { return r.UserName }), same},
	{"email", one(func(r directory.Record) string { return r.Email }), directory.Equal},
	{"name", one(directory.Record.Name), directory.Equal},
	{"shown as", one(func(r directory.Record) string { return r.DisplayName }), nil},
	{"state", one(directory.Record.State), same},
	{"groups", func(r directory.Record) []string { return r.Groups }, nil},
	{"roles", func(r directory.Record) []string { return r.Roles }, nil},
}

func printPair(w io.Writer, left directory.Record, right *directory.Record) {
	p := painter(w)
	line := func(label, l, mark, r string) {
		text := margin + pad(label, labelWidth) + " " + pad(l, columnWidth) + " " + pad(mark, 2) + r
		text = strings.TrimRight(text, " ")
		if mark != "" {
			text = p.warn(text)
		}
		fmt.Fprintln(w, text)
	}
	header := ""
	if right != nil {
		header = string(right.Domain)
	}
	line("", string(left.Domain), "", header)
	for i, part := range wrap([]string{left.Label}) {
		other := ""
		if right != nil && i == 0 {
			other = right.Label
		}
		line("", part, "", other)
	}
	for _, f := range facts {
		l, r, mark := f.of(left), []string(nil), ""
		if right != nil {
			r = f.of(*right)
			if f.alike != nil && !f.alike(strings.Join(l, "\n"), strings.Join(r, "\n")) {
				mark = "≠"
			}
		}
		if strings.Join(l, "")+strings.Join(r, "") == "" {
			continue
		}
		l, r = wrap(l), wrap(r)
		for i := range max(len(l), len(r)) {
			label, sign := "", ""
			if i == 0 {
				label, sign = f.label, mark
			}
			line(label, nth(l, i), sign, nth(r, i))
		}
	}
}

func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// wrap breaks values that are wider than a column; an empty one shows as a dash.
func wrap(values []string) []string {
	var out []string
	for _, v := range values {
		if v == "" {
			v = "-"
		}
		runes := []rune(v)
		for len(runes) > columnWidth {
			out = append(out, string(runes[:columnWidth]))
			runes = runes[columnWidth:]
		}
		out = append(out, string(runes))
	}
	return out
}

func pad(s string, width int) string {
	if n := width - utf8.RuneCountInString(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}
