package wayback_test

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
	"cutover/internal/wayback"
)

// plan is a way back as it was planned.
type plan struct {
	reconciletest.Sink
	undoes map[int][]wayback.Ref // by the number of the change
}

func (p *plan) Change(c directory.Change, undoes []wayback.Ref) error {
	if p.undoes == nil {
		p.undoes = map[int][]wayback.Ref{}
	}
	p.undoes[len(p.Changes)] = undoes
	return p.Sink.Change(c)
}

// record is what a cutover applied, as the ledger streams it.
type record struct {
	steps []wayback.Step
	plans int64
}

// ids are the ids of people by domain and name.
func ids(w reconcile.World) map[string]string {
	out := map[string]string{}
	for d, side := range w {
		for _, p := range side.(*reconciletest.Side).People {
			out[string(d)+directory.Fold(p.UserName)] = p.ID
		}
	}
	return out
}

// identified gives whoever has no id one, as a domain does, and returns these
// by domain and name.
func identified(w reconcile.World) map[string]string {
	out := map[string]string{}
	for d, side := range w {
		people := side.(*reconciletest.Side).People
		for i, p := range people {
			if p.ID == "" {
				people[i].ID = madeMark + p.UserName
				out[string(d)+directory.Fold(p.UserName)] = people[i].ID
			}
		}
	}
	return out
}

// madeMark begins the id of whoever a cutover made.
const madeMark = "made:"

// applied records the changes of a plan, with what the domains called the people.
func (r *record) applied(phase string, changes []directory.Change, ids map[string]string) {
	r.plans++
	byStep := map[int][]wayback.Recorded{}
	for i, c := range changes {
		byStep[c.Step] = append(byStep[c.Step], wayback.Recorded{Ref: wayback.Ref{Plan: r.plans, Seq: i + 1}, Change: c, ResourceID: ids[string(c.Domain)+directory.Fold(c.User)]})
	}
	var steps []int
	for n := range byStep {
		steps = append(steps, n)
	}
	slices.Sort(steps)
	for _, n := range steps {
		list := byStep[n]
		slices.SortFunc(list, func(a, b wayback.Recorded) int {
			return cmp.Or(cmp.Compare(a.Change.Domain, b.Change.Domain), cmp.Compare(directory.Fold(a.Change.User), directory.Fold(b.Change.User)), cmp.Compare(b.Seq, a.Seq))
		})
		r.steps = append([]wayback.Step{{Phase: phase, Changes: func() iter.Seq2[wayback.Recorded, error] {
			return func(yield func(wayback.Recorded, error) bool) {
				for _, x := range list {
					if !yield(x, nil) {
						return
					}
				}
			}
		}}}, r.steps...)
	}
}

func (r *record) back(t require.TestingT, w reconcile.World) *plan {
	p := &plan{}
	require.NoError(t, wayback.Plan(wayback.Input{World: w, Steps: r.steps}, p))
	require.True(t, slices.IsSortedFunc(p.Changes, func(a, b directory.Change) int { return a.Step - b.Step }), "changes come in the order of their steps")
	require.Empty(t, p.Blocking())
	return p
}

// carryOut applies a plan step by step, at most until a step.
func carryOut(t require.TestingT, w reconcile.World, changes []directory.Change, until int) reconcile.World {
	for len(changes) > 0 && changes[0].Step <= until {
		n := 1
		for n < len(changes) && changes[n].Step == changes[0].Step {
			n++
		}
		var err error
		w, err = reconciletest.Apply(w, changes[:n])
		require.NoError(t, err)
		changes = changes[n:]
	}
	return w
}

const everyStep = 1 << 30

// forward carries the phases that move people out, each without some people, and
// returns the world that they leave and what was applied.
func forward(t *rapid.T, e reconciletest.Estate) (reconcile.World, *record) {
	w, r := e.World, &record{}
	for _, ph := range phase.Procedure {
		switch ph.Name {
		case "migrate", "sync-utilities", "access-utilities", "sync-cxif", "access-cxif":
		default:
			continue
		}
		sink := &reconciletest.Sink{}
		require.NoError(t, ph.Plan(phase.Input{World: w, Rules: e.Rules}, sink), ph.Name)
		left := map[string]bool{}
		changes := slices.DeleteFunc(sink.Changes, func(c directory.Change) bool {
			key := string(c.Domain) + directory.Fold(c.User)
			if _, asked := left[key]; !asked {
				left[key] = rapid.IntRange(0, 5).Draw(t, "left out") == 0
			}
			return left[key] && c.After["userName"] == "" // a domain takes a name only once it is free
		})
		before := ids(w)
		w = carryOut(t, w, changes, everyStep)
		made := identified(w)
		for k, id := range made { // a domain says what it calls whom it has just made
			before[k] = id
		}
		r.applied(ph.Name, changes, before)
	}
	return w, r
}

// isBack demands that everyone who was there is as they were, and that whoever
// was made is inactive and holds nothing.
func isBack(t require.TestingT, start, end reconcile.World) {
	for d, side := range start {
		were := side.(*reconciletest.Side).People
		byID := map[string]directory.Person{}
		for _, p := range end[d].(*reconciletest.Side).People {
			if strings.HasPrefix(p.ID, madeMark) {
				require.False(t, p.Active, "%s in %s was made, and is active", p.UserName, d)
				require.Empty(t, p.Groups, "%s in %s", p.UserName, d)
				require.Empty(t, p.Roles, "%s in %s", p.UserName, d)
				continue
			}
			byID[p.ID] = sorted(p)
		}
		require.Len(t, byID, len(were), "people in %s", d)
		for _, p := range were {
			now := byID[p.ID]
			// What no domain takes back stays as the cutover set it.
			if p.FamilyName == "" {
				p.FamilyName = now.FamilyName
			}
			if p.Email == "" {
				p.Email = now.Email
			}
			if !reconcile.Allowed(p.UserName) {
				p.UserName = now.UserName
			}
			require.Equal(t, sorted(p), now, "%s in %s", p.UserName, d)
		}
	}
}

func sorted(p directory.Person) directory.Person {
	p.Groups = append([]string{}, p.Groups...)
	slices.Sort(p.Groups)
	p.Roles = append([]directory.Role{}, p.Roles...)
	slices.SortFunc(p.Roles, func(a, b directory.Role) int { return strings.Compare(a.String(), b.String()) })
	return p
}

// onlyLost demands that nothing is reported but what no domain takes back.
func onlyLost(t require.TestingT, p *plan) {
	for _, f := range p.Findings {
		require.Equal(t, wayback.FindingLost, f.Name, f.Detail)
	}
}

func TestTheWayBackLeadsToTheStartWhateverWasApplied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		w, r := forward(t, e)
		back := r.back(t, w)
		onlyLost(t, back)
		end := carryOut(t, w, back.Changes, everyStep)
		isBack(t, e.World, end)
		again := r.back(t, end)
		require.Empty(t, again.Changes, "what is undone is not undone again")
		onlyLost(t, again)
	})
}

func TestAWayBackThatWasInterruptedGoesOnFromWhereItStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		w, r := forward(t, e)
		for range rapid.IntRange(1, 3).Draw(t, "interruptions") {
			back := r.back(t, w)
			some := slices.DeleteFunc(slices.Clone(back.Changes), func(c directory.Change) bool {
				return c.After["userName"] == "" && rapid.IntRange(0, 9).Draw(t, "lost") == 0
			})
			w = carryOut(t, w, some, rapid.IntRange(0, 10).Draw(t, "until"))
		}
		end := carryOut(t, w, r.back(t, w).Changes, everyStep)
		isBack(t, e.World, end)
	})
}

func TestEveryChangeOfPeopleUndoesOneThatWasRecordedAndEachOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := forward(t, reconciletest.Draw(t, true))
		seen := map[wayback.Ref]bool{}
		for _, refs := range r.back(t, w).undoes {
			require.Len(t, refs, 1)
			require.False(t, seen[refs[0]])
			seen[refs[0]] = true
		}
	})
}

func TestWhatOthersChangedSinceIsReportedAndNotOverwritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		w, r := forward(t, e)
		changed := map[directory.Domain]map[string]bool{}
		for d, side := range w {
			changed[d] = map[string]bool{}
			people := side.(*reconciletest.Side).People
			for i := range people {
				if rapid.IntRange(0, 3).Draw(t, "changed by others") == 0 {
					people[i].FamilyName, people[i].Email = "Elsewhere", "elsewhere@example.com"
					changed[d][directory.Fold(people[i].UserName)] = true
				}
			}
		}
		back := r.back(t, w)
		reported := map[string]bool{}
		for _, f := range back.Findings {
			reported[string(f.Domain)+directory.Fold(f.User)] = true
		}
		end := carryOut(t, w, back.Changes, everyStep)
		for d := range changed {
			n := 0
			for _, p := range end[d].(*reconciletest.Side).People {
				if p.FamilyName == "Elsewhere" {
					n++
					require.Equal(t, "elsewhere@example.com", p.Email)
				}
			}
			require.Equal(t, len(changed[d]), n, "%s: what others wrote is still there", d)
		}
		for _, s := range r.steps {
			for x := range s.Changes() {
				key := directory.Fold(x.Change.User)
				_, touches := x.Change.After["familyName"]
				if x.Change.Kind == directory.UpdateUser && x.Change.After["userName"] == "" && touches && changed[x.Change.Domain][key] {
					require.True(t, reported[string(x.Change.Domain)+key], "%s of %s", x.Change.Kind, x.Change.User)
				}
			}
		}
	})
}
