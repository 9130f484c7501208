package activities_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"cutover/activities"
	"cutover/internal/directory"
	"cutover/internal/observe"
)

// observe tries Observe once. From is what the attempt before last said in its
// heartbeats; last is what this one says.
func (s *stage) observe(t *testing.T, from int64) (out activities.ObserveResult, last int64, err error) {
	t.Helper()
	env, acts := s.attempt(t)
	if from != 0 {
		env.SetHeartbeatDetails(from)
	}
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) { require.NoError(t, details.Get(&last)) })
	v, err := env.ExecuteActivity(acts.Observe, activities.ObserveParams{
		Cutover: "test", Phase: "check", ConfigHash: "config", Domain: directory.Utilities, People: true,
	})
	if err == nil {
		require.NoError(t, v.Get(&out))
	}
	return out, last, err
}

func typeOf(t *testing.T, err error) string {
	t.Helper()
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	return app.Type()
}

// everyone lists who a plan would find in a snapshot, and who is in Desk.
func (s *stage) everyone(t *testing.T, snapshot int64) (names []string, members int) {
	t.Helper()
	side, err := s.ledger.Side(t.Context(), snapshot)
	require.NoError(t, err)
	for p, err := range side.ByName() {
		require.NoError(t, err)
		names = append(names, p.ID)
		if slices.Contains(p.Groups, "Desk") {
			members++
		}
	}
	return names, members
}

var errDown = &directory.PeerError{Peer: "utilities", Op: "read users", Problem: directory.ProblemUnavailable, Detail: "down"}

func TestAReadThatWasInterruptedGoesOnWithThePageWhereItStood(t *testing.T) {
	d := &domain{people: crowd(9), size: 3}
	s := newStage(t, d)
	d.onPage = func(start int) error {
		if start > 4 {
			return errDown
		}
		return nil
	}
	_, last, err := s.observe(t, 0)
	require.Error(t, err)
	require.NotZero(t, last, "the next attempt learns of the snapshot")
	d.asked, d.onPage = nil, nil
	out, _, err := s.observe(t, last)
	require.NoError(t, err)
	require.Equal(t, last, out.Snapshot)
	require.Equal(t, 9, out.Users)
	require.Equal(t, []int{5, 7}, d.asked, "each page begins with the last of the one before")
	names, members := s.everyone(t, out.Snapshot)
	require.Len(t, names, 9)
	require.Equal(t, 9, members)
}

func TestAReadThatWasInterruptedAtAGroupSkipsNone(t *testing.T) {
	d := &domain{people: crowd(4), size: 10}
	s := newStage(t, d)
	d.onGroup = func(id string) error {
		if id == "g2" {
			return errDown
		}
		return nil
	}
	_, last, err := s.observe(t, 0)
	require.Error(t, err)
	var side sync.Mutex // groups are read side by side
	asked := []string{}
	d.onGroup = func(id string) error {
		side.Lock()
		defer side.Unlock()
		asked = append(asked, id)
		return nil
	}
	out, _, err := s.observe(t, last)
	require.NoError(t, err)
	require.Contains(t, asked, "g2", "its members are read, whatever was read beside it")
	_, members := s.everyone(t, out.Snapshot)
	require.Equal(t, 4, members)
}

func TestAReadWhileSomebodyJoinsIsCompleteWithoutThem(t *testing.T) {
	for name, join := range map[string]func(*domain, directory.Person){
		"in front":   func(d *domain, p directory.Person) { p.ID = "id-000"; d.people = slices.Insert(d.people, 0, p) },
		"between":    func(d *domain, p directory.Person) { p.ID = "id-002x"; d.people = slices.Insert(d.people, 2, p) },
		"at the end": func(d *domain, p directory.Person) { d.people = append(d.people, p) },
	} {
		t.Run(name, func(t *testing.T) {
			d := &domain{people: crowd(10), size: 4}
			s := newStage(t, d)
			d.onPage = func(start int) error {
				if start > 1 && len(d.people) == 10 {
					join(d, crowd(11)[10])
				}
				return nil
			}
			out, _, err := s.observe(t, 0)
			require.NoError(t, err)
			names, _ := s.everyone(t, out.Snapshot)
			for _, p := range crowd(10) {
				require.Contains(t, names, p.ID, "whoever was there all the time is in it")
			}
		})
	}
}

func TestAReadWhileSomebodyLeavesIsNotBelieved(t *testing.T) {
	for name, change := range map[string]func(*domain){
		"one leaves":                func(d *domain) { d.people = d.people[1:] },
		"one leaves, and one joins": func(d *domain) { d.people = append(slices.Clone(d.people[1:]), crowd(11)[10]) },
		"most leave":                func(d *domain) { d.people = d.people[:2] },
		"a group is gone meanwhile": func(d *domain) {
			d.onGroup = func(string) error { return &directory.PeerError{Problem: directory.ProblemNotFound} }
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := &domain{people: crowd(10), size: 4}
			s := newStage(t, d)
			d.onPage = func(start int) error {
				if start > 1 && change != nil {
					change(d)
					change = nil
				}
				return nil
			}
			_, last, err := s.observe(t, 0)
			require.ErrorContains(t, err, observe.ErrUnsettled.Error())

			d.onPage, d.onGroup = nil, nil
			out, _, err := s.observe(t, last)
			require.NoError(t, err)
			require.NotEqual(t, last, out.Snapshot, "it begins anew")
			names, _ := s.everyone(t, out.Snapshot)
			var there []string
			for _, p := range d.people {
				there = append(there, p.ID)
			}
			require.Equal(t, there, names, "nobody who left is in it")
		})
	}
}

func TestPagesOfOneAreReadToTheEnd(t *testing.T) {
	d := &domain{people: crowd(5), size: 1}
	s := newStage(t, d)
	out, _, err := s.observe(t, 0)
	require.NoError(t, err)
	require.Equal(t, 5, out.Users)
}

func TestAnEstateWhoseConfigurationIsNotInTheLedgerIsAMatterForAPerson(t *testing.T) {
	s := newStage(t, &domain{size: 1})
	env, acts := s.attempt(t)
	_, err := env.ExecuteActivity(acts.Observe, activities.ObserveParams{ConfigHash: "another", Domain: directory.Utilities})
	require.Equal(t, activities.FailureConfiguration, typeOf(t, err))
	require.ErrorContains(t, err, "cutover reload")
}
