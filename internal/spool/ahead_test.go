package spool

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAStreamReadAheadIsTheStreamAndEndsWithItsReader(t *testing.T) {
	broken := errors.New("the read broke off")
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 5*batchSize).Draw(rt, "rows")
		breaks := rapid.Bool().Draw(rt, "breaks off")
		leave := rapid.IntRange(1, 6*batchSize).Draw(rt, "left at")
		ended := false
		source := func(yield func(int, error) bool) {
			defer func() { ended = true }()
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
			if breaks {
				yield(0, broken)
			}
		}
		seen := 0
		var last error
		for i, err := range ahead(source) {
			if last = err; err != nil {
				continue // there is nothing after it
			}
			require.Equal(rt, seen, i)
			if seen++; seen == leave {
				break
			}
		}
		require.True(rt, ended, "the other goroutine goes on")
		require.Equal(rt, min(n, leave), seen)
		if breaks && leave > n {
			require.ErrorIs(rt, last, broken)
		} else {
			require.NoError(rt, last)
		}
	})
}
