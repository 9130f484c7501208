// Package estates holds sample estates to rehearse against: three identity
// domains as they stand before a cutover, with what a correct run must find
// and leave behind. The names in them are invented.
package estates

import "embed"

// FS holds clean, messy and resolved, each a directory with fusion.json,
// utilities.json, cxif.json, cutover.json and expected.json.
//
//go:embed clean messy resolved
var FS embed.FS
