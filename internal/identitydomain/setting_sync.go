package identitydomain

import (
	"context"
	"strings"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// syncFields are what the wizard of an app of the catalog asks: "Enable
// Provisioning", "Authoritative Sync", "Enable Synchronization", and whether new
// people get a mail.
var syncFields = []field{
	{attribute: "provisioning", path: schemaManaged + ":connected", isBool: true},
	{attribute: "authoritative", path: schemaManaged + ":isAuthoritative", isBool: true},
	{attribute: "synchronization", path: schemaManaged + ":enableSync", isBool: true},
	{attribute: "mailsNewPeople", path: schemaManaged + ":enableAuthSyncNewUserNotification", isBool: true},
}

// syncProperties are the connectivity properties of the template, by their names in
// Oracle's landing-zone modules. Those of port and TLS, which its page calls port
// and sslEnabled, are written only where they are not as the template has them.
var syncProperties = []struct {
	attribute, property string
	of                  func(*directory.Sync) *string
}{
	{"host", "host", func(s *directory.Sync) *string { return &s.Host }},
	{"port", "port", func(s *directory.Sync) *string { return &s.Port }},
	{"tls", "sslEnabled", func(s *directory.Sync) *string { return &s.TLS }},
	{"baseUri", "baseURI", func(s *directory.Sync) *string { return &s.BaseURI }},
	{"client", "clientid", func(s *directory.Sync) *string { return &s.Client }},
	{"scope", "scope", func(s *directory.Sync) *string { return &s.Scope }},
	{"tokenUrl", "authenticationServerUrl", func(s *directory.Sync) *string { return &s.TokenURL }},
}

// propertySecret is the property that is written and never read.
const propertySecret = "clientSecret"

// putSync makes or changes the app that takes over Fusion's people. A new one is
// inactive until its status is changed.
func (w settingWrite) putSync(ctx context.Context) (directory.Outcome, error) {
	if w.exists {
		return w.patchApp(ctx, syncFields)
	}
	return w.createApp(ctx, identitydomains.App{
		Schemas: []string{schemaApp, schemaManaged}, DisplayName: &w.name,
		BasedOnTemplate: &identitydomains.AppBasedOnTemplate{Value: common.String(directory.SyncTemplate)}, Active: common.Bool(false),
		UrnIetfParamsScimSchemasOracleIdcsExtensionManagedappApp: &identitydomains.AppExtensionManagedappApp{
			Connected: common.Bool(w.is("provisioning")), IsAuthoritative: common.Bool(w.is("authoritative")),
			EnableSync: common.Bool(w.is("synchronization")), EnableAuthSyncNewUserNotification: common.Bool(w.is("mailsNewPeople")),
		},
	})
}

// putSyncSource writes the connectivity properties, and with them the secret of
// the client, which comes from Fusion and goes nowhere else.
func (w settingWrite) putSyncSource(ctx context.Context) (directory.Outcome, error) {
	app, ok := w.AppNamed(w.name)
	if !ok || app.Sync == nil {
		return directory.Outcome{}, w.missing(w.op, "there is no app of this name that takes over people: "+w.name)
	}
	var ops []identitydomains.Operations
	connects := false
	for _, p := range syncProperties {
		v, named := w.after[p.attribute]
		if !named || v == w.now[p.attribute] {
			continue
		}
		if p.attribute == "client" {
			connects = v != ""
		}
		if p.attribute == "client" && connects {
			id, secret, err := w.source.credentials(ctx, v)
			if err != nil {
				return directory.Outcome{}, err
			}
			ops = append(ops, property(propertySecret, secret))
			v = id
		}
		ops = append(ops, property(p.property, v))
	}
	if len(ops) == 0 {
		return directory.Outcome{ID: app.ID}, nil
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PatchAppResponse, error) {
		return sdk.PatchApp(ctx, identitydomains.PatchAppRequest{AppId: &app.ID, PatchOp: patchOp(ops), IfMatch: w.versions[app.ID], Attributes: nameOnly})
	})
	return answered(r.RawResponse, &app.ID), err
}

// property is the operation that gives a connectivity property its one value.
func property(name, value string) identitydomains.Operations {
	path := schemaManaged + ":bundleConfigurationProperties[" + scim.Eq("name", name) + "].value"
	if value == "" {
		return op(path, nil)
	}
	return op(path, []string{value})
}

// syncOf reads what an app takes over people by; nil where it does not. Its client
// is shown by the name that it has in Fusion.
func (c *Client) syncOf(ctx context.Context, a identitydomains.App) (*directory.Sync, error) {
	x := a.UrnIetfParamsScimSchemasOracleIdcsExtensionManagedappApp
	if x == nil {
		return nil, nil
	}
	s := &directory.Sync{
		Provisioning: flag(x.Connected), Authoritative: flag(x.IsAuthoritative), Synchronization: flag(x.EnableSync),
		MailsNewPeople: flag(x.EnableAuthSyncNewUserNotification),
	}
	for _, p := range syncProperties {
		for _, have := range x.BundleConfigurationProperties {
			if text(have.Name) == p.property {
				*p.of(s) = strings.Join(have.Value, " ")
			}
		}
	}
	name, err := c.source.name(ctx, s.Client)
	s.Client = name
	return s, err
}
