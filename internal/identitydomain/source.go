package identitydomain

import (
	"context"
	"slices"
	"sync"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// source is the domain that another takes its people from by its own
// synchronization, and the client by which it does.
type source struct {
	fusion *Client
	secret func(context.Context) (string, error)
	names  sync.Map // client id -> name; an id never comes back
}

// name is the name of the client with an id; the id where Fusion has none.
func (s *source) name(ctx context.Context, id string) (string, error) {
	if id == "" || s.fusion == nil {
		return id, nil
	}
	if name, known := s.names.Load(id); known {
		return name.(string), nil
	}
	app, found, err := s.fusion.app(ctx, "name,displayName", func(a identitydomains.App) bool { return text(a.Name) == id })
	if err != nil || !found {
		return id, err
	}
	s.names.Store(id, text(app.DisplayName))
	return text(app.DisplayName), nil
}

// credentials are the id and the secret of the client of a name. They are read when
// they are needed, and kept nowhere.
func (s *source) credentials(ctx context.Context, name string) (id, secret string, err error) {
	const op = "connect the synchronization app"
	if s.fusion == nil {
		return "", "", &directory.PeerError{Peer: "fusion", Op: op, Problem: directory.ProblemInvalid, Detail: "nobody knows from where this domain takes people"}
	}
	app, found, err := s.fusion.app(ctx, "name,displayName", named(name))
	if err != nil {
		return "", "", err
	}
	if !found {
		return "", "", s.fusion.missing(op, "there is no client of this name: "+name)
	}
	if s.secret != nil {
		if secret, err = s.secret(ctx); err != nil {
			return "", "", s.fusion.wrong(op, "the secret of its client (sync.native.clientSecret) cannot be read")
		}
	} else if secret, err = s.fusion.secretOf(ctx, op, app.Id); err != nil {
		return "", "", err
	}
	id = text(app.Name)
	if secret == "" {
		return "", "", s.fusion.wrong(op, "the domain does not show the secret of the client "+name+": name it under sync.native.clientSecret")
	}
	return id, secret, nil
}

// secretOf is the secret of one client: that of another is never asked for.
func (c *Client) secretOf(ctx context.Context, op string, id *string) (string, error) {
	r, err := control(ctx, c, op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.GetAppResponse, error) {
		return sdk.GetApp(ctx, identitydomains.GetAppRequest{AppId: id, Attributes: common.String("clientSecret")})
	})
	return text(r.ClientSecret), err
}

// app finds an app. It goes through all of them, which are few: the index behind a
// filter may be late.
func (c *Client) app(ctx context.Context, attributes string, is func(identitydomains.App) bool) (app identitydomains.App, found bool, err error) {
	apps, err := all(ctx, c, "look an app up", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.App], error) {
		r, err := sdk.ListApps(ctx, identitydomains.ListAppsRequest{Attributes: common.String(attributes), SortBy: common.String("id"),
			SortOrder: identitydomains.ListAppsSortOrderAscending, StartIndex: start, Count: count})
		return page[identitydomains.App]{r.Resources, r.TotalResults}, err
	})
	if i := slices.IndexFunc(apps, is); err == nil && i >= 0 {
		return apps[i], true, nil
	}
	return identitydomains.App{}, false, err
}

func named(name string) func(identitydomains.App) bool {
	return func(a identitydomains.App) bool { return text(a.DisplayName) == name }
}

// ConnectsAs gets a token with the client of a name, as another domain's
// synchronization does, and reads a person with it.
func (c *Client) ConnectsAs(ctx context.Context, name string, secret func(context.Context) (string, error)) error {
	s := source{fusion: c, secret: secret}
	id, read, err := s.credentials(ctx, name)
	if err != nil {
		return err
	}
	o := c.asked.options
	o.ClientID, o.OCIProfile, o.OCIConfig = id, "", ""
	o.Secret = func(context.Context) (string, error) { return read, nil }
	o.Scope = directory.SyncScope
	as, err := New(o)
	if err != nil {
		return err
	}
	_, err = scim.List[struct{}](ctx, as.scim, "read users as the synchronization's client", "/Users", scim.Query{Attributes: []string{"id"}, Count: 1})
	return err
}
