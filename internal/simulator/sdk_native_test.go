package simulator_test

import (
	"net/url"
	"testing"

	"github.com/oracle/oci-go-sdk/v65/common"
	sdkmodel "github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestOraclesSDKMakesAnAppThatPullsAndReadsItsAccounts(t *testing.T) {
	inBothWays(t, oraclesSDKMakesAnAppThatPullsAndReadsItsAccounts)
}

func oraclesSDKMakesAnAppThatPullsAndReadsItsAccounts(t *testing.T, sdk connect) {
	w := start(t, "clean", simulator.Options{})
	c := sdk(t, w, directory.Utilities)
	ctx := t.Context()
	ext := &sdkmodel.AppExtensionManagedappApp{Connected: common.Bool(true), IsAuthoritative: common.Bool(true), EnableSync: common.Bool(true),
		EnableAuthSyncNewUserNotification: common.Bool(false), CanBeAuthoritative: common.Bool(false)}
	made, err := c.CreateApp(ctx, sdkmodel.CreateAppRequest{App: sdkmodel.App{Schemas: []string{schemaOf["Apps"], managedExt}, DisplayName: str(pullApp),
		BasedOnTemplate: &sdkmodel.AppBasedOnTemplate{Value: str(generic)}, UrnIetfParamsScimSchemasOracleIdcsExtensionManagedappApp: ext}})
	require.NoError(t, err)
	require.True(t, *made.UrnIetfParamsScimSchemasOracleIdcsExtensionManagedappApp.CanBeAuthoritative, "the template says it")
	require.Len(t, made.UrnIetfParamsScimSchemasOracleIdcsExtensionManagedappApp.BundleConfigurationProperties, 10)

	client, secret := w.puller(directory.Utilities)
	fusion, err := url.Parse(w.URL(directory.Fusion))
	require.NoError(t, err)
	for name, value := range map[string]string{"host": fusion.Hostname(), "port": fusion.Port(), "sslEnabled": "false", "baseURI": "/admin/v1/",
		"clientid": client, "clientSecret": secret, "scope": myScopes, "authenticationServerUrl": fusion.String() + "/oauth2/v1/token"} {
		path := managedExt + `:bundleConfigurationProperties[name eq "` + name + `"].value`
		_, err := c.PatchApp(ctx, sdkmodel.PatchAppRequest{AppId: made.Id, PatchOp: change(replace, path, []string{value})})
		require.NoError(t, err, name)
	}
	_, err = c.PatchApp(ctx, sdkmodel.PatchAppRequest{AppId: made.Id, PatchOp: change(replace, managedExt+`:bundleConfigurationProperties[name eq "hostName"].value`, []string{"x"})})
	refused(t, 400, err)
	got, err := c.GetApp(ctx, sdkmodel.GetAppRequest{AppId: made.Id, AttributeSets: []sdkmodel.AttributeSetsEnum{sdkmodel.AttributeSetsAll}})
	require.NoError(t, err)
	for _, p := range got.UrnIetfParamsScimSchemasOracleIdcsExtensionManagedappApp.BundleConfigurationProperties {
		switch *p.Name {
		case "clientSecret":
			require.True(t, *p.Confidential)
			require.Empty(t, p.Value)
		case "clientid":
			require.Equal(t, []string{client}, p.Value)
		}
	}
	_, err = c.PutAppStatusChanger(ctx, sdkmodel.PutAppStatusChangerRequest{AppStatusChangerId: made.Id,
		AppStatusChanger: sdkmodel.AppStatusChanger{Schemas: []string{schemaOf["AppStatusChanger"]}, Active: common.Bool(true)}})
	require.NoError(t, err)
	require.NoError(t, w.press(directory.Utilities))

	ofApp := str(`app.value eq "` + *made.Id + `"`)
	var seen []sdkmodel.AccountMgmtInfo
	for from := 1; ; from += 50 {
		page, err := c.ListAccountMgmtInfos(ctx, sdkmodel.ListAccountMgmtInfosRequest{Filter: ofApp, SortBy: str("id"), StartIndex: common.Int(from), Count: common.Int(50)})
		require.NoError(t, err)
		seen = append(seen, page.Resources...)
		if len(page.Resources) < 50 {
			require.Len(t, seen, *page.TotalResults)
			break
		}
	}
	for i, x := range seen {
		require.Equal(t, *made.Id, *x.App.Value)
		require.NotEmpty(t, *x.ObjectClass.Value)
		require.True(t, *x.IsAccount)
		require.Nil(t, x.CompositeKey, "it comes on request")
		require.True(t, i == 0 || *seen[i-1].Id < *x.Id)
	}
	one, err := c.GetAccountMgmtInfo(ctx, sdkmodel.GetAccountMgmtInfoRequest{AccountMgmtInfoId: seen[0].Id, Attributes: str("uid,name,owner.userName,compositeKey,syncSituation")})
	require.NoError(t, err)
	require.NotEmpty(t, *one.CompositeKey)
	require.Equal(t, sdkmodel.AccountMgmtInfoSyncSituationConfirmed, one.SyncSituation)
	require.NotEmpty(t, *one.Owner.UserName)
	require.Nil(t, one.Active)
	_, err = c.GetAccountMgmtInfo(ctx, sdkmodel.GetAccountMgmtInfoRequest{AccountMgmtInfoId: str("none")})
	refused(t, 404, err)
	for filter, some := range map[string]bool{
		`app.value eq "none"`: false, `syncSituation eq "Confirmed" and active eq true`: true, `syncSituation eq "confirmed"`: false,
		`syncTimestamp ge "2020-01-01T00:00:00Z" and owner.userName pr`: true, `uid eq "` + *one.Uid + `" and not (name ne "` + *one.Name + `")`: true,
		`matchingOwners pr`: false, `name sw "` + (*one.Name)[:2] + `" or syncSituation eq "Lost"`: true,
	} {
		found, err := c.SearchAccountMgmtInfos(ctx, sdkmodel.SearchAccountMgmtInfosRequest{AccountMgmtInfoSearchRequest: sdkmodel.AccountMgmtInfoSearchRequest{
			Schemas: searching, Filter: str(filter), SortBy: str("name"), SortOrder: sdkmodel.SortOrderDescending, Attributes: []string{"name"}}})
		require.NoError(t, err, filter)
		require.Equal(t, some, len(found.Resources) > 0, filter)
	}
	_, err = c.ListAccountMgmtInfos(ctx, sdkmodel.ListAccountMgmtInfosRequest{Filter: str(`previewOnly eq true`)})
	refused(t, 400, err)
}
