package identitydomain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoNeverSignedInIsBelievedOnlyWhereTheDomainShowsDates(t *testing.T) {
	ann := object{"userName": "Ann", userState: object{"lastSuccessfulLoginDate": "2026-03-01T12:00:00.000Z"}}
	for name, c := range map[string]struct {
		shown []any
		want  map[string]bool
	}{
		"dates are shown":     {[]any{ann}, map[string]bool{"ann": false, "bob": true}},
		"dates are withheld":  {[]any{object{"userName": "Ann"}}, map[string]bool{}},
		"nobody ever came in": {nil, map[string]bool{}},
	} {
		f := newFake(t)
		f.on("POST /admin/v1/Users/.search", func(c2 call) (int, any) {
			filter := decode(t, c2.body)["filter"].(string)
			require.Contains(t, decode(t, c2.body)["attributes"], userState+":lastSuccessfulLoginDate")
			if strings.HasSuffix(filter, " pr") {
				return 200, list(c.shown...)
			}
			require.Equal(t, `userName eq "ann" or userName eq "bob" or userName eq "gone"`, filter)
			return 200, list(ann, object{"userName": "Bob"})
		})
		never, err := f.client().NeverSignedIn(t.Context(), []string{"ann", "bob", "gone"})
		require.NoError(t, err)
		require.Equal(t, c.want, never, name)
	}
}
