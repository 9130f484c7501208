package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// Shown is a stored configuration as anybody may read it, as JSON: without the
// directory, and with the references to secrets, but not the words of a command,
// because some commands take a secret as a word. What should be a reference and
// is none is not shown at all, nor is a URL that carries a user, a password or a
// query. Whole tells that nothing had to be left out but the directory.
func Shown(stored []byte) (shown json.RawMessage, whole bool, err error) {
	c, _, err := Decode(stored)
	if err != nil {
		return nil, false, err
	}
	hidden := 0
	conceal(reflect.ValueOf(&c).Elem(), &hidden)
	shown, err = encode(c)
	return shown, hidden == 0, err
}

var (
	secretType  = reflect.TypeFor[Secret]()
	wholeRef    = regexp.MustCompile(`^(env:[A-Za-z_][A-Za-z0-9_]*|file:.*)$`)
	credentials = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*://[^/]*@|^[a-z][a-z0-9+.-]*://[^\s]*\?`)
)

// conceal replaces what is not shown, wherever in the configuration it is: by its
// type and not by its key, so that a key that comes later is not forgotten.
func conceal(v reflect.Value, hidden *int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			conceal(v.Field(i), hidden)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			conceal(v.Elem(), hidden)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			conceal(v.Index(i), hidden)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() { // an entry cannot be changed in its place
			entry := reflect.New(v.Type().Elem()).Elem()
			entry.Set(v.MapIndex(k))
			conceal(entry, hidden)
			v.SetMapIndex(k, entry)
		}
	case reflect.String:
		was := v.String()
		v.SetString(open(was, v.Type() == secretType))
		if v.String() != was {
			*hidden++
		}
	}
}

func open(s string, secret bool) string {
	switch {
	case secret && strings.HasPrefix(s, "command:"):
		return fmt.Sprintf("command:%s", notShown)
	case secret && s != "" && !wholeRef.MatchString(s), credentials.MatchString(s):
		return notShown
	}
	return s
}
