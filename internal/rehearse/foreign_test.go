package rehearse_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"cutover/internal/directory"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/scimdomain"
	"cutover/internal/scimdomain/scimtest"
	"cutover/internal/simulator"
	"cutover/workflows"
)

// cxifAccess is the group that gives access on a server that is no identity domain.
const cxifAccess = "CXIF Users"

// insteadOfCXIF puts a SCIM server in the place of CXIF into a configuration.
func insteadOfCXIF(file, url string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(text, &c, yaml.UseOrderedMap()); err != nil {
		return err
	}
	token := filepath.Join(filepath.Dir(file), "secrets", "scim-token")
	if err := os.WriteFile(token, []byte(scimtest.Token), 0o600); err != nil {
		return err
	}
	var roles yaml.MapSlice
	for _, item := range c {
		if item.Key == "scope" {
			for _, scope := range item.Value.(yaml.MapSlice) {
				if scope.Key == "cxif" {
					for _, role := range scope.Value.([]any) {
						roles = append(roles, yaml.MapItem{Key: role, Value: cxifAccess})
					}
				}
			}
		}
	}
	for i, item := range c {
		switch item.Key {
		case "cxif":
			c[i].Value = yaml.MapSlice{{Key: "kind", Value: "scim"}, {Key: "url", Value: url},
				{Key: "scim", Value: yaml.MapSlice{{Key: "token", Value: "file:secrets/scim-token"}, {Key: "requestsPerSecond", Value: 1000}}}}
		case "access":
			for k, access := range item.Value.(yaml.MapSlice) {
				if access.Key == "cxif" {
					item.Value.(yaml.MapSlice)[k].Value = yaml.MapSlice{{Key: "groups", Value: roles}}
				}
			}
		}
	}
	if text, err = yaml.Marshal(c); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// seed makes on a SCIM server the people that an estate has in CXIF, and the
// group that gives access.
func seed(t *testing.T, there *scimtest.Server, estate fs.FS) []string {
	t.Helper()
	body, err := fs.ReadFile(estate, "cxif.json")
	require.NoError(t, err)
	var cxif struct{ Users []map[string]any }
	require.NoError(t, json.Unmarshal(body, &cxif))
	var people []any
	var names []string
	for _, u := range cxif.Users {
		core := map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}}
		for _, k := range []string{"userName", "name", "displayName", "emails", "active"} {
			if v, ok := u[k]; ok {
				core[k] = v
			}
		}
		people, names = append(people, core), append(names, u["userName"].(string))
	}
	there.Make(t, "/Users", people...)
	there.Make(t, "/Groups", map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": cxifAccess})
	return names
}

// written counts what was sent to a server that changes something there.
func written(s *scimtest.Server) int {
	return s.Count("POST", "/Users") + s.Count("POST", "/Groups") + s.Count("PUT", "/") + s.Count("DELETE", "/") +
		s.Count("POST", "/Bulk") + s.Count("PATCH", "/")
}

// Three servers that somebody else wrote, with and without Bulk, with paging
// that is broken: on each the estate clean ends as it should, and a second
// cutover finds nothing to write.
func TestACutoverIsCarriedOutOnServersThatOthersWrote(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.estate = estate(t, "clean")
	urls := map[string]string{}
	m.config = func(name, file string) error { return insteadOfCXIF(file, urls[name]) }
	body, err := fs.ReadFile(m.estate, "expected.json")
	require.NoError(t, err)
	var expected struct {
		Final struct {
			CXIF struct{ Created, RoleHolders []string } `json:"cxif"`
		}
	}
	require.NoError(t, json.Unmarshal(body, &expected))

	servers := map[string]*scimtest.Server{
		"foreign-plain":  scimtest.Elimity(t, scimtest.PagesOf(50), scimtest.RepeatsTheFirstPage),
		"foreign-broken": scimtest.Elimity(t, scimtest.IgnoresPaging, scimtest.IgnoresFilters, scimtest.KnowsNo(http.MethodPatch, "/")),
		"foreign-bulk":   scimtest.Scimmy(t, scimtest.BulkStatusIsAnObject, scimtest.DropsScimType),
	}
	names := map[string][]string{}
	for name, there := range servers {
		names[name], urls[name] = seed(t, there, m.estate), there.URL
	}
	m.then = func(ctx context.Context, cut ledger.Cutover, _ *simulator.Simulator) error {
		before := written(servers[cut.Name])
		if err := m.again(ctx, cut); err != nil {
			return err
		}
		require.Equal(t, before, written(servers[cut.Name]), "a second cutover wrote on the server of "+cut.Name)
		return nil
	}
	var all errgroup.Group
	for name := range servers {
		all.Go(func() error {
			h, err := m.hold(t.Context(), name, "")
			if err == nil {
				require.Equal(t, workflows.OutcomeCompleted, h.outcome, "%s: %v", name, h.said)
			}
			return err
		})
	}
	require.NoError(t, all.Wait())
	for name, there := range servers {
		people := everybody(t, there)
		want := append(slices.Clone(names[name]), expected.Final.CXIF.Created...)
		var got, holders []string
		for n, p := range people {
			got = append(got, n)
			if p.InAny([]string{cxifAccess}) {
				holders = append(holders, directory.Fold(n))
			}
		}
		require.ElementsMatch(t, folded(want), folded(got), name)
		require.ElementsMatch(t, folded(expected.Final.CXIF.RoleHolders), holders, name)
	}
}

func folded(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = directory.Fold(n)
	}
	return out
}

// everybody reads a server, by name.
func everybody(t *testing.T, there *scimtest.Server) map[string]directory.Person {
	t.Helper()
	c, err := scimdomain.New(scimdomain.Options{Domain: directory.CXIF, URL: there.URL, RequestsPerSecond: 100_000,
		Token: func(context.Context) (string, error) { return scimtest.Token, nil }})
	require.NoError(t, err)
	var names []string
	for start := 1; start != 0; {
		page, err := c.Users(t.Context(), start)
		require.NoError(t, err)
		for _, u := range page.Users {
			names = append(names, u.UserName)
		}
		start = page.Next
	}
	people, err := c.Lookup(t.Context(), names)
	require.NoError(t, err)
	return people
}

// again holds a second cutover with the same configuration.
func (m *many) again(ctx context.Context, first ledger.Cutover) error {
	name := first.Name + "-again"
	cut := ledger.Cutover{Name: name, ConfigHash: first.ConfigHash, StartedBy: "test", StartedAt: time.Now(), Run: 1}
	if err := m.ledger.PutCutover(ctx, cut); err != nil {
		return err
	}
	if _, err := follow.Start(ctx, m.client, workflows.Input{Name: name, Key: cut.Key(), ConfigHash: cut.ConfigHash}); err != nil {
		return err
	}
	_, err := follow.Watch(ctx, m.client, name, func(s workflows.Status) error {
		if s.Gate == nil {
			return nil
		}
		_, err := follow.Decide(ctx, m.client, name, *m.decide(s))
		if _, refused := follow.Refusal(err); refused {
			return nil
		}
		return err
	})
	return err
}
