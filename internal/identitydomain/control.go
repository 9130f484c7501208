package identitydomain

import (
	"context"
	"errors"
	"net/http"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// The schemas of settings. Oracle's SDK models the resources, not their URNs.
const (
	idcs            = "urn:ietf:params:scim:schemas:oracle:idcs:"
	schemaApp       = idcs + "App"
	schemaSAMLApp   = idcs + "extension:samlServiceProvider:App"
	schemaManaged   = idcs + "extension:managedapp:App"
	schemaAppStatus = idcs + "AppStatusChanger"
	schemaIdP       = idcs + "IdentityProvider"
	schemaRule      = idcs + "Rule"
	schemaCondition = idcs + "Condition"
)

// page is one page of a list of Oracle's SDK.
type page[T any] struct {
	items []T
	total *int
}

// control runs one call of Oracle's SDK through the client's own pace, deadline
// and token. The SDK never sees the context end while it works: it would return
// without its own goroutine.
func control[R any](ctx context.Context, c *Client, op string, call func(context.Context, identitydomains.IdentityDomainsClient) (R, error)) (R, error) {
	sdk := c.sdk
	sdk.HTTPClient = c.scim.For(op).In(ctx)
	answer, err := call(context.WithoutCancel(ctx), sdk)
	if err == nil {
		return answer, nil
	}
	var pe *directory.PeerError
	if errors.As(err, &pe) || ctx.Err() != nil {
		return answer, err
	}
	// The SDK's own words may quote the answer, and so a client's secret.
	return answer, c.scim.Unreadable(op, "the answer is not what Oracle's SDK knows of this resource")
}

// all reads every page of a list.
func all[T any](ctx context.Context, c *Client, op string, list func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[T], error)) ([]T, error) {
	var items []T
	for start := 1; ; {
		p, err := control(ctx, c, op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (page[T], error) {
			return list(ctx, sdk, common.Int(start), common.Int(scim.PageSize))
		})
		if err != nil {
			return nil, err
		}
		if p.total == nil {
			return nil, c.scim.Unreadable(op, "the list does not say how many there are (totalResults)")
		}
		items = append(items, p.items...)
		start += len(p.items)
		if len(p.items) == 0 || start > *p.total {
			return items, nil
		}
	}
}

// text reads an optional string of the SDK, flag an optional boolean.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func flag(b *bool) bool { return b != nil && *b }

// version is the ETag of a resource, for If-Match; nil where there is none.
func version(m *identitydomains.Meta) *string {
	if m == nil || m.Version == nil || *m.Version == "" {
		return nil
	}
	return m.Version
}

// answered is the outcome of a writing call of the SDK.
func answered(resp *http.Response, id *string) directory.Outcome { return outcomeOf(resp, text(id)) }

// op makes one operation of a PATCH for the SDK; a nil value removes.
func op(path string, value any) identitydomains.Operations {
	if value == nil {
		return identitydomains.Operations{Op: identitydomains.OperationsOpRemove, Path: common.String(path)}
	}
	return identitydomains.Operations{Op: identitydomains.OperationsOpReplace, Path: common.String(path), Value: &value}
}

// patchOp makes the body of a PATCH for the SDK.
func patchOp(ops []identitydomains.Operations) identitydomains.PatchOp {
	return identitydomains.PatchOp{Schemas: []string{scim.SchemaPatch}, Operations: ops}
}
