package report_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/observe"
	"cutover/internal/report"
)

func TestTheReportTellsWhatOthersChangedThatTheCutoverHadWritten(t *testing.T) {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	r, err := report.Build(t.Context(), l, "spring")
	require.NoError(t, err)
	require.Empty(t, r.ChangedByOthers)

	given := directory.Change{Step: 1, Domain: directory.CXIF, Kind: directory.AddGrant, User: "ana", Target: "CXIF/Read", Why: "access.cxif.roles"}
	body, err := json.Marshal([]directory.Change{given})
	require.NoError(t, err)
	require.NoError(t, l.PutValue(t.Context(), "spring", observe.ValueChangedByOthers(directory.CXIF), body))
	r, err = report.Build(t.Context(), l, "spring")
	require.NoError(t, err)
	require.Equal(t, []directory.Change{given}, r.ChangedByOthers)
}
