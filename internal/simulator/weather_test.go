package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// under starts a world, and the weather once the world has its tokens.
func under(t *testing.T, o simulator.Options, spells ...simulator.Spell) *world {
	t.Helper()
	w := start(t, "messy", o)
	for _, d := range directory.Domains {
		w.token(d)
	}
	require.NoError(t, w.SetWeather(simulator.Weather{Seed: 1, Spells: spells}))
	return w
}

// raw is an answer, whatever became of it.
type raw struct {
	status int
	header http.Header
	body   string
	err    error
}

// try sends a request as the bootstrap client, on a connection of its own, so that
// no transport tries it again.
func (w *world) try(d directory.Domain, method, path string, body any) raw {
	w.t.Helper()
	req := w.request(context.Background(), method, w.URL(d)+"/admin/v1"+path, body, "Authorization", "Bearer "+w.token(d))
	return w.alone(req)
}

func (w *world) alone(req *http.Request) (r raw) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(req.Context(), 20*time.Second)
	defer cancel()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(req.WithContext(ctx))
	if err != nil {
		return raw{err: err}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return raw{res.StatusCode, res.Header, string(b), err}
}

// finds tells whether a domain has a user of this name.
func (w *world) finds(d directory.Domain, name string) bool {
	w.t.Helper()
	r := w.list(d, "Users", "filter", fmt.Sprintf("userName eq %q", name))
	require.Equal(w.t, 200, r.Status, r.Raw)
	return r.Body["totalResults"] == 1.0
}

func TestLatencyTakesItsTimeAndJitterNoMoreThanThat(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.Latency, Domain: "cxif", Takes: 60 * time.Millisecond, Jitter: 40 * time.Millisecond})
	began := time.Now()
	require.Equal(t, 200, w.try(directory.CXIF, "GET", "/Users?count=1", nil).status)
	require.GreaterOrEqual(t, time.Since(began), 60*time.Millisecond)
	require.Equal(t, 1, w.Struck()[simulator.Latency])
	require.Equal(t, 200, w.try(directory.Fusion, "GET", "/Users?count=1", nil).status)
	require.Equal(t, 1, w.Struck()[simulator.Latency], "it is over one domain")
}

func TestAServiceThatIsUnavailableDoesNothingAndAnswers5xxInEitherForm(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.Unavailable, Requests: 40})
	statuses, html, scim := map[int]bool{}, 0, 0
	for i := range 40 {
		name := fmt.Sprintf("un.available%d", i)
		r := w.try(directory.CXIF, "POST", "/Users", newUser(name))
		require.NoError(t, r.err)
		statuses[r.status] = true
		if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			require.Contains(t, r.body, "<html>")
			html++
		} else {
			require.Contains(t, r.body, fmt.Sprintf(`"status":"%d"`, r.status))
			scim++
		}
	}
	require.Equal(t, map[int]bool{500: true, 502: true, 503: true, 504: true}, statuses)
	require.Positive(t, html)
	require.Positive(t, scim)
	require.False(t, w.finds(directory.CXIF, "un.available0"), "and after 40 requests it is over")
}

func TestAConnectionThatBreaksBeforeTheCommitLeavesNothingAndOneAfterItLeavesEverything(t *testing.T) {
	w := under(t, simulator.Options{},
		simulator.Spell{Kind: simulator.ResetBefore, Requests: 1},
		simulator.Spell{Kind: simulator.ResetAfter, After: 1, Requests: 1})
	require.Error(t, w.try(directory.CXIF, "POST", "/Users", newUser("be.fore")).err)
	require.Error(t, w.try(directory.CXIF, "POST", "/Users", newUser("af.ter")).err)
	require.False(t, w.finds(directory.CXIF, "be.fore"))
	require.True(t, w.finds(directory.CXIF, "af.ter"))
}

func TestHalfABodyComesCutOrShortAndTheWriteWasCarriedOut(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.HalfBody, Requests: 20})
	cut, short := 0, 0
	for i := range 20 {
		r := w.try(directory.CXIF, "POST", "/Users", newUser(fmt.Sprintf("ha.lf%d", i)))
		require.Equal(t, 201, r.status)
		require.Error(t, json.Unmarshal([]byte(r.body), &m{}))
		if errors.Is(r.err, io.ErrUnexpectedEOF) {
			cut++
		} else {
			require.NoError(t, r.err)
			short++
		}
	}
	require.Positive(t, cut)
	require.Positive(t, short)
	require.True(t, w.finds(directory.CXIF, "ha.lf0"))
}

func TestTooManyRequestsComeInBurstsWithAndWithoutRetryAfter(t *testing.T) {
	w := under(t, simulator.Options{},
		simulator.Spell{Kind: simulator.Throttled, Domain: "cxif", Chance: 50, Burst: 4, Only: []string{"reads"}},
		simulator.Spell{Kind: simulator.Throttled, Domain: "fusion", RetryAfter: 1500 * time.Millisecond, Requests: 1})
	var row []int
	for range 40 {
		r := w.try(directory.CXIF, "GET", "/Users?count=1", nil)
		require.Empty(t, r.header.Values("Retry-After"))
		row = append(row, r.status)
	}
	for i := 0; i < 40; i += 4 {
		for _, s := range row[i : i+4] {
			require.Equal(t, row[i], s, "%v", row)
		}
	}
	require.Contains(t, row, 200)
	require.Contains(t, row, 429)
	r := w.try(directory.Fusion, "GET", "/Users?count=1", nil)
	require.Equal(t, []any{429, "2"}, []any{r.status, r.header.Get("Retry-After")}, "whole seconds, and not too few")
}

func TestTheSameSeedStrikesTheSameRequestsInWhateverOrderTheyCome(t *testing.T) {
	spell := simulator.Spell{Kind: simulator.Unavailable, Chance: 30}
	ask := func(w *world, kinds ...string) map[string][]int {
		statuses := map[string][]int{}
		for _, k := range kinds {
			statuses[k] = append(statuses[k], w.try(directory.CXIF, "GET", "/"+k+"?count=1", nil).status)
		}
		return statuses
	}
	var beside, after, other []string
	for range 20 {
		beside = append(beside, "Users", "Groups")
	}
	for range 20 {
		after = append(after, "Groups")
	}
	for range 20 {
		after = append(after, "Users")
	}
	first := ask(under(t, simulator.Options{}, spell), beside...)
	require.Equal(t, first, ask(under(t, simulator.Options{}, spell), after...))
	require.NotEqual(t, first["Users"], first["Groups"])
	w := start(t, "messy", simulator.Options{})
	w.token(directory.CXIF)
	require.NoError(t, w.SetWeather(simulator.Weather{Seed: 2, Spells: []simulator.Spell{spell}}))
	other = beside
	require.NotEqual(t, first, ask(w, other...), "and another seed others")
}

func TestATokenThatWasRevokedAnswers401AndANewOneCounts(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.TokenRevoked, Times: 1})
	require.Equal(t, 401, w.try(directory.CXIF, "GET", "/Users?count=1", nil).status)
	require.Equal(t, 401, w.try(directory.CXIF, "GET", "/Users?count=1", nil).status, "it stays revoked")
	w.tokens = map[directory.Domain]string{}
	require.Equal(t, 200, w.try(directory.CXIF, "GET", "/Users?count=1", nil).status)
}

func TestAShortTokenSaysHowLongItHoldsAndAnswers401After(t *testing.T) {
	c := newClock()
	w := start(t, "messy", simulator.Options{Clock: c.now, Weather: simulator.Weather{Spells: []simulator.Spell{{Kind: simulator.TokenShort, Takes: 5 * time.Second}}}})
	id, secret := w.Client(directory.CXIF)
	r := w.tokenFor(directory.CXIF, id, secret, myScopes)
	require.Equal(t, 5.0, r.Body["expires_in"])
	require.Equal(t, 200, w.try(directory.CXIF, "GET", "/Users?count=1", nil).status)
	c.advance(6 * time.Second)
	require.Equal(t, 401, w.try(directory.CXIF, "GET", "/Users?count=1", nil).status)
}

func TestAWrongClockShowsInTheDateHeaderAndInTimestamps(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.ClockSkew, Domain: "cxif", By: -3 * time.Hour})
	r := w.try(directory.CXIF, "POST", "/Users", newUser("la.te"))
	require.Equal(t, 201, r.status, r.body)
	date, err := http.ParseTime(r.header.Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(-3*time.Hour), date, time.Minute)
	var user struct{ Meta struct{ Created time.Time } }
	require.NoError(t, json.Unmarshal([]byte(r.body), &user))
	require.WithinDuration(t, time.Now().Add(-3*time.Hour), user.Meta.Created, time.Minute)
	r = w.try(directory.Fusion, "GET", "/Users?count=1", nil)
	date, err = http.ParseTime(r.header.Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), date, time.Minute)
}

func TestASlowCopyBringsAPersonOverLate(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.SlowCopy, Takes: 300 * time.Millisecond})
	began := time.Now()
	require.Equal(t, 201, w.apps("POST", "/Users", account("sl.ow")).Status)
	w.settled()
	require.GreaterOrEqual(t, time.Since(began), 300*time.Millisecond)
	require.True(t, w.finds(directory.Fusion, "sl.ow"))
}

func TestWhileAJobRunsBulkIsRefusedAndNothingElse(t *testing.T) {
	c := newClock()
	call := bulk(op("POST", "/Users", "1", newUser("bu.lk")))
	for status, spell := range map[int]simulator.Spell{
		409: {Kind: simulator.Job, Until: time.Minute},
		503: {Kind: simulator.Job, Until: time.Minute, Status: 503},
	} {
		w := under(t, simulator.Options{Clock: c.now}, spell)
		require.Equal(t, status, w.try(directory.CXIF, "POST", "/Bulk", call).status)
		require.False(t, w.finds(directory.CXIF, "bu.lk"))
		require.Equal(t, 201, w.try(directory.CXIF, "POST", "/Users", newUser("sin.gle")).status)
		c.advance(time.Minute)
		require.Equal(t, 200, w.try(directory.CXIF, "POST", "/Bulk", call).status)
		require.True(t, w.finds(directory.CXIF, "bu.lk"))
	}
}

func TestAChangeOfARuleIsAcceptedAndNotMade(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.RuleIgnored, Times: 1})
	before := w.admin(directory.Utilities, "GET", "/Rules/DefaultIDPRule", nil)
	change := patchOf(m{"op": "replace", "path": "name", "value": "Another"})
	r := w.admin(directory.Utilities, "PATCH", "/Rules/DefaultIDPRule", change)
	require.Equal(t, 200, r.Status)
	require.Equal(t, before.Body, w.admin(directory.Utilities, "GET", "/Rules/DefaultIDPRule", nil).Body)
	require.Equal(t, 200, w.admin(directory.Utilities, "PATCH", "/Rules/DefaultIDPRule", change).Status)
	require.Equal(t, "Another", w.admin(directory.Utilities, "GET", "/Rules/DefaultIDPRule", nil).text("name"))
}

func TestWhatWasMadeLatelyNoFilterFindsAndASecondOneIsRefused(t *testing.T) {
	c := newClock()
	w := start(t, "messy", simulator.Options{Clock: c.now, Weather: simulator.Weather{Spells: []simulator.Spell{{Kind: simulator.IndexLate, Takes: 2 * time.Second}}}})
	id := w.create(directory.CXIF, "Users", newUser("new.comer"))
	require.False(t, w.finds(directory.CXIF, "new.comer"))
	found := w.admin(directory.CXIF, "POST", "/Users/.search", m{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}, "filter": `userName eq "new.comer"`})
	require.Equal(t, []any{0.0, 0}, []any{found.Body["totalResults"], len(found.resources())})
	require.Equal(t, 409, w.admin(directory.CXIF, "POST", "/Users", newUser("new.comer")).Status)
	require.Equal(t, 200, w.admin(directory.CXIF, "GET", "/Users/"+id, nil).Status, "by its id it is there")
	c.advance(2 * time.Second)
	require.True(t, w.finds(directory.CXIF, "new.comer"))
}

func TestA409SaysNothingButThat(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.PlainConflict})
	w.create(directory.CXIF, "Users", newUser("tw.ice"))
	r := w.admin(directory.CXIF, "POST", "/Users", newUser("tw.ice"))
	require.Equal(t, 409, r.Status)
	require.NotContains(t, r.Body, "scimType")
	inBulk := w.admin(directory.CXIF, "POST", "/Bulk", bulk(op("POST", "/Users", "1", newUser("tw.ice"))))
	require.Equal(t, "409", inBulk.text("Operations.0.status"))
	require.NotContains(t, inBulk.at("Operations.0.response"), "scimType")
}

func TestAMemberWhomSomebodyElseAddsMeanwhileFailsTheWholeRequest(t *testing.T) {
	journal := t.TempDir() + "/journal.jsonl"
	w := under(t, simulator.Options{Journal: journal}, simulator.Spell{Kind: simulator.MemberMeanwhile, Times: 1})
	group := w.create(directory.CXIF, "Groups", m{"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Both"})
	a, b := w.create(directory.CXIF, "Users", newUser("a.one")), w.create(directory.CXIF, "Users", newUser("b.two"))
	add := patchOf(m{"op": "add", "path": "members", "value": []any{m{"value": a, "type": "User"}, m{"value": b, "type": "User"}}})
	require.Equal(t, 409, w.admin(directory.CXIF, "PATCH", "/Groups/"+group, add).Status)
	got := w.admin(directory.CXIF, "GET", "/Groups/"+group+"?attributes=members", nil)
	require.Len(t, got.at("members"), 1, "the other one was not added: %s", got.Raw)
	all := lines(t, journal)
	require.Len(t, all, 5)
	require.Contains(t, all[3]["client"], "second-", "the journal says who it was")
	require.Equal(t, 200.0, all[3]["status"])
}

func TestAGroupHoldsNoMoreThanItsLimit(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.GroupLimit, Domain: "cxif", Most: 1})
	group := w.create(directory.CXIF, "Groups", m{"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Small"})
	for i, status := range []int{200, 400} {
		id := w.create(directory.CXIF, "Users", newUser(fmt.Sprintf("mem.ber%d", i)))
		add := patchOf(m{"op": "add", "path": "members", "value": []any{m{"value": id, "type": "User"}}})
		r := w.admin(directory.CXIF, "PATCH", "/Groups/"+group, add)
		require.Equal(t, status, r.Status, r.Raw)
	}
}

func TestPeopleActOnAnInvitationLateOrNever(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.InvitedNever, Domain: "cxif"},
		simulator.Spell{Kind: simulator.InvitedLate, Domain: "fusion", Takes: 50 * time.Millisecond})
	mustChange := func(d directory.Domain, id string) any {
		return w.admin(d, "GET", "/Users/"+id+"?attributes=urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User", nil).
			at("urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User")
	}
	invite := func(d directory.Domain) string {
		id := w.create(d, "Users", newUser("in.vited"))
		r := w.admin(d, "PUT", "/UserPasswordResetter/"+id, m{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:UserPasswordResetter"}})
		require.Equal(t, 200, r.Status, r.Raw)
		require.Len(t, w.Mails(d), 1)
		return id
	}
	never, late := invite(directory.CXIF), invite(directory.Fusion)
	before := mustChange(directory.Fusion, late)
	require.Eventually(t, func() bool {
		return !bytes.Equal(js(t, before), js(t, mustChange(directory.Fusion, late)))
	}, 10*time.Second, 5*time.Millisecond)
	require.Contains(t, string(js(t, mustChange(directory.CXIF, never))), `"mustChange":true`)
}

func TestWeatherIsOverTokensAndOverSignInOnlyWhereItIsNamed(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.Unavailable, Status: 503, Only: []string{"tokens", "sign-in"}, Domain: "cxif"},
		simulator.Spell{Kind: simulator.Unavailable, Domain: "fusion"})
	id, secret := w.Client(directory.CXIF)
	req := w.request(t.Context(), "POST", w.URL(directory.CXIF)+"/oauth2/v1/token", url.Values{"grant_type": {"client_credentials"}}.Encode())
	req.SetBasicAuth(id, secret)
	require.Equal(t, 503, w.alone(req).status)
	metadata := func(d directory.Domain) int {
		return w.alone(w.request(t.Context(), "GET", w.URL(d)+"/fed/v1/metadata", nil)).status
	}
	require.Equal(t, 503, metadata(directory.CXIF))
	require.Equal(t, 200, metadata(directory.Fusion))
	require.Equal(t, 200, w.try(directory.CXIF, "GET", "/Users?count=1", nil).status)
}

func TestFusionApplicationsHasItsOwnWeatherInItsOwnWords(t *testing.T) {
	w := under(t, simulator.Options{}, simulator.Spell{Kind: simulator.Unavailable, Domain: "fusion-applications", Status: 503, Times: 1},
		simulator.Spell{Kind: simulator.MemberMeanwhile, Domain: "fusion-applications"})
	r := w.apps("GET", "/Users?count=1", nil)
	require.Equal(t, 503, r.Status)
	require.NotEmpty(t, r.at("Errors.0.description"))
	made := w.apps("POST", "/Users", account("ro.le"))
	require.Equal(t, 201, made.Status, made.Raw)
	role := w.apps("GET", "/Roles?count=1", nil).text("Resources.0.id")
	add := m{"members": []any{m{"value": made.text("id"), "operation": "ADD"}}}
	require.Equal(t, 409, w.apps("PATCH", "/Roles/"+role, add).Status)
}

func TestANewWeatherBeginsAnewAndCalmIsCalm(t *testing.T) {
	c := newClock()
	w := under(t, simulator.Options{Clock: c.now}, simulator.Spell{Kind: simulator.Unavailable, From: 10 * time.Second, Until: 20 * time.Second, Status: 503})
	status := func() int { return w.try(directory.CXIF, "GET", "/Users?count=1", nil).status }
	require.Equal(t, 200, status())
	c.advance(10 * time.Second)
	require.Equal(t, 503, status())
	c.advance(10 * time.Second)
	require.Equal(t, 200, status())
	require.NoError(t, w.SetWeather(simulator.Weather{Spells: []simulator.Spell{{Kind: simulator.Unavailable, Status: 503}}}))
	require.Equal(t, 503, status())
	require.NoError(t, w.SetWeather(simulator.Weather{}))
	require.Equal(t, 200, status())
	require.ErrorContains(t, w.SetWeather(simulator.Weather{Spells: []simulator.Spell{{Kind: "fog"}}}), "fog")
}

func js(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}
