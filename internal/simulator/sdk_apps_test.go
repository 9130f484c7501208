package simulator_test

import (
	"testing"

	"github.com/oracle/oci-go-sdk/v65/common"
	sdkmodel "github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestOraclesSDKDrivesApps(t *testing.T) { inBothWays(t, oraclesSDKDrivesApps) }

func oraclesSDKDrivesApps(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.Fusion)
	ctx := t.Context()
	app := sdkmodel.App{Schemas: []string{schemaOf["Apps"]}, DisplayName: str("cutover"), BasedOnTemplate: &sdkmodel.AppBasedOnTemplate{Value: str("CustomWebAppTemplateId")},
		IsOAuthClient: common.Bool(true), ClientType: sdkmodel.AppClientTypeConfidential, AllowedGrants: []string{"client_credentials"}, ClientSecret: str("mine"), Migrated: common.Bool(true)}
	made, err := c.CreateApp(ctx, sdkmodel.CreateAppRequest{App: app})
	require.NoError(t, err)
	require.NotEqual(t, "mine", *made.ClientSecret, "the service makes it")
	require.Nil(t, made.Migrated)
	_, err = c.CreateApp(ctx, sdkmodel.CreateAppRequest{App: app})
	refused(t, 409, err)
	app.BasedOnTemplate = nil
	_, err = c.CreateApp(ctx, sdkmodel.CreateAppRequest{App: app})
	refused(t, 400, err)
	for path, value := range map[string]any{"name": "other", "basedOnTemplate.value": "other", "clientSecret": "x", "loginMechanism": "magic"} {
		_, err = c.PatchApp(ctx, sdkmodel.PatchAppRequest{AppId: made.Id, PatchOp: change(replace, path, value)})
		refused(t, 400, err)
	}
	patched, err := c.PatchApp(ctx, sdkmodel.PatchAppRequest{AppId: made.Id, IfMatch: made.Meta.Version, PatchOp: change(add, "description", "moves people")})
	require.NoError(t, err)
	require.Equal(t, "moves people", *patched.Description)
	_, err = c.PatchApp(ctx, sdkmodel.PatchAppRequest{AppId: made.Id, IfMatch: made.Meta.Version, PatchOp: change(remove, "description", nil)})
	refused(t, 412, err)
	got, err := c.GetApp(ctx, sdkmodel.GetAppRequest{AppId: made.Id})
	require.NoError(t, err)
	got.App.DisplayName = str("renamed")
	put, err := c.PutApp(ctx, sdkmodel.PutAppRequest{AppId: made.Id, App: got.App})
	require.NoError(t, err)
	require.Equal(t, "renamed", *put.DisplayName)
	status, err := c.PutAppStatusChanger(ctx, sdkmodel.PutAppStatusChangerRequest{AppStatusChangerId: made.Id,
		AppStatusChanger: sdkmodel.AppStatusChanger{Schemas: []string{schemaOf["AppStatusChanger"]}, Active: common.Bool(true)}})
	require.NoError(t, err)
	require.True(t, *status.Active)
	found, err := c.SearchApps(ctx, sdkmodel.SearchAppsRequest{AppSearchRequest: sdkmodel.AppSearchRequest{Schemas: searching, Filter: str(`isOAuthClient eq true and active eq true`)}})
	require.NoError(t, err)
	require.Len(t, found.Resources, 1)
	_, err = c.DeleteApp(ctx, sdkmodel.DeleteAppRequest{AppId: made.Id})
	require.NoError(t, err)
}

func TestOraclesSDKDrivesAppRolesAndGrants(t *testing.T) {
	inBothWays(t, oraclesSDKDrivesAppRolesAndGrants)
}

func oraclesSDKDrivesAppRolesAndGrants(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.CXIF)
	ctx := t.Context()
	apps, err := c.ListApps(ctx, sdkmodel.ListAppsRequest{Filter: str(`displayName eq "CXIF-PROD"`)})
	require.NoError(t, err)
	app := apps.Resources[0].Id
	role := sdkmodel.AppRole{Schemas: []string{schemaOf["AppRoles"]}, DisplayName: str("Reader"), App: &sdkmodel.AppRoleApp{Value: app}, UniqueName: str("mine")}
	made, err := c.CreateAppRole(ctx, sdkmodel.CreateAppRoleRequest{AppRole: role})
	require.NoError(t, err)
	_, err = c.CreateAppRole(ctx, sdkmodel.CreateAppRoleRequest{AppRole: role})
	refused(t, 409, err)
	_, err = c.PatchAppRole(ctx, sdkmodel.PatchAppRoleRequest{AppRoleId: made.Id, PatchOp: change(replace, "displayName", "Writer")})
	refused(t, 400, err)
	patched, err := c.PatchAppRole(ctx, sdkmodel.PatchAppRoleRequest{AppRoleId: made.Id, PatchOp: change(replace, "description", "reads")})
	require.NoError(t, err)
	require.Equal(t, "reads", *patched.Description)

	ada, err := c.CreateUser(ctx, sdkmodel.CreateUserRequest{User: person("ada")})
	require.NoError(t, err)
	grant := sdkmodel.Grant{Schemas: []string{schemaOf["Grants"]}, GrantMechanism: sdkmodel.GrantGrantMechanismAdministratorToUser, App: &sdkmodel.GrantApp{Value: app},
		Grantee:     &sdkmodel.GrantGrantee{Value: ada.Id, Type: sdkmodel.GrantGranteeTypeUser},
		Entitlement: &sdkmodel.GrantEntitlement{AttributeName: str("appRoles"), AttributeValue: made.Id}, IsFulfilled: common.Bool(true), CompositeKey: str("mine")}
	given, err := c.CreateGrant(ctx, sdkmodel.CreateGrantRequest{Grant: grant})
	require.NoError(t, err)
	_, err = c.CreateGrant(ctx, sdkmodel.CreateGrantRequest{Grant: grant})
	refused(t, 409, err)
	got, err := c.GetGrant(ctx, sdkmodel.GetGrantRequest{GrantId: given.Id, Attributes: str("compositeKey,grantee")})
	require.NoError(t, err)
	require.NotEqual(t, "mine", *got.CompositeKey)
	require.Equal(t, *ada.Id, *got.Grantee.Value)
	_, err = c.PatchGrant(ctx, sdkmodel.PatchGrantRequest{GrantId: given.Id, PatchOp: change(replace, "grantee.value", "x")})
	refused(t, 400, err)
	_, err = c.PatchGrant(ctx, sdkmodel.PatchGrantRequest{GrantId: given.Id, PatchOp: change(replace, "grantedAttributeValuesJson", "{}")})
	require.NoError(t, err)
	found, err := c.SearchGrants(ctx, sdkmodel.SearchGrantsRequest{GrantSearchRequest: sdkmodel.GrantSearchRequest{Schemas: searching,
		Filter: str(`grantee.value eq "` + *ada.Id + `" and entitlement.attributeValue eq "` + *made.Id + `"`)}})
	require.NoError(t, err)
	require.Len(t, found.Resources, 1)
	listed, err := c.ListGrants(ctx, sdkmodel.ListGrantsRequest{Filter: str(`app.value eq "` + *app + `"`), Count: common.Int(1)})
	require.NoError(t, err)
	require.Len(t, listed.Resources, 1)
	roles, err := c.SearchAppRoles(ctx, sdkmodel.SearchAppRolesRequest{AppRoleSearchRequest: sdkmodel.AppRoleSearchRequest{Schemas: searching,
		Filter: str(`app.value eq "` + *app + `" and displayName eq "reader"`), Attributes: []string{"displayName", "members"}}})
	require.NoError(t, err)
	require.Equal(t, *ada.Id, *roles.Resources[0].Members[0].Value)
	_, err = c.DeleteGrant(ctx, sdkmodel.DeleteGrantRequest{GrantId: given.Id})
	require.NoError(t, err)
	one, err := c.GetAppRole(ctx, sdkmodel.GetAppRoleRequest{AppRoleId: made.Id})
	require.NoError(t, err)
	require.Equal(t, "Reader", *one.DisplayName)
	_, err = c.DeleteAppRole(ctx, sdkmodel.DeleteAppRoleRequest{AppRoleId: made.Id})
	require.NoError(t, err)
}
