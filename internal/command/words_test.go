package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPersonReadsTheCauseAndNotTheLibrariesThatItCameThrough(t *testing.T) {
	_, missing := os.Open("no such file")
	for want, err := range map[string]error{
		"connection refused":        errors.New(`failed reaching server: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:7233: connect: connection refused"`),
		"no answer in time":         fmt.Errorf("failed reaching server: %w", context.DeadlineExceeded),
		"no such file or directory": fmt.Errorf("open it: %w", missing),
		"no such host":              errors.New(`failed reaching server: connection error: desc = "transport: Error while dialing: dial tcp: lookup temporal.example: no such host"`),
		"something else":            errors.New("something else"),
	} {
		require.Equal(t, want, cause(err))
	}
}

func TestOneOfAThingIsNotCalledMany(t *testing.T) {
	require.Equal(t, "1 change", count(1, "change"))
	require.Equal(t, "0 changes", count(0, "change"))
	require.Equal(t, "2 changes", count(2, "change"))
}
