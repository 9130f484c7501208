// Package observe reads a domain into the ledger, page by page, so that a read
// that was interrupted goes on where it stood, and proves that it is complete.
// It writes to no domain.
package observe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

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

// Read reads the domain into the snapshot, from wherever an earlier attempt got
// to. With people false it reads only what does not grow with the people. Beat
// is called after every page.
func Read(ctx context.Context, d Domain, l *ledger.Ledger, snapshot int64, people bool, beat func()) error {
	s, err := l.Snapshot(ctx, snapshot)
	if err != nil || s.Complete {
		return err
	}
	r := reading{Domain: d, ledger: l, id: snapshot, beat: beat}
	if r.at, err = cursorOf(s); err != nil {
		return err
	}
	err = r.all(ctx, people)
	if errors.Is(err, ErrUnsettled) { // what was read of it so far is worth nothing
		r.at.Void = true
		return errors.Join(err, r.save(ctx))
	}
	return err
}

type reading struct {
	Domain
	ledger *ledger.Ledger
	id     int64
	at     cursor
	beat   func()
}

func (r *reading) all(ctx context.Context, people bool) error {
	if people {
		if err := r.users(ctx); err != nil {
			return err
		}
	}
	outline, err := r.outline(ctx, people)
	if err != nil {
		return err
	}
	if err := r.ledger.PutOutline(ctx, r.id, outline); err != nil {
		return err
	}
	return r.ledger.CompleteSnapshot(ctx, r.id)
}

func (r *reading) save(ctx context.Context) error {
	r.at.At = time.Now().UTC()
	b, err := json.Marshal(r.at)
	if err != nil {
		return err
	}
	r.beat()
	return r.ledger.SetCursor(ctx, r.id, string(b))
}

// users reads every page, and demands that every page tells of the same number
// of users, that each begins where the one before ended, and that as many
// different users were seen. Numbers alone would not do: where one who was read
// leaves, everybody after moves up, and one who was never read falls between two
// pages while the sum is right.
func (r *reading) users(ctx context.Context) error {
	for !r.at.UsersOK {
		page, err := r.page(ctx)
		if err != nil {
			return err
		}
		if r.at.Users != 0 && page.Total != r.at.Total {
			return fmt.Errorf("%w: there were %d users on one page, and %d on the next", ErrUnsettled, r.at.Total, page.Total)
		}
		if err := r.ledger.PutUsers(ctx, r.id, page.Users); err != nil {
			return err
		}
		if n := len(page.Users); n > 0 {
			r.at.Last = page.Users[n-1].ID
		}
		r.at.Users, r.at.UsersOK, r.at.Total = page.Next, page.Next == 0, page.Total
		if err := r.save(ctx); err != nil {
			return err
		}
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

// page reads the next page of users, together with the last user of the page
// before, who must still be where they were.
func (r *reading) page(ctx context.Context) (identitydomain.UserPage, error) {
	if r.at.Users <= 1 {
		return r.Users(ctx, 1)
	}
	page, err := r.Users(ctx, r.at.Users-1)
	if err != nil {
		return page, err
	}
	if len(page.Users) == 0 || page.Users[0].ID != r.at.Last {
		return page, fmt.Errorf("%w: a page does not begin where the one before ended", ErrUnsettled)
	}
	if len(page.Users) == 1 && page.Next != 0 { // pages of one
		return r.Users(ctx, r.at.Users)
	}
	return page, nil
}

func (r *reading) outline(ctx context.Context, people bool) (directory.Outline, error) {
	groups, err := r.Groups(ctx)
	if err != nil {
		return directory.Outline{}, err
	}
	out := directory.Outline{Groups: groups}
	side, sctx := errgroup.WithContext(ctx)
	side.Go(func() (err error) {
		out.SSO, err = r.SSO(sctx)
		return err
	})
	side.Go(func() error {
		if !people {
			return nil
		}
		return r.members(sctx, groups)
	})
	side.Go(func() error {
		roles, err := r.Roles(sctx)
		if err != nil {
			return err
		}
		for _, role := range roles {
			out.Roles = append(out.Roles, role.Role)
		}
		out.GroupRoles, err = r.grants(sctx, groups, roles, people)
		return err
	})
	err = side.Wait()
	r.beat()
	return out, err
}

// abreast is how many groups are read side by side: enough to hide the way to
// the domain and back, and few beside its limits.
const abreast = 8

// members reads the members of the groups, some side by side, in the order of
// ids, so that a read that goes on skips none, whatever groups came or went.
func (r *reading) members(ctx context.Context, groups []directory.Group) error {
	left := slices.DeleteFunc(slices.Clone(groups), func(g directory.Group) bool { return g.ID <= r.at.Group })
	slices.SortFunc(left, func(a, b directory.Group) int { return strings.Compare(a.ID, b.ID) })
	for some := range slices.Chunk(left, abreast) {
		side, sctx := errgroup.WithContext(ctx)
		for _, g := range some {
			side.Go(func() error { return r.membersOf(sctx, g) })
		}
		if err := side.Wait(); err != nil {
			return err
		}
		r.at.Group = some[len(some)-1].ID
		if err := r.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) membersOf(ctx context.Context, g directory.Group) error {
	for start := 1; start != 0; {
		page, err := r.Members(ctx, g.ID, start)
		var pe *directory.PeerError
		if errors.As(err, &pe) && pe.Problem == directory.ProblemNotFound {
			return fmt.Errorf("%w: a group is gone", ErrUnsettled)
		}
		if err != nil {
			return err
		}
		if err := r.ledger.PutMembers(ctx, r.id, g.Name, page.UserIDs); err != nil {
			return err
		}
		start = page.Next
		r.beat()
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
	total := -1
	for start := 1; start != 0; {
		page, err := r.Grants(ctx, start)
		if err != nil {
			return nil, err
		}
		if total >= 0 && page.Total != total {
			return nil, fmt.Errorf("%w: there were %d grants on one page, and %d on the next", ErrUnsettled, total, page.Total)
		}
		total = page.Total
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
