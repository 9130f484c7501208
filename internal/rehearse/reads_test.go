package rehearse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"cutover/internal/simulator"
	"cutover/workflows"
)

// readsNamed are the names of reads that a message may say.
var readsNamed = []string{"read users", "read groups", "read grants", "read the members of a group", "look users up", "look grants up", "count what is at", "count the members of a group"}

func TestABrokenReadLeadsToNoOperationAndIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	m := newMany(t)
	undisturbed, err := m.hold(t.Context(), "undisturbed", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, undisturbed.outcome, strings.Join(undisturbed.said, "\n"))
	require.NotEmpty(t, undisturbed.wrote)

	var faults []string
	for _, fault := range simulator.Faults() {
		if strings.HasPrefix(fault, "read-") {
			faults = append(faults, fault)
		}
	}
	require.Len(t, faults, 30)
	for _, d := range []string{"fusion", "utilities", "cxif"} { // in the middle of the cutover, and lookups before writing
		faults = append(faults, "read-empty:"+d+"/users:2", "read-truncated:"+d+"/grants:2", "read-attributes-missing:"+d+"/users:2", "read-empty:"+d+"/lookups:2")
	}
	results := make([]held, len(faults))
	side, ctx := errgroup.WithContext(t.Context())
	side.SetLimit(8) // two cores hold no more
	for i, fault := range faults {
		side.Go(func() (err error) {
			name := strings.NewReplacer(":", "-", "/", "-").Replace(fault)
			if results[i], err = m.hold(ctx, name, fault); err != nil {
				return fmt.Errorf("%s: %w", fault, err)
			}
			return nil
		})
	}
	require.NoError(t, side.Wait())
	for i, fault := range faults {
		h := results[i]
		t.Run(fault, func(t *testing.T) {
			require.Empty(t, h.refused, "no request is refused")
			for op, n := range h.wrote {
				require.LessOrEqual(t, n, undisturbed.wrote[op], "the undisturbed cutover does not do this: %s", op)
			}
			if h.outcome == workflows.OutcomeCompleted {
				require.Equal(t, undisturbed.wrote, h.wrote, "what is not noticed must do no harm")
				return
			}
			domain := strings.FieldsFunc(fault, func(r rune) bool { return r == ':' || r == '/' })[1]
			named := false
			for _, said := range h.said {
				for _, read := range readsNamed {
					named = named || strings.Contains(said, domain+": "+read)
				}
			}
			require.True(t, named, "it must say which read it was: %s", strings.Join(h.said, "\n"))
		})
	}
	noticed := 0
	for _, h := range results {
		if h.outcome != workflows.OutcomeCompleted {
			noticed++
		}
	}
	require.GreaterOrEqual(t, noticed, 36, "nearly all of them stop the cutover")
}
