package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// serverLog is the server's log, handed to slog: a line an entry and no stack
// traces. Once the server is being stopped it is silent: every part of it then
// complains that the others are gone, and none of that tells anybody anything.
type serverLog struct {
	least    slog.Level
	stopping *atomic.Bool
	tags     []tag.Tag
}

var _ log.WithLogger = serverLog{}

// With implements log.WithLogger.
func (l serverLog) With(tags ...tag.Tag) log.Logger {
	l.tags = append(slices.Clip(l.tags), tags...)
	return l
}

func (l serverLog) Debug(msg string, tags ...tag.Tag) { l.say(slog.LevelDebug, msg, tags) }
func (l serverLog) Info(msg string, tags ...tag.Tag)  { l.say(slog.LevelInfo, msg, tags) }
func (l serverLog) Warn(msg string, tags ...tag.Tag)  { l.say(slog.LevelWarn, msg, tags) }
func (l serverLog) Error(msg string, tags ...tag.Tag) { l.say(slog.LevelError, msg, tags) }

// DPanic is an error outside of the server's own development.
func (l serverLog) DPanic(msg string, tags ...tag.Tag) { l.say(slog.LevelError, msg, tags) }

func (l serverLog) Panic(msg string, tags ...tag.Tag) {
	l.say(slog.LevelError, msg, tags)
	panic(msg)
}

// Fatal ends the process, as the server expects of it.
func (l serverLog) Fatal(msg string, tags ...tag.Tag) {
	l.stopping = &atomic.Bool{} // what ends the process is always said
	l.say(slog.LevelError, msg, tags)
	os.Exit(1)
}

func (l serverLog) say(level slog.Level, msg string, tags []tag.Tag) {
	if level < l.least || l.stopping.Load() {
		return
	}
	if slices.ContainsFunc(tags, abandoned) {
		return
	}
	attrs := make([]slog.Attr, 0, len(l.tags)+len(tags))
	for _, t := range slices.Concat(l.tags, tags) {
		attrs = append(attrs, slog.String(t.Key(), fmt.Sprint(t.Value())))
	}
	slog.LogAttrs(context.Background(), level, "Temporal: "+msg, attrs...)
}

// abandoned tells an entry about a call that its caller gave up, as a worker
// does with a poll when it is stopped: the server is not at fault. It is told by
// its words, because on the way through the server the error loses its type.
func abandoned(t tag.Tag) bool {
	return t.Key() == "error" && strings.Contains(fmt.Sprint(t.Value()), context.Canceled.Error())
}
