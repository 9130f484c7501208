package identitydomain

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"sync"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// broken is a read that cannot be believed; detail must name nobody.
func (c *Client) broken(op, detail string) error {
	return &directory.BrokenRead{Peer: string(c.domain), Read: op, Detail: detail}
}

// whole refuses a user without what every user has: a name that is not there
// must not be taken for none, nor "active" for inactive.
func (c *Client) whole(op string, u userResource) error {
	switch {
	case u.ID == "":
		return c.broken(op, "a user came without id, which every user has: attributes are missing")
	case u.UserName == "":
		return c.broken(op, "a user came without userName, which every user has: attributes that were asked for are missing")
	case u.Active == nil:
		return c.broken(op, "a user came without active, which every user has: attributes that were asked for are missing")
	}
	return nil
}

// Things that can be counted.
const (
	AllUsers  = "/Users"
	AllGroups = "/Groups"
	AllGrants = "/Grants"
)

// Count asks how many users, groups or grants there are, in another way than a
// list is read: by .search.
func (c *Client) Count(ctx context.Context, of string) (int, error) {
	page, err := scim.Search[struct{}](ctx, c.scim, "count what is at "+of, of, scim.Query{Attributes: []string{"id"}, Count: 1})
	return page.Total, err
}

// MemberCount asks how many users say of themselves that they are in a group.
// Not known: the domain does not take the question.
func (c *Client) MemberCount(ctx context.Context, groupID string) (n int, known bool, err error) {
	page, err := scim.Search[struct{}](ctx, c.scim, "count the members of a group", "/Users",
		scim.Query{Filter: scim.Eq("groups.value", groupID), Attributes: []string{"id"}, Count: 1})
	var pe *directory.PeerError
	if errors.As(err, &pe) && pe.Problem == directory.ProblemInvalid {
		return 0, false, nil
	}
	return page.Total, err == nil, err
}

// witness is a user who is known to be there. Whoever asks for users who may not
// be there asks for the witness too: an answer without the witness says nothing
// of the others.
type witness struct {
	mu   sync.Mutex
	user directory.User // of no id: there is none
}

func (c *Client) remember(u directory.User) {
	c.witness.mu.Lock()
	defer c.witness.mu.Unlock()
	c.witness.user = u
}

func (c *Client) known() directory.User {
	c.witness.mu.Lock()
	defer c.witness.mu.Unlock()
	return c.witness.user
}

// lookUp asks for users by name, and sees to it that the answer is one to the
// question: nobody is in it who was not asked for, each once, with what every
// user has, and with the witness.
func (c *Client) lookUp(ctx context.Context, userNames []string) ([]userResource, error) {
	const op = "look users up"
	known, asked := c.known(), make(map[string]bool, len(userNames)+1)
	for _, n := range userNames {
		asked[directory.Fold(n)] = true
	}
	names, extra := append(userNames[:len(userNames):len(userNames)], nobody()), false
	if known.ID != "" && !asked[directory.Fold(known.UserName)] {
		names, extra = append(names, known.UserName), true
	}
	answer, err := scim.All(scim.Query{Filter: scim.Any("userName", names), Attributes: lookupAttributes}, func(q scim.Query) (scim.Page[userResource], error) {
		return scim.Search[userResource](ctx, c.scim, op, "/Users", q)
	})
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(answer))
	var found []userResource
	for _, u := range answer {
		if err := c.whole(op, u); err != nil {
			return nil, err
		}
		key := directory.Fold(u.UserName)
		ours := asked[key]
		if !ours && !(extra && key == directory.Fold(known.UserName)) {
			return nil, c.broken(op, "the answer holds somebody who was not asked for: the filter was not looked at")
		}
		if seen[key] {
			return nil, c.broken(op, "the answer holds the same user twice")
		}
		seen[key] = true
		if ours {
			found = append(found, u)
		}
	}
	if known.ID != "" && !seen[directory.Fold(known.UserName)] {
		return found, c.missed(ctx, op, known)
	}
	return found, nil
}

// nobody is a name, or an id, that nobody bears and that was never asked for
// before: with it in the filter no lookup is like another, so that no cache on
// the way has an old answer to it.
func nobody() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "nobody-" + hex.EncodeToString(b[:])
}

// missed is called where the witness was not in an answer: that is right only
// if the witness is gone or has another name now, as the domain says of the id.
func (c *Client) missed(ctx context.Context, op string, known directory.User) error {
	var now userResource
	_, err := c.scim.JSON(ctx, op, http.MethodGet, "/Users/"+scim.Escape(known.ID), url.Values{"attributes": {"userName,active"}}, nil, &now)
	switch {
	case isMissing(err):
		c.remember(directory.User{})
		return nil
	case err != nil:
		return err
	}
	if err := c.whole(op, now); err != nil {
		return err
	}
	if directory.Equal(now.UserName, known.UserName) {
		return c.broken(op, "somebody who is there was not found: an answer without them says nothing of the others")
	}
	c.remember(now.user())
	return nil
}
