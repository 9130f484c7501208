// Package observe reads a domain into the ledger, page by page, so that a read
// that was interrupted goes on where it stood, and proves that it is complete.
// It writes to no domain.
package observe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
	"cutover/internal/ledger"
)

// Domain is what a read needs of a domain.
type Domain interface {
	Users(ctx context.Context, start int) (identitydomain.UserPage, error)
	Groups(ctx context.Context) ([]directory.Group, error)
	Members(ctx context.Context, groupID string, start int) (identitydomain.MemberPage, error)
	Roles(ctx context.Context) ([]identitydomain.AppRole, error)
	Grants(ctx context.Context, start int) (identitydomain.GrantPage, error)
	SSO(ctx context.Context) (directory.SSO, error)
}

// ErrUnsettled says that what was read does not add up: users came or went
// while it was read. Read again.
var ErrUnsettled = errors.New("the domain changed while it was read, or an answer was incomplete")

// cursor is where a read stands. Its zero value is the start.
type cursor struct {
	Users   int  `json:"users"` // next start index, 0 before the first page
	UsersOK bool `json:"usersOk"`
	Total   int  `json:"total"`
	Groups  int  `json:"groups"` // groups whose members are read
	Grants  bool `json:"grants"`
}

// Read reads the domain into the snapshot, from wherever an earlier attempt got
// to. With people false it reads only what does not grow with the people. Beat
// is called after every page.
func Read(ctx context.Context, d Domain, l *ledger.Ledger, snapshot int64, people bool, beat func()) error {
	s, err := l.Snapshot(ctx, snapshot)
	if err != nil || s.Complete {
		return err
	}
	r := reading{Domain: d, ledger: l, id: snapshot, beat: beat}
	if s.Cursor != "" {
		if err := json.Unmarshal([]byte(s.Cursor), &r.at); err != nil {
			return fmt.Errorf("snapshot %d: its cursor is not readable: %w", snapshot, err)
		}
	}
	if people {
		if err := r.users(ctx); err != nil {
			return err
		}
	}
	outline, err := r.outline(ctx, people)
	if err != nil {
		return err
	}
	if err := l.PutOutline(ctx, snapshot, outline); err != nil {
		return err
	}
	return l.CompleteSnapshot(ctx, snapshot)
}

type reading struct {
	Domain
	ledger *ledger.Ledger
	id     int64
	at     cursor
	beat   func()
}

func (r *reading) save(ctx context.Context) error {
	b, err := json.Marshal(r.at)
	if err != nil {
		return err
	}
	r.beat()
	return r.ledger.SetCursor(ctx, r.id, string(b))
}

// users reads every page, and demands that as many different users were seen
// as the domain said there are, at the start and at the end alike.
func (r *reading) users(ctx context.Context) error {
	for start := max(r.at.Users, 1); !r.at.UsersOK; {
		page, err := r.Users(ctx, start)
		if err != nil {
			return err
		}
		if err := r.ledger.PutUsers(ctx, r.id, page.Users); err != nil {
			return err
		}
		r.at.Users, r.at.UsersOK, r.at.Total = page.Next, page.Next == 0, page.Total
		if err := r.save(ctx); err != nil {
			return err
		}
		start = page.Next
	}
	seen, err := r.ledger.CountUsers(ctx, r.id)
	if err != nil {
		return err
	}
	if seen != r.at.Total {
		return fmt.Errorf("%w: %d users were said to be there, %d different ones were read", ErrUnsettled, r.at.Total, seen)
	}
	return nil
}

func (r *reading) outline(ctx context.Context, people bool) (directory.Outline, error) {
	groups, err := r.Groups(ctx)
	if err != nil {
		return directory.Outline{}, err
	}
	if people {
		if err := r.members(ctx, groups); err != nil {
			return directory.Outline{}, err
		}
	}
	roles, err := r.Roles(ctx)
	if err != nil {
		return directory.Outline{}, err
	}
	out := directory.Outline{Groups: groups}
	for _, role := range roles {
		out.Roles = append(out.Roles, role.Role)
	}
	if out.GroupRoles, err = r.grants(ctx, groups, roles, people); err != nil {
		return directory.Outline{}, err
	}
	r.beat()
	out.SSO, err = r.SSO(ctx)
	r.beat()
	return out, err
}

func (r *reading) members(ctx context.Context, groups []directory.Group) error {
	for ; r.at.Groups < len(groups); r.at.Groups++ {
		g := groups[r.at.Groups]
		for start := 1; start != 0; {
			page, err := r.Members(ctx, g.ID, start)
			if err != nil {
				return err
			}
			if err := r.ledger.PutMembers(ctx, r.id, g.Name, page.UserIDs); err != nil {
				return err
			}
			start = page.Next
			r.beat()
		}
		if err := r.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

// grants stores what people hold directly and returns what groups grant.
func (r *reading) grants(ctx context.Context, groups []directory.Group, roles []identitydomain.AppRole, people bool) (map[string][]directory.Role, error) {
	groupName := map[string]string{}
	for _, g := range groups {
		groupName[g.ID] = g.Name
	}
	roleByID := map[string]directory.Role{}
	for _, role := range roles {
		roleByID[role.ID] = role.Role
	}
	granted := map[string][]directory.Role{}
	for start := 1; start != 0; {
		page, err := r.Grants(ctx, start)
		if err != nil {
			return nil, err
		}
		held := map[directory.Role][]string{}
		for _, g := range page.Grants {
			role, known := roleByID[g.RoleID]
			if !known {
				continue // a grant of an app as a whole carries no role
			}
			switch {
			case g.GranteeType == "User" && people:
				held[role] = append(held[role], g.GranteeID)
			case g.GranteeType == "Group" && groupName[g.GranteeID] != "":
				granted[groupName[g.GranteeID]] = append(granted[groupName[g.GranteeID]], role)
			}
		}
		for role, ids := range held {
			if err := r.ledger.PutRoles(ctx, r.id, role, ids); err != nil {
				return nil, err
			}
		}
		start = page.Next
		r.beat()
	}
	return granted, nil
}
