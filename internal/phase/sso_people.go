package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// personNamed looks a user up by name, case aside. People come in the order of
// their folded names, so the search ends where the name would have been.
func personNamed(side reconcile.Side, name string) (directory.Person, bool, error) {
	want := directory.Fold(name)
	for p, err := range side.ByName() {
		if err != nil {
			return directory.Person{}, false, err
		}
		switch have := directory.Fold(p.UserName); {
		case have == want:
			return p, true, nil
		case have > want:
			return directory.Person{}, false, nil
		}
	}
	return directory.Person{}, false, nil
}
