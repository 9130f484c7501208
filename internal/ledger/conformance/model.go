package conformance

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func concurrentClaims(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	var all []directory.Change
	for i := range 400 {
		all = append(all, [2]directory.Change{create(fmt.Sprint(i)), join(fmt.Sprint(i), fmt.Sprint("G", i%3))}[i%2])
	}
	plan := planOf(t, ctx, l, all...)
	var mu sync.Mutex
	holder := map[int]int64{} // seq -> fence
	batches := map[int64]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				claimed, err := l.Claim(ctx, plan, 1, atMost(7), noon)
				if err != nil {
					t.Errorf("a claim failed: %v", err)
					return
				}
				if len(claimed) == 0 {
					return
				}
				var records []ledger.Record
				mu.Lock()
				batches[claimed[0].Fence]++
				for _, c := range claimed {
					if _, twice := holder[c.Seq]; twice {
						t.Errorf("change %d was handed out twice", c.Seq)
					}
					holder[c.Seq] = c.Fence
					records = append(records, ledger.Record{Seq: c.Seq, State: ledger.StateApplied})
				}
				mu.Unlock()
				if n, err := l.Record(ctx, plan, claimed[0].Fence, records); err != nil || n != len(records) {
					t.Errorf("%d of %d records count: %v", n, len(records), err)
				}
			}
		})
	}
	wg.Wait()
	require.Len(t, holder, len(all))
	for fence, n := range batches {
		require.Equal(t, 1, n, "fence %d was given twice", fence)
	}
	p, err := l.Progress(ctx, plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Applied: len(all)}, p)
}

// row is a change as the model sees it.
type row struct {
	change   directory.Change
	state    string
	fence    int64
	attempts int
}

// model is the law of claims in a few lines of Go, beside the ledger that must
// follow it.
type model struct {
	ctx    context.Context
	ledger *ledger.Ledger
	plan   int64
	rows   []row   // by seq, from 1
	fences []int64 // all that were ever given, dead or in force
}

func claimsModel(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	rapid.Check(t, func(t *rapid.T) {
		m := &model{ctx: ctx, ledger: l, rows: make([]row, 1), fences: []int64{0}}
		var all []directory.Change
		for i := range rapid.IntRange(1, 12).Draw(t, "changes") {
			c := rapid.SampledFrom([]directory.Change{create("u"), join("u", "G"), join("u", "H")}).Draw(t, "change")
			c.Step, c.User = rapid.IntRange(1, 2).Draw(t, "step"), fmt.Sprint("u", i)
			all = append(all, c)
			m.rows = append(m.rows, row{change: c, state: "planned"})
		}
		m.plan = planOf(t, ctx, l, all...)
		t.Repeat(map[string]func(*rapid.T){
			"claim": m.claim, "record": m.record, "release": m.release, "take over": m.takeOver, "look": m.look,
		})
		m.look(t)
	})
}

func (m *model) fence(t *rapid.T) int64 { return rapid.SampledFrom(m.fences).Draw(t, "fence") }

// some are any seqs, real or not.
func (m *model) some(t *rapid.T) []int {
	return rapid.SliceOfDistinct(rapid.IntRange(0, len(m.rows)), rapid.ID[int]).Draw(t, "seqs")
}

// held are those of the seqs that are claimed under the fence.
func (m *model) held(seqs []int, fence int64) []int {
	return slices.DeleteFunc(slices.Clone(seqs), func(seq int) bool {
		return seq < 1 || seq >= len(m.rows) || m.rows[seq].state != "claimed" || m.rows[seq].fence != fence
	})
}

func (m *model) claim(t *rapid.T) {
	step, size := rapid.IntRange(1, 2).Draw(t, "step"), rapid.IntRange(1, 4).Draw(t, "size")
	var want []int
	for seq := 1; seq < len(m.rows) && len(want) < size; seq++ {
		r := m.rows[seq]
		if r.state == "planned" && r.change.Step == step && (len(want) == 0 || together(m.rows[want[0]].change, r.change)) {
			want = append(want, seq)
		}
	}
	got, err := m.ledger.Claim(m.ctx, m.plan, step, atMost(size), noon)
	require.NoError(t, err)
	require.Equal(t, append([]int{}, want...), seqs(got))
	for _, c := range got {
		r := &m.rows[c.Seq]
		require.Greater(t, c.Fence, slices.Max(m.fences), "a fence only grows")
		require.Equal(t, r.change, c.Change)
		require.Equal(t, got[0].Fence, c.Fence)
		r.state, r.fence, r.attempts = "claimed", c.Fence, r.attempts+1
	}
	if len(got) > 0 {
		m.fences = append(m.fences, got[0].Fence)
	}
}

// together tells whether two changes can travel in one request.
func together(a, b directory.Change) bool {
	return a.Kind == b.Kind && a.Domain == b.Domain && (a.Kind == directory.CreateUser || a.Target == b.Target)
}

func (m *model) record(t *rapid.T) {
	fence, some := m.fence(t), m.some(t)
	state := rapid.SampledFrom([]string{ledger.StateApplied, ledger.StateSkipped, ledger.StateFailed}).Draw(t, "state")
	var records []ledger.Record
	for _, seq := range some {
		records = append(records, ledger.Record{Seq: seq, State: state})
	}
	held := m.held(some, fence)
	n, err := m.ledger.Record(m.ctx, m.plan, fence, records)
	require.NoError(t, err)
	require.Equal(t, len(held), n)
	for _, seq := range held {
		m.rows[seq].state = state
	}
}

func (m *model) release(t *rapid.T) {
	fence, some := m.fence(t), m.some(t)
	require.NoError(t, m.ledger.Release(m.ctx, m.plan, fence, some))
	for _, seq := range m.held(some, fence) {
		m.rows[seq].state = "planned"
	}
}

func (m *model) takeOver(t *rapid.T) {
	old, some := m.fence(t), m.some(t)
	held := m.held(some, old)
	fence, n, err := m.ledger.Reclaim(m.ctx, m.plan, some, old, noon)
	require.NoError(t, err)
	require.Equal(t, len(held), n)
	if n == 0 {
		return
	}
	require.Greater(t, fence, slices.Max(m.fences), "a fence only grows")
	m.fences = append(m.fences, fence)
	for _, seq := range held {
		m.rows[seq].fence = fence
	}
}

// look compares all that can be seen of the plan with the model.
func (m *model) look(t *rapid.T) {
	var want ledger.Progress
	claimed := map[int][]ledger.Claimed{}
	for seq, r := range m.rows[1:] {
		count := map[string]*int{
			"planned": &want.Planned, "claimed": &want.Claimed,
			ledger.StateApplied: &want.Applied, ledger.StateSkipped: &want.Skipped, ledger.StateFailed: &want.Failed,
		}[r.state]
		*count++
		if step := r.change.Step; r.state == "claimed" {
			claimed[step] = append(claimed[step], ledger.Claimed{Seq: seq + 1, Change: r.change, Fence: r.fence, Deadline: noon, Attempts: r.attempts})
		}
	}
	got, err := m.ledger.Progress(m.ctx, m.plan, 0)
	require.NoError(t, err)
	require.Equal(t, want, got)
	for step := 1; step <= 2; step++ {
		stale, err := m.ledger.Stale(m.ctx, m.plan, step)
		require.NoError(t, err)
		require.Equal(t, claimed[step], stale)
	}
}
