package command

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyATerminalIsColoured(t *testing.T) {
	require.Equal(t, "done", painter(&bytes.Buffer{}).outcome("done", "done"), "a file gets plain words")
	onTerminal := paint{on: true}
	require.Equal(t, "\x1b[32mdone\x1b[0m", onTerminal.outcome("done", "done"))
	require.Equal(t, "\x1b[31mblocked\x1b[0m", onTerminal.outcome("blocked", "blocked"))
	require.Equal(t, "\x1b[33mwaiting\x1b[0m", onTerminal.outcome("waiting", "waiting"))
	require.Equal(t, "off", onTerminal.outcome("off", "off"))
	require.Empty(t, onTerminal.bad(""), "nothing stays nothing")
}
