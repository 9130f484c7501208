package simulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// anyUser draws users as an API might return them: with attributes that the
// compact form knows, does not know, or knows in another shape.
func anyUser(t *rapid.T) object {
	word := rapid.StringMatching(`[a-z]{0,4}`)
	maybe := func(o object, name string, v any) {
		if rapid.Bool().Draw(t, name) {
			o[name] = v
		}
	}
	boolOrNot := func(name string) any {
		return rapid.SampledFrom([]any{true, false, "true", nil}).Draw(t, name)
	}
	o := object{"id": "1"}
	maybe(o, "userName", word.Draw(t, "userName value"))
	maybe(o, "displayName", word.Draw(t, "displayName value"))
	maybe(o, "externalId", word.Draw(t, "externalId value"))
	maybe(o, "active", boolOrNot("active value"))
	maybe(o, "title", word.Draw(t, "title value"))
	maybe(o, "schemas", rapid.SampledFrom([]any{userSchemas, []any{schemaUser}, []any{}}).Draw(t, "schemas value"))
	name := object{}
	for _, part := range []string{"givenName", "familyName", "middleName"} {
		maybe(name, part, word.Draw(t, part+" value"))
	}
	maybe(o, "name", name)
	meta := object{}
	for _, part := range []string{"created", "lastModified", "version", "location"} {
		maybe(meta, part, word.Draw(t, part+" value"))
	}
	maybe(meta, "resourceType", "User")
	maybe(o, "meta", meta)
	var emails = []any{}
	for i := range rapid.IntRange(0, 3).Draw(t, "emails") {
		e := object{}
		maybe(e, "value", word.Draw(t, fmt.Sprint("email", i)))
		maybe(e, "type", rapid.SampledFrom([]string{"work", "home", "odd"}).Draw(t, "type value"))
		maybe(e, "primary", boolOrNot("primary value"))
		maybe(e, "verified", true)
		emails = append(emails, e)
	}
	maybe(o, "emails", emails)
	ext := object{}
	maybe(ext, "isFederatedUser", boolOrNot("federated value"))
	maybe(ext, "status", rapid.SampledFrom([]string{"verified", "pendingVerification", "odd"}).Draw(t, "status value"))
	maybe(ext, "creationMechanism", rapid.SampledFrom([]string{"api", byAuthSync}).Draw(t, "mechanism"))
	maybe(ext, "syncedFromApp", rapid.SampledFrom([]any{syncedFrom("app"), syncedFrom(""), object{}, object{"value": "app", "type": "IdentitySource"}, "odd"}).Draw(t, "from"))
	maybe(o, schemaUserExt, ext)
	return o
}

func TestTheCompactFormOfAUserLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := anyUser(t)
		require.Equal(t, o, userFrom(clone(o).(object)).object())
	})
}

func TestTheCompactFormAnswersFiltersLikeTheWholeOne(t *testing.T) {
	paths := []attrPath{{name: "id"}, {name: "USERNAME"}, {name: "displayName"}, {name: "externalId"}, {name: "active"},
		{name: "emails"}, {name: "emails", sub: "value"}, {name: "emails", sub: "type"}, {name: "name", sub: "familyName"},
		{urn: schemaUserExt, name: "isFederatedUser"}, {urn: schemaUserExt, name: "syncedFromApp", sub: "value"}, {name: "title"}}
	rapid.Check(t, func(t *rapid.T) {
		o := anyUser(t)
		u := userFrom(clone(o).(object))
		for _, p := range paths {
			var want []any
			for _, v := range p.values(o) {
				if v != "" { // an empty value is no value
					want = append(want, v)
				}
			}
			var got []any
			for _, v := range u.values(p) {
				if v != "" {
					got = append(got, v)
				}
			}
			if p.is("emails", "value") && len(got) != len(want) {
				continue // elements without a value are no addresses
			}
			require.Equal(t, want, got, p.String())
		}
	})
}

// TestTheQuickReaderOfFiltersAgreesWithTheGeneralOne compares both on chains
// of equalities, where only the quick one is used otherwise.
func TestTheQuickReaderOfFiltersAgreesWithTheGeneralOne(t *testing.T) {
	attribute := rapid.SampledFrom([]string{"userName", "id", "emails.value", "displayName", "name.familyName", schemaUserExt + ":status", schemaUser + ":userName"})
	value := rapid.StringOf(rapid.SampledFrom([]rune(`ab"\& <é`)))
	rapid.Check(t, func(t *rapid.T) {
		var parts []string
		for i := range rapid.IntRange(1, 4).Draw(t, "parts") {
			v, _ := json.Marshal(value.Draw(t, fmt.Sprint("value", i)))
			parts = append(parts, attribute.Draw(t, fmt.Sprint("attribute", i))+" eq "+string(v))
		}
		chain := strings.Join(parts, " or ")
		c := compiler{k: kindUsers, at: kindUsers.root, search: true}
		quick, err := c.chain(chain)
		require.NoError(t, err)
		require.NotNil(t, quick, chain)
		// Parentheses are what the quick reader leaves to the general one.
		left, err := c.chain("(" + chain + ")")
		require.NoError(t, err)
		require.Nil(t, left)
		general, err := parseFilter("("+chain+")", kindUsers)
		require.NoError(t, err, chain)
		require.Equal(t, flat(quick), flat(general))
	})
}

// flat lists the equalities of a chain.
func flat(c *condition) []string {
	if c.logic == "" {
		return []string{fmt.Sprint(c.path, " ", c.op, " ", c.value, " ", c.fold, " ", c.exact)}
	}
	var all []string
	for _, p := range c.parts {
		all = append(all, flat(p)...)
	}
	return all
}
