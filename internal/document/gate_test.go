package document_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/document"
	"cutover/internal/phase"
	"cutover/internal/spool"
)

func TestThePlanAtAGateSaysWhatItWaitsForAndWhatKeepsItShut(t *testing.T) {
	dir, err := spool.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dir.Close()) })
	changes, err := dir.Changes()
	require.NoError(t, err)
	require.NoError(t, changes.Add(directory.Change{Step: 1, Domain: directory.CXIF, Kind: directory.CreateUser, User: "ana",
		After: directory.Attributes{"userName": "ana"}, Why: "in scope"}))
	require.NoError(t, changes.Seal())
	o := document.Options{ConfigHash: "cafe", At: time.Date(2026, 3, 7, 8, 0, 0, 0, time.UTC), LimitsName: "no"}
	ph := phase.Phase{Name: "sync-cxif", Title: "Sync to CXIF"}
	shut := []directory.Finding{{Phase: "sync-cxif", Name: "orphan", Domain: directory.CXIF, User: "bo", Detail: "is alone", Blocking: true}}
	for _, c := range []struct {
		findings []directory.Finding
		page     string
	}{{nil, "It waits at the gate of <b>spring</b>"}, {shut, "finding keeps it shut"}} {
		d, err := document.AtGate(o, "spring", ph, "beef", changes, c.findings)
		require.NoError(t, err)
		require.Equal(t, len(c.findings), d.Blocking)
		require.Equal(t, 1, d.Phases[0].Changes)
		var page, data bytes.Buffer
		require.NoError(t, d.HTML(&page))
		require.Contains(t, page.String(), c.page)
		require.Contains(t, page.String(), "ana")
		require.NotContains(t, page.String(), "Forecast")
		require.NoError(t, d.JSON(&data))
		require.Contains(t, data.String(), `"waits": "spring"`)
		require.Contains(t, data.String(), `"hash": "beef"`)
	}
}
