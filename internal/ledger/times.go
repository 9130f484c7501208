package ledger

import "time"

// stamp is how a time is kept; no time is 0.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// moment reads a stamp, in UTC.
func moment(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// now is the time that the ledger writes beside what it keeps. Nothing is
// decided by it: deadlines come from, and are watched by, whoever claims.
func now() time.Time { return time.Now().UTC().Round(0) }
