package ledger

import (
	"database/sql"
	"net/url"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go
)

// safety says how much a commit waits for the disk.
type safety string

const (
	durable  safety = "full" // with WAL: every commit is synced before it returns
	fleeting safety = "off"
)

// use says what a pool of connections is for.
type use bool

const (
	writing use = true
	reading use = false
)

// readers is how many may read at the same time. A read holds its connection
// for one page, so that few are enough.
const readers = 4

// cacheOf is how much of the file a connection holds, in KiB. Who reads goes
// through pages once and in order; who writes comes back to the same ones.
func cacheOf(u use) string {
	if u == reading {
		return "4096"
	}
	return "32768"
}

// connect opens a pool on the file. Connections are made when they are needed,
// so a file that cannot be opened shows with the first statement.
func connect(path string, s safety, u use) (*sql.DB, error) {
	q := url.Values{}
	for _, pragma := range []string{
		"busy_timeout(250)", // ms; SQLite cannot be interrupted in it, so begin waits on from there
		"journal_mode(wal)",
		"synchronous(" + string(s) + ")",
		"cache_size(-" + cacheOf(u) + ")", // KiB a connection
		"temp_store(memory)",
		"wal_autocheckpoint(8000)", // pages: 32 MiB; a load dirties the same pages again and again
	} {
		q.Add("_pragma", pragma)
	}
	if u == writing {
		// A transaction that begins by reading and then writes can find itself
		// overtaken; taking the lock at once cannot.
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(true)")
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	n := readers
	if u == writing {
		n = 1
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}
