package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Differences says in a line each what another configuration has besides (+),
// has no more (-) or says otherwise (~). References to secrets are not shown.
func Differences(before, after Config) []string {
	was, is := map[string]string{}, map[string]string{}
	for c, into := range map[*Config]map[string]string{&before: was, &after: is} {
		body, err := encode(*c)
		var v any
		if err == nil {
			err = json.Unmarshal(body, &v)
		}
		if err != nil {
			return []string{"the configurations cannot be compared: " + err.Error()}
		}
		flatten(nil, v, into)
	}
	keys := maps.Clone(was)
	maps.Copy(keys, is)
	var out []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		old, had := was[key]
		now, has := is[key]
		if old == now && had == has {
			continue
		}
		if low := strings.ToLower(key); strings.HasSuffix(low, "secret") || strings.HasSuffix(low, "password") {
			old, now = "one reference", "another reference"
		}
		switch {
		case !had:
			out = append(out, fmt.Sprintf("+ %s: %s", key, now))
		case !has:
			out = append(out, fmt.Sprintf("- %s: %s", key, old))
		default:
			out = append(out, fmt.Sprintf("~ %s: %s, was %s", key, now, old))
		}
	}
	return out
}

// flatten writes each value down by its path; a resolution is one value.
func flatten(p path, v any, into map[string]string) {
	m, isMapping := v.(map[string]any)
	if isMapping && !oneResolution(p) {
		for key, value := range m {
			flatten(p.key(key), value, into)
		}
		return
	}
	name := p.String()
	if oneResolution(p) {
		name = slices.Concat(p[:2], p[3:]).String()
		if p[2] == "verdicts" {
			name = p.String()
		}
	}
	body, err := encode(v)
	if err != nil {
		body = []byte("?")
	}
	into[name] = string(body)
}

// oneResolution tells whether the path is that of a user's or a verdict's resolution.
func oneResolution(p path) bool {
	return len(p) == 4 && p[0] == "resolutions" && (p[2] == "users" || p[2] == "verdicts")
}
