package activities_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
)

// puller is a domain with a synchronization of its own, and that of the source.
type puller struct {
	domain
	state    directory.SyncState
	made     map[string]bool
	started  []map[string]string
	connects error
	as       string // the client that was tried, and its secret where one was named
}

func (p *puller) SyncState(context.Context, string) (directory.SyncState, error) { return p.state, nil }

func (p *puller) StartSync(_ context.Context, _ string, _ directory.SyncRequest, values map[string]string) (directory.Outcome, error) {
	p.started = append(p.started, values)
	return directory.Outcome{ID: "app"}, nil
}

func (p *puller) SyncedFrom(context.Context, string) (map[string]bool, error) { return p.made, nil }

func (p *puller) ConnectsAs(ctx context.Context, client string, secret func(context.Context) (string, error)) error {
	p.as = client
	if secret != nil {
		word, err := secret(ctx)
		if err != nil {
			return err
		}
		p.as += " " + word
	}
	return p.connects
}

// pulling is a stage whose CXIF takes over Fusion's people itself.
type pulling struct {
	*stage
	puller *puller
	native config.NativeSync
	other  map[directory.Domain]activities.Domain // in the place of these
}

func newPulling(t *testing.T) *pulling {
	return &pulling{stage: newStage(t, &domain{}), puller: &puller{}, native: config.NativeSync{
		App: "Fusion people", Start: config.StartByPerson, Within: 4 * time.Hour, Poll: 30 * time.Second,
	}}
}

// Open implements activities.Estates.
func (p *pulling) Open(ctx context.Context, hash string) (*activities.Estate, error) {
	e, err := p.stage.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	e.Config.CXIF.URL, e.Config.Sync = "https://cxif.example/", config.Sync{Engine: config.EngineNative, Native: p.native}
	e.Domains = map[directory.Domain]activities.Domain{directory.Fusion: p.puller, directory.Utilities: p.domain, directory.CXIF: p.puller}
	for d, other := range p.other {
		e.Domains[d] = other
	}
	e.Rules = &reconcile.Rules{TestUser: "cutover.test", ScopeCXIF: []string{"Agent"}}
	e.SSO = phase.SSOSettings{SyncClientName: "cutover-sync", TestUser: phase.TestUser{UserName: "cutover.test"}, Native: phase.NativeSync{
		On: true, AppName: "Fusion people", Host: "fusion.example", TokenURL: "https://fusion.example/oauth2/v1/token", ByRequest: p.native.Start == config.StartByRequest,
	}}
	return e, nil
}

// run tries an activity once; last is the state that it beats with, and from what
// the attempt before it did.
func (p *pulling) run(t *testing.T, of func(*activities.Activities) any, in any, out any, from *directory.SyncState) (last *directory.SyncState, err error) {
	t.Helper()
	env, acts := p.attempt(t)
	acts.Estates = p
	if from != nil {
		env.SetHeartbeatDetails(*from)
	}
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		if details.HasValues() {
			require.NoError(t, details.Get(&last))
		}
	})
	v, err := env.ExecuteActivity(of(acts), in)
	if err == nil && out != nil {
		require.NoError(t, v.Get(out))
	}
	return last, err
}

// read puts a read of a domain into the ledger.
func (p *pulling) read(t *testing.T, d directory.Domain, o directory.Outline, people ...directory.Person) int64 {
	t.Helper()
	ctx := t.Context()
	s, err := p.ledger.BeginSnapshot(ctx, "spring", "sync-cxif", d)
	require.NoError(t, err)
	require.NoError(t, p.ledger.PutOutline(ctx, s.ID, o))
	require.NoError(t, p.ledger.PutPeople(ctx, s.ID, people))
	require.NoError(t, p.ledger.CompleteSnapshot(ctx, s.ID))
	return s.ID
}

func someone(name string, groups ...string) directory.Person {
	return directory.Person{User: directory.User{ID: "id-" + name, UserName: name, FamilyName: "Family", Email: name + "@x", Active: true}, Groups: groups}
}

var hub = directory.Outline{
	Groups: []directory.Group{{ID: "g", Name: "Agent"}},
	SSO:    directory.SSO{Apps: []directory.App{{ID: "c", Name: "cutover-sync", Active: true, OAuthClient: true, ClientRoles: []string{directory.RoleUserAdmin}}}},
}

// planned plans sync-cxif from Fusion's people and those of CXIF.
func (p *pulling) planned(t *testing.T, fusion, cxif []directory.Person) (out activities.PlanResult) {
	t.Helper()
	_, err := p.run(t, func(a *activities.Activities) any { return a.Plan }, activities.PlanParams{
		Cutover: "spring", Phase: "sync-cxif", ConfigHash: "config",
		Snapshots: map[directory.Domain]int64{directory.Fusion: p.read(t, directory.Fusion, hub, fusion...), directory.CXIF: p.read(t, directory.CXIF, directory.Outline{}, cxif...)},
	}, &out, nil)
	require.NoError(t, err)
	return out
}

// starting is a sealed plan that starts a run, of this purpose.
func (p *pulling) starting(t *testing.T, purpose string) int64 {
	t.Helper()
	ctx := t.Context()
	plan, err := p.ledger.BeginPlan(ctx, "spring", "sync-cxif", false)
	require.NoError(t, err)
	require.NoError(t, p.ledger.AddChanges(ctx, plan, []directory.Change{startOf(purpose)}))
	_, err = p.ledger.SealPlan(ctx, plan, "hash")
	require.NoError(t, err)
	return plan
}

func startOf(purpose string) directory.Change {
	return directory.Change{Step: 5, Domain: directory.CXIF, Via: directory.ViaNativeSync, Kind: directory.StartSync, Target: "Fusion people",
		After: directory.Attributes{"creates": "1", "deletes": "0", "by": "a person", "run": purpose}}
}

func (p *pulling) apply(t *testing.T, plan int64) {
	t.Helper()
	var out activities.ApplyResult
	_, err := p.run(t, func(a *activities.Activities) any { return a.Apply }, activities.ApplyParams{
		Cutover: "spring", ConfigHash: "config", Plan: plan, Step: 5, Budget: 10 * time.Second,
	}, &out, nil)
	require.NoError(t, err)
	require.Equal(t, 1, out.Progress.Applied)
}

func (p *pulling) await(t *testing.T, plan int64, full bool, from *directory.SyncState) (last *directory.SyncState, err error) {
	t.Helper()
	return p.run(t, func(a *activities.Activities) any { return a.AwaitSync }, activities.AwaitSyncParams{
		Cutover: "spring", Phase: "sync-cxif", ConfigHash: "config", Plan: plan,
		Sync: activities.StartedSync{Domain: directory.CXIF, App: "Fusion people", Full: full, Poll: 30 * time.Second},
	}, nil, from)
}

// kept is what the ledger keeps of the runs.
func (p *pulling) kept(t *testing.T) (r struct {
	Marks map[int64]directory.SyncState
	Seen  []int64
	Full  bool
}) {
	t.Helper()
	b, found, err := p.ledger.Value(t.Context(), "spring", "sync/sync-cxif")
	require.NoError(t, err)
	require.True(t, found)
	require.NoError(t, json.Unmarshal(b, &r))
	return r
}

func notYet(t *testing.T, err error, says string) {
	t.Helper()
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, activities.FailureNotYet, app.Type())
	require.False(t, app.NonRetryable())
	require.Equal(t, 30*time.Second, app.NextRetryDelay())
	require.Contains(t, app.Message(), says)
}

func TestARunIsSeenOnceTheDomainTellsOfItAndNothingIsAddedBetweenTwoLooks(t *testing.T) {
	p := newPulling(t)
	p.puller.state = directory.SyncState{Accounts: 7, Latest: "monday", Situations: map[string]int{"Confirmed": 7}}
	plan := p.starting(t, directory.RunFull)
	p.apply(t, plan)
	require.Empty(t, p.puller.started, "a person starts it")

	last, err := p.await(t, plan, true, nil)
	notYet(t, err, "tells of nothing that its synchronization has done")
	_, err = p.await(t, plan, true, last)
	notYet(t, err, "tells of nothing") // however often

	p.puller.state = directory.SyncState{Accounts: 9, Latest: "tuesday", Situations: map[string]int{"Confirmed": 9}}
	last, err = p.await(t, plan, true, last)
	notYet(t, err, "is still running")
	require.Equal(t, p.puller.state, *last)
	p.puller.state = directory.SyncState{Accounts: 9, Latest: "tuesday", Situations: map[string]int{"Confirmed": 8, "Disputed": 1}}
	last, err = p.await(t, plan, true, last)
	notYet(t, err, "is still running")
	require.Empty(t, p.kept(t).Seen)

	_, err = p.await(t, plan, true, last)
	require.NoError(t, err)
	require.Equal(t, []int64{plan}, p.kept(t).Seen)
	require.True(t, p.kept(t).Full)
	_, err = p.await(t, plan, true, last) // another attempt, because the first was not heard
	require.NoError(t, err)
	require.Equal(t, []int64{plan}, p.kept(t).Seen)
}

func TestARunThatChangedNothingShowsByItsTimeOrByItsAccounts(t *testing.T) {
	for _, after := range []directory.SyncState{{Accounts: 7, Latest: "tuesday"}, {Accounts: 6, Latest: "monday"}} {
		p := newPulling(t)
		p.puller.state = directory.SyncState{Accounts: 7, Latest: "monday"}
		plan := p.starting(t, directory.RunProbe)
		p.apply(t, plan)
		p.puller.state = after
		_, err := p.await(t, plan, false, &after)
		require.NoError(t, err)
		require.False(t, p.kept(t).Full)
	}
}

func TestARunForOnePersonAfterOneForEverybodyLeavesThatKnown(t *testing.T) {
	p := newPulling(t)
	for i, purpose := range []string{directory.RunFull, directory.RunProbe} {
		plan := p.starting(t, purpose)
		p.apply(t, plan)
		p.puller.state = directory.SyncState{Accounts: i + 1}
		_, err := p.await(t, plan, purpose == directory.RunFull, &p.puller.state)
		require.NoError(t, err)
	}
	require.Len(t, p.kept(t).Seen, 2)
	require.True(t, p.kept(t).Full)
}

func TestTheMarkOfTheFirstAttemptStays(t *testing.T) {
	p := newPulling(t)
	env, acts := p.attempt(t)
	acts.Estates = p
	e, err := p.Open(t.Context(), "config")
	require.NoError(t, err)
	env.RegisterActivityWithOptions(func(ctx context.Context) error {
		return activities.MarkSync(acts, ctx, e, activities.ApplyParams{Cutover: "spring", Plan: 3}, ledger.PlanInfo{ID: 3, Phase: "sync-cxif"},
			[]directory.Write{{Change: directory.Change{Kind: directory.CreateUser, User: "ann"}}, {Change: startOf(directory.RunProbe)}})
	}, activity.RegisterOptions{Name: "mark"})
	for _, latest := range []string{"monday", "tuesday"} { // it may have begun before the second
		p.puller.state = directory.SyncState{Latest: latest}
		_, err := env.ExecuteActivity("mark")
		require.NoError(t, err)
	}
	require.Equal(t, map[int64]directory.SyncState{3: {Latest: "monday"}}, p.kept(t).Marks)
}

func TestNothingIsMarkedWhereNothingIsStarted(t *testing.T) {
	p := newPulling(t)
	acts := &activities.Activities{Ledger: p.ledger, Estates: p}
	require.NoError(t, activities.MarkSync(acts, t.Context(), &activities.Estate{}, activities.ApplyParams{Cutover: "spring", Plan: 3}, ledger.PlanInfo{Phase: "migrate"},
		[]directory.Write{{Change: directory.Change{Kind: directory.CreateUser, User: "ann"}}}))
	_, found, err := p.ledger.Value(t.Context(), "spring", "sync/migrate")
	require.NoError(t, err)
	require.False(t, found)
}

func TestARequestIsSentOnceWithItsLimits(t *testing.T) {
	p := newPulling(t)
	p.native.Start, p.native.Request = config.StartByRequest, config.SyncRequest{Path: "/start", Body: "{}"}
	plan := p.starting(t, directory.RunProbe)
	p.apply(t, plan)
	p.apply(t, plan) // what is done is not done again
	require.Len(t, p.puller.started, 1)
	require.Equal(t, "1", p.puller.started[0]["creates"])
	require.Equal(t, "0", p.puller.started[0]["deletes"])
}

func TestAStepThatStartsARunSaysWhatIsWaitedForAndWhatAPersonShallPress(t *testing.T) {
	p := newPulling(t)
	steps := map[int]activities.Step{}
	for _, s := range p.planned(t, []directory.Person{someone("ann", "Agent"), someone("out")}, nil).Steps {
		steps[s.Number] = s
	}
	require.Equal(t, []phase.Proof{phase.SyncConnection}, steps[3].Proofs)
	require.Nil(t, steps[3].Sync)
	require.Nil(t, steps[4].Sync)
	require.False(t, steps[4].Settle, "nothing has been started yet")
	require.Equal(t, &activities.StartedSync{Domain: directory.CXIF, App: "Fusion people", Within: 4 * time.Hour, Poll: 30 * time.Second}, steps[5].Sync)
	require.True(t, steps[5].Settle)
	require.Contains(t, steps[5].Ask, "in the console of cxif (https://cxif.example), under Integrated applications > Fusion people")
	require.Contains(t, steps[5].Ask, "write 2 as the maximum number of creates and 0 as that of deletes")

	p.native.Start = config.StartByRequest
	for _, s := range p.planned(t, []directory.Person{someone("ann", "Agent")}, nil).Steps {
		require.Empty(t, s.Ask, "nobody is asked")
	}
}

func TestALaterPlanKnowsHowTheTargetWasBeforeTheFirstRun(t *testing.T) {
	p := newPulling(t)
	fusion := []directory.Person{someone("ann", "Agent"), someone("bob", "Agent"), someone("came"), someone("out"), someone("before")}
	before := someone("before")
	before.Active = false
	run := func(cxif ...directory.Person) (plan activities.PlanResult, start directory.Change) {
		plan = p.planned(t, fusion, cxif)
		for c, err := range p.ledger.Changes(t.Context(), plan.Plan) {
			require.NoError(t, err)
			if c.Kind == directory.StartSync {
				start = c
			}
		}
		return plan, start
	}
	seen := func(plan int64) {
		p.apply(t, plan)
		p.puller.state.Accounts++
		_, err := p.await(t, plan, false, &p.puller.state)
		require.NoError(t, err)
	}
	first, start := run(before)
	require.Equal(t, directory.RunProbe, start.After["run"])
	again, start := run(before)
	require.Equal(t, directory.RunProbe, start.After["run"], "nothing has run yet")
	require.Equal(t, first.Hash, again.Hash)
	seen(again.Plan)

	_, start = run(before)
	require.Equal(t, directory.RunProbe, start.After["run"], "whoever was there before did not come by it")
	came := someone("came")
	second, start := run(before, came)
	require.Equal(t, directory.RunFull, start.After["run"], "whoever was not did")
	require.NotZero(t, second.Blocking)
	seen(second.Plan)
	_, start = run(before, came)
	require.Equal(t, directory.RunFull, start.After["run"], "and before the second run they were there, but not before the first")
}

func TestTheClientOfTheSynchronizationIsProvenByWhatItCanDo(t *testing.T) {
	refused := func(p directory.Problem, status int) error {
		return &directory.PeerError{Peer: "fusion", Op: "read users", Problem: p, Status: status, Detail: secretName + " may not"}
	}
	for why, c := range map[string]struct {
		err  error
		ok   bool
		says string
	}{
		"it reads people":         {nil, true, ""},
		"it gets no token":        {refused(directory.ProblemAuth, 401), false, "Fusion refuses the client of the synchronization"},
		"it may not read people":  {refused(directory.ProblemAuth, 403), false, directory.RoleUserAdmin},
		"its secret is not shown": {refused(directory.ProblemInvalid, 0), false, ""},
		"there is no such client": {refused(directory.ProblemNotFound, 0), false, ""},
	} {
		p := newPulling(t)
		p.puller.connects = c.err
		var out activities.ProveResult
		_, err := p.run(t, func(a *activities.Activities) any { return a.Prove }, activities.ProveParams{
			Cutover: "spring", Phase: "sync-cxif", ConfigHash: "config", Proof: phase.SyncConnection}, &out, nil)
		require.NoError(t, err, why)
		require.Equal(t, c.ok, out.OK, why)
		require.Equal(t, "cutover-sync", p.puller.as, why)
		require.Contains(t, out.Reason, c.says, why)
		if c.err != nil && c.err.(*directory.PeerError).Status != 0 {
			require.NotContains(t, out.Reason, secretName, "a peer's own words stay out of the history: %s", why)
		}
		signs, err := p.ledger.SignIns(t.Context(), "spring")
		require.NoError(t, err)
		require.Len(t, signs, 1)
		require.Equal(t, string(phase.SyncConnection), signs[0].Kind)
	}
}

func TestAProofThatGotNoAnswerIsTriedAgain(t *testing.T) {
	p := newPulling(t)
	p.puller.connects = errDown
	_, err := p.run(t, func(a *activities.Activities) any { return a.Prove }, activities.ProveParams{
		Cutover: "spring", Phase: "sync-cxif", ConfigHash: "config", Proof: phase.SyncConnection}, nil, nil)
	require.ErrorContains(t, err, "down", "it is no verdict on the client")
}

func TestASecretThatAPersonNamesIsTried(t *testing.T) {
	t.Setenv("SYNC_SECRET", "W0rd")
	p := newPulling(t)
	p.native.ClientSecret = "env:SYNC_SECRET"
	var out activities.ProveResult
	_, err := p.run(t, func(a *activities.Activities) any { return a.Prove }, activities.ProveParams{
		Cutover: "spring", Phase: "sync-cxif", ConfigHash: "config", Proof: phase.SyncConnection}, &out, nil)
	require.NoError(t, err)
	require.True(t, out.OK)
	require.Equal(t, "cutover-sync W0rd", p.puller.as)
}

func TestADomainWithoutASynchronizationOfItsOwnIsAMatterForAPerson(t *testing.T) {
	p := newPulling(t)
	p.other = map[directory.Domain]activities.Domain{directory.CXIF: p.domain}
	_, err := p.await(t, 1, false, nil)
	require.Equal(t, activities.FailureConfiguration, typeOf(t, err))
	require.ErrorContains(t, err, "sync.engine: direct")
}

func TestWhatTheSynchronizationMakesIsNotFilledIn(t *testing.T) {
	e := &activities.Estate{Domains: map[directory.Domain]activities.Domain{directory.Fusion: &domain{}}}
	writes := []directory.Write{{Change: directory.Change{Domain: directory.CXIF, Via: directory.ViaNativeSync, Kind: directory.CreateUser, User: "jo"}}}
	require.NoError(t, activities.Fill(e, t.Context(), writes), "Fusion is not asked, and nobody is missed there")
	require.Empty(t, writes[0].ExternalID)
}
