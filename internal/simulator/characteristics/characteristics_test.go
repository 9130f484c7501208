package characteristics_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/characteristics"
	"cutover/internal/simulator/characteristics/sdkmodel"
)

func TestTheFileIsWhatTheSDKInGoModSays(t *testing.T) {
	dir, err := sdkmodel.Dir(t.Context())
	require.NoError(t, err)
	want, err := sdkmodel.Generate(dir)
	require.NoError(t, err)
	have, err := os.ReadFile("characteristics.json")
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "run go generate in this directory")
}

func TestEveryKindOfCharacteristicIsReadFromTheSDK(t *testing.T) {
	user := characteristics.Of("User")
	name := user.Attributes.Find("USERNAME")
	require.Equal(t, characteristics.Attribute{Name: "userName", Type: "string", Required: true, Mutability: "readWrite", Returned: "always", Unique: "global",
		Description: "User name"}, *name)
	emails := user.Attributes.Find("emails")
	require.True(t, emails.Multi)
	require.Equal(t, []string{"value", "type"}, emails.Key)
	require.Equal(t, []string{"work", "home", "other", "recovery"}, emails.Sub.Find("type").Values)
	require.Equal(t, characteristics.WriteOnly, user.Attributes.Find("password").Mutability)
	require.Equal(t, characteristics.Never, user.Attributes.Find("password").Returned)
	ext := user.Extension("urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User")
	require.Equal(t, characteristics.Immutable, ext.Attributes.Find("bypassNotification").Mutability)
	require.Equal(t, characteristics.Boolean, ext.Attributes.Find("bypassNotification").Type)
	state := user.Extension("urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User")
	require.Equal(t, characteristics.DateTime, state.Attributes.Find("lastSuccessfulLoginDate").Type)
	require.False(t, state.Attributes.Find("lastSuccessfulLoginDate").NoFilter)
	require.Equal(t, characteristics.Integer, state.Attributes.Find("locked").Sub.Find("reason").Type)
	require.True(t, user.Attributes.Find("password").NoFilter)

	// A single complex attribute is described at its type, not at its field.
	grantee := characteristics.Of("Grant").Attributes.Find("grantee")
	require.Equal(t, characteristics.Immutable, grantee.Mutability)
	require.True(t, grantee.Required)
	require.True(t, grantee.Sub.Find("value").Exact)
	require.Equal(t, characteristics.ReadOnly, grantee.Sub.Find("$ref").Mutability)
}

func TestTheCallsOfEachResourceAreThoseOfTheSDK(t *testing.T) {
	for name, want := range map[string][]string{
		"Users":            {"DELETE id", "GET", "GET id", "PATCH id", "POST", "PUT id", "SEARCH"},
		"Grants":           {"DELETE id", "GET", "GET id", "PATCH id", "POST", "SEARCH"},
		"AppRoles":         {"DELETE id", "GET", "GET id", "PATCH id", "POST", "SEARCH"},
		"AppStatusChanger": {"PUT id"},
	} {
		require.Equal(t, want, characteristics.At(name).Methods, name)
	}
	require.True(t, characteristics.At("Policies").Offers("PUT", true))
	require.False(t, characteristics.At("Policies").Offers("PUT", false))
	require.Nil(t, characteristics.At("Nothing"))
	require.Nil(t, characteristics.Of("Nothing"))
}

func TestWhereADocumentSaysOtherwiseItCounts(t *testing.T) {
	user := characteristics.Of("User")
	require.True(t, user.Attributes.Find("name").Sub.Find("familyName").Required)
	require.True(t, user.Attributes.Find("emails").Required)
	require.Equal(t, characteristics.Always, user.Attributes.Find("schemas").Returned)
	require.True(t, characteristics.Of("Rule").Attributes.Find("condition").MayBeEmpty)
}
