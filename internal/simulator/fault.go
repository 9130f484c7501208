package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/simulator/sso"
)

// faults are what can be wrong with the simulated world on request. A fault
// changes how one domain's sign-in side is built.
var faults = map[string]func(directory.Domain, *sso.Options){
	"": func(directory.Domain, *sso.Options) {},
	// Fusion's metadata shows another certificate than the one that signs.
	"wrong-saml-certificate": func(name directory.Domain, o *sso.Options) {
		o.WrongCertificate = name == directory.Fusion
	},
}

// Faults lists the names of the faults.
func Faults() []string { return names(faults) }

// Tiers lists the names of the tables of limits.
func Tiers() []string { return names(tiers) }

func names[V any](m map[string]V) []string {
	all := slices.Sorted(maps.Keys(m))
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// known refuses a name that is not in a table, and shows those that are.
func known[V any](what, name string, table map[string]V) error {
	if _, ok := table[name]; !ok {
		return fmt.Errorf("there is no %s %q; use one of: %s", what, name, strings.Join(names(table), ", "))
	}
	return nil
}
