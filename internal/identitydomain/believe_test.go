package identitydomain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

// brokenRead is what a read that cannot be believed ends with.
func brokenRead(t *testing.T, err error) *directory.BrokenRead {
	t.Helper()
	var b *directory.BrokenRead
	require.ErrorAs(t, err, &b)
	return b
}

func TestAListWithoutWhatEveryResourceHasIsNoList(t *testing.T) {
	grant := func(lack string) object {
		g := object{"id": "g1", "grantMechanism": "ADMINISTRATOR_TO_USER", "grantee": object{"value": "u1", "type": "User"}}
		delete(g, lack)
		return g
	}
	for _, c := range []struct {
		path, read string
		resource   object
	}{
		{"Users", "read users", object{"id": "u1", "userName": "ann"}},
		{"Users", "read users", object{"id": "u1", "active": true}},
		{"Users", "read users", object{"userName": "ann", "active": true}},
		{"Groups", "read groups", object{"id": "g1"}},
		{"AppRoles", "read app roles", object{"id": "r1", "displayName": "AppUser"}},
		{"Grants", "read grants", grant("grantee")},
		{"Grants", "read grants", grant("grantMechanism")},
		{"Grants", "read grants", grant("id")},
	} {
		f := newFake(t)
		f.on("GET /admin/v1/Apps", func(call) (int, any) { return 200, list() })
		f.on("GET /admin/v1/"+c.path, func(call) (int, any) { return 200, list(c.resource) })
		client := f.client()
		var err error
		switch c.path {
		case "Users":
			_, err = client.Users(t.Context(), 1)
		case "Groups":
			_, err = client.Groups(t.Context())
		case "AppRoles":
			_, err = client.Roles(t.Context())
		case "Grants":
			_, err = client.Grants(t.Context(), 1)
		}
		b := brokenRead(t, err)
		require.Equal(t, []string{"utilities", c.read}, []string{b.Peer, b.Read})
		require.NotContains(t, b.Error(), "ann", "it names nobody")
	}
}

func TestALookupThatAnswersAnotherQuestionIsNoAnswer(t *testing.T) {
	ann, bob := object{"id": "u1", "userName": "ann", "active": true}, object{"id": "u2", "userName": "bob", "active": true}
	for what, found := range map[string][]any{
		"somebody who was not asked for": {ann, bob},
		"the same user twice":            {ann, ann},
		"without active":                 {object{"id": "u1", "userName": "ann"}},
	} {
		f := newFake(t)
		f.on("POST /admin/v1/Users/.search", func(call) (int, any) { return 200, list(found...) })
		_, err := f.client().Lookup(t.Context(), []string{"ann"})
		b := brokenRead(t, err)
		require.Equal(t, "look users up", b.Read)
		require.Contains(t, b.Detail, what)
	}
}

func TestNothingFoundCountsOnlyTogetherWithSomebodyWhoIsThere(t *testing.T) {
	witness := object{"id": "w", "userName": "witness", "active": true}
	for what, c := range map[string]struct {
		found  []any
		byID   answerer
		broken bool
	}{
		"the witness is found":       {[]any{witness}, nil, false},
		"nobody is found":            {nil, func(call) (int, any) { return 200, witness }, true},
		"the witness has gone":       {nil, func(call) (int, any) { return 404, nil }, false},
		"the witness was renamed":    {nil, func(call) (int, any) { return 200, object{"id": "w", "userName": "other", "active": true} }, false},
		"the witness cannot be read": {nil, func(call) (int, any) { return 200, object{"id": "w"} }, true},
	} {
		t.Run(what, func(t *testing.T) {
			f := newFake(t)
			f.on("GET /admin/v1/Users", func(call) (int, any) { return 200, list(witness) })
			f.on("POST /admin/v1/Users/.search", func(sent call) (int, any) {
				require.True(t, strings.Contains(decode(t, sent.body)["filter"].(string), `"witness"`))
				return 200, list(c.found...)
			})
			if c.byID != nil {
				f.on("GET /admin/v1/Users/w", c.byID)
			}
			client := f.client()
			_, err := client.Users(t.Context(), 1)
			require.NoError(t, err)
			people, err := client.Lookup(t.Context(), []string{"new.one"})
			if c.broken {
				require.Equal(t, "look users up", brokenRead(t, err).Read)
				return
			}
			require.NoError(t, err)
			require.Empty(t, people, "the witness was not asked for")
		})
	}
}
