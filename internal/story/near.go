package story

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"cutover/internal/config"
	"cutover/internal/directory"
)

// near are the names that are spelt most like the one that nobody bears, of the
// verdicts and of the last reads.
func (t *telling) near() ([]string, error) {
	const most = 5
	type candidate struct {
		name string
		away int
	}
	var found []candidate
	seen := map[string]bool{}
	asked := directory.Fold(t.story.User)
	look := func(name string) {
		key := directory.Fold(name)
		if seen[key] {
			return
		}
		away := edits(asked, key)
		if strings.Contains(key, asked) && len(asked) >= 3 {
			away = min(away, 2) // only the family name was given, say
		}
		if away > max(2, len(asked)/3) {
			return
		}
		seen[key] = true
		found = append(found, candidate{name, away})
		if len(found) > 100*most { // of a million names many may be like it
			slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.away, b.away) })
			found = found[:most]
		}
	}
	for v, err := range t.ledger.VerdictsByName(t.ctx, t.key) {
		if err != nil {
			return nil, err
		}
		look(v.User)
	}
	had, err := t.ledger.Snapshots(t.ctx, t.key)
	if err != nil {
		return nil, err
	}
	for _, d := range directory.Domains {
		i := lastOf(had, d)
		if i < 0 {
			continue
		}
		side, err := t.ledger.Side(t.ctx, had[i].ID)
		if err != nil {
			return nil, err
		}
		for p, err := range side.ByName() {
			if err != nil {
				return nil, err
			}
			look(p.UserName)
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(a.name, b.name)) })
	var out []string
	for _, c := range found[:min(most, len(found))] {
		out = append(out, c.name)
	}
	return out, nil
}

// edits is the Levenshtein distance of two names, by letters.
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

// words writes a resolution as the configuration does.
func words(r config.Resolution) string {
	b, err := json.Marshal(r)
	if err != nil {
		return ""
	}
	return string(b)
}
