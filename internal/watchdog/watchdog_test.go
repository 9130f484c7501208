package watchdog

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

// utilities is the default rule of a domain in memory.
type utilities struct {
	mu     sync.Mutex
	local  string
	down   int // so many requests fail
	writes int
}

func (u *utilities) Setting(context.Context, string) (directory.Attributes, bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.down > 0 {
		u.down--
		return nil, false, &directory.PeerError{Peer: "utilities", Op: "read rules", Problem: directory.ProblemUnavailable, Detail: "ann.archer is out"}
	}
	return directory.Attributes{"local": u.local, "saml": `["Fusion"]`}, true, nil
}

func (u *utilities) Write(_ context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.writes++
	u.local = writes[0].Change.After["local"]
	return []directory.Outcome{{ID: "DefaultIDPRule"}}, nil
}

func (u *utilities) set(local string, down int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.local, u.down = local, down
}

func (u *utilities) offers() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.local == `["UserNamePassword"]`
}

const at = "https://utilities.example.com"

func order(within time.Duration) Order {
	return Order{Cutover: "spring", Domain: at + "/", Rule: "rule/default", Restore: "UserNamePassword", Now: time.Now(), Deadline: time.Now().Add(within), Client: "worker"}
}

func dogOf(t *testing.T, u *utilities, dir string) *Dog {
	d, err := Open(Options{Domain: u, URL: at, Client: "watchdog", Dir: dir, Pause: 3 * time.Second, Again: time.Minute})
	require.NoError(t, err)
	return d
}

// watch lets it watch until the test, or the returned function, ends it.
func watch(t *testing.T, d *Dog) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() { defer close(over); d.Watch(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-over })
	t.Cleanup(stop)
	return stop
}

// pass lets time go on, in the time of a synctest, until nothing has to be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func stands(t *testing.T, d *Dog, state string) Status {
	t.Helper()
	s, err := d.Status("spring")
	require.NoError(t, err)
	require.Equal(t, state, s.State)
	return s
}

func TestUnconfirmedItPutsLocalSignInBackHoweverLongTheDomainIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &utilities{local: `["UserNamePassword"]`}
		d := dogOf(t, u, t.TempDir())
		watch(t, d)
		_, err := d.Arm(t.Context(), order(10*time.Minute))
		require.NoError(t, err)
		u.set("[]", 5)
		pass(10*time.Minute - time.Second)
		stands(t, d, Armed)
		require.False(t, u.offers(), "not before its time")
		pass(time.Second)
		require.NotEmpty(t, stands(t, d, Restoring).Failure)
		pass(5 * 3 * time.Second)
		s := stands(t, d, Restored)
		require.True(t, u.offers())
		require.True(t, s.Changed)
		require.Equal(t, 5, s.Failures)

		u.set("[]", 0) // a request to take it away was on its way
		pass(time.Minute)
		require.True(t, u.offers(), "it looks once more")
		late, err := d.Confirm("spring")
		require.NoError(t, err)
		require.Equal(t, Restored, late.State, "a late confirmation hears that it is late")
	})
}

func TestConfirmedInTimeItChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &utilities{local: `["UserNamePassword"]`}
		d := dogOf(t, u, t.TempDir())
		watch(t, d)
		_, err := d.Confirm("spring")
		require.ErrorIs(t, err, ErrUnknown)
		_, err = d.Arm(t.Context(), order(10*time.Minute))
		require.NoError(t, err)
		u.set("[]", 0)
		pass(10*time.Minute - time.Second)
		s, err := d.Confirm("spring")
		require.NoError(t, err)
		require.Equal(t, Confirmed, s.State)
		pass(time.Hour)
		stands(t, d, Confirmed)
		require.Zero(t, u.writes)
	})
}

func TestWhatItWasArmedWithOutlivesTheProcess(t *testing.T) {
	u, dir := &utilities{local: `["UserNamePassword"]`}, t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := dogOf(t, u, dir)
		stop := watch(t, d)
		_, err := d.Arm(t.Context(), order(time.Minute))
		require.NoError(t, err)
		stop()
		u.set("[]", 0)
		pass(time.Hour)
		require.False(t, u.offers(), "nobody watched")

		d = dogOf(t, u, dir)
		watch(t, d)
		synctest.Wait()
		stands(t, d, Restored)
	})
	require.True(t, u.offers())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "order-1.json"), []byte("{"), 0o600))
	_, err := Open(Options{Domain: u, URL: at, Dir: dir})
	require.ErrorContains(t, err, "no order of a watchdog")
}

func TestItRefusesWhatItCouldNotCarryOut(t *testing.T) {
	u := &utilities{local: `["UserNamePassword"]`}
	d := dogOf(t, u, t.TempDir())
	for what, spoil := range map[string]func(*Order){
		"not https://other.example.com": func(o *Order) { o.Domain = "https://other.example.com" },
		"can only put":                  func(o *Order) { o.Rule = "rule/other" },
		"one of its own":                func(o *Order) { o.Client = "watchdog" },
		"clock":                         func(o *Order) { o.Now = o.Now.Add(-time.Minute) },
		"over already":                  func(o *Order) { o.Deadline = time.Now() },
		"names its cutover":             func(o *Order) { o.Cutover = "" },
	} {
		o := order(time.Minute)
		spoil(&o)
		_, err := d.Arm(t.Context(), o)
		var refused *Refusal
		require.ErrorAs(t, err, &refused)
		require.ErrorContains(t, err, what)
	}
	u.set("[]", 1)
	_, err := d.Arm(t.Context(), order(time.Minute))
	require.ErrorContains(t, err, "cannot read the default rule", "it acknowledges only what it has seen")
	require.NotContains(t, err.Error(), "ann.archer")
	_, err = d.Status("spring")
	require.ErrorIs(t, err, ErrUnknown)
}

func TestOnlyWhoBearsTheTokenMayArmConfirmOrAsk(t *testing.T) {
	u := &utilities{local: `["UserNamePassword"]`}
	d := dogOf(t, u, t.TempDir())
	server := httptest.NewServer(d.Handler(func() (string, error) { return "the-token-of-the-watchdog", nil }))
	defer server.Close()
	with := func(token string) *Client {
		return &Client{URL: server.URL, Token: func(context.Context) (string, error) { return token, nil }}
	}
	for _, wrong := range []string{"", "another", "the-token-of-the-watchdo"} {
		var refused *Refusal
		require.ErrorAs(t, with(wrong).Arm(t.Context(), order(time.Minute)), &refused)
		_, err := with(wrong).Status(t.Context(), "spring")
		require.ErrorAs(t, err, &refused)
	}
	c := with("the-token-of-the-watchdog")
	_, err := c.Status(t.Context(), "spring")
	require.ErrorIs(t, err, ErrUnknown)
	require.NoError(t, c.Arm(t.Context(), order(time.Minute)))
	s, err := c.Status(t.Context(), "spring")
	require.NoError(t, err)
	require.Equal(t, Armed, s.State)
	late := order(time.Minute)
	late.Deadline = time.Now().Add(-time.Second)
	var refused *Refusal
	require.ErrorAs(t, c.Arm(t.Context(), late), &refused)
	require.Contains(t, refused.Reason, "over already")
	s, err = c.Confirm(t.Context(), "spring")
	require.NoError(t, err)
	require.Equal(t, Confirmed, s.State)
	server.Close()
	require.ErrorContains(t, c.Arm(t.Context(), order(time.Minute)), "does not answer")
}
