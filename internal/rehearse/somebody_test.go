package rehearse_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
	"cutover/internal/simulator"
	"cutover/workflows"
)

// somebody else works in the domains while a cutover goes on: with clients of
// their own, by whose names the journal tells them from cutover.
type somebody struct {
	// does is called once at every gate: before it is decided, and as soon as it
	// was. Nil: nothing.
	does func(ctx context.Context, s *somebody, g workflows.Gate, decided bool) error

	domains map[directory.Domain]*identitydomain.Client
	seen    map[string]bool
	did     []string // what the domains took
}

func (s *somebody) enter(sim *simulator.Simulator) (err error) {
	s.domains, s.seen = map[directory.Domain]*identitydomain.Client{}, map[string]bool{}
	for _, d := range directory.Domains {
		id, secret := sim.SecondClient(d)
		s.domains[d], err = identitydomain.New(identitydomain.Options{Domain: d, URL: sim.URL(d), ClientID: id, Type: "none",
			Secret: func(context.Context) (string, error) { return secret, nil }})
		if err != nil {
			return err
		}
	}
	return nil
}

// at is called at a gate, before and after it is decided.
func (s *somebody) at(ctx context.Context, g workflows.Gate, decided bool) error {
	key := fmt.Sprint(g.Phase, g.Kind, g.Hash, g.Since, decided)
	if s.seen[key] {
		return nil
	}
	s.seen[key] = true
	return s.does(ctx, s, g, decided)
}

// do writes one change, about whoever bears the name now. What a domain refuses
// was not done.
func (s *somebody) do(ctx context.Context, c directory.Change) error {
	w := directory.Write{Change: c}
	if c.Kind != directory.CreateUser {
		found, err := s.domains[c.Domain].Lookup(ctx, []string{c.User})
		if err != nil {
			return err
		}
		p, there := found[directory.Fold(c.User)]
		if !there {
			return nil
		}
		w.ID = p.ID
	}
	outcomes, err := s.domains[c.Domain].Write(ctx, []directory.Write{w})
	if err != nil {
		return err
	}
	if outcomes[0].Err == nil {
		s.did = append(s.did, fmt.Sprintf("%s %s %s %s", c.Domain, c.Kind, c.User, c.Target))
	}
	return nil
}

// everybody reads the people of a domain.
func (s *somebody) everybody(ctx context.Context, d directory.Domain) ([]directory.User, error) {
	page, err := s.domains[d].Users(ctx, 1)
	return page.Users, err
}

// joins makes somebody new in Fusion who is in the scope of both targets.
func (s *somebody) joins(ctx context.Context, name string) error {
	err := s.do(ctx, directory.Change{Domain: directory.Fusion, Kind: directory.CreateUser, User: name,
		After: directory.Attributes{"userName": name, "givenName": "New", "familyName": "Joiner", "displayName": "New Joiner", "email": name, "active": "true"}})
	if err != nil {
		return err
	}
	return s.do(ctx, directory.Change{Domain: directory.Fusion, Kind: directory.AddMember, User: name, Target: "ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE"})
}

// meddles does one thing at random that no plan knows of.
func (s *somebody) meddles(ctx context.Context, random *rand.Rand) error {
	people := map[directory.Domain][]directory.User{}
	for _, d := range directory.Domains {
		all, err := s.everybody(ctx, d)
		if err != nil {
			return err
		}
		people[d] = slices.DeleteFunc(all, func(u directory.User) bool { // that would end every run at its beginning
			return strings.HasPrefix(directory.Fold(u.UserName), "bg-") || strings.HasPrefix(u.UserName, "cutover")
		})
	}
	in := directory.Domains[random.IntN(len(directory.Domains))]
	one := people[in][random.IntN(len(people[in]))]
	c := directory.Change{Domain: in, User: one.UserName}
	switch random.IntN(8) {
	case 0:
		c.Kind, c.After = directory.UpdateUser, directory.Attributes{"active": "false"}
	case 1:
		c.Kind, c.After = directory.UpdateUser, directory.Attributes{"displayName": "Somebody Else's Choice"}
	case 2:
		c.Kind, c.After = directory.UpdateUser, directory.Attributes{"userName": fmt.Sprintf("renamed.%d@example.com", random.IntN(1e6))}
	case 3: // a name that a plan may want to make
		from := people[directory.Utilities]
		if in == directory.Utilities {
			from = people[directory.Fusion]
		}
		u := from[random.IntN(len(from))]
		c.Kind, c.User = directory.CreateUser, u.UserName
		c.After = directory.Attributes{"userName": u.UserName, "givenName": "Sabo", "familyName": "Teur", "displayName": "Sabo Teur", "email": u.Email, "active": "true"}
	case 4: // access that a plan may want to give
		c.Domain, c.Kind, c.User, c.Target = directory.Utilities, directory.AddMember, people[directory.Utilities][random.IntN(len(people[directory.Utilities]))].UserName, "CCS Call Centre"
	case 5:
		c.Domain, c.Kind, c.User, c.Target = directory.CXIF, directory.AddGrant, people[directory.CXIF][random.IntN(len(people[directory.CXIF]))].UserName, "CXIF-PROD/CXIF_Configuration_Endpoint_Read"
	case 6: // access that somebody has
		c.Domain, c.Kind, c.Target = directory.Utilities, directory.RemoveMember, "CCS Call Centre"
		c.User = people[directory.Utilities][random.IntN(len(people[directory.Utilities]))].UserName
	case 7:
		return s.joins(ctx, fmt.Sprintf("joiner.%d@example.com", random.IntN(1e6)))
	}
	return s.do(ctx, c)
}

// oneAtWork is the name of somebody who works in Utilities by a local sign-in, and
// is active in Fusion; empty: nobody.
func (s *somebody) oneAtWork(ctx context.Context) (string, error) {
	all, err := s.everybody(ctx, directory.Utilities)
	if err != nil {
		return "", err
	}
	var names []string
	for _, u := range all {
		names = append(names, u.UserName)
	}
	works, err := s.domains[directory.Utilities].Lookup(ctx, names)
	if err != nil {
		return "", err
	}
	hub, err := s.domains[directory.Fusion].Lookup(ctx, names)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		u, h := works[directory.Fold(name)], hub[directory.Fold(name)]
		if u.Active && !u.Federated && h.Active && slices.Contains(u.Groups, "CCS Call Centre") {
			return name, nil
		}
	}
	return "", nil
}
