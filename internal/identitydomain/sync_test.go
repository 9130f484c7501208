package identitydomain_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/identitydomain"
	"cutover/internal/simulator"
)

const (
	syncApp    = "Fusion people"
	syncClient = "cutover-sync"
)

// pulling is a simulated estate with clients of Fusion and of CXIF, which can take
// people from there.
type pulling struct {
	*simulator.Simulator
	fusion, cxif *identitydomain.Client
	ahead        atomic.Int64 // how far its clock is ahead, in nanoseconds
}

func newPulling(t *testing.T, change ...func(*identitydomain.Options)) *pulling {
	t.Helper()
	estate, err := fs.Sub(estates.FS, "clean")
	require.NoError(t, err)
	p := &pulling{}
	p.Simulator, err = simulator.Start(t.Context(), simulator.Options{Estate: estate, Tier: "none", Seed: 1,
		Clock: func() time.Time { return time.Now().Add(time.Duration(p.ahead.Load())) }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	p.fusion = p.client(t, directory.Fusion)
	p.cxif = p.client(t, directory.CXIF, append([]func(*identitydomain.Options){func(o *identitydomain.Options) { o.Source = p.fusion }}, change...)...)
	return p
}

func (p *pulling) client(t *testing.T, d directory.Domain, change ...func(*identitydomain.Options)) *identitydomain.Client {
	t.Helper()
	id, secret := p.Client(d)
	o := identitydomain.Options{Domain: d, URL: p.URL(d), Type: "none", ClientID: id, Secret: word(secret)}
	for _, c := range change {
		c(&o)
	}
	c, err := identitydomain.New(o)
	require.NoError(t, err)
	return c
}

func word(secret string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return secret, nil }
}

// offer makes the client in Fusion as sso-setup does, with its role or without.
func (p *pulling) offer(t *testing.T, name string, role bool) {
	t.Helper()
	require.Nil(t, put(t, p.fusion, "client/"+name, directory.Attributes{"allowedGrants": `["client_credentials"]`, "anyUrlScheme": "true"}).Err)
	require.Nil(t, put(t, p.fusion, "client-status/"+name, directory.Attributes{"active": "true"}).Err)
	if role {
		require.Nil(t, put(t, p.fusion, "client-role/"+name, directory.Attributes{"role": directory.RoleUserAdmin}).Err)
	}
}

// from is from where the app takes people.
func (p *pulling) from(t *testing.T) directory.Attributes {
	t.Helper()
	u, err := url.Parse(p.URL(directory.Fusion))
	require.NoError(t, err)
	return directory.Attributes{"host": u.Hostname(), "port": u.Port(), "tls": "false", "baseUri": directory.SyncBaseURI, "client": syncClient,
		"scope": directory.SyncScope, "tokenUrl": p.URL(directory.Fusion) + "/oauth2/v1/token"}
}

var syncs = directory.Attributes{"provisioning": "true", "authoritative": "true", "synchronization": "true", "mailsNewPeople": "false"}

// connect makes the app as a plan does.
func (p *pulling) connect(t *testing.T) {
	t.Helper()
	require.Nil(t, put(t, p.cxif, "sync/"+syncApp, syncs).Err)
	o := put(t, p.cxif, "sync-source/"+syncApp, p.from(t))
	require.Nil(t, o.Err, "%v", o.Err)
	require.Nil(t, put(t, p.cxif, "sync-status/"+syncApp, directory.Attributes{"active": "true"}).Err)
}

// press is a person who presses Import.
func (p *pulling) press(t *testing.T) error {
	t.Helper()
	return p.PressImport(t.Context(), directory.CXIF, syncApp, -1, -1)
}

// secretOf is the secret of a client of Fusion, as only Fusion tells it.
func (p *pulling) secretOf(t *testing.T, name string) string {
	t.Helper()
	ask := func(method, path string, form url.Values, auth func(*http.Request)) (body map[string]any) {
		r, err := http.NewRequestWithContext(t.Context(), method, p.URL(directory.Fusion)+path, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		auth(r)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &body), string(b))
		return body
	}
	id, secret := p.Client(directory.Fusion)
	token := ask("POST", "/oauth2/v1/token", url.Values{"grant_type": {"client_credentials"}, "scope": {directory.SyncScope}}, func(r *http.Request) { r.SetBasicAuth(id, secret) })
	found := ask("GET", "/admin/v1/Apps?attributes=clientSecret&filter="+url.QueryEscape(`displayName eq "`+name+`"`), nil,
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token["access_token"].(string)) })
	of := found["Resources"].([]any)[0].(map[string]any)["clientSecret"].(string)
	require.NotEmpty(t, of)
	return of
}

func TestTheAppIsMadeConnectedAndSwitchedOnAndReadsBackAsPlanned(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	_, there, err := p.cxif.Setting(t.Context(), "sync/"+syncApp)
	require.NoError(t, err)
	require.False(t, there)
	p.connect(t)
	for target, want := range map[string]directory.Attributes{
		"sync/" + syncApp: syncs, "sync-source/" + syncApp: p.from(t), "sync-status/" + syncApp: {"active": "true"},
	} {
		have, there, err := p.cxif.Setting(t.Context(), target)
		require.NoError(t, err)
		require.True(t, there, target)
		require.Equal(t, want, have, target)
	}
	sso, err := p.cxif.SSO(t.Context())
	require.NoError(t, err)
	app, ok := sso.AppNamed(syncApp)
	require.True(t, ok)
	have, _ := sso.Setting("sync-source/" + syncApp)
	require.Equal(t, p.from(t), have, "and so in the outline that a plan is made from")
	require.Equal(t, syncClient, app.Sync.Client, "by its name, not by its id")
	require.NoError(t, p.press(t), "with the secret that Fusion tells")
}

func TestANewAppThatPullsPeopleIsMadeAndConnectedByTheTemplate(t *testing.T) {
	hub, f := newFake(t), newFake(t)
	hub.on("GET /admin/v1/Apps", func(call) (int, any) {
		return 200, list(object{"id": "c0", "displayName": "another", "name": "0d"}, object{"id": "c1", "displayName": syncClient, "name": "1d"})
	})
	hub.on("GET /admin/v1/Apps/c1", func(call) (int, any) { return 200, object{"id": "c1", "clientSecret": "W0rd"} })
	newStore(f)
	c := f.client(func(o *identitydomain.Options) { o.Domain, o.Source = directory.CXIF, hub.client() })
	o := put(t, c, "sync/"+syncApp, syncs)
	require.Nil(t, o.Err)
	const managed = "urn:ietf:params:scim:schemas:oracle:idcs:extension:managedapp:App"
	require.Equal(t, object{
		"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:App", managed}, "displayName": syncApp,
		"basedOnTemplate": object{"value": "df61971610a531f48a3187b90c97573c"}, "active": false,
		managed: object{"connected": true, "isAuthoritative": true, "enableSync": true, "enableAuthSyncNewUserNotification": false},
	}, decode(t, written(t, f, 0).body))

	require.Nil(t, put(t, c, "sync-source/"+syncApp, directory.Attributes{"host": "fusion.example", "client": syncClient}).Err)
	w := written(t, f, 1)
	require.Equal(t, "PATCH /admin/v1/Apps/"+o.ID, w.method+" "+w.path)
	require.NotEmpty(t, w.ifMatch)
	property := func(name, value string) object {
		return object{"op": "REPLACE", "path": managed + `:bundleConfigurationProperties[name eq "` + name + `"].value`, "value": []any{value}}
	}
	require.Equal(t, []any{property("host", "fusion.example"), property("clientSecret", "W0rd"), property("clientid", "1d")}, decode(t, w.body)["Operations"], "all at once")
	require.Equal(t, "attributes=displayName", w.query, "and nothing else comes back")
	asked := hub.sent("GET")
	require.Len(t, asked, 2)
	require.NotContains(t, asked[0].query, "clientSecret", "of no other client is a secret asked for")
	require.Contains(t, asked[0].query, "attributes=")
	require.Equal(t, "attributes=clientSecret", asked[1].query)
	require.Empty(t, hub.sent("POST PUT PATCH DELETE"))
}

func TestWhatIsNewIsOffUntilItIsSwitchedOn(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	require.Nil(t, put(t, p.cxif, "sync/"+syncApp, syncs).Err)
	have, _, err := p.cxif.Setting(t.Context(), "sync-status/"+syncApp)
	require.NoError(t, err)
	require.Equal(t, directory.Attributes{"active": "false"}, have)
	p.connectAgain(t)
	require.NoError(t, p.press(t))
	require.Nil(t, put(t, p.cxif, "sync-status/"+syncApp, directory.Attributes{"active": "false"}).Err)
	require.Error(t, p.press(t), "nobody can start it while it is off")
}

// connectAgain connects an app that is there, and switches it on.
func (p *pulling) connectAgain(t *testing.T) {
	t.Helper()
	require.Nil(t, put(t, p.cxif, "sync-source/"+syncApp, p.from(t)).Err)
	require.Nil(t, put(t, p.cxif, "sync-status/"+syncApp, directory.Attributes{"active": "true"}).Err)
}

func TestAnAppIsChangedWhereItDiffersAndDroppedWithAllThatItHas(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	p.connect(t)
	require.Nil(t, put(t, p.cxif, "sync/"+syncApp, directory.Attributes{"mailsNewPeople": "true"}).Err)
	o := write(t, p.cxif, directory.Change{Kind: directory.PutSetting, Target: "sync-source/" + syncApp,
		Before: directory.Attributes{"host": p.from(t)["host"]}, After: directory.Attributes{"host": "elsewhere.example"}})
	require.Nil(t, o.Err)
	have, _, err := p.cxif.Setting(t.Context(), "sync/"+syncApp)
	require.NoError(t, err)
	require.Equal(t, "true", have["mailsNewPeople"])
	require.Error(t, p.press(t), "that is not where Fusion is")
	require.Nil(t, put(t, p.cxif, "sync-source/"+syncApp, p.from(t)).Err)
	require.NoError(t, p.press(t), "the secret is as it was")

	o = write(t, p.cxif, directory.Change{Kind: directory.PutSetting, Target: "sync-source/" + syncApp,
		Before: directory.Attributes{"host": "elsewhere.example"}, After: directory.Attributes{"host": "third.example"}})
	require.Equal(t, directory.ProblemChanged, o.Err.Problem, "somebody else put it right")
	for _, target := range []string{"sync-source/" + syncApp, "sync-status/" + syncApp} {
		require.Equal(t, directory.ProblemInvalid, write(t, p.cxif, directory.Change{Kind: directory.DropSetting, Target: target}).Err.Problem, target)
	}
	require.Nil(t, put(t, p.cxif, "sync-status/"+syncApp, directory.Attributes{"active": "false"}).Err)
	require.Nil(t, write(t, p.cxif, directory.Change{Kind: directory.DropSetting, Target: "sync/" + syncApp}).Err)
	for _, target := range []string{"sync/" + syncApp, "sync-source/" + syncApp, "sync-status/" + syncApp} {
		_, there, err := p.cxif.Setting(t.Context(), target)
		require.NoError(t, err)
		require.False(t, there, target)
	}
}

func TestAClientThatFusionDoesNotHaveIsShownByItsId(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	p.connect(t)
	require.Nil(t, write(t, p.fusion, directory.Change{Kind: directory.PutSetting, Target: "client-status/" + syncClient, After: directory.Attributes{"active": "false"}}).Err)
	require.Nil(t, write(t, p.fusion, directory.Change{Kind: directory.DropSetting, Target: "client/" + syncClient}).Err)
	another := p.client(t, directory.CXIF, func(o *identitydomain.Options) { o.Source = p.fusion })
	have, _, err := another.Setting(t.Context(), "sync-source/"+syncApp)
	require.NoError(t, err)
	require.NotEmpty(t, have["client"])
	require.NotEqual(t, syncClient, have["client"], "so that a plan sees that it has to be connected anew")
	alone := p.client(t, directory.CXIF)
	same, _, err := alone.Setting(t.Context(), "sync-source/"+syncApp)
	require.NoError(t, err)
	require.Equal(t, have["client"], same["client"])

	p.offer(t, syncClient, true)
	require.Nil(t, put(t, another, "sync-source/"+syncApp, p.from(t)).Err)
	require.NoError(t, p.press(t), "with the secret of the new one")
}

func TestTheSecretGoesFromFusionIntoTheTargetAndIsShownNowhere(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	p.connect(t)
	secret := p.secretOf(t, syncClient)
	require.NoError(t, p.press(t), "the target has it")
	var seen []any
	for _, c := range []*identitydomain.Client{p.fusion, p.cxif} {
		sso, err := c.SSO(t.Context())
		require.NoError(t, err)
		seen = append(seen, sso)
	}
	state, err := p.cxif.SyncState(t.Context(), syncApp)
	require.NoError(t, err)
	have, _, err := p.cxif.Setting(t.Context(), "sync-source/"+syncApp)
	require.NoError(t, err)
	seen = append(seen, state, have, put(t, p.cxif, "sync-source/"+syncApp, p.from(t)))
	b, err := json.Marshal(seen)
	require.NoError(t, err)
	require.NotContains(t, string(b), secret)
}

func TestASecretThatAPersonNamesIsTakenInPlaceOfFusions(t *testing.T) {
	const wrong = "W0rd-of-somebody"
	p := newPulling(t, func(o *identitydomain.Options) { o.SyncSecret = word(wrong) })
	p.offer(t, syncClient, true)
	p.connect(t)
	err := p.press(t)
	require.ErrorContains(t, err, "its secret is another")
	require.NotContains(t, err.Error(), wrong)

	unread := newPulling(t, func(o *identitydomain.Options) {
		o.SyncSecret = func(context.Context) (string, error) { return "", context.DeadlineExceeded }
	})
	unread.offer(t, syncClient, true)
	require.Nil(t, put(t, unread.cxif, "sync/"+syncApp, syncs).Err)
	o := put(t, unread.cxif, "sync-source/"+syncApp, unread.from(t))
	require.Equal(t, directory.ProblemInvalid, o.Err.Problem)
	require.Contains(t, o.Err.Detail, "sync.native.clientSecret")
}

func TestAnAppIsConnectedOnlyToWhatIsThere(t *testing.T) {
	p := newPulling(t)
	o := put(t, p.cxif, "sync-source/"+syncApp, p.from(t))
	require.Equal(t, directory.ProblemNotFound, o.Err.Problem, "there is no app")
	require.Nil(t, put(t, p.cxif, "sync/"+syncApp, syncs).Err)
	o = put(t, p.cxif, "sync-source/"+syncApp, p.from(t))
	require.Equal(t, directory.ProblemNotFound, o.Err.Problem)
	require.Contains(t, o.Err.Detail, "there is no client of this name: "+syncClient)
	alone := p.client(t, directory.CXIF)
	o = put(t, alone, "sync-source/"+syncApp, p.from(t))
	require.Equal(t, directory.ProblemInvalid, o.Err.Problem, "it does not know Fusion")
	have, _, err := p.cxif.Setting(t.Context(), "sync-source/"+syncApp)
	require.NoError(t, err)
	require.Empty(t, have["host"]+have["client"], "nothing was written")
}

func TestTheClientOfTheSynchronizationIsTriedAsAnotherDomainUsesIt(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	p.offer(t, "weak", false)
	p.offer(t, "off", true)
	require.Nil(t, put(t, p.fusion, "client-status/off", directory.Attributes{"active": "false"}).Err)
	require.NoError(t, p.fusion.ConnectsAs(t.Context(), syncClient, nil))
	require.NoError(t, p.fusion.ConnectsAs(t.Context(), syncClient, word(p.secretOf(t, syncClient))))
	for why, c := range map[string]struct {
		client  string
		secret  func(context.Context) (string, error)
		problem directory.Problem
		says    string
	}{
		"it holds no role":       {"weak", nil, directory.ProblemAuth, ""},
		"it is not active":       {"off", nil, directory.ProblemAuth, ""},
		"nobody knows it":        {"none", nil, directory.ProblemNotFound, "no client of this name: none"},
		"its secret is another":  {syncClient, word("W0rd-of-somebody"), directory.ProblemAuth, ""},
		"its secret is not read": {syncClient, func(context.Context) (string, error) { return "", context.DeadlineExceeded }, directory.ProblemInvalid, "cannot be read"},
	} {
		pe := peerError(t, p.fusion.ConnectsAs(t.Context(), c.client, c.secret))
		require.Equal(t, c.problem, pe.Problem, "%s: %v", why, pe)
		require.Contains(t, pe.Detail, c.says, why)
		require.Equal(t, c.says == "", pe.Status != 0, "what is not said by us has a status: %s", why)
		require.NotContains(t, pe.Error(), "W0rd-of-somebody", why)
	}
}

func TestADomainTellsWhatItsSynchronizationHasLookedAt(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	_, err := p.cxif.SyncState(t.Context(), syncApp)
	require.Equal(t, directory.ProblemNotFound, peerError(t, err).Problem, "there is no app yet")
	p.connect(t)
	state, err := p.cxif.SyncState(t.Context(), syncApp)
	require.NoError(t, err)
	require.Equal(t, directory.SyncState{Situations: map[string]int{}}, state)
	require.NoError(t, p.press(t))
	first, err := p.cxif.SyncState(t.Context(), syncApp)
	require.NoError(t, err)
	everybody, err := p.fusion.Count(t.Context(), identitydomain.AllUsers)
	require.NoError(t, err)
	require.Equal(t, everybody, first.Accounts)
	require.NotEmpty(t, first.Latest)
	require.Equal(t, map[string]int{"Confirmed": everybody - 8, "Unmatched": 8}, first.Situations, "eight have no email in Fusion")
	p.ahead.Store(int64(time.Second)) // a time is told in milliseconds
	require.NoError(t, p.press(t))
	second, err := p.cxif.SyncState(t.Context(), syncApp)
	require.NoError(t, err)
	require.NotEqual(t, first.Latest, second.Latest, "another run shows, although it changed nothing")
	require.Equal(t, first.Situations, second.Situations)
}

func TestADomainTellsWhomItsSynchronizationMade(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	made, err := p.cxif.SyncedFrom(t.Context(), syncApp)
	require.NoError(t, err, "an app that is gone made nobody")
	require.Empty(t, made)
	before := map[string]bool{}
	for start := 1; start != 0; {
		page, err := p.cxif.Users(t.Context(), start)
		require.NoError(t, err)
		for _, u := range page.Users {
			before[directory.Fold(u.UserName)] = true
		}
		start = page.Next
	}
	p.connect(t)
	require.NoError(t, p.press(t))
	made, err = p.cxif.SyncedFrom(t.Context(), syncApp)
	require.NoError(t, err)
	require.NotEmpty(t, made)
	for name := range made {
		require.False(t, before[name], "%s was there before", name)
	}
	now, err := p.cxif.Count(t.Context(), identitydomain.AllUsers)
	require.NoError(t, err)
	require.Equal(t, now, len(before)+len(made))
}

// standIn is the simulator's own request that starts a synchronization.
var standIn = directory.SyncRequest{Path: "/job/v1/JobSchedules", Body: `{"schemas": ["urn:ietf:params:scim:schemas:oracle:idcs:JobSchedule"],
	"jobType": "SimulatedManagedObjectSync", "runNow": true, "parameters": [{"name": "appId", "value": "{appId}"},
	{"name": "maxCreates", "value": "{creates}"}, {"name": "maxDeletes", "value": "{deletes}"}]}`}

func TestARequestStartsTheSynchronizationWithItsLimits(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	p.connect(t)
	before, err := p.cxif.Count(t.Context(), identitydomain.AllUsers)
	require.NoError(t, err)
	for _, may := range []string{"0", "2", "1000"} {
		o, err := p.cxif.StartSync(t.Context(), syncApp, standIn, directory.Attributes{"creates": may, "deletes": "0", "by": "a request", "run": "full"})
		require.NoError(t, err)
		require.Nil(t, o.Err)
		require.Equal(t, 201, o.Status)
		require.NotEmpty(t, o.ID)
		require.NoError(t, p.Settled(t.Context()))
		require.Eventually(t, func() bool {
			n, err := p.cxif.Count(t.Context(), identitydomain.AllUsers)
			require.NoError(t, err)
			switch may {
			case "0":
				return n == before
			case "2":
				return n == before+2
			}
			return n > before+2
		}, 10*time.Second, 5*time.Millisecond, may)
	}
}

func TestASynchronizationThatCannotStartIsAnError(t *testing.T) {
	p := newPulling(t)
	p.offer(t, syncClient, true)
	_, err := p.cxif.StartSync(t.Context(), syncApp, standIn, directory.Attributes{"creates": "0", "deletes": "0"})
	require.Equal(t, directory.ProblemNotFound, peerError(t, err).Problem, "there is no app")
	p.connect(t)
	_, err = p.cxif.StartSync(t.Context(), syncApp, directory.SyncRequest{Path: "/job/v1/JobSchedules", Body: `{"jobType": "NoSuchJob"}`}, nil)
	require.Equal(t, directory.ProblemInvalid, peerError(t, err).Problem)
	require.Nil(t, put(t, p.cxif, "sync-status/"+syncApp, directory.Attributes{"active": "false"}).Err)
	_, err = p.cxif.StartSync(t.Context(), syncApp, standIn, directory.Attributes{"creates": "0", "deletes": "0"})
	require.Equal(t, directory.ProblemInvalid, peerError(t, err).Problem)
	require.False(t, peerError(t, err).Unsure(), "it has not begun")
}
