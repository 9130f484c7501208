package command

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/resolve"
)

// typed is a terminal at which these keys are pressed.
func typed(keys string) asker {
	r, w := io.Pipe()
	go func() { _, _ = io.WriteString(w, keys) }()
	return asker{r, io.Discard}
}

func TestAMenuAnswersWithWhatWasChosen(t *testing.T) {
	options := []string{"one", "two", "three"}
	i, err := typed("\x1b[B\x1b[B\r").Choose(t.Context(), "Which?", options, 0)
	require.NoError(t, err)
	require.Equal(t, 2, i)
	i, err = typed("\r").Choose(t.Context(), "Which?", options, 1)
	require.NoError(t, err)
	require.Equal(t, 1, i)
	_, err = typed("\x1b[B\x03").Choose(t.Context(), "Which?", options, 0)
	require.ErrorIs(t, err, resolve.ErrStopped)
}

func TestATextIsAskedForUntilItIsAllowed(t *testing.T) {
	short := func(s string) error {
		if strings.Contains(s, "!") {
			return errors.New("no exclamation mark")
		}
		return nil
	}
	text, err := typed("a!\r\x7fb\r").Text(t.Context(), "Name", short)
	require.NoError(t, err)
	require.Equal(t, "ab", text)
	_, err = typed("a\x03").Text(t.Context(), "Name", short)
	require.ErrorIs(t, err, resolve.ErrStopped)
}
