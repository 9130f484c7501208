package identitydomain

import (
	"context"
	"net/http"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
)

// drop takes a setting away by one request. What stands for the state of
// another resource cannot be taken away, and the defaults never are.
func (w settingWrite) drop(ctx context.Context, kind string, before directory.Attributes) (directory.Outcome, error) {
	switch {
	case w.name == directory.SettingDefault && (kind == directory.SettingRule || kind == directory.SettingPolicy), kind == directory.SettingPolicy:
		return directory.Outcome{}, w.wrong(w.op, "the default rule and the default policy are never deleted")
	case kind == directory.SettingSyncSource:
		return directory.Outcome{}, w.wrong(w.op, "from where an app takes people goes with the app")
	case kind == directory.SettingAppStatus, kind == directory.SettingClientStatus, kind == directory.SettingSyncStatus:
		return directory.Outcome{}, w.wrong(w.op, "a status cannot be deleted: set active to false instead")
	case !w.exists:
		return directory.Outcome{}, w.missing(w.op, "it is not there: "+w.name)
	}
	id := w.idOf(kind, before)
	if id == "" {
		return directory.Outcome{}, w.missing(w.op, "it is not there: "+w.name)
	}
	resp, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (*http.Response, error) {
		return remove(ctx, sdk, kind, id, w.versions[id])
	})
	return answered(resp, common.String(id)), err
}

// idOf is the id of the resource that a setting stands for.
func (w settingWrite) idOf(kind string, before directory.Attributes) string {
	switch kind {
	case directory.SettingIdP:
		idp, _ := w.IdPNamed(w.name)
		return idp.ID
	case directory.SettingCondition:
		c, _ := w.ConditionNamed(w.name)
		return c.ID
	case directory.SettingRule:
		r, _ := w.currentRule()
		return r.ID
	case directory.SettingClientRole:
		role := before["role"]
		if role == "" {
			role = directory.RoleUserAdmin
		}
		app, _ := w.AppNamed(w.name)
		return w.grantIDs[grantKey(app.ID, role)]
	default:
		app, _ := w.AppNamed(w.name)
		return app.ID
	}
}

func remove(ctx context.Context, sdk identitydomains.IdentityDomainsClient, kind, id string, version *string) (*http.Response, error) {
	switch kind {
	case directory.SettingIdP:
		r, err := sdk.DeleteIdentityProvider(ctx, identitydomains.DeleteIdentityProviderRequest{IdentityProviderId: &id, IfMatch: version})
		return r.RawResponse, err
	case directory.SettingCondition:
		r, err := sdk.DeleteCondition(ctx, identitydomains.DeleteConditionRequest{ConditionId: &id, IfMatch: version})
		return r.RawResponse, err
	case directory.SettingRule:
		r, err := sdk.DeleteRule(ctx, identitydomains.DeleteRuleRequest{RuleId: &id, IfMatch: version})
		return r.RawResponse, err
	case directory.SettingClientRole:
		r, err := sdk.DeleteGrant(ctx, identitydomains.DeleteGrantRequest{GrantId: &id})
		return r.RawResponse, err
	default:
		r, err := sdk.DeleteApp(ctx, identitydomains.DeleteAppRequest{AppId: &id, IfMatch: version})
		return r.RawResponse, err
	}
}
