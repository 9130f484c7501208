package config

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// plain is what YAML takes for text without quotes, wherever it stands.
var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.@-]*$`)

// taken are words that YAML, or a reader of an older one, takes for something else.
var taken = map[string]bool{
	"true": true, "false": true, "null": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true, "nan": true, "inf": true,
}

// spelt writes a string so that YAML reads it as one, without quotes where it
// needs none.
func spelt(s string) string {
	if plain.MatchString(s) && !taken[strings.ToLower(s)] {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("a string always has a JSON form: " + err.Error())
	}
	return strings.TrimSpace(b.String())
}

// String is the resolution as one writes it in the configuration, in a line.
func (r Resolution) String() string { return r.flow()[1 : len(r.flow())-1] }

// flow is a resolution in braces.
func (r Resolution) flow() string {
	var parts []string
	yes := func(key string, there bool) {
		if there {
			parts = append(parts, key+": true")
		}
	}
	text := func(key, value string) {
		if value != "" {
			parts = append(parts, key+": "+spelt(value))
		}
	}
	yes("exclude", r.Exclude)
	text("rename", r.Rename)
	text("same-person", r.SamePerson)
	if r.Set != (Set{}) {
		outer := parts
		parts = nil
		text("email", r.Set.Email)
		text("givenName", r.Set.GivenName)
		text("familyName", r.Set.FamilyName)
		parts = append(outer, "set: {"+strings.Join(parts, ", ")+"}")
	}
	yes("reactivate", r.Reactivate)
	yes("migrate", r.Migrate)
	yes("keep-inactive", r.KeepInactive)
	yes("out-of-scope", r.OutOfScope)
	text("orphans", r.Orphan)
	yes("ouafLoginChanged", r.OUAFLoginChanged)
	return "{" + strings.Join(parts, ", ") + "}"
}
