package simulator_test

import (
	"testing"

	"github.com/oracle/oci-go-sdk/v65/common"
	sdkmodel "github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestOraclesSDKDrivesTheCustomSchema(t *testing.T) {
	inBothWays(t, oraclesSDKDrivesTheCustomSchema)
}

func oraclesSDKDrivesTheCustomSchema(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.Utilities)
	ctx := t.Context()
	got, err := c.GetSchema(ctx, sdkmodel.GetSchemaRequest{SchemaId: str(custom)})
	require.NoError(t, err)
	require.Equal(t, "CustomUser", *got.Name)
	got.Attributes = []sdkmodel.SchemaAttributes{{Name: str("subDivision"), Type: sdkmodel.SchemaAttributesTypeString, IdcsMaxLength: common.Int(30)}}
	put, err := c.PutSchema(ctx, sdkmodel.PutSchemaRequest{SchemaId: str(custom), Schema: got.Schema})
	require.NoError(t, err)
	require.False(t, *put.Attributes[0].Required)
	patched, err := c.PatchSchema(ctx, sdkmodel.PatchSchemaRequest{SchemaId: str(custom),
		PatchOp: change(add, "attributes", []sdkmodel.SchemaAttributes{{Name: str("branchAddress"), Type: sdkmodel.SchemaAttributesTypeString}})})
	require.NoError(t, err)
	require.Len(t, patched.Attributes, 2)
	_, err = c.PatchSchema(ctx, sdkmodel.PatchSchemaRequest{SchemaId: str(custom), PatchOp: change(replace, "attributes", []sdkmodel.SchemaAttributes{{Name: str("nothing")}})})
	refused(t, 400, err)
	_, err = c.PatchSchema(ctx, sdkmodel.PatchSchemaRequest{SchemaId: str(schemaOf["Groups"]), PatchOp: change(replace, "name", "x")})
	refused(t, 403, err)
	all, err := c.ListSchemas(ctx, sdkmodel.ListSchemasRequest{})
	require.NoError(t, err)
	require.Greater(t, len(all.Resources), 10)
}

func TestOraclesSDKDrivesTheSettingsOfMultiFactorAuthentication(t *testing.T) {
	inBothWays(t, oraclesSDKDrivesTheFactors)
}

func oraclesSDKDrivesTheFactors(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.Utilities)
	ctx := t.Context()
	all, err := c.ListAuthenticationFactorSettings(ctx, sdkmodel.ListAuthenticationFactorSettingsRequest{})
	require.NoError(t, err)
	require.Len(t, all.Resources, 1)
	id := all.Resources[0].Id
	got, err := c.GetAuthenticationFactorSetting(ctx, sdkmodel.GetAuthenticationFactorSettingRequest{AuthenticationFactorSettingId: id})
	require.NoError(t, err)
	got.TotpEnabled = common.Bool(true)
	put, err := c.PutAuthenticationFactorSetting(ctx, sdkmodel.PutAuthenticationFactorSettingRequest{AuthenticationFactorSettingId: id, AuthenticationFactorSetting: got.AuthenticationFactorSetting})
	require.NoError(t, err)
	require.True(t, *put.TotpEnabled)
	got.MfaEnrollmentType = nil
	_, err = c.PutAuthenticationFactorSetting(ctx, sdkmodel.PutAuthenticationFactorSettingRequest{AuthenticationFactorSettingId: id, AuthenticationFactorSetting: got.AuthenticationFactorSetting})
	refused(t, 400, err)
	found, err := c.SearchAuthenticationFactorSettings(ctx, sdkmodel.SearchAuthenticationFactorSettingsRequest{
		AuthenticationFactorSettingsSearchRequest: sdkmodel.AuthenticationFactorSettingsSearchRequest{Schemas: searching}})
	require.NoError(t, err)
	require.Len(t, found.Resources, 1)
}
