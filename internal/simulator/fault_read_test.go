package simulator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABrokenReadIsNamedStrictly(t *testing.T) {
	for _, good := range append(Faults(), "", "read-empty:cxif/members", "read-half:fusion:3", "read-cached:utilities/lookups:2") {
		require.NoError(t, CheckFault(good), good)
	}
	for bad, says := range map[string]string{
		"rain": "there is no fault", "read-empty": "needs a domain", "read-empty:": "names no domain", "read-empty:moon": "names no domain",
		"read-empty:cxif/": "breaks no read", "read-empty:cxif/rules": "breaks no read", "read-empty:cxif:0": "begins at no read",
		"read-empty:cxif:x": "begins at no read", "read-empty:cxif:1:1": "needs a domain", "wrong-saml-certificate:fusion": "there is no fault",
	} {
		require.ErrorContains(t, CheckFault(bad), says, bad)
	}
	require.Len(t, readFaults, 10)
}
