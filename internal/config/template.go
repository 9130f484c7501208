package config

import (
	"bytes"
	_ "embed"
)

//go:embed template.yaml
var template []byte

// Template is a cutover.yaml with comments, for a person to fill in. It loads
// as it stands once the secrets that it names exist.
func Template() []byte { return bytes.Clone(template) }
