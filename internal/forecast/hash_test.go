package forecast_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
	"cutover/internal/spool"
)

// hashes forecasts an estate whose people come in another order, under other ids
// and in other versions each time, and returns the hash of the whole and of
// every phase.
func hashes(t *testing.T, estate string, seed uint64) string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, seed))
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	scratch, err := spool.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = scratch.Close() })
	w, err := reconciletest.FromEstate(estates.FS, estate)
	require.NoError(t, err)
	rules, err := reconciletest.RulesFromEstate(estates.FS, estate)
	require.NoError(t, err)
	from := forecast.Snapshots{}
	for _, i := range r.Perm(len(directory.Domains)) {
		d := directory.Domains[i]
		var people []directory.Person
		for p, err := range w[d].ByName() {
			require.NoError(t, err)
			p.ID, p.Version = fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), fmt.Sprint(r.Uint64())
			people = append(people, p)
		}
		r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		outline := w[d].Outline()
		outline.Groups = slices.Clone(outline.Groups)
		r.Shuffle(len(outline.Groups), func(i, j int) { outline.Groups[i], outline.Groups[j] = outline.Groups[j], outline.Groups[i] })
		for i := range outline.Groups {
			outline.Groups[i].ID = fmt.Sprint(r.Uint64())
		}
		outline.SSO.Metadata = directory.Metadata{SPEntityID: "sp", AssertionConsumer: "acs", SPCertificate: "c", IdPEntityID: "idp", IdPSSOURL: "u", IdPCertificate: "c"}
		s, err := l.BeginSnapshot(t.Context(), "one", "check", d)
		require.NoError(t, err)
		for part := range slices.Chunk(people, 1+r.IntN(40)) {
			require.NoError(t, l.PutPeople(t.Context(), s.ID, part))
		}
		require.NoError(t, l.PutOutline(t.Context(), s.ID, outline))
		require.NoError(t, l.CompleteSnapshot(t.Context(), s.ID))
		from[d] = s.ID
	}
	whole, err := forecast.Planner{Ledger: l, Scratch: scratch, Cutover: "one", Rules: rules, SSO: phase.SSOSettings{
		AppName: "Oracle Utilities", IdPName: "Fusion", SyncClientName: "cutover-sync", FrontRuleName: "Keep local sign-in",
		TestRuleName: "SSO test", UserAttribute: "user.userName", Emergency: "bg-admin",
		TestUser:       phase.TestUser{UserName: "cutover.test", Email: "cutover.test@riverbend.example", GivenName: "Cutover", FamilyName: "Test"},
		ByCorporateIdP: true, Attested: []string{"*"},
	}}.Whole(t.Context(), from, func(string) bool { return false })
	require.NoError(t, err)
	out := whole.Hash
	for _, p := range whole.Phases {
		out += "\n" + p.Name + " " + p.Hash
	}
	return out
}

func TestTheSameInputsHaveTheSameHashInAnyOrderAndUnderAnyIds(t *testing.T) {
	for _, estate := range []string{"clean", "messy", "resolved"} {
		want := hashes(t, estate, 1)
		for seed := range uint64(3) {
			require.Equal(t, want, hashes(t, estate, seed+2), estate)
		}
	}
}

// machine is the mark by which this test runs itself as if on another machine.
const machine = "CUTOVER_TEST_OTHER_MACHINE"

func TestTheSameInputsHaveTheSameHashOnAnyMachine(t *testing.T) {
	if os.Getenv(machine) != "" {
		fmt.Printf("HASH %s\n", strings.ReplaceAll(hashes(t, "resolved", 7), "\n", "|"))
		return
	}
	self, err := os.Executable()
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, env := range [][]string{
		{"TZ=UTC", "LANG=C", "GOMAXPROCS=1"},
		{"TZ=Pacific/Chatham", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8", "GOMAXPROCS=2", "GOGC=20"},
	} {
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), append(env, machine+"=1", "TMPDIR="+t.TempDir())...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		_, after, found := strings.Cut(string(out), "HASH ")
		require.True(t, found, string(out))
		hash, _, _ := strings.Cut(after, "\n")
		seen[hash] = true
	}
	require.Len(t, seen, 1, "the hashes differ: %v", seen)
}

func TestAnotherPersonIsAnotherHash(t *testing.T) {
	one := directory.Change{Step: 1, Domain: directory.Fusion, Kind: directory.CreateUser, User: "a", Why: "verdict: create"}
	two := one
	two.User = "b"
	sum := func(c directory.Change) string {
		h := reconcile.NewHasher("migrate")
		h.Add(c)
		return h.Sum()
	}
	require.NotEqual(t, sum(one), sum(two))
}
