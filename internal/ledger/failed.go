package ledger

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// failed says which ledger could not do what, why, and what to do about it
// where that can be told from SQLite's code.
func (l *Ledger) failed(what string, err error) error {
	if err == nil {
		return nil
	}
	if hint := remedy(err); hint != "" {
		return fmt.Errorf("ledger %s: %s: %w: %s", l.path, what, err, hint)
	}
	return fmt.Errorf("ledger %s: %s: %w", l.path, what, err)
}

// remedy is what a person can do. SQLite's codes: https://sqlite.org/rescode.html;
// the low byte is the primary one.
func remedy(err error) string {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return ""
	}
	if busy(err) {
		return "another process holds the file; stop it, then try again"
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return "free some space on that disk, then try again; nothing of this write was kept"
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return "the file is damaged or is no ledger; put a backup in its place, or use a new state directory: the domains are read again"
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN:
		return "the file and its directory must be writable for this user"
	case lib.SQLITE_IOERR:
		return "the disk failed; check it before anything else is written"
	}
	return ""
}

// busy tells whether the file is held by another process for the moment.
func busy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == lib.SQLITE_BUSY || e.Code()&0xff == lib.SQLITE_LOCKED)
}
