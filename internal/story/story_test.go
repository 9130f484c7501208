package story_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/story"
)

const configuration = `{"dir":"","config":{"utilities":{"url":"https://u.example"},"cxif":{"url":"https://c.example"},
	"exclude":{"utilities":{"userNames":["bg-admin","svc-*"],"groups":["Robots"]}},
	"scope":{"utilities":["Staff"],"cxif":["Field"]},
	"resolutions":{"utilities":{"users":{"old.name":{"rename":"new.name"},"left.out":{"exclude":true}}}}}}`

type world struct {
	t *testing.T
	l *ledger.Ledger
}

func begin(t *testing.T) world {
	t.Helper()
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	w := world{t, l}
	require.NoError(t, l.PutConfiguration(ctx, "c", []byte(configuration)))
	require.NoError(t, l.PutCutover(ctx, ledger.Cutover{Name: "spring", ConfigHash: "c", Outcome: "completed", Run: 1}))
	require.NoError(t, l.PutVerdicts(ctx, "spring", map[string]string{
		"ann": "create", "Svc-Batch": "excluded", "robbie": "excluded", "left.out": "excluded", "old.name": "username-not-allowed", "asleep": "inactive", "set": "matched", "clash": "username-collision",
	}))
	require.NoError(t, l.SealVerdicts(ctx, "spring"))
	w.read(directory.Utilities, map[string]string{"ann": "", "Svc-Batch": "", "robbie": "Robots", "left.out": "", "new.name": "", "asleep": "", "set": "", "clash": ""})
	w.read(directory.Fusion, map[string]string{"ann": "Staff", "set": "Staff", "new.name": "Staff", "clash": "Others"})
	return w
}

func (w world) read(d directory.Domain, people map[string]string) {
	ctx := w.t.Context()
	s, err := w.l.BeginSnapshot(ctx, "spring", "verify", d)
	require.NoError(w.t, err)
	for name, group := range people {
		p := directory.Person{User: directory.User{ID: "id-" + name, UserName: name, Active: name != "asleep"}}
		if group != "" {
			p.Groups = []string{group}
		}
		require.NoError(w.t, w.l.PutPeople(ctx, s.ID, []directory.Person{p}))
	}
	require.NoError(w.t, w.l.CompleteSnapshot(ctx, s.ID))
}

func (w world) plan(phase, hash string, findings []directory.Finding, changes ...directory.Change) int64 {
	ctx := w.t.Context()
	id, err := w.l.BeginPlan(ctx, "spring", phase, false)
	require.NoError(w.t, err)
	require.NoError(w.t, w.l.AddChanges(ctx, id, changes))
	require.NoError(w.t, w.l.AddFindings(ctx, id, findings))
	_, err = w.l.SealPlan(ctx, id, hash)
	require.NoError(w.t, err)
	return id
}

func (w world) record(plan int64, n int, records ...ledger.Record) {
	claimed, err := w.l.Claim(w.t.Context(), plan, 1, func(directory.Change) int { return n }, time.Now())
	require.NoError(w.t, err)
	counted, err := w.l.Record(w.t.Context(), plan, claimed[0].Fence, records)
	require.NoError(w.t, err)
	require.Equal(w.t, len(records), counted)
}

func (w world) approve(phase, hash string) {
	_, err := w.l.PutDecision(w.t.Context(), ledger.Decision{ID: hash, Cutover: "spring", Phase: phase, Hash: hash, Verb: "approve", By: "eve", At: time.Now()})
	require.NoError(w.t, err)
}

func (w world) tell(user string) story.Story {
	s, err := story.Tell(w.t.Context(), w.l, "spring", user)
	require.NoError(w.t, err)
	return s
}

func create(user string) directory.Change {
	return directory.Change{Step: 1, Domain: directory.Fusion, Kind: directory.CreateUser, User: user, Why: "verdict: create"}
}

func TestAStoryTellsEachChangeWithItsOutcomeAndTheApprovalThatCoveredIt(t *testing.T) {
	w := begin(t)
	plan := w.plan("migrate", "0123456789abcdef", []directory.Finding{{Phase: "migrate", Name: "note", Domain: directory.Utilities, User: "other", Other: "bob, Ann", Detail: "d"}}, create("ann"), create("bob"))
	w.record(plan, 2, ledger.Record{Seq: 1, State: "applied", ResourceID: "res", RequestID: "req"}, ledger.Record{Seq: 2, State: "failed"})
	w.approve("migrate", "0123456789ab")
	w.approve("sync-cxif", "0123456789ab")
	require.NoError(t, w.l.PutSignIn(t.Context(), "spring", ledger.SignIn{Phase: "sso-on", User: "Ann", Prover: "robot", Kind: "sample", Outcome: "ok", At: time.Now()}))
	require.NoError(t, w.l.PutAcceptances(t.Context(), []ledger.Acceptance{
		{Cutover: "spring", Phase: "sso-on", User: "Ann", Reason: "no-fusion-user", By: "eve", Why: "on leave", At: time.Now()},
		{Cutover: "spring", Phase: "sso-on", User: "bob", Reason: "no-fusion-user", By: "eve", Why: "on leave", At: time.Now()},
	}))
	s := w.tell("ANN")
	require.Len(t, s.Accepted, 1)
	require.True(t, s.Known)
	require.Equal(t, "create", s.Verdict)
	require.NotEmpty(t, s.Rule)
	require.Len(t, s.Chapters, 1)
	require.Len(t, s.Chapters[0].Events, 1)
	e := s.Chapters[0].Events[0]
	require.Equal(t, create("ann"), e.Change)
	require.Equal(t, [3]string{"applied", "res", "req"}, [3]string{e.State, e.ResourceID, e.RequestID})
	require.Len(t, s.Chapters[0].Approvals, 1)
	require.Equal(t, "eve", s.Chapters[0].Approvals[0].By)
	require.Equal(t, "0123456789abcdef", s.Chapters[0].Approvals[0].Hash)
	require.Len(t, s.Findings, 1, "whom a finding names on the other side is concerned too")
	require.Len(t, s.SignIns, 1)
	require.Empty(t, s.Nothing)
	require.Equal(t, []string{"Staff"}, s.Places[0].Person.Groups)
}

func TestWhatIsLeftOfAPlanIsCoveredByTheApprovalOfThatPlan(t *testing.T) {
	w := begin(t)
	w.plan("migrate", "0123456789abcdef", nil, create("ann"), create("bob"))
	w.approve("migrate", "0123456789abcdef")
	w.plan("migrate", "fedcba9876543210", nil, create("ann"))
	w.plan("migrate", "fedcba9876543211", nil, create("newcomer"))
	chapters := w.tell("ann").Chapters
	require.Len(t, chapters, 2)
	require.Equal(t, "0123456789abcdef", chapters[1].Approvals[0].Hash)
	require.Empty(t, w.tell("newcomer").Chapters[0].Approvals, "nobody approved what no approved plan held")
}

func TestAStoryFollowsAPersonThroughARenameInBothDirections(t *testing.T) {
	w := begin(t)
	rename := directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.UpdateUser, User: "old.name", After: directory.Attributes{"userName": "new.name"}, Why: "resolution rename"}
	other := create("old.name") // somebody else, in Fusion
	w.record(w.plan("migrate", "h", nil, rename, other, create("new.name")), 1, ledger.Record{Seq: 1, State: "applied"})
	from, to := w.tell("Old.Name"), w.tell("new.name")
	require.Equal(t, []string{"Old.Name", "new.name"}, from.Names)
	require.Len(t, from.Chapters[0].Events, 3, "the name that was asked for is told in every domain")
	require.Equal(t, []string{"new.name", "old.name"}, to.Names)
	require.Equal(t, "username-not-allowed", to.Verdict)
	require.Len(t, to.Chapters[0].Events, 2, "who bears the old name elsewhere is somebody else")
	require.Equal(t, `resolutions.utilities.old.name: {"rename":"new.name"}`, to.Said[0])
}

func TestOfSomebodyAboutWhomNothingWasDoneItSaysWhyNothing(t *testing.T) {
	w := begin(t)
	for user, want := range map[string]string{
		"svc-batch": `utilities: is excluded by exclude.utilities.userNames: "svc-*"`,
		"robbie":    `utilities: is excluded as a member of "Robots" (exclude.utilities.groups)`,
		"left.out":  `utilities: is excluded by a resolution (resolutions.utilities: exclude: true)`,
		"asleep":    "utilities: was not active in Utilities at the start, and nobody is woken who was switched off",
		"set":       "cxif: is not in scope: in Fusion a member of none of Field (scope.cxif)",
		"clash":     "the verdict asks for a person's word: while the finding is open, nothing is written",
	} {
		s := w.tell(user)
		require.True(t, s.Known, user)
		require.Contains(t, s.Nothing, want, user)
		require.Empty(t, s.Chapters)
	}
	require.NotContains(t, w.tell("set").Nothing, "utilities: is not in scope: in Fusion a member of none of Staff (scope.utilities)")
}

func TestANameThatNobodyBearsIsAnsweredWithThoseThatAreSpeltLikeIt(t *testing.T) {
	w := begin(t)
	s := w.tell("svc-bach")
	require.False(t, s.Known)
	require.Equal(t, []string{"Svc-Batch"}, s.Near)
	require.Contains(t, w.tell("name").Near, "new.name")
	require.Empty(t, w.tell("quite somebody else").Near)
	_, err := story.Tell(t.Context(), w.l, "autumn", "ann")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}
