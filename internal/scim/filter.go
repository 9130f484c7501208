package scim

import (
	"encoding/json"
	"strings"
)

// Quote writes a value of a filter: a JSON string (RFC 7644 section 3.4.2.2),
// with < > & as they are, because not every peer reads \u escapes of them.
func Quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Eq is the filter attribute eq "value".
func Eq(attribute, value string) string { return attribute + " eq " + Quote(value) }

// Any is the filter of everything whose attribute is one of the values.
func Any(attribute string, values []string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = Eq(attribute, v)
	}
	return strings.Join(parts, " or ")
}

// And is the filter of what both hold for. Neither may be an or.
func And(a, b string) string { return a + " and " + b }
