package command

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATableStandsInColumnsInColourToo(t *testing.T) {
	var out bytes.Buffer
	tab := newTable("PHASE", "STATE", "PLANNED", "SECONDS")
	tab.row("check", cell{"done", paint{on: true}.good("done")}, 0, 0.25)
	tab.row("sync-utilities", "", 1200, 12.0)
	tab.print(&out)
	require.Equal(t, ""+
		"PHASE           STATE  PLANNED  SECONDS\n"+
		"check           \x1b[32mdone\x1b[0m         0      0.2\n"+
		"sync-utilities            1200     12.0\n", out.String())
}
