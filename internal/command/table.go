package command

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// cell is a word of a table with the way it is shown, in colour say, which takes
// no room of its own.
type cell struct{ word, shown string }

// table is columns under each other: words to the left, numbers to the right.
type table struct {
	rows  [][]cell
	right []bool
	width []int
}

func newTable(heads ...string) *table {
	t := &table{right: make([]bool, len(heads)), width: make([]int, len(heads))}
	row := make([]any, len(heads))
	for i, h := range heads {
		row[i] = h
	}
	t.row(row...)
	return t
}

// row adds a row of strings, cells and numbers, one a column.
func (t *table) row(values ...any) {
	row := make([]cell, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case cell:
			row[i] = v
		case string:
			row[i] = cell{v, v}
		case float64:
			words := fmt.Sprintf("%.1f", v)
			row[i], t.right[i] = cell{words, words}, true
		default:
			words := fmt.Sprint(v)
			row[i], t.right[i] = cell{words, words}, true
		}
		t.width[i] = max(t.width[i], utf8.RuneCountInString(row[i].word))
	}
	t.rows = append(t.rows, row)
}

func (t *table) print(w io.Writer) {
	for _, row := range t.rows {
		var line strings.Builder
		for i, c := range row {
			gap := strings.Repeat(" ", t.width[i]-utf8.RuneCountInString(c.word))
			if t.right[i] {
				line.WriteString(gap + c.shown + "  ")
			} else {
				line.WriteString(c.shown + gap + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}
