package reconcile

import (
	"iter"
	"slices"

	"cutover/internal/directory"
)

// emails is what must be known of emails before people can be judged one by one
// in the order of their names. Only what conflicts is kept, so memory follows
// the conflicts and not the people. Keys are folded userNames of Utilities users.
type emails struct {
	shared map[string][]string           // the other candidates of the same email
	hub    map[string][]directory.Person // Fusion users of that email, where none bears the candidate's own name
	borne  map[string]bool               // folded names of those Fusion users that some Utilities user bears
}

// readEmails makes the passes over both domains in the order of emails.
// candidate tells who counts in Utilities: neither excluded nor inactive.
func readEmails(utilities, fusion Side, candidate func(directory.Person) bool) (emails, error) {
	e := emails{shared: map[string][]string{}, hub: map[string][]directory.Person{}, borne: map[string]bool{}}
	for p, err := range join(byEmail(utilities), byEmail(fusion), groupKey) {
		if err != nil {
			return e, err
		}
		if p.left == nil {
			continue
		}
		us := slices.DeleteFunc(slices.Clone(*p.left), func(u directory.Person) bool { return !candidate(u) })
		for i, u := range us {
			name := directory.Fold(u.UserName)
			for j, other := range us {
				if i != j {
					e.shared[name] = append(e.shared[name], other.UserName)
				}
			}
			if p.right != nil {
				e.addHub(name, *p.right)
			}
		}
	}
	return e, e.addBorne(utilities)
}

// addHub notes the Fusion users of a candidate's email. With one of the
// candidate's own name among them the email says nothing that the name does not.
func (e emails) addHub(name string, group []directory.Person) {
	for _, f := range group {
		if directory.Fold(f.UserName) == name {
			return
		}
	}
	e.hub[name] = append(e.hub[name], group...)
}

// addBorne looks which of the Fusion users found have a namesake in Utilities.
// It reads the people only if any were found.
func (e emails) addBorne(utilities Side) error {
	found := map[string]bool{}
	for _, users := range e.hub {
		for _, f := range users {
			found[directory.Fold(f.UserName)] = true
		}
	}
	if len(found) == 0 {
		return nil
	}
	for u, err := range utilities.ByName() {
		if err != nil {
			return err
		}
		if name := directory.Fold(u.UserName); found[name] {
			e.borne[name] = true
		}
	}
	return nil
}

func groupKey(group []directory.Person) string { return directory.Fold(group[0].Email) }

// byEmail yields the people of each email together.
func byEmail(s Side) iter.Seq2[[]directory.Person, error] {
	return func(yield func([]directory.Person, error) bool) {
		var group []directory.Person
		for p, err := range s.ByEmail() {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(group) > 0 && groupKey(group) != directory.Fold(p.Email) {
				if !yield(group, nil) {
					return
				}
				group = nil
			}
			group = append(group, p)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}
