package statedir

import "path/filepath"

// Paths are the places in a state directory. They say nothing about whether
// anything is there.
type Paths struct{ root string }

// At gives the paths of a state directory without opening it: for a command
// that talks to the owner over its socket.
func At(dir string) Paths { return Paths{root: dir} }

// Root is the directory itself.
func (p Paths) Root() string { return p.root }

// LedgerDB is the ledger's file.
func (p Paths) LedgerDB() string { return filepath.Join(p.root, "ledger.db") }

// TemporalDB is the file of the Temporal server in this process.
func (p Paths) TemporalDB() string { return filepath.Join(p.root, "temporal.db") }

// Socket is where the owner serves the other commands. Unix takes about 100
// bytes of path for a socket, so a state directory lies better near the root.
func (p Paths) Socket() string { return filepath.Join(p.root, "cutover.sock") }

func (p Paths) lock() string  { return filepath.Join(p.root, "lock") }
func (p Paths) pid() string   { return filepath.Join(p.root, "owner.pid") }
func (p Paths) stamp() string { return filepath.Join(p.root, "version.json") }
