package identitydomain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestATemporaryPasswordIsNoneThatSomebodySetThemselves(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/Users", func(call) (int, any) {
		return 200, list(object{"id": "u1", "userName": "ann", "active": true,
			password: object{"lastSuccessfulSetDate": "2026-01-01T00:00:00Z", "mustChange": true}})
	})
	page, err := f.client().Users(t.Context(), 1)
	require.NoError(t, err)
	require.False(t, page.Users[0].PasswordSet, "a temporary password that must be changed counts as a password they set themselves")
}

func TestAOneTimePasswordInTheAnswerMeansThatNoMailWent(t *testing.T) {
	f := newFake(t)
	f.on("PUT /admin/v1/UserPasswordResetter/u1", func(call) (int, any) {
		return 200, object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:UserPasswordResetter"}, "id": "u1", "oneTimePassword": "x"}
	})
	out, err := f.client().Write(t.Context(), []directory.Write{{Change: directory.Change{Kind: directory.InviteUser, User: "ann"}, ID: "u1"}})
	require.NoError(t, err)
	require.NotNil(t, out[0].Err, "recorded as invited, though the SDK says this answer comes where there is no email to write to: %+v", out[0])
}
