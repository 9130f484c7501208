package simulator_test

import (
	"testing"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"
)

// refused fails unless the SDK says that the service answered so.
func refused(t *testing.T, status int, err error) {
	t.Helper()
	require.Error(t, err)
	e, ok := common.IsServiceError(err)
	require.True(t, ok, err)
	require.Equal(t, status, e.GetHTTPStatusCode(), err)
}

// change is a PATCH in the words of the SDK.
func change(op identitydomains.OperationsOpEnum, path string, value any) identitydomains.PatchOp {
	o := identitydomains.Operations{Op: op, Path: str(path)}
	if value != nil {
		o.Value = &value
	}
	return identitydomains.PatchOp{Schemas: []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, Operations: []identitydomains.Operations{o}}
}

const (
	add     = identitydomains.OperationsOpAdd
	replace = identitydomains.OperationsOpReplace
	remove  = identitydomains.OperationsOpRemove
)

var searching = []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}
