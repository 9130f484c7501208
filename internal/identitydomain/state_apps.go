package identitydomain

import (
	"context"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// appAttributes names what is asked for of an app. clientSecret would come by
// default; asked for like this it does not.
const appAttributes = "displayName,active,isOAuthClient,allowedGrants,allUrlSchemesAllowed,idpPolicy,meta," + schemaSAMLApp + "," + schemaManaged

func (c *Client) readApps(ctx context.Context, s *state) error {
	apps, err := all(ctx, c, "read apps", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.App], error) {
		r, err := sdk.ListApps(ctx, identitydomains.ListAppsRequest{
			Attributes: common.String(appAttributes), SortBy: common.String("id"), SortOrder: identitydomains.ListAppsSortOrderAscending, StartIndex: start, Count: count})
		return page[identitydomains.App]{r.Resources, r.TotalResults}, err
	})
	if err != nil {
		return err
	}
	for _, a := range apps {
		s.versions[text(a.Id)] = version(a.Meta)
		app := appOf(a)
		if app.Sync, err = c.syncOf(ctx, a); err != nil {
			return err
		}
		s.Apps = append(s.Apps, app)
	}
	return nil
}

func appOf(a identitydomains.App) directory.App {
	out := directory.App{
		ID: text(a.Id), Name: text(a.DisplayName), Active: flag(a.Active), OAuthClient: flag(a.IsOAuthClient),
		AllowedGrants: a.AllowedGrants, AnyURLScheme: flag(a.AllUrlSchemesAllowed),
	}
	if a.IdpPolicy != nil {
		out.IdPPolicy = text(a.IdpPolicy.Value)
	}
	if x := a.UrnIetfParamsScimSchemasOracleIdcsExtensionSamlServiceProviderApp; x != nil {
		out.EntityID, out.AssertionConsumer = text(x.PartnerProviderId), text(x.AssertionConsumerUrl)
		out.NameIDFormat, out.NameIDValue = text(x.NameIdFormat), spelled(text(x.NameIdUserstoreAttribute), directory.NameIDUserName)
		out.SignedSSO, out.HashAlgorithm = string(x.SignResponseOrAssertion), string(x.SignatureHashAlgorithm)
		out.LogoutEnabled, out.SigningCertificate = flag(x.LogoutEnabled), certificate(text(x.SigningCertificate))
	}
	return out
}

// readAppRoles reads which admin roles of the domain are granted to apps; the
// apps must have been read before.
func (c *Client) readAppRoles(ctx context.Context, s *state) error {
	roles, err := all(ctx, c, "read admin roles", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.AppRole], error) {
		r, err := sdk.ListAppRoles(ctx, identitydomains.ListAppRolesRequest{
			Filter: common.String(scim.Eq("app.value", directory.AdminApp)), Attributes: common.String("displayName,app"), StartIndex: start, Count: count})
		return page[identitydomains.AppRole]{r.Resources, r.TotalResults}, err
	})
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, r := range roles {
		names[text(r.Id)] = text(r.DisplayName)
		s.adminIDs[text(r.DisplayName)] = text(r.Id)
	}
	grants, err := all(ctx, c, "read the roles of apps", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.Grant], error) {
		r, err := sdk.ListGrants(ctx, identitydomains.ListGrantsRequest{
			Filter:     common.String(scim.And(scim.Eq("app.value", directory.AdminApp), scim.Eq("grantMechanism", string(identitydomains.GrantGrantMechanismAdministratorToApp)))),
			Attributes: common.String("grantMechanism,grantee,app,entitlement"), StartIndex: start, Count: count})
		return page[identitydomains.Grant]{r.Resources, r.TotalResults}, err
	})
	for _, g := range grants {
		if g.Grantee == nil || g.Entitlement == nil || g.Grantee.Type != identitydomains.GrantGranteeTypeApp {
			continue
		}
		role := names[text(g.Entitlement.AttributeValue)]
		s.grantIDs[grantKey(text(g.Grantee.Value), role)] = text(g.Id)
		for i := range s.Apps {
			if s.Apps[i].ID == text(g.Grantee.Value) && role != "" {
				s.Apps[i].ClientRoles = append(s.Apps[i].ClientRoles, role)
			}
		}
	}
	return err
}

func grantKey(appID, role string) string { return appID + "/" + role }
