package embedded

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log/tag"
)

func TestTheServersLogIsALineAnEntryAndEndsBeforeTheServerDoes(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })

	l := serverLog{least: slog.LevelError, stopping: &atomic.Bool{}}
	l.Info("hundreds of lines a start")
	l.Warn("not asked for")
	require.Empty(t, out.String())
	l.With(tag.NewStringTag("service", "matching")).Error("the disk is full", tag.NewInt("code", 28))
	require.Contains(t, out.String(), `msg="Temporal: the disk is full" service=matching code=28`)
	require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("\n")), "no stack trace")
	require.PanicsWithValue(t, "broken", func() { l.Panic("broken") })

	out.Reset()
	l.Error("Unable to poll.", tag.Error(context.Canceled))
	require.Empty(t, out.String(), "the caller has gone, which is no fault")
	l.Error("Unable to poll.", tag.Error(context.DeadlineExceeded))
	require.NotEmpty(t, out.String())

	out.Reset()
	l.stopping.Store(true)
	l.Error("task queue closed")
	require.Empty(t, out.String())
}
