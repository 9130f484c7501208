package simulator_test

import (
	"testing"
	"time"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestAPasswordThatIsResetIsToldByMailUnlessTheClientWantsNone(t *testing.T) {
	w := start(t, "clean", simulator.Options{ActAfter: time.Millisecond})
	c, ctx := sdk(t, w, directory.Fusion), t.Context()
	users, err := c.ListUsers(ctx, identitydomains.ListUsersRequest{Filter: str(`active eq true`), Count: common.Int(2)})
	require.NoError(t, err)
	one := users.Resources[0]
	reset := func(id string, quiet bool, schemas ...string) error {
		_, err := c.PutUserPasswordResetter(ctx, identitydomains.PutUserPasswordResetterRequest{UserPasswordResetterId: &id,
			UserPasswordResetter: identitydomains.UserPasswordResetter{Schemas: schemas, BypassNotification: common.Bool(quiet)}})
		return err
	}
	const schema = "urn:ietf:params:scim:schemas:oracle:idcs:UserPasswordResetter"
	require.NoError(t, reset(*one.Id, true, schema))
	require.Empty(t, w.Mails(directory.Fusion), "it was asked for none")
	require.Error(t, reset(*one.Id, false, "urn:x"))
	require.Error(t, reset("nobody", false, schema))
	require.NoError(t, reset(*one.Id, false, schema))
	mails := w.Mails(directory.Fusion)
	require.Len(t, mails, 1)
	require.Equal(t, *one.UserName, mails[0].User)
	require.Eventually(t, func() bool {
		u, err := c.GetUser(ctx, identitydomains.GetUserRequest{UserId: one.Id, AttributeSets: []identitydomains.AttributeSetsEnum{identitydomains.AttributeSetsAll}})
		return err == nil && u.UrnIetfParamsScimSchemasOracleIdcsExtensionPasswordStateUser != nil &&
			u.UrnIetfParamsScimSchemasOracleIdcsExtensionPasswordStateUser.LastSuccessfulSetDate != nil
	}, 5*time.Second, 5*time.Millisecond, "and who got it sets a password")
	require.Empty(t, w.Mails(directory.Utilities))
}
