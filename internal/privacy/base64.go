package privacy

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"
)

// packed is what may be base64 of something that is long enough to look for: a
// history that was written as JSON holds its payloads so.
var packed = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)

// unpacked decodes what in a text is base64 of text, of either alphabet.
func unpacked(text string) []string {
	var out []string
	for _, word := range packed.FindAllString(text, -1) {
		word = strings.NewReplacer("-", "+", "_", "/").Replace(word)
		if raw, err := base64.RawStdEncoding.DecodeString(word); err == nil && utf8.Valid(raw) {
			out = append(out, string(raw))
		}
	}
	return out
}
