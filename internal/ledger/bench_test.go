package ledger_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

const many = 100_000

// crowd makes n users whose ids come in another order than their names.
func crowd(n int) []directory.User {
	users := make([]directory.User, n)
	for i := range users {
		name := fmt.Sprintf("Person.%06d@example.com", i)
		users[i] = directory.User{
			ID: fmt.Sprintf("%08x%024d", uint32(i)*2654435761, i), UserName: name, GivenName: "Given", FamilyName: fmt.Sprintf("Family%d", i),
			DisplayName: fmt.Sprintf("Given Family%d", i), Email: name, Active: true, ExternalID: fmt.Sprintf("ext-%d", i), Version: "W/\"1\"",
		}
	}
	return users
}

// load writes a complete snapshot of the users, of whom everyone is in a group
// and every third holds a role.
func load(b *testing.B, l *ledger.Ledger, users []directory.User) int64 {
	ctx := context.Background()
	s, err := l.BeginSnapshot(ctx, "bench", "check", directory.Utilities)
	require.NoError(b, err)
	for page := range slices.Chunk(users, 500) {
		require.NoError(b, l.PutUsers(ctx, s.ID, page))
		ids := make([]string, len(page))
		for i, u := range page {
			ids[i] = u.ID
		}
		require.NoError(b, l.PutMembers(ctx, s.ID, "Everyone", ids))
		require.NoError(b, l.PutRoles(ctx, s.ID, directory.Role{App: "CCS", Name: "Access"}, ids[:len(ids)/3]))
	}
	require.NoError(b, l.CompleteSnapshot(ctx, s.ID))
	return s.ID
}

func benchLedger(b *testing.B) *ledger.Ledger {
	l, err := ledger.Open(context.Background(), filepath.Join(b.TempDir(), "ledger.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, l.Close()) })
	return l
}

func BenchmarkLoading100000Users(b *testing.B) {
	users := crowd(many)
	for b.Loop() {
		load(b, benchLedger(b), users)
	}
}

func BenchmarkStreaming100000People(b *testing.B) {
	l := benchLedger(b)
	id := load(b, l, crowd(many))
	side, err := l.Side(context.Background(), id)
	require.NoError(b, err)
	for name, stream := range map[string]func() func(func(directory.Person, error) bool){
		"by name":  func() func(func(directory.Person, error) bool) { return side.ByName() },
		"by email": func() func(func(directory.Person, error) bool) { return side.ByEmail() },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range stream() {
					require.NoError(b, err)
					n++
				}
				require.Equal(b, many, n)
			}
		})
	}
}

func BenchmarkClaimingAndRecording50Of100000Changes(b *testing.B) {
	ctx := context.Background()
	l := benchLedger(b)
	plan, err := l.BeginPlan(ctx, "bench", "migrate", false)
	require.NoError(b, err)
	changes := make([]directory.Change, many)
	for i := range changes {
		changes[i] = directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.CreateUser, User: fmt.Sprintf("u%d", i), Why: "sync"}
	}
	for part := range slices.Chunk(changes, 500) {
		require.NoError(b, l.AddChanges(ctx, plan, part))
	}
	_, err = l.SealPlan(ctx, plan, "h")
	require.NoError(b, err)
	for b.Loop() {
		claimed, err := l.Claim(ctx, plan, 1, func(directory.Change) int { return 50 }, time.Now().Add(time.Minute))
		require.NoError(b, err)
		if len(claimed) == 0 {
			b.Fatal("the plan is too small for this many rounds")
		}
		records := make([]ledger.Record, len(claimed))
		for i, c := range claimed {
			records[i] = ledger.Record{Seq: c.Seq, State: ledger.StateApplied}
		}
		_, err = l.Record(ctx, plan, claimed[0].Fence, records)
		require.NoError(b, err)
	}
}
