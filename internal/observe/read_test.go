package observe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/identitydomain"
	"cutover/internal/ledger"
	"cutover/internal/observe"
	"cutover/internal/simulator"
)

// world is a simulated domain, its client, and a ledger.
type world struct {
	*identitydomain.Client
	name   directory.Domain
	ledger *ledger.Ledger
}

func newWorld(t *testing.T, name directory.Domain, fault string) world {
	t.Helper()
	clean, err := fs.Sub(estates.FS, "clean")
	require.NoError(t, err)
	sim, err := simulator.Start(t.Context(), simulator.Options{Estate: populated(t, clean), Tier: "none", Seed: 1, Fault: fault})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	id, secret := sim.Client(name)
	c, err := identitydomain.New(identitydomain.Options{Domain: name, URL: sim.URL(name), ClientID: id, Type: "none",
		Secret: func(context.Context) (string, error) { return secret, nil }, RequestTimeout: 5 * time.Second})
	require.NoError(t, err)
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return world{c, name, l}
}

// populated is an estate in which every domain has groups with members and
// grants, so that every read of it can be broken.
func populated(t *testing.T, clean fs.FS) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, d := range directory.Domains {
		body, err := fs.ReadFile(clean, string(d)+".json")
		require.NoError(t, err)
		var o map[string][]map[string]any
		require.NoError(t, json.Unmarshal(body, &o))
		o["Users"] = o["Users"][:min(len(o["Users"]), 31)]
		here := map[any]bool{}
		for _, u := range o["Users"] {
			here[u["id"]] = true
		}
		for _, g := range o["Groups"] {
			members, _ := g["members"].([]any)
			g["members"] = slices.DeleteFunc(members, func(m any) bool { return !here[m.(map[string]any)["value"]] })
		}
		o["Grants"] = slices.DeleteFunc(o["Grants"], func(g map[string]any) bool { return !here[g["grantee"].(map[string]any)["value"]] })
		var members []any
		for i, u := range o["Users"] {
			if i < 12 {
				members = append(members, map[string]any{"value": u["id"], "type": "User"})
				role := o["AppRoles"][0]
				o["Grants"] = append(o["Grants"], map[string]any{"id": fmt.Sprintf("%032x", i), "grantMechanism": "ADMINISTRATOR_TO_USER",
					"grantee": map[string]any{"value": u["id"], "type": "User"}, "app": map[string]any{"value": role["app"].(map[string]any)["value"]},
					"entitlement": map[string]any{"attributeName": "appRoles", "attributeValue": role["id"]}})
			}
		}
		o["Groups"] = append(o["Groups"], map[string]any{"id": "group-of-some", "displayName": "Some", "members": members})
		body, err = json.Marshal(o)
		require.NoError(t, err)
		out[string(d)+".json"] = &fstest.MapFile{Data: body}
	}
	choices, err := fs.ReadFile(clean, "cutover.json")
	require.NoError(t, err)
	out["cutover.json"] = &fstest.MapFile{Data: choices}
	return out
}

// read reads the domain once, and returns who is in the snapshot.
func (w world) read(t *testing.T) ([]directory.Person, error) {
	t.Helper()
	s, err := w.ledger.BeginSnapshot(t.Context(), "test", "check", w.name)
	require.NoError(t, err)
	if err := observe.Read(t.Context(), w, w.ledger, s.ID, true, apply.Shows, func() {}); err != nil {
		again, stays := w.ledger.Snapshot(t.Context(), s.ID)
		require.NoError(t, stays)
		require.False(t, again.Complete, "what is not believed is never complete")
		return nil, err
	}
	side, err := w.ledger.Side(t.Context(), s.ID)
	require.NoError(t, err)
	var people []directory.Person
	for p, err := range side.ByName() {
		require.NoError(t, err)
		p.Version = "" // ids of versions are drawn anew with every simulator
		people = append(people, p)
	}
	return people, nil
}

// kinds are the ten ways in which a read is broken.
var kinds = []string{"read-empty", "read-truncated", "read-paging-ignored", "read-last-page-repeated", "read-total-shrinks",
	"read-5xx", "read-half", "read-cached", "read-filter-ignored", "read-attributes-missing"}

func TestABrokenReadSaysWhichReadItIsOrIsRightAllTheSame(t *testing.T) {
	// What cannot be told from a right answer by one read must be one.
	right := []string{"read-cached"}
	for _, d := range directory.Domains {
		truth, err := newWorld(t, d, "").read(t)
		require.NoError(t, err)
		require.NotEmpty(t, truth)
		for _, kind := range kinds {
			for what, names := range map[string][]string{
				"users": {"read users"}, "members": {"read the members of a group", "count the members"}, "grants": {"read grants"},
				"lookups": {"look users up", "look grants up", "count the members of a group", "read the members of a group", "read users"},
			} {
				if what != "users" && d != directory.Utilities {
					continue // one domain shows it
				}
				t.Run(fmt.Sprintf("%s %s %s", kind, d, what), func(t *testing.T) {
					t.Parallel() // most of it is the pauses before a read is sent again
					people, err := newWorld(t, d, kind+":"+string(d)+"/"+what).read(t)
					if err == nil {
						require.Equal(t, truth, people, "it was believed, so it must be right")
						always := slices.Contains(right, kind) || kind == "read-filter-ignored" && what != "lookups" || what == "members" || what == "lookups"
						require.True(t, always, "this one can be told")
						return
					}
					require.Contains(t, err.Error(), string(d)+": ")
					require.True(t, slices.ContainsFunc(names, func(n string) bool { return strings.Contains(err.Error(), n) }), err.Error())
				})
			}
		}
	}
}
