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
	shared map[string][]directory.Person // every candidate of the same email, where there are several
	hub    map[string][]directory.Person // Fusion users of that email, where none bears the candidate's own name
	borne  map[string]directory.Person   // by folded name of those Fusion users: the Utilities user who bears it
}

// readEmails makes the passes over both domains in the order of emails.
// candidate tells who counts in Utilities: neither excluded nor inactive.
func readEmails(utilities, fusion Side, candidate func(directory.Person) bool) (emails, error) {
	e := emails{shared: map[string][]directory.Person{}, hub: map[string][]directory.Person{}, borne: map[string]directory.Person{}}
	for p, err := range join(byEmail(utilities), byEmail(fusion), appendEmail) {
		if err != nil {
			return e, err
		}
		if p.left == nil {
			continue
		}
		if len(*p.left) == 1 && (p.right == nil || bear((*p.left)[0].UserName, *p.right)) {
			continue // like nearly everybody: the email says nothing that the name does not
		}
		us := slices.DeleteFunc(slices.Clone(*p.left), func(u directory.Person) bool { return !candidate(u) })
		for _, u := range us {
			if len(us) > 1 {
				e.shared[nameKey(u)] = us // one list for all of them: thousands may share an address
			}
			if p.right != nil {
				e.addHub(u.UserName, *p.right)
			}
		}
	}
	return e, e.addBorne(utilities)
}

// addHub notes the Fusion users of a candidate's email. With one of the
// candidate's own name among them the email says nothing that the name does not.
func (e emails) addHub(name string, group []directory.Person) {
	if bear(name, group) {
		return
	}
	name = directory.Fold(name)
	e.hub[name] = append(e.hub[name], group...)
}

// bear tells whether somebody bears a name, case aside.
func bear(name string, people []directory.Person) bool {
	return slices.ContainsFunc(people, func(p directory.Person) bool { return directory.Equal(p.UserName, name) })
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
			e.borne[name] = u
		}
	}
	return nil
}

func appendEmail(b []byte, group []directory.Person) []byte {
	return directory.AppendFold(b, group[0].Email)
}

// byEmail yields the people of each email together.
func byEmail(s Side) iter.Seq2[[]directory.Person, error] {
	return func(yield func([]directory.Person, error) bool) {
		var group []directory.Person
		for p, err := range s.ByEmail() {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(group) > 0 && !directory.Equal(group[0].Email, p.Email) {
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

// bears tells whether somebody in Utilities bears the name of a Fusion user.
func (e emails) bears(f directory.Person) bool {
	_, there := e.borne[nameKey(f)]
	return there
}
