package reconcile

import (
	"cmp"
	"iter"
	"slices"

	"cutover/internal/directory"
)

// Alteration is somebody as they were and as a plan would leave them; nil where
// nobody is.
type Alteration struct{ Before, After *directory.Person }

// Alterations is a stream of alterations.
type Alterations = iter.Seq2[Alteration, error]

// Project yields the people of a domain as a plan would leave them. People must
// come in the order of folded names and changes in that of their folded users.
// Who is created has no id. Who is renamed comes where the old name was, so the
// outcome is in no order. Changes of other domains and of settings are passed over.
func Project(domain directory.Domain, people People, changes Changes) People {
	return func(yield func(directory.Person, error) bool) {
		for p, err := range project(domain, people, changes) {
			if err != nil {
				yield(directory.Person{}, err)
				return
			}
			if a := p.alteration(); a.After != nil && !yield(*a.After, nil) {
				return
			}
		}
	}
}

// Alter is Project for those only whom the changes are about.
func Alter(domain directory.Domain, people People, changes Changes) Alterations {
	return func(yield func(Alteration, error) bool) {
		for p, err := range project(domain, people, changes) {
			if err != nil {
				yield(Alteration{}, err)
				return
			}
			if p.right != nil && !yield(p.alteration(), nil) {
				return
			}
		}
	}
}

// planned is somebody on the left and the changes of that name on the right.
type planned pair[projected]

func project(domain directory.Domain, people People, changes Changes) iter.Seq2[planned, error] {
	return func(yield func(planned, error) bool) {
		for p, err := range join(wrap(people), byUser(domain, changes), appendProjected) {
			if !yield(planned(p), err) {
				return
			}
		}
	}
}

func (p planned) alteration() Alteration {
	var a Alteration
	if p.left != nil {
		a.Before, a.After = p.left.person, p.left.person
	}
	if p.right != nil {
		a.After = applied(a.Before, p.right.changes)
	}
	return a
}

// projected is a person, or all changes of one user.
type projected struct {
	person  *directory.Person
	changes []directory.Change
}

func appendProjected(b []byte, p projected) []byte {
	if p.person != nil {
		return appendName(b, *p.person)
	}
	return directory.AppendFold(b, p.changes[0].User)
}

func wrap(people People) iter.Seq2[projected, error] {
	return func(yield func(projected, error) bool) {
		for p, err := range people {
			if !yield(projected{person: &p}, err) {
				return
			}
		}
	}
}

// byUser yields the changes of each user together, in the order of their steps.
func byUser(domain directory.Domain, changes Changes) iter.Seq2[projected, error] {
	return func(yield func(projected, error) bool) {
		var at projected
		for c, err := range changes {
			if err != nil {
				yield(projected{}, err)
				return
			}
			if c.Domain != domain || c.User == "" {
				continue
			}
			if len(at.changes) > 0 && !directory.Equal(at.changes[0].User, c.User) {
				if !yield(at.inSteps(), nil) {
					return
				}
				at = projected{}
			}
			at.changes = append(at.changes, c)
		}
		if len(at.changes) > 0 {
			yield(at.inSteps(), nil)
		}
	}
}

func (p projected) inSteps() projected {
	slices.SortStableFunc(p.changes, func(a, b directory.Change) int { return cmp.Compare(a.Step, b.Step) })
	return p
}

// applied is a person after changes, or nil where there is nobody.
func applied(p *directory.Person, changes []directory.Change) *directory.Person {
	for _, c := range changes {
		switch c.Kind {
		case directory.CreateUser:
			if p == nil {
				p = &directory.Person{}
			}
			p = with(*p, c.After)
		case directory.DeleteUser:
			p = nil
		case directory.UpdateUser:
			if p != nil {
				p = with(*p, c.After)
			}
		case directory.AddMember:
			if p != nil && !p.InAny([]string{c.Target}) {
				p.Groups = slices.Sorted(slices.Values(append(slices.Clone(p.Groups), c.Target)))
			}
		case directory.AddGrant:
			if p != nil {
				p.Roles = withRole(p.Roles, c.Target)
			}
		case directory.RemoveMember:
			if p != nil {
				p.Groups = slices.DeleteFunc(slices.Clone(p.Groups), func(g string) bool { return directory.Equal(g, c.Target) })
			}
		case directory.RevokeGrant:
			if p != nil {
				p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r directory.Role) bool { return r.String() == c.Target })
			}
		}
	}
	return p
}

// with is a person with attributes set as a change writes them.
func with(p directory.Person, a directory.Attributes) *directory.Person {
	for key, field := range map[string]*string{
		attrUserName: &p.UserName, attrGivenName: &p.GivenName, attrFamilyName: &p.FamilyName,
		attrDisplayName: &p.DisplayName, attrEmail: &p.Email, attrExternalID: &p.ExternalID,
	} {
		if value, there := a[key]; there {
			*field = value
		}
	}
	for key, field := range map[string]*bool{attrActive: &p.Active, attrFederated: &p.Federated} {
		if value, there := a[key]; there {
			*field = value == "true"
		}
	}
	return &p
}
