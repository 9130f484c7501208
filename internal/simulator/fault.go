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
// changes how one domain's sign-in side is built; broken reads are in
// fault_read.go.
var faults = map[string]func(directory.Domain, *sso.Options){
	"": func(directory.Domain, *sso.Options) {},
	// Every sign-in page is drawn by a script.
	"script-pages": func(_ directory.Domain, o *sso.Options) { o.ScriptPages = true },
	// Fusion's metadata shows another certificate than the one that signs.
	"wrong-saml-certificate": func(name directory.Domain, o *sso.Options) {
		o.WrongCertificate = name == directory.Fusion
	},
}

// Faults lists the names of the faults, a broken read for each domain.
func Faults() []string {
	all := names(faults)
	for _, kind := range names(readFaults) {
		for _, d := range directory.Domains {
			all = append(all, kind+":"+string(d))
		}
	}
	return all
}

// FaultsHelp says in a few words what a fault may be.
func FaultsHelp() string {
	return strings.Join(names(faults), ", ") + ", or a broken read: one of " + strings.Join(names(readFaults), ", ") +
		", then :DOMAIN, and if wanted /" + strings.Join(readables, " or /") + ", and :N for the Nth read on"
}

// CheckFault refuses a fault that there is not.
func CheckFault(fault string) error {
	if _, ok := faults[fault]; ok {
		return nil
	}
	_, err := readFaultOf(fault)
	return err
}

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
