package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func open(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func TestTheLedgerIsReadableForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	require.NoError(t, l.PutValue(t.Context(), "c", "k", []byte("1")))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), path+suffix)
	}
}

func TestALedgerMayLieAtAPathOfAnyName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "what? 100% #1 & é")
	require.NoError(t, os.Mkdir(dir, 0o700))
	path := filepath.Join(dir, "ledger.db")
	l := open(t, path)
	require.NoError(t, l.PutValue(t.Context(), "c", "k", []byte("1")))
	require.NoError(t, l.Close())
	entries, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing was made beside it")
	_, found, err := open(t, path).Value(t.Context(), "c", "k")
	require.NoError(t, err)
	require.True(t, found)
}

func TestATemporaryLedgerLeavesNothingBehind(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	require.NoError(t, l.PutValue(t.Context(), "c", "k", []byte("1")))
	entries, err := os.ReadDir(tmp)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	info, err := entries[0].Info()
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
	require.NoError(t, l.Close())
	require.NoError(t, l.Close(), "a second Close does nothing")
	entries, err = os.ReadDir(tmp)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestALedgerThatCannotBeOpenedSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	_, err := ledger.Open(t.Context(), filepath.Join(dir, "missing", "ledger.db"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "its directory must exist")

	path := filepath.Join(dir, "ledger.db")
	require.NoError(t, os.WriteFile(path, []byte("this is a letter and no database, however long it may become"), 0o600))
	_, err = ledger.Open(t.Context(), path)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "damaged or is no ledger")
}

func TestALedgerOfANewerCutoverIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	require.NoError(t, open(t, path).Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, 1)`, ledger.Schema+1)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = ledger.Open(t.Context(), path)
	require.ErrorContains(t, err, "a newer cutover wrote it")
	require.ErrorContains(t, err, "use that version")
}

func TestSchemaIsTheNewestMigration(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("%05d_", ledger.Schema), filepath.Base(files[len(files)-1])[:6])
}

// TestAnotherWriterIsWaitedFor holds the file from outside, as a backup may.
func TestAnotherWriterIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)

	wrote := make(chan error, 1)
	go func() { wrote <- l.PutValue(context.WithoutCancel(t.Context()), "c", "k", []byte("1")) }()
	_, found, err := l.Value(t.Context(), "c", "k") // reading goes on meanwhile
	require.NoError(t, err)
	require.False(t, found)
	require.NoError(t, tx.Rollback())
	require.NoError(t, <-wrote)

	tx, err = db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback() //nolint:errcheck // the test is over
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, l.PutValue(ctx, "c", "k", []byte("2")), context.DeadlineExceeded, "nobody waits for ever")
}

// TestWhatIsClaimedAndRecordedOutlivesACrash takes copies of the files, as a
// crash would leave them, between one call and the next.
func TestWhatIsClaimedAndRecordedOutlivesACrash(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	plan, err := l.BeginPlan(ctx, "c", "migrate", false)
	require.NoError(t, err)
	var all []directory.Change
	for i := range 10 {
		all = append(all, directory.Change{Step: 1, Domain: directory.Fusion, Kind: directory.CreateUser, User: fmt.Sprint(i), Why: "migrate"})
	}
	require.NoError(t, l.AddChanges(ctx, plan, all[:6]))
	beforeSeal := crash(t, path)
	require.NoError(t, l.AddChanges(ctx, plan, all[6:]))
	_, err = l.SealPlan(ctx, plan, "hash")
	require.NoError(t, err)
	deadline := time.Date(2026, 3, 1, 12, 0, 0, 1, time.UTC)
	three := func(directory.Change) int { return 3 }
	claimed, err := l.Claim(ctx, plan, 1, three, deadline)
	require.NoError(t, err)
	afterClaim := crash(t, path)
	n, err := l.Record(ctx, plan, claimed[0].Fence, []ledger.Record{{Seq: 1, State: ledger.StateApplied, ResourceID: "id"}})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	afterRecord := crash(t, path)

	_, err = open(t, beforeSeal).Claim(ctx, plan, 1, three, deadline)
	require.ErrorIs(t, err, ledger.ErrUnsealed, "half a plan is never applied")

	claimedOnly := open(t, afterClaim)
	stale, err := claimedOnly.Stale(ctx, plan, 1)
	require.NoError(t, err)
	require.Equal(t, claimed, stale, "the claim was on the disk before its request could be sent")
	next, err := claimedOnly.Claim(ctx, plan, 1, three, deadline)
	require.NoError(t, err)
	require.Equal(t, 4, next[0].Seq, "and is not handed out again")
	require.Greater(t, next[0].Fence, claimed[0].Fence)

	recorded := open(t, afterRecord)
	progress, err := recorded.Progress(ctx, plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Applied: 1, Claimed: 2, Planned: 7}, progress)
}

// crash copies the ledger's files as they are at this moment and returns the
// path of the copy. The index of the log (-shm) is rebuilt from the log.
func crash(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "ledger.db")
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(to+suffix, b, 0o600))
	}
	return to
}

func TestALogThatWasCutOffInTheMiddleLosesWholeWritesOnly(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	s, err := l.BeginSnapshot(ctx, "c", "check", directory.CXIF)
	require.NoError(t, err)
	for i := range 4 { // each a write of 100 users
		var users []directory.User
		for j := range 100 {
			users = append(users, directory.User{ID: fmt.Sprint(i*100 + j), UserName: fmt.Sprint("user", i*100+j)})
		}
		require.NoError(t, l.PutUsers(ctx, s.ID, users))
	}
	whole, err := os.ReadFile(path + "-wal")
	require.NoError(t, err)
	seen := map[int]bool{}
	for cut := len(whole); cut > len(whole)/8; cut -= len(whole) / 16 {
		copied := crash(t, path)
		require.NoError(t, os.Truncate(copied+"-wal", int64(cut)))
		torn := open(t, copied)
		n, err := torn.CountUsers(ctx, s.ID)
		if err != nil {
			require.ErrorIs(t, err, ledger.ErrNotFound, "the snapshot itself was lost with the log")
			n = 0
		}
		require.Zero(t, n%100, "a write of 100 is there as a whole, or not at all")
		seen[n] = true
		require.NoError(t, torn.Close())
	}
	require.True(t, seen[400])
	require.Greater(t, len(seen), 1, "some cut lost something, or this proves nothing")
}
