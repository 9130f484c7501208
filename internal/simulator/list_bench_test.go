package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// BenchmarkListsOfPeople reads a whole domain with the attributes that a client asks for.
func BenchmarkListsOfPeople(b *testing.B) {
	w := startFor(b, "clean", simulator.Options{})
	const x = "urn:ietf:params:scim:schemas:oracle:idcs:extension:"
	for b.Loop() {
		r := w.list(directory.Utilities, "Users", "count", "1000", "sortBy", "id", "attributes", "userName,name.givenName,name.familyName,displayName,emails,active,externalId,meta.version,"+
			x+"user:User:isFederatedUser,"+x+"userState:User:locked,"+x+"passwordState:User:lastSuccessfulSetDate,"+x+"passwordState:User:mustChange")
		require.Len(b, r.resources(), 300)
	}
}
