package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

var (
	testLines = []string{
		"1 fusion user.create cutover.test", "1 utilities user.create cutover.test",
		"2 utilities setting.put condition/SSO test", "3 utilities setting.put rule/SSO test", "4 utilities setting.put policy/default",
	}
	testAsItIs = testLines[:2]
	testForAll = append(append([]string{}, testLines[:2]...), "2 utilities setting.put rule/default")
	offFromOne = []string{"2 utilities setting.put rule/default"}
	offFromAll = []string{"1 utilities setting.put rule/default", "2 utilities setting.put rule/default"}
	on         = []string{
		"1 fusion user.create cutover.test", "1 utilities user.create cutover.test",
		"2 utilities setting.put rule/default", "3 utilities setting.put rule/default",
	}
	nothing []string
)

// The design's table of the switch phases: what each plans from what it finds.
func TestTheSwitchPhasesPlanFromWhatTheyFind(t *testing.T) {
	type row struct {
		name              string
		state             string
		noWork, takeDown  bool
		forAll            bool // the test is offered to everyone
		done              []string
		test, off, turnOn []string
	}
	for _, r := range []row{
		{name: "local only, people to move", state: StateLocalOnly, test: testLines, off: nothing, turnOn: on},
		{name: "local only, nobody to move", state: StateLocalOnly, noWork: true, test: testLines, off: nothing, turnOn: on},
		{name: "local only, the test for everyone", state: StateLocalOnly, forAll: true, test: testForAll, off: nothing, turnOn: on},
		{name: "both offered, people to move", state: StateBoth, test: testAsItIs, off: offFromOne, turnOn: on},
		{name: "both offered, nobody to move", state: StateBoth, noWork: true, test: testAsItIs, off: offFromOne, turnOn: on},
		{name: "both offered, the test for everyone", state: StateBoth, forAll: true, test: testAsItIs, off: offFromOne, turnOn: on},
		{name: "SSO only, people to move", state: StateSSOOnly, test: nothing, off: nothing, turnOn: nothing},
		{name: "SSO only, people to move, insisting", state: StateSSOOnly, takeDown: true, test: testAsItIs, off: offFromAll, turnOn: nothing},
		{name: "SSO only, nobody to move", state: StateSSOOnly, noWork: true, test: nothing, off: nothing, turnOn: nothing},
		{name: "SSO only, nobody to move, insisting", state: StateSSOOnly, noWork: true, takeDown: true, test: nothing, off: nothing, turnOn: nothing},
		{name: "this cutover has tested", state: StateLocalOnly, done: []string{"sso-test"}, test: nothing, off: nothing, turnOn: on},
		{name: "this cutover has tested and turned off", state: StateBoth, done: []string{"sso-test", "sso-off"}, test: nothing, off: nothing, turnOn: on},
		{name: "this cutover has turned on", state: StateSSOOnly, done: []string{"sso-test", "sso-off", "sso-on"}, test: nothing, off: nothing, turnOn: nothing},
		{name: "this cutover had turned on, and somebody turned it off", state: StateLocalOnly, done: []string{"sso-test", "sso-off", "sso-on"}, test: nothing, off: nothing, turnOn: nothing},
		{name: "insisting, and turned off already", state: StateSSOOnly, takeDown: true, done: []string{"sso-test", "sso-off"}, test: nothing, off: nothing, turnOn: nothing},
	} {
		t.Run(r.name, func(t *testing.T) {
			w := setUp(t).inState(r.state)
			in := input(w)
			in.PeopleWork, in.SSO.TakeDown, in.SSO.TestByDefaultRule, in.Done = !r.noWork, r.takeDown, r.forAll, done(r.done...)
			for _, ph := range []struct {
				Phase
				want []string
			}{{ssoTest, r.test}, {ssoOff, r.off}, {ssoOn, r.turnOn}} {
				c := plan(t, ph.Phase, in)
				require.Empty(t, c.findings, ph.Name)
				require.Equal(t, ph.want, c.lines(), ph.Name)
			}
		})
	}
}

// inState makes the default rule of Utilities offer what the state says.
func (w *world) inState(state string) *world {
	switch state {
	case StateBoth:
		return w.offer(true, w.idpID("Fusion"))
	case StateSSOOnly:
		return w.offer(false, w.idpID("Fusion"))
	}
	return w.offer(true)
}

func TestTheStateOfTheSwitchIsReadFromTheDefaultRule(t *testing.T) {
	for _, state := range []string{StateLocalOnly, StateBoth, StateSSOOnly} {
		require.Equal(t, state, SwitchState(setUp(t).inState(state).utilities.outline.SSO, "Fusion"))
	}
	require.Equal(t, StateNeither, SwitchState(setUp(t).offer(false, "partner").utilities.outline.SSO, "Fusion"))
	require.Equal(t, StateNeither, SwitchState(directory.SSO{}, "Fusion"))
	require.Equal(t, StateLocalOnly, SwitchState(setUp(t).offer(true, "partner").utilities.outline.SSO, "Fusion"), "another provider is not ours")
}

func TestAWholeCutoverEndsWithSSOAsTheOnlyWayIn(t *testing.T) {
	for _, state := range []string{StateLocalOnly, StateBoth} {
		for _, forAll := range []bool{false, true} {
			w := setUp(t).inState(state)
			adjust := func(in *Input) { in.SSO.TestByDefaultRule = forAll }
			w.carryOut(t, ssoTest, adjust)
			w.carryOut(t, ssoOff, adjust)
			sso := w.utilities.outline.SSO
			require.Equal(t, StateLocalOnly, SwitchState(sso, "Fusion"), "while people are moved")
			require.Equal(t, []string{"Keep local sign-in", "default"}, sso.Order(), "the test rule is gone")
			on := w.carryOut(t, ssoOn, adjust)
			require.Len(t, on.changes, 2, "the test user is there already")
			w.carryOut(t, tidy, adjust)

			sso = w.utilities.outline.SSO
			last, _ := sso.Default()
			require.Equal(t, []string{w.idpID("Fusion")}, last.SAML)
			require.Empty(t, last.Local)
			front := sso.Rules[0]
			require.Equal(t, "Keep local sign-in", front.Name)
			require.True(t, front.OffersLocal())
			c, _ := sso.ConditionByID(front.Condition)
			require.Equal(t, `["bg-admin","svc-meter"]`, c.Value)
			require.Empty(t, sso.Spare)
			require.Len(t, sso.Conditions, 1)
			require.Len(t, w.utilities.people, 4)
			require.Len(t, w.fusion.people, 2)

			for _, ph := range []Phase{ssoSetup, ssoTest, ssoOff, ssoOn, tidy} {
				in := input(w)
				in.PeopleWork = false
				require.Empty(t, plan(t, ph, in).changes, "a second run of %s", ph.Name)
			}
		}
	}
}

func TestOffGoesInTheOrderThatNeverLeavesNobody(t *testing.T) {
	w := setUp(t).inState(StateSSOOnly)
	in := input(w)
	in.SSO.TakeDown = true
	c := plan(t, ssoOff, in)
	require.Equal(t, directory.Attributes{"local": `[]`, "saml": `["Fusion"]`}, c.changes[0].Before)
	require.Equal(t, directory.Attributes{"local": `["UserNamePassword"]`, "saml": `["Fusion"]`}, c.changes[0].After)
	require.Equal(t, c.changes[0].After, c.changes[1].Before, "the second step starts where the first one ends")
	require.Equal(t, directory.Attributes{"local": `["UserNamePassword"]`, "saml": `[]`}, c.changes[1].After)
	require.Equal(t, []Proof{EmergencyLocal}, ssoOff.Proofs(in, 0))
}

func TestOffTakesTheTestRuleApartOneRequestAtATime(t *testing.T) {
	w := setUp(t)
	w.carryOut(t, ssoTest, asItIs)
	require.Equal(t, []string{"Keep local sign-in", "SSO test", "default"}, w.utilities.outline.SSO.Order())
	c := w.carryOut(t, ssoOff, asItIs)
	require.Equal(t, []string{
		"3 utilities setting.put policy/default", "4 utilities setting.drop rule/SSO test", "5 utilities setting.drop condition/SSO test",
	}, c.lines())
}

func TestAnotherIdentityProviderStaysInTheRuleAndIsReported(t *testing.T) {
	w := setUp(t)
	w.utilities.outline.SSO.IdPs = append(w.utilities.outline.SSO.IdPs, directory.IdP{ID: "p1", Name: "Partner", Enabled: true})
	w.offer(true, "p1", w.idpID("Fusion"))
	off := w.carryOut(t, ssoOff, asItIs)
	require.Equal(t, `["Partner"]`, off.changes[0].After["saml"])
	require.Equal(t, "another-idp", off.findings[0].Name)
	require.False(t, off.findings[0].Blocking)
	on := w.carryOut(t, ssoOn, asItIs)
	require.Equal(t, directory.Attributes{"local": "[]", "saml": `["Partner","Fusion"]`}, on.changes[len(on.changes)-1].After)
}

func TestNobodyIsTurnedOffWhoHasNoLocalSignInToGoBackTo(t *testing.T) {
	w := setUp(t).inState(StateBoth)
	for name, change := range map[string]func(*directory.Person){
		"zoe":      func(*directory.Person) {},
		"asleep":   func(p *directory.Person) { p.Active = false },
		"barred":   func(p *directory.Person) { p.Locked, p.LockReason = true, 1 },
		"svc-data": func(*directory.Person) {},
		"local":    func(p *directory.Person) { p.Federated = false },
		"idle":     func(p *directory.Person) { p.Roles = nil },
	} {
		p := worker(name)
		p.Federated = true
		change(&p)
		w.fusion.people = append(w.fusion.people, person(name))
		w.utilities.people = append(w.utilities.people, p)
	}
	in := input(w)
	require.Equal(t, []string{"locked-out-by-off svc-data", "locked-out-by-off zoe"}, plan(t, ssoOff, in).blocking())
	in.Done = done("sso-off")
	require.Empty(t, plan(t, ssoOff, in).blocking(), "what is done is not done again")
	w.inState(StateLocalOnly)
	require.Empty(t, plan(t, ssoOff, input(w)).blocking(), "nobody signs in by SSO")
	w.inState(StateSSOOnly)
	require.Empty(t, plan(t, ssoOff, input(w)).blocking(), "it stays on")
	in = input(w)
	in.SSO.TakeDown = true
	require.Equal(t, []string{"locked-out-by-off svc-data", "locked-out-by-off zoe"}, plan(t, ssoOff, in).blocking())
}

func TestATestForEveryoneLooksBeforeItWhoWouldBeTurnedOff(t *testing.T) {
	zoe := worker("zoe")
	zoe.Federated = true
	forAll := func(in *Input) { in.SSO.TestByDefaultRule = true }

	w := setUp(t).inState(StateBoth)
	w.fusion.people = append(w.fusion.people, person("zoe"))
	w.utilities.people = append(w.utilities.people, zoe)
	in := input(w)
	forAll(&in)
	require.Equal(t, []string{"locked-out-by-off zoe"}, plan(t, ssoTest, in).blocking())

	w = setUp(t).inState(StateLocalOnly)
	w.utilities.people = append(w.utilities.people, zoe)
	w.carryOut(t, ssoTest, forAll) // offers SSO to zoe too, who had no way in before
	w.carryOut(t, ssoOff, forAll)
}
