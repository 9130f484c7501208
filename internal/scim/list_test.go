package scim_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"testing"

	filter "github.com/scim2/filter-parser/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

type item struct {
	ID string `json:"id"`
}

// lister serves n items, at most cap at a time.
func lister(t *testing.T, n, cap int) *peer {
	return newPeer(t, func(w *reply, c *call) {
		start, count := 1, 50
		if c.Method == "POST" {
			var body struct{ StartIndex, Count int }
			_ = json.Unmarshal([]byte(c.body), &body)
			start, count = body.StartIndex, body.Count
		} else {
			start, _ = strconv.Atoi(c.URL.Query().Get("startIndex"))
			count, _ = strconv.Atoi(c.URL.Query().Get("count"))
		}
		items := []item{}
		for i := start; i <= n && len(items) < min(count, cap); i++ {
			items = append(items, item{fmt.Sprint(i)})
		}
		b, _ := json.Marshal(map[string]any{"totalResults": n, "Resources": items, "startIndex": start, "itemsPerPage": 50})
		w.json(200, string(b))
	})
}

func TestEveryPageOfAListIsReadHoweverSmallThePagesAre(t *testing.T) {
	for _, c := range []struct{ n, cap int }{{0, 10}, {1, 10}, {10, 10}, {11, 10}, {25, 7}, {3, 1}} {
		p := lister(t, c.n, c.cap)
		client := p.client(t)
		for name, read := range map[string]func(q scim.Query) (scim.Page[item], error){
			"list": func(q scim.Query) (scim.Page[item], error) {
				return scim.List[item](t.Context(), client, "read", "/Users", q)
			},
			"search": func(q scim.Query) (scim.Page[item], error) {
				return scim.Search[item](t.Context(), client, "read", "/Users", q)
			},
		} {
			all, err := scim.All(scim.Query{SortBy: "id"}, read)
			require.NoError(t, err)
			require.Len(t, all, c.n, name)
			for i, it := range all {
				require.Equal(t, fmt.Sprint(i+1), it.ID)
			}
		}
	}
}

func TestAListIsAskedForAsTheDomainsDocument(t *testing.T) {
	p := lister(t, 1, 1)
	_, err := scim.List[item](t.Context(), p.client(t), "read", "/Users", scim.Query{
		Filter: scim.Eq("userName", "a&b"), Attributes: []string{"userName", "members[startIndex=1&count=1000]"}, SortBy: "id"})
	require.NoError(t, err)
	require.Equal(t, "/admin/v1/Users", p.calls[0].URL.Path)
	require.Equal(t, url.Values{"startIndex": {"1"}, "count": {"1000"}, "filter": {`userName eq "a&b"`}, "sortBy": {"id"}, "sortOrder": {"ascending"},
		"attributes": {"userName,members[startIndex=1&count=1000]"}}, p.calls[0].URL.Query())
}

func TestAListThatDoesNotSayHowManyThereAreIsUnreadable(t *testing.T) {
	p := newPeer(t, func(w *reply, _ *call) { w.json(200, `{"Resources":[]}`) })
	_, err := scim.List[item](t.Context(), p.client(t), "read", "/Users", scim.Query{})
	require.Equal(t, directory.ProblemUnreadable, peerError(t, err).Problem)
}

func TestAValueOfAFilterReadsBackWhateverItHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`[ -~éß]{0,20}`).Draw(t, "value")
		parsed, err := filter.ParseFilter([]byte(scim.Eq("userName", value)))
		require.NoError(t, err)
		e, ok := parsed.(*filter.AttributeExpression)
		require.True(t, ok)
		var got string
		require.NoError(t, json.Unmarshal([]byte(`"`+e.CompareValue.(string)+`"`), &got))
		require.Equal(t, value, got)
	})
	require.Equal(t, `a eq "x\"y\\z<&>" or a eq ""`, scim.Any("a", []string{`x"y\z<&>`, ""}))
}
