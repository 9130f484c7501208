package forecast_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

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

const many = 100_000

const (
	agent   = "ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE"
	manager = "ORA_UER_UTILITIES_CUSTOMER_SERVICE_MANAGER"
	rest    = "ORA_UER_UTILITIES_CUSTOMER_SERVICE_USER_SYNCHRONIZATION"
)

// random is a person of the benchmark: everybody has a number, and the same one
// in each domain.
func random(r *rand.Rand, d directory.Domain, i int) directory.Person {
	name := fmt.Sprintf("%s.%s.%d", syllables(i), syllables(i*7+3), i)
	p := directory.Person{User: directory.User{
		ID: fmt.Sprintf("%016x%016x", r.Uint64(), i), UserName: strings.ToUpper(name[:1]) + name[1:] + "@example.com", GivenName: syllables(i), FamilyName: syllables(i*7 + 3),
		DisplayName: syllables(i) + " " + syllables(i*7+3), Email: name + "@example.com", Active: r.IntN(50) > 0, Version: fmt.Sprintf("%x", r.Uint64()),
		PasswordSet: true,
	}}
	if r.IntN(30) == 0 { // a sync has something to do
		p.DisplayName = "before the wedding"
	}
	if d == directory.Fusion {
		p.Active = true
		p.Groups = append(p.Groups, []string{agent, agent, agent, manager, rest}[r.IntN(5)])
		return p
	}
	if d == directory.Utilities {
		p.Groups = append(p.Groups, []string{"Desk", "Desk", "Supervisors", "Field"}[r.IntN(4)])
	}
	if r.IntN(10) > 0 {
		p.Roles = append(p.Roles, directory.Role{App: "App " + string(d), Name: "AppUser"})
	}
	return p
}

func syllables(i int) string {
	var b strings.Builder
	for range 4 {
		b.WriteString([]string{"ka", "lo", "mi", "nu", "pe", "ra", "si", "to", "vu", "ze"}[i%10])
		i = i/10 + i%7
	}
	return b.String()
}

// crowd writes n people of each domain: three fifths of everybody are in all of
// them, the others in Utilities only, or in Fusion and CXIF.
func crowd(b testing.TB, l *ledger.Ledger, n int) forecast.Snapshots {
	ctx := context.Background()
	out := forecast.Snapshots{}
	w, err := reconciletest.FromEstate(estates.FS, "clean")
	require.NoError(b, err)
	for seed, d := range directory.Domains {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		who := r.Perm(n)
		if d != directory.Utilities {
			for k, i := range who {
				if i >= n*3/5 {
					who[k] = i + n
				}
			}
		}
		s, err := l.BeginSnapshot(ctx, "bench", "check", d)
		require.NoError(b, err)
		people := make([]directory.Person, 0, 1000)
		for part := range slices.Chunk(who, 1000) {
			people = people[:0]
			for _, i := range part {
				people = append(people, random(r, d, i))
			}
			require.NoError(b, l.PutPeople(ctx, s.ID, people))
		}
		if d == directory.Utilities {
			require.NoError(b, l.PutPeople(ctx, s.ID, []directory.Person{{User: directory.User{ID: "bg", UserName: "bg-admin", FamilyName: "B", Email: "bg@example.com", Active: true}, Roles: []directory.Role{{App: "Oracle Identity Cloud Service", Name: directory.RoleDomainAdmin}}}}))
		}
		require.NoError(b, l.PutOutline(ctx, s.ID, outlineOf(d, w[d].Outline().SSO)))
		require.NoError(b, l.CompleteSnapshot(ctx, s.ID))
		out[d] = s.ID
	}
	return out
}

// outlineOf is a domain's groups and roles, with the single sign-on of the estate
// that has nothing to resolve.
func outlineOf(d directory.Domain, sso directory.SSO) directory.Outline {
	role := directory.Role{App: "App " + string(d), Name: "AppUser"}
	o := directory.Outline{GroupRoles: map[string][]directory.Role{}}
	switch d {
	case directory.Fusion:
		o.Groups = []directory.Group{{Name: agent}, {Name: manager}, {Name: rest}}
	case directory.Utilities:
		o.Groups = []directory.Group{{Name: "Desk"}, {Name: "Supervisors"}, {Name: "Field"}}
		o.GroupRoles = map[string][]directory.Role{"Desk": {role}, "Supervisors": {role}}
		fallthrough
	default:
		o.Roles = []directory.Role{role}
	}
	o.SSO = sso
	o.SSO.Metadata = directory.Metadata{
		SPEntityID: "sp-" + string(d), AssertionConsumer: "acs-" + string(d), SPCertificate: "c", IdPEntityID: "idp-" + string(d), IdPSSOURL: "u", IdPCertificate: "c",
	}
	return o
}

func plannerOf(l *ledger.Ledger, scratch *spool.Dir) forecast.Planner {
	return forecast.Planner{
		Ledger: l, Scratch: scratch, Cutover: "bench",
		Rules: &reconcile.Rules{
			TestUser: "cutover.test", ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"svc-*", "bg-admin"}},
			ScopeUtilities: []string{agent, manager, rest}, ScopeCXIF: []string{agent, manager},
			MigratedUsersGet: []reconcile.RoleFor{{Group: "Desk", Role: agent}, {Group: "Supervisors", Role: manager}, {Group: reconcile.Everyone, Role: rest}},
			AccessUtilities:  reconcile.Access{App: "App utilities", Roles: []string{"AppUser"}, Groups: []reconcile.GroupFor{{Role: agent, Group: "Desk"}, {Role: manager, Group: "Supervisors"}}},
			AccessCXIF:       reconcile.Access{App: "App cxif", Roles: []string{"AppUser"}},
			OrphansCXIF:      "keep", OrphansUtilities: "keep", ForVerdict: map[string]reconcile.Resolution{"inactive-but-in-scope": {KeepInactive: true}},
			NewPeopleFederated: true,
		},
		SSO: phase.SSOSettings{
			AppName: "Oracle Utilities", IdPName: "Fusion", SyncClientName: "cutover-sync", FrontRuleName: "Keep local sign-in",
			TestRuleName: "SSO test", UserAttribute: "user.userName", Emergency: "bg-admin",
			TestUser:       phase.TestUser{UserName: "cutover.test", Email: "cutover.test@example.com", GivenName: "Cutover", FamilyName: "Test"},
			ByCorporateIdP: true, Attested: []string{"*"},
		},
	}
}

// peak is the most memory that the process has had since it was last reset, in
// MB; 0 where the system does not say.
func peak(b testing.TB) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.Fields(kb)[0])
			require.NoError(b, err)
			return float64(n) / 1024
		}
	}
	return 0
}

// processor is how long the process has had a processor.
func processor(b testing.TB) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func resetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200) // where there is none, peak counts the loading too
}

// BenchmarkTheForecastOf100000PeopleInEachDomain plans a whole cutover of three
// domains that hold a hundred thousand people each.
func BenchmarkTheForecastOf100000PeopleInEachDomain(b *testing.B) {
	n := many
	if s := os.Getenv("CUTOVER_BENCH_PEOPLE"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(b, err)
	}
	ctx := context.Background()
	path := filepath.Join(b.TempDir(), "ledger.db")
	l, err := ledger.Open(ctx, path)
	require.NoError(b, err)
	from := crowd(b, l, n)
	require.NoError(b, l.Close()) // nothing of the loading stays in memory
	changes, most, used := 0, 0.0, time.Duration(0)
	for b.Loop() {
		resetPeak()
		l, err := ledger.Open(ctx, path)
		require.NoError(b, err)
		scratch, err := spool.Open(ctx)
		require.NoError(b, err)
		before := processor(b)
		whole, err := plannerOf(l, scratch).Whole(ctx, from, func(string) bool { return false })
		require.NoError(b, err)
		for _, f := range whole.Findings {
			require.False(b, f.Blocking, f.Detail)
		}
		used += processor(b) - before
		changes = 0
		for _, p := range whole.Phases {
			changes += p.Changes
		}
		require.NoError(b, scratch.Close())
		require.NoError(b, l.Close())
		most = max(most, peak(b))
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(seconds, "s/forecast")
	b.ReportMetric(used.Seconds()/float64(b.N), "s-of-processor") // on a machine that does other things too, this is what counts
	b.ReportMetric(most, "MB-peak-RSS")
	b.ReportMetric(float64(changes), "changes")
	b.ReportMetric(seconds/10, "of-10s")
	b.ReportMetric(most/300, "of-300MB")
}
