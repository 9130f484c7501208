package statedir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Stamp is the versions that write into a state directory.
type Stamp struct {
	Product        string `json:"product"`        // cutover's own version
	TemporalServer string `json:"temporalServer"` // of the server in this process: it migrates no file of another version
	LedgerSchema   int    `json:"ledgerSchema"`
}

// check compares the directory's stamp with ours, and stamps a directory in
// which nothing contradicts it. The versions of cutover and of the Temporal
// server tell of the workflows in Temporal's file, the schema of the ledger:
// where the file is not there, its part of the stamp binds nobody. An older
// ledger is brought up to date when it is opened. The caller holds the lock.
func check(p Paths, want Stamp) error {
	have, found, err := readStamp(p)
	if err != nil {
		return err
	}
	if found && have == want {
		return nil
	}
	ledger, err := exists(p.LedgerDB())
	if err != nil {
		return err
	}
	temporal, err := exists(p.TemporalDB())
	if err != nil {
		return err
	}
	wrong := &MismatchError{Dir: p.root, Have: have, Want: want, temporalDB: p.TemporalDB()}
	if ledger && have.LedgerSchema > want.LedgerSchema {
		wrong.ledger = true
		return wrong
	}
	if temporal && (have.Product != want.Product || have.TemporalServer != want.TemporalServer) {
		return wrong
	}
	return writeStamp(p, want)
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func readStamp(p Paths) (s Stamp, found bool, err error) {
	b, err := os.ReadFile(p.stamp())
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read the stamp of the state directory: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, false, fmt.Errorf("the stamp %s is not readable (%w): put a backup of it in its place, or use another state directory", p.stamp(), err)
	}
	return s, true, nil
}

// writeStamp replaces the stamp as a whole, so that a crash leaves the old one
// or the new one.
func writeStamp(p Paths, s Stamp) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	draft := p.stamp() + ".new"
	if err := writeSynced(draft, append(b, '\n')); err != nil {
		return fmt.Errorf("stamp the state directory: %w", err)
	}
	if err := os.Rename(draft, p.stamp()); err != nil {
		return fmt.Errorf("stamp the state directory: %w", err)
	}
	return nil
}

func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
