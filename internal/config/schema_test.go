package config_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
)

func TestTheSchemaDescribesEveryKeyOfTheDomains(t *testing.T) {
	var schema struct {
		Schema     string `json:"$schema"`
		Required   []string
		Properties map[string]any
		Defs       map[string]struct {
			Properties           map[string]map[string]any
			AdditionalProperties any
			Required             []string
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(config.Schema(), &schema))
	require.Equal(t, "https://json-schema.org/draft/2020-12/schema", schema.Schema)
	require.Contains(t, schema.Properties, "phasesOff")

	fusion := schema.Defs["FusionDomain"]
	require.Equal(t, []string{"url", "applications"}, fusion.Required)
	require.Equal(t, false, fusion.AdditionalProperties)
	require.Equal(t, "^(env|file|command):.+", fusion.Properties["clientSecret"]["pattern"])
	require.Equal(t, []any{"free", "apps", "apps-premium", "premium", "external-user", "none"}, fusion.Properties["type"]["enum"])
	require.Equal(t, "Share is how much of the limits, in percent, is ours. Default 100.", schema.Defs["DomainConfig"].Properties["share"]["description"])
	require.Equal(t, "string", schema.Defs["Pace"].Properties["slice"]["type"])

	resolutions := schema.Defs["Resolutions"].Properties["utilities"]
	require.Equal(t, map[string]any{"$ref": "#/$defs/Resolution"}, resolutions["additionalProperties"])
	require.Contains(t, schema.Defs["Resolution"].Properties, "same-person")
}

func TestEveryReferenceOfTheSchemaLeadsSomewhere(t *testing.T) {
	var schema map[string]any
	require.NoError(t, json.Unmarshal(config.Schema(), &schema))
	defs := schema["$defs"].(map[string]any)
	seen := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				seen++
				require.Contains(t, defs, ref[len("#/$defs/"):])
			}
			for _, child := range v {
				walk(child)
			}
		case []any:
			for _, child := range v {
				walk(child)
			}
		}
	}
	walk(schema)
	require.Greater(t, seen, 10)
}
