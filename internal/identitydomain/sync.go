package identitydomain

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// situations are the values of syncSituation (Oracle's SDK).
var situations = []identitydomains.AccountMgmtInfoSyncSituationEnum{
	identitydomains.AccountMgmtInfoSyncSituationFound, identitydomains.AccountMgmtInfoSyncSituationMatched,
	identitydomains.AccountMgmtInfoSyncSituationUnmatched, identitydomains.AccountMgmtInfoSyncSituationLost,
	identitydomains.AccountMgmtInfoSyncSituationDisputed, identitydomains.AccountMgmtInfoSyncSituationConfirmed,
}

// SyncState asks what the synchronization by an app has done so far, in numbers.
func (c *Client) SyncState(ctx context.Context, app string) (directory.SyncState, error) {
	const op = "look at the synchronization"
	id, err := c.appID(ctx, op, app)
	if err != nil {
		return directory.SyncState{}, err
	}
	of := scim.Eq("app.value", id)
	out := directory.SyncState{Situations: map[string]int{}}
	latest, err := c.accounts(ctx, op, of, 1)
	if err != nil {
		return out, err
	}
	if len(latest.items) > 0 {
		out.Latest = text(latest.items[0].SyncTimestamp)
	}
	if latest.total != nil {
		out.Accounts = *latest.total
	}
	for _, s := range situations {
		some, err := c.accounts(ctx, op, scim.And(of, scim.Eq("syncSituation", string(s))), 0)
		if err != nil {
			return out, err
		}
		if some.total != nil && *some.total > 0 {
			out.Situations[string(s)] = *some.total
		}
	}
	return out, nil
}

// accounts asks how many there are, and for the first of them, the last looked at first.
func (c *Client) accounts(ctx context.Context, op, filter string, count int) (page[identitydomains.AccountMgmtInfo], error) {
	return control(ctx, c, op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (page[identitydomains.AccountMgmtInfo], error) {
		r, err := sdk.ListAccountMgmtInfos(ctx, identitydomains.ListAccountMgmtInfosRequest{
			Filter: common.String(filter), Attributes: common.String("syncTimestamp,syncSituation,app"), SortBy: common.String("syncTimestamp"),
			SortOrder: identitydomains.ListAccountMgmtInfosSortOrderDescending, StartIndex: common.Int(1), Count: common.Int(count)})
		return page[identitydomains.AccountMgmtInfo]{r.Resources, r.TotalResults}, err
	})
}

func (c *Client) appID(ctx context.Context, op, name string) (string, error) {
	app, found, err := c.app(ctx, "displayName", named(name))
	if err == nil && !found {
		err = c.missing(op, "there is no app of this name: "+name)
	}
	return text(app.Id), err
}

// StartSync sends the request that starts the synchronization of an app. What it
// looks like is a setting: Oracle documents none.
func (c *Client) StartSync(ctx context.Context, app string, r directory.SyncRequest, values map[string]string) (directory.Outcome, error) {
	const op = "start the synchronization"
	id, err := c.appID(ctx, op, app)
	if err != nil {
		return directory.Outcome{}, err
	}
	body := strings.ReplaceAll(r.Body, "{appId}", id)
	for k, v := range values {
		body = strings.ReplaceAll(body, "{"+k+"}", v)
	}
	resp, err := c.root.JSON(ctx, op, http.MethodPost, r.Path, nil, json.RawMessage(body), nil)
	return outcomeOf(resp, id), err
}

// SyncedFrom are those whom an app made by its synchronization, by Fold of their
// names, as the domain has it (syncedFromApp of Oracle's SDK); nobody where the app
// is gone.
func (c *Client) SyncedFrom(ctx context.Context, app string) (map[string]bool, error) {
	const op = "read whom the synchronization made"
	made := map[string]bool{}
	id, err := c.appID(ctx, op, app)
	if isMissing(err) {
		return made, nil
	}
	if err != nil {
		return nil, err
	}
	for start := 1; start != 0; {
		page, err := scim.List[struct {
			UserName string `json:"userName"`
		}](ctx, c.scim, op, "/Users", scim.Query{Filter: scim.Eq(schemaUserExt+":syncedFromApp.value", id), Attributes: []string{"userName"}, SortBy: "id", Start: start})
		if err != nil {
			return nil, err
		}
		for _, u := range page.Items {
			made[directory.Fold(u.UserName)] = true
		}
		start = page.Next
	}
	return made, nil
}
