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
	"cutover/internal/scim"
)

// Domain is what a read needs of a domain.
type Domain interface {
	Users(ctx context.Context, start int) (identitydomain.UserPage, error)
	Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error)
	// Count and MemberCount ask how many there are, in another way than lists are read.
	Count(ctx context.Context, of string) (int, error)
	MemberCount(ctx context.Context, groupID string) (n int, known bool, err error)
	Groups(ctx context.Context) ([]directory.Group, error)
	Members(ctx context.Context, groupID string, start int) (identitydomain.MemberPage, error)
	Roles(ctx context.Context) ([]identitydomain.AppRole, error)
	Grants(ctx context.Context, start int) (identitydomain.GrantPage, error)
	SSO(ctx context.Context) (directory.SSO, error)
}

// ErrUnsettled says that what was read does not add up: somebody went while it
// was read, or an answer was incomplete, or old. Read again.
var ErrUnsettled = errors.New("the domain changed while it was read, or an answer was incomplete")

// Read reads the domain into the snapshot, from wherever an earlier attempt got
// to. With people false it reads only what does not grow with the people. Beat
// is called after every page. Shows tells whether what was written is there; nil
// where nothing is ever written, as for a plan alone.
func Read(ctx context.Context, d Domain, l *ledger.Ledger, snapshot int64, people bool, shows Shows, beat func()) error {
	s, err := l.Snapshot(ctx, snapshot)
	if err != nil || s.Complete {
		return err
	}
	r := reading{Domain: d, ledger: l, id: snapshot, cutover: s.Cutover, domain: s.Domain, shows: shows, beat: beat}
	if r.at, err = cursorOf(s); err != nil {
		return err
	}
	err = r.all(ctx, people)
	var broken *directory.BrokenRead
	if errors.Is(err, ErrUnsettled) || errors.As(err, &broken) { // what was read of it so far is worth nothing
		r.at.Void = true
		return errors.Join(err, r.save(ctx))
	}
	return err
}

// Shows tells whether people, by Fold of their names, show a change that was
// applied to one of them.
type Shows func(c directory.Change, people map[string]directory.Person) bool

type reading struct {
	Domain
	ledger  *ledger.Ledger
	id      int64
	cutover string
	domain  directory.Domain
	at      cursor
	shows   Shows
	beat    func()
}

// The reads by their names, as the domain's client names them.
const (
	readUsers   = "read users"
	readGroups  = "read groups"
	readMembers = "read the members of a group"
	readGrants  = "read grants"
)

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
	if people {
		if err := r.doubts(ctx); err != nil {
			return err
		}
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

// users reads every page. The read is complete when everybody was seen who was
// there at its start and at its end; who joined in between is for the next one.
func (r *reading) users(ctx context.Context) error {
	b := blame{r.domain, readUsers}
	for !r.at.Users.Done {
		var page identitydomain.UserPage
		fresh, err := r.at.Users.step(ctx, b, func(ctx context.Context, start int) (fetched, error) {
			var err error
			page, err = r.Users(ctx, start)
			f := fetched{total: page.Total, next: page.Next}
			for _, u := range page.Users {
				f.ids = append(f.ids, u.ID)
			}
			return f, err
		})
		if err != nil {
			return err
		}
		if err := r.ledger.PutUsers(ctx, r.id, page.Users[fresh:]); err != nil {
			return err
		}
		if err := r.save(ctx); err != nil {
			return err
		}
	}
	seen, err := r.ledger.CountUsers(ctx, r.id)
	if err != nil {
		return err
	}
	if seen < r.at.Users.First {
		return b.broken(fmt.Sprintf("%d users were said to be there, %d different ones were read", r.at.Users.First, seen))
	}
	return b.counted(ctx, seen,
		func(ctx context.Context) (int, error) { return r.Count(ctx, identitydomain.AllUsers) },
		func(ctx context.Context) (int, error) {
			page, err := r.Users(ctx, max(1, r.at.Users.Next-1))
			return page.Total, err
		})
}

func (r *reading) outline(ctx context.Context, people bool) (directory.Outline, error) {
	groups, err := r.Groups(ctx)
	if err != nil {
		return directory.Outline{}, err
	}
	if err := (blame{r.domain, readGroups}).counted(ctx, len(groups),
		func(ctx context.Context) (int, error) { return r.Count(ctx, identitydomain.AllGroups) },
		func(ctx context.Context) (int, error) {
			var err error
			groups, err = r.Groups(ctx)
			return len(groups), err
		}); err != nil {
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

// membersOf reads the members of a group. The list does not say how many there
// are; how many users say of themselves that they are in the group does.
func (r *reading) membersOf(ctx context.Context, g directory.Group) error {
	b := blame{r.domain, readMembers}
	seen := map[string]bool{} // a group holds ten thousand at most
	told, again := -1, 0
	for start := 1; ; {
		page, err := r.Members(ctx, g.ID, start)
		var pe *directory.PeerError
		if errors.As(err, &pe) && pe.Problem == directory.ProblemNotFound {
			return b.broken("a group is gone")
		}
		if err != nil {
			return err
		}
		had := len(seen)
		for _, id := range page.UserIDs {
			seen[id] = true
		}
		if had == len(seen) && len(page.UserIDs) > 0 && start > 1 {
			return b.broken("another page was asked for, and the same one came")
		}
		if err := r.ledger.PutMembers(ctx, r.id, g.Name, page.UserIDs); err != nil {
			return err
		}
		r.beat()
		if page.Next != 0 && page.Next > scim.PageSize && told < 0 {
			start = page.Next // a full page: there are more
			continue
		}
		n, known, err := r.MemberCount(ctx, g.ID)
		if err != nil {
			return err
		}
		told = n
		switch {
		case known && len(seen) >= n, !known && page.Next == 0:
			return nil
		case page.Next != 0:
			start = page.Next
		case again == tries: // who joined in between would have come by now
			return b.broken(fmt.Sprintf("%d members came, and %d users say that they are in the group", len(seen), n))
		default:
			start, again = 1, again+1
			clear(seen)
		}
	}
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
	b := blame{r.domain, readGrants}
	for at := (position{}); !at.Done; {
		var page identitydomain.GrantPage
		if _, err := at.step(ctx, b, func(ctx context.Context, start int) (fetched, error) {
			var err error
			page, err = r.Grants(ctx, start)
			return fetched{ids: page.IDs, total: page.Total, next: page.Next}, err
		}); err != nil {
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
		r.beat()
		if at.Done {
			if at.Seen < at.First {
				return nil, b.broken(fmt.Sprintf("%d grants were said to be there, %d came", at.First, at.Seen))
			}
			if err := b.counted(ctx, at.Seen,
				func(ctx context.Context) (int, error) { return r.Count(ctx, identitydomain.AllGrants) },
				func(ctx context.Context) (int, error) {
					page, err := r.Grants(ctx, max(1, at.Next-1))
					return page.Total, err
				}); err != nil {
				return nil, err
			}
		}
	}
	for group := range granted { // the last of a page comes again with the next
		slices.SortStableFunc(granted[group], func(a, b directory.Role) int { return strings.Compare(a.String(), b.String()) })
		granted[group] = slices.Compact(granted[group])
	}
	return granted, nil
}
