package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cutover/internal/directory"
)

// slowSync is how long an import takes where it shall be slow.
const slowSync = 20 * time.Second

// nativeSyncWords are what a rehearsal may choose, by the words of the command.
var nativeSyncWords = map[string]func(*NativeSync){
	"scoped":              func(n *NativeSync) { n.Scope = scopeGroups },
	"federates":           func(n *NativeSync) { n.FederatesExisting = true },
	"new-local":           func(n *NativeSync) { n.NewLocal = true },
	"deactivates-missing": func(n *NativeSync) { n.DeactivatesMissing = true },
	"slow":                func(n *NativeSync) { n.Takes = slowSync },
}

// ReadNativeSync reads the words of --native-sync.
func ReadNativeSync(words []string) (NativeSync, error) {
	var n NativeSync
	for _, word := range words {
		choose, ok := nativeSyncWords[word]
		if !ok {
			return n, fmt.Errorf("native synchronization knows no %q; choose of %s", word, NativeSyncHelp())
		}
		choose(&n)
	}
	return n, nil
}

// NativeSyncHelp are the words of --native-sync.
func NativeSyncHelp() string {
	return "scoped (only members of the groups of the estate's scope come), federates (people who are there become federated and lose their password), " +
		"new-local (new people are not federated), deactivates-missing (who is not pulled is deactivated), slow (an import takes " + slowSync.String() + ")"
}

// readNativeSync completes the options: where only groups are pulled and none are
// named, they are those of the estate's scope.
func (s *Simulator) readNativeSync() error {
	n := &s.options.NativeSync
	if n.Scope != "" && n.Scope != scopeGroups {
		return fmt.Errorf("the scope %q of the native synchronization is not possible: it is empty, for everybody, or %s", n.Scope, scopeGroups)
	}
	if n.Takes < 0 {
		return errors.New("a native synchronization cannot take less than no time")
	}
	if n.Scope == "" || n.Groups != nil {
		return nil
	}
	chosen, err := readChoices(s.options.Estate)
	if err != nil {
		return err
	}
	n.Groups = map[directory.Domain][]string{}
	for _, name := range directory.Domains {
		n.Groups[name] = slices.Clone(stringsOf(at(chosen, "scope", string(name))))
	}
	return nil
}
