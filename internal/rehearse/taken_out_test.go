package rehearse_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates/estatetest"
)

// withoutOne is an estate less one of the resolutions of its users, and whose
// it was.
func withoutOne(t *testing.T, name string, random *rand.Rand) (out fstest.MapFS, domain, user string) {
	t.Helper()
	files := estate(t, name)
	out = fstest.MapFS{}
	names, err := fs.Glob(files, "*.json")
	require.NoError(t, err)
	for _, file := range names {
		body, err := fs.ReadFile(files, file)
		require.NoError(t, err)
		out[file] = &fstest.MapFile{Data: body}
	}
	var choices struct {
		Resolutions map[string]map[string]json.RawMessage
	}
	var whole map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(out["cutover.json"].Data, &choices))
	require.NoError(t, json.Unmarshal(out["cutover.json"].Data, &whole))
	var all [][2]string
	for d, users := range choices.Resolutions {
		for u := range users {
			if u != "orphans" {
				all = append(all, [2]string{d, u})
			}
		}
	}
	slices.SortFunc(all, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	one := all[random.IntN(len(all))]
	delete(choices.Resolutions[one[0]], one[1])
	less, err := json.Marshal(choices.Resolutions)
	require.NoError(t, err)
	old := whole["resolutions"]
	// The rest stays as it is: the order of other keys counts.
	out["cutover.json"].Data = replaceOnce(t, out["cutover.json"].Data, old, less)
	return out, one[0], one[1]
}

func replaceOnce(t *testing.T, in, old, with []byte) []byte {
	t.Helper()
	before, after, found := bytes.Cut(in, old)
	require.True(t, found)
	return slices.Concat(before, with, after)
}

func TestWithOneResolutionTakenOutNothingIsWrittenAndTheReportNamesTheUser(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	without, domain, user := withoutOne(t, "resolved", rand.New(rand.NewPCG(seed, 0)))
	t.Logf("seed %d takes out the resolution of %s in %s", seed, user, domain)
	r := rehearsalOf(t, without, "")
	require.Equal(t, "blocked", r.report.Outcome)
	require.NotEmpty(t, r.report.BlockedAt)
	require.Empty(t, r.journal(t))
	estatetest.Unchanged(t, without, os.DirFS(filepath.Join(r.keep, "dump")))
	i := slices.IndexFunc(r.report.Findings, func(f directory.Finding) bool {
		return f.Blocking && string(f.Domain) == domain && directory.Equal(f.User, user)
	})
	require.GreaterOrEqual(t, i, 0, "%v", r.report.Findings)
	require.Equal(t, r.report.Findings[i].User, r.report.Findings[i].Records[0].UserName, "and shows the user")
	r.leaksNothing(t, "resolved")
}
