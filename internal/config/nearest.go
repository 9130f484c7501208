package config

import "strings"

// nearest finds the name that was probably meant: the same but for case, - and
// _, or at most two letters away. Empty: none is near.
func nearest(name string, known []string) string {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s))
	}
	best, least := "", 3
	for _, k := range known {
		d := edits(plain(name), plain(k))
		if d < least && d < max(len(k), 2)/2+1 {
			best, least = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance: how many letters to put in, take out or
// change to get from a to b.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			above := row[j+1]
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			row[j+1] = min(cost, above+1, row[j]+1)
			diagonal = above
		}
	}
	return row[len(y)]
}

// oneOf writes a choice as a person would: a, b or c.
func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
