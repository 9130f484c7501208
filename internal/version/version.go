// Package version says which build this is.
package version

import "runtime/debug"

// Version is the product's version; a release sets it at link time.
var Version = "0.1.0"

// Revision is the commit that the binary was built from, where it is known.
func Revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
