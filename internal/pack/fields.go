package pack

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// fields shows a struct of the ledger with keys in the style of a pack: ID is id,
// RequestID is requestId.
func fields(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var had map[string]any
	if err := d.Decode(&had); err != nil {
		return nil, err
	}
	out := make(map[string]any, len(had))
	for k, value := range had {
		out[key(k)] = value
	}
	return out, nil
}

func key(name string) string {
	runes := []rune(strings.ReplaceAll(name, "ID", "Id"))
	runes[0] = unicode.ToLower(runes[0])
	return string(runes)
}
