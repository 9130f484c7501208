package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// sight is how the things that a batch is about stand right now.
type sight struct {
	people   map[string]directory.Person
	settings map[string]directory.Attributes // by target; nil: not there
}

// look reads afresh what the claimed changes are about.
func look(ctx context.Context, peer Peer, claimed []ledger.Claimed) (sight, error) {
	s := sight{settings: map[string]directory.Attributes{}}
	var names []string
	for _, c := range claimed {
		if c.Change.Kind == directory.StartSync {
			continue // nothing shows before that it runs
		}
		if isSetting(c.Change.Kind) {
			settings, ok := peer.(Settings)
			if !ok {
				return s, fmt.Errorf("%s has no settings, so %q cannot be changed there", c.Change.Domain, c.Change.Target)
			}
			have, exists, err := settings.Setting(ctx, c.Change.Target)
			if err != nil {
				return s, err
			}
			if exists {
				s.settings[c.Change.Target] = have
			}
			continue
		}
		names = append(names, c.Change.User)
		if to := c.Change.After["userName"]; to != "" && !directory.Equal(to, c.Change.User) {
			names = append(names, to) // a rename: is the new name there already?
		}
	}
	if len(names) == 0 {
		return s, nil
	}
	var err error
	s.people, err = peer.Lookup(ctx, names)
	return s, err
}

func isSetting(k directory.Kind) bool {
	return k == directory.PutSetting || k == directory.DropSetting
}

// fits tells whether the change may be sent: its before-image holds. Otherwise
// why says, without names, what was found instead.
func (s sight) fits(c directory.Change) (ok bool, id, why string) {
	if isSetting(c.Kind) {
		have, there := s.settings[c.Target]
		return settingFits(c, have, there)
	}
	if c.Kind == directory.StartSync {
		return true, "", ""
	}
	p, there := s.people[directory.Fold(c.User)]
	switch c.Kind {
	case directory.CreateUser:
		if there {
			return false, "", "a user of this name is there already, and differs"
		}
		return true, "", ""
	}
	if !there {
		return false, "", "the user is not there"
	}
	if c.Kind == directory.InviteUser {
		switch {
		case !p.Active:
			return false, "", "the user is not active any more"
		case p.Email == "": // the password would be reset, and nobody told
			return false, "", "the user has no email any more"
		}
	}
	if c.Kind == directory.UpdateUser {
		if differs := differs(UserAttributes(p.User), c.Before, false); differs != "" {
			return false, "", "changed since it was planned: " + differs
		}
		if to := c.After["userName"]; to != "" && !directory.Equal(to, c.User) {
			if _, taken := s.people[directory.Fold(to)]; taken {
				return false, "", "the new name is taken"
			}
		}
	}
	return true, p.ID, ""
}

func settingFits(c directory.Change, have directory.Attributes, there bool) (ok bool, id, why string) {
	switch {
	case c.Kind == directory.DropSetting && len(c.Before) == 0:
		return true, "", ""
	case len(c.Before) == 0 && there:
		return false, "", "it is there already, and differs"
	case len(c.Before) > 0 && !there:
		return false, "", "it is gone"
	}
	if differs := differs(have, c.Before, true); differs != "" {
		return false, "", "changed since it was planned: " + differs
	}
	return true, "", ""
}

// done tells whether the change has been carried out already, whoever did it.
func (s sight) done(c directory.Change) (bool, string) {
	if isSetting(c.Kind) {
		have, there := s.settings[c.Target]
		if c.Kind == directory.DropSetting {
			return !there, ""
		}
		return there && differs(have, c.After, true) == "", ""
	}
	if c.Kind == directory.StartSync {
		return false, ""
	}
	name := c.User
	if to := c.After["userName"]; c.Kind == directory.UpdateUser && to != "" {
		name = to
	}
	p, there := s.people[directory.Fold(name)]
	switch c.Kind {
	case directory.DeleteUser:
		return !there || !p.Active, p.ID // deactivated: where deleting is refused
	case directory.CreateUser, directory.UpdateUser:
		if _, old := s.people[directory.Fold(c.User)]; old && !directory.Equal(name, c.User) {
			return false, "" // not renamed: somebody else bears the new name
		}
		// Where only the case of the email changes, case is what counts.
		exact := c.Kind == directory.UpdateUser && directory.Equal(c.Before["email"], c.After["email"])
		return there && differs(UserAttributes(p.User), comparable(c), exact) == "", p.ID
	case directory.InviteUser:
		return there && p.PasswordSet, p.ID // who has a password needs no invitation any more
	case directory.AddMember:
		return there && p.InAny([]string{c.Target}), p.ID
	case directory.RemoveMember:
		return !there || !p.InAny([]string{c.Target}), p.ID
	case directory.RevokeGrant:
		return !there || !slices.Contains(p.Roles, roleOf(c.Target)), p.ID
	case directory.AddGrant:
		return there && slices.Contains(p.Roles, roleOf(c.Target)), p.ID
	}
	return false, ""
}

// comparable leaves out what a peer may not show on reading a new user back.
func comparable(c directory.Change) directory.Attributes {
	if c.Kind != directory.CreateUser {
		return c.After
	}
	after := directory.Attributes{}
	for k, v := range c.After {
		if k != "federated" && k != "externalId" {
			after[k] = v
		}
	}
	return after
}

// differs names the first attribute of want that have does not show; "" is none.
// Emails compare case aside, unless exact.
func differs(have, want directory.Attributes, exact bool) string {
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if have[k] != want[k] && (exact || k != "email" || !directory.Equal(have[k], want[k])) {
			return k
		}
	}
	return ""
}

// UserAttributes shows a user as a plan writes one.
func UserAttributes(u directory.User) directory.Attributes {
	a := directory.Attributes{
		"userName": u.UserName, "givenName": u.GivenName, "familyName": u.FamilyName, "displayName": u.DisplayName,
		"email": u.Email, "active": "false", "federated": "false", "externalId": u.ExternalID,
	}
	if u.Active {
		a["active"] = "true"
	}
	if u.Federated {
		a["federated"] = "true"
	}
	return a
}

// roleOf reads App/Role; the name of an app may hold a slash, that of a role not.
func roleOf(target string) directory.Role {
	i := strings.LastIndex(target, "/")
	if i < 0 {
		return directory.Role{Name: target}
	}
	return directory.Role{App: target[:i], Name: target[i+1:]}
}
