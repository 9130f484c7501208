package evidence

import (
	"encoding/json"
	"strings"

	"github.com/stretchr/testify/require"
)

// Rechain does what somebody would do who knows the form: it makes the hash of a
// line anew, and with whole chains every line after it to that, seal included.
func Rechain(t require.TestingT, pack string, from int, whole bool) string {
	lines := strings.Split(strings.TrimSuffix(pack, "\n"), "\n")
	prev := ""
	for i, raw := range lines {
		var l Line
		require.NoError(t, json.Unmarshal([]byte(raw), &l))
		var had struct{ Hash string }
		require.NoError(t, json.Unmarshal([]byte(raw), &had))
		if i+1 == from || whole && i+1 > from {
			if whole && i > 0 {
				l.Prev = prev
			}
			c, err := contentOf(l, l.Body)
			require.NoError(t, err)
			had.Hash = sum(c)
			lines[i] = strings.TrimSuffix(string(finish(c, had.Hash)), "\n")
		}
		prev = had.Hash
	}
	return strings.Join(lines, "\n") + "\n"
}
