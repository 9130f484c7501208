package apply

import "cutover/internal/directory"

// Shows tells whether people, by Fold of their names, show a change that was
// applied to one of them. Of a new user it asks for who they are and that they
// may sign in; how a domain writes the rest is its own affair.
func Shows(c directory.Change, people map[string]directory.Person) bool {
	s := sight{people: people}
	if c.Kind == directory.InviteUser || c.Kind == directory.StartSync || c.Via == directory.ViaNativeSync {
		return true // a domain does not tell whether a mail went out, nor what its own synchronization is to do
	}
	if c.Kind == directory.CreateUser {
		return s.arrived(c)
	}
	done, _ := s.done(c)
	return done
}
