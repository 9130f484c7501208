package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAConfigurationIsShownWithReferencesAndWithoutWhatMayBeASecret(t *testing.T) {
	c := Config{Resolutions: Resolutions{Utilities: TargetResolutions{Users: map[string]Resolution{"ann": {Rename: "command:ann"}}}}}
	c.Fusion.URL, c.Utilities.URL, c.CXIF.URL = "https://hub.example", "https://me:pa55word@u.example", "https://c.example/?key=pa55word"
	c.Fusion.ClientSecret, c.Utilities.ClientSecret, c.CXIF.ClientSecret = "env:HUB", "command:vault read -p pa55word", "pa55word"
	c.Emergency.Password, c.SSO.TestUser.Password = "file:secrets/em", ""
	stored, err := encode(canonical{Dir: "/home/somebody", Config: c})
	require.NoError(t, err)
	shown, whole, err := Shown(stored)
	require.NoError(t, err)
	require.False(t, whole)
	require.NotContains(t, string(shown), "pa55word")
	require.NotContains(t, string(shown), "somebody")
	for _, kept := range []string{`"env:HUB"`, `"file:secrets/em"`, `"command:(not shown)"`, `"https://hub.example"`, `"rename":"command:ann"`} {
		require.Contains(t, string(shown), kept)
	}
	var again Config
	require.NoError(t, json.Unmarshal(shown, &again))

	plain, err := encode(canonical{Dir: "/home/somebody", Config: Config{Emergency: Emergency{Password: "env:X"}}})
	require.NoError(t, err)
	_, whole, err = Shown(plain)
	require.NoError(t, err)
	require.True(t, whole)
	_, _, err = Shown([]byte(`{"config":{"unheard-of":1}}`))
	require.Error(t, err)
}

// TestNoSecretAnywhereInAConfigurationIsShown fills every field that there is.
func TestNoSecretAnywhereInAConfigurationIsShown(t *testing.T) {
	var c Config
	n := fill(reflect.ValueOf(&c).Elem())
	require.GreaterOrEqual(t, n, 6, "there are fields for secrets")
	stored, err := encode(canonical{Config: c})
	require.NoError(t, err)
	require.Contains(t, string(stored), "pa55word")
	shown, _, err := Shown(stored)
	require.NoError(t, err)
	require.NotContains(t, string(shown), "pa55word")
	require.Equal(t, n, strings.Count(string(shown), notShown))
}

// fill writes a secret into every field for one, and returns how many there are.
func fill(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			n += fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		n += fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		n += fill(v.Index(0))
	case reflect.Map:
		entry := reflect.New(v.Type().Elem()).Elem()
		n += fill(entry)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("key").Convert(v.Type().Key()), entry)
	case reflect.String:
		if v.Type() == secretType {
			v.SetString(fmt.Sprint("pa55word-", v.Type()))
			n++
		}
	}
	return n
}
