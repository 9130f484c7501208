package identitydomain

import (
	"context"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
)

// The templates of apps (Oracle's landing-zone modules use the same ids).
const (
	templateSAML         = "CustomSAMLAppTemplateId"
	templateConfidential = "CustomWebAppTemplateId"
)

// nameOnly keeps everything else out of the answer to a create, above all the
// secret that a domain makes for a new client.
var nameOnly = common.String("displayName")

var samlFields = []field{
	{attribute: "entityId", path: schemaSAMLApp + ":partnerProviderId"},
	{attribute: "assertionConsumer", path: schemaSAMLApp + ":assertionConsumerUrl"},
	{attribute: "nameIdFormat", path: schemaSAMLApp + ":nameIdFormat"},
	{attribute: "nameIdValue", path: schemaSAMLApp + ":nameIdUserstoreAttribute"},
	{attribute: "signedSso", path: schemaSAMLApp + ":signResponseOrAssertion"},
	{attribute: "hashAlgorithm", path: schemaSAMLApp + ":signatureHashAlgorithm"},
	{attribute: "logoutEnabled", path: schemaSAMLApp + ":logoutEnabled", isBool: true},
	{attribute: "signingCertificate", path: schemaSAMLApp + ":signingCertificate"},
}

// putApp makes or changes the SAML app. A new one is inactive until its status
// is changed, and does not demand grants of its users ("Enforce Grants as
// Authorization" deselected).
func (w settingWrite) putApp(ctx context.Context) (directory.Outcome, error) {
	if w.exists {
		return w.patchApp(ctx, samlFields)
	}
	return w.createApp(ctx, identitydomains.App{
		Schemas: []string{schemaApp, schemaSAMLApp}, DisplayName: &w.name,
		BasedOnTemplate:       &identitydomains.AppBasedOnTemplate{Value: common.String(templateSAML)},
		IsSamlServiceProvider: common.Bool(true), AllowAccessControl: common.Bool(false), Active: common.Bool(false),
		UrnIetfParamsScimSchemasOracleIdcsExtensionSamlServiceProviderApp: &identitydomains.AppExtensionSamlServiceProviderApp{
			PartnerProviderId: w.value("entityId"), AssertionConsumerUrl: w.value("assertionConsumer"),
			NameIdFormat: w.value("nameIdFormat"), NameIdUserstoreAttribute: w.value("nameIdValue"),
			SignResponseOrAssertion: identitydomains.AppExtensionSamlServiceProviderAppSignResponseOrAssertionEnum(w.after["signedSso"]),
			SignatureHashAlgorithm:  identitydomains.AppExtensionSamlServiceProviderAppSignatureHashAlgorithmEnum(w.after["hashAlgorithm"]),
			LogoutEnabled:           common.Bool(w.is("logoutEnabled")), SigningCertificate: w.value("signingCertificate"),
		},
	})
}

var clientFields = []field{
	{attribute: "allowedGrants", path: "allowedGrants", isList: true},
	{attribute: "anyUrlScheme", path: "allUrlSchemesAllowed", isBool: true},
}

// putClient makes or changes the confidential OAuth client, without a web tier
// policy. A new one is inactive until its status is changed.
func (w settingWrite) putClient(ctx context.Context) (directory.Outcome, error) {
	if w.exists {
		return w.patchApp(ctx, clientFields)
	}
	grants, err := w.list("allowedGrants")
	if err != nil {
		return directory.Outcome{}, err
	}
	return w.createApp(ctx, identitydomains.App{
		Schemas: []string{schemaApp}, DisplayName: &w.name,
		BasedOnTemplate: &identitydomains.AppBasedOnTemplate{Value: common.String(templateConfidential)},
		IsOAuthClient:   common.Bool(true), ClientType: identitydomains.AppClientTypeConfidential,
		AllowedGrants: grants, AllUrlSchemesAllowed: common.Bool(w.is("anyUrlScheme")), Active: common.Bool(false),
	})
}

func (w settingWrite) createApp(ctx context.Context, app identitydomains.App) (directory.Outcome, error) {
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.CreateAppResponse, error) {
		return sdk.CreateApp(ctx, identitydomains.CreateAppRequest{App: app, Attributes: nameOnly})
	})
	return answered(r.RawResponse, r.Id), err
}

func (w settingWrite) patchApp(ctx context.Context, fields []field) (directory.Outcome, error) {
	app, _ := w.AppNamed(w.name)
	ops, err := w.differences(fields)
	if err != nil || len(ops) == 0 {
		return directory.Outcome{ID: app.ID}, err
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PatchAppResponse, error) {
		return sdk.PatchApp(ctx, identitydomains.PatchAppRequest{AppId: &app.ID, PatchOp: patchOp(ops), IfMatch: w.versions[app.ID], Attributes: nameOnly})
	})
	return answered(r.RawResponse, &app.ID), err
}

// putStatus activates or deactivates an app.
func (w settingWrite) putStatus(ctx context.Context) (directory.Outcome, error) {
	app, ok := w.AppNamed(w.name)
	if !ok {
		return directory.Outcome{}, w.missing(w.op, "there is no app of this name: "+w.name)
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PutAppStatusChangerResponse, error) {
		return sdk.PutAppStatusChanger(ctx, identitydomains.PutAppStatusChangerRequest{AppStatusChangerId: &app.ID,
			AppStatusChanger: identitydomains.AppStatusChanger{Schemas: []string{schemaAppStatus}, Active: common.Bool(w.is("active"))}})
	})
	return answered(r.RawResponse, &app.ID), err
}

// putClientRole grants an admin role of the domain to the client.
func (w settingWrite) putClientRole(ctx context.Context) (directory.Outcome, error) {
	app, ok := w.AppNamed(w.name)
	if !ok {
		return directory.Outcome{}, w.missing(w.op, "there is no client of this name: "+w.name)
	}
	role := w.after["role"]
	roleID, ok := w.adminIDs[role]
	if !ok {
		return directory.Outcome{}, w.missing(w.op, "the domain has no admin role of this name: "+role)
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.CreateGrantResponse, error) {
		return sdk.CreateGrant(ctx, identitydomains.CreateGrantRequest{Grant: identitydomains.Grant{
			Schemas: []string{schemaGrant}, GrantMechanism: identitydomains.GrantGrantMechanismAdministratorToApp,
			Grantee:     &identitydomains.GrantGrantee{Value: &app.ID, Type: identitydomains.GrantGranteeTypeApp},
			App:         &identitydomains.GrantApp{Value: common.String(directory.AdminApp)},
			Entitlement: &identitydomains.GrantEntitlement{AttributeName: common.String("appRoles"), AttributeValue: &roleID},
		}})
	})
	return answered(r.RawResponse, r.Id), err
}
