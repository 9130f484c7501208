package activities_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/identitydomain"
	"cutover/internal/ledger"
)

// domain is a domain in memory whose pages hold few. The methods that a test
// does not need are those of nothing.
type domain struct {
	activities.Domain
	people  []directory.Person // in the order of their ids
	size    int                // of a page
	asked   []int              // where the pages of users began that were asked for
	looked  []int              // how many users each lookup asked for
	onPage  func(start int) error
	onGroup func(id string) error
}

func crowd(n int) []directory.Person {
	people := make([]directory.Person, n)
	for i := range people {
		id := fmt.Sprintf("id-%03d", i+1)
		people[i] = directory.Person{User: directory.User{ID: id, UserName: "user-" + id, Active: true}, Groups: []string{"Desk"}}
	}
	return people
}

func (d *domain) Users(_ context.Context, start int) (identitydomain.UserPage, error) {
	d.asked = append(d.asked, start)
	if d.onPage != nil {
		if err := d.onPage(start); err != nil {
			return identitydomain.UserPage{}, err
		}
	}
	page := identitydomain.UserPage{Total: len(d.people)}
	for i := start - 1; i < len(d.people) && len(page.Users) < d.size; i++ {
		page.Users = append(page.Users, d.people[i].User)
	}
	if next := start + len(page.Users); len(page.Users) > 0 && next <= len(d.people) {
		page.Next = next
	}
	return page, nil
}

func (d *domain) Groups(context.Context) ([]directory.Group, error) {
	return []directory.Group{{ID: "g2", Name: "Field"}, {ID: "g1", Name: "Desk"}}, nil
}

func (d *domain) Members(_ context.Context, id string, start int) (identitydomain.MemberPage, error) {
	if d.onGroup != nil {
		if err := d.onGroup(id); err != nil {
			return identitydomain.MemberPage{}, err
		}
	}
	var page identitydomain.MemberPage
	if id == "g1" && start == 1 {
		for _, p := range d.people {
			page.UserIDs = append(page.UserIDs, p.ID)
		}
		page.Next = 1 + len(page.UserIDs)
	}
	return page, nil
}

func (d *domain) Roles(context.Context) ([]identitydomain.AppRole, error) { return nil, nil }

func (d *domain) Grants(context.Context, int) (identitydomain.GrantPage, error) {
	return identitydomain.GrantPage{}, nil
}

func (d *domain) Count(_ context.Context, of string) (int, error) {
	switch of {
	case identitydomain.AllUsers:
		return len(d.people), nil
	case identitydomain.AllGroups:
		return 2, nil
	}
	return 0, nil
}

func (d *domain) MemberCount(_ context.Context, id string) (int, bool, error) {
	if id == "g1" {
		return len(d.people), true, nil
	}
	return 0, true, nil
}

func (d *domain) Waited() time.Duration { return 0 }

func (d *domain) SSO(context.Context) (directory.SSO, error) { return directory.SSO{}, nil }

func (d *domain) Lookup(_ context.Context, names []string) (map[string]directory.Person, error) {
	d.looked = append(d.looked, len(names))
	found := map[string]directory.Person{}
	for _, p := range d.people {
		for _, n := range names {
			if directory.Equal(p.UserName, n) {
				found[directory.Fold(n)] = p
			}
		}
	}
	return found, nil
}

// stage is where an activity is tried: a ledger, one domain, and a log.
type stage struct {
	ledger *ledger.Ledger
	domain *domain
	logs   bytes.Buffer

	applications activities.Applications
}

const secretName = "ann.archer@example.com"

func newStage(t *testing.T, d *domain) *stage {
	t.Helper()
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return &stage{ledger: l, domain: d}
}

// Open implements activities.Estates.
func (s *stage) Open(_ context.Context, hash string) (*activities.Estate, error) {
	if hash != "config" {
		return nil, fmt.Errorf("configuration %s: %w", hash, ledger.ErrNotFound)
	}
	c := config.Config{}
	c.Utilities.RequestTimeout = time.Second
	return &activities.Estate{
		Config: c, Domains: map[directory.Domain]activities.Domain{directory.Fusion: s.domain, directory.Utilities: s.domain},
		Applications: s.applications,
	}, nil
}

// attempt makes an environment for one attempt of an activity.
func (s *stage) attempt(t *testing.T) (*testsuite.TestActivityEnvironment, *activities.Activities) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(&s.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	env := suite.NewTestActivityEnvironment()
	acts := &activities.Activities{Ledger: s.ledger, Estates: s}
	env.RegisterActivity(acts)
	return env, acts
}

func (d *domain) LastSignIn(context.Context, string) (string, error) { return "", nil }
