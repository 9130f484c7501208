package simulator

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestAConfidentialValueOfAnEstateIsKeptApart(t *testing.T) {
	d := newDomain(directory.CXIF, 1, time.Now)
	element := func(name string, confidential bool) object {
		return object{"name": name, "icfType": "String", "required": true, "confidential": confidential, "value": []any{"of " + name}}
	}
	app := object{"id": "a", "displayName": "x", "basedOnTemplate": object{"value": genericSCIM},
		schemaManaged: object{bundleProperties: []any{element("host", false), element("clientSecret", true)}}}
	require.NoError(t, d.loadOne(kindApps, app))
	s, _ := d.settings[kindApps].find("a")
	require.Equal(t, connection{host: "of host", secret: "of clientSecret"}, d.connectionOf(s))
	var dumped bytes.Buffer
	require.NoError(t, d.dump(&dumped))
	require.Contains(t, dumped.String(), "of host")
	require.NotContains(t, dumped.String(), "of clientSecret")
}

func TestAnImportEndsWithTheSimulator(t *testing.T) {
	fusion, d := newDomain(directory.Fusion, 1, time.Now), newDomain(directory.CXIF, 1, time.Now)
	for range syncBatch + 1 {
		fusion.users.store(&user{id: fusion.newID(), seq: fusion.nextSeq(), name: fusion.newID()})
	}
	ctx, cancel := context.WithCancel(t.Context())
	p := &pull{d: d, how: &puller{fusion: fusion}, app: "app", creates: -1, deactivates: -1}
	seen := 0
	require.ErrorIs(t, p.each(ctx, func(people []person) error {
		seen += len(people)
		cancel()
		return nil
	}), context.Canceled)
	require.Equal(t, syncBatch, seen)
	seen = 0
	require.NoError(t, p.each(t.Context(), func(people []person) error {
		seen += len(people)
		return nil
	}))
	require.Equal(t, syncBatch+1, seen)
}
