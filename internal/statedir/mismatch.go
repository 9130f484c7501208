package statedir

import (
	"cmp"
	"fmt"
)

// MismatchError says that what is in the directory was written by versions with
// which this program cannot go on.
type MismatchError struct {
	Dir        string
	Have, Want Stamp // of the directory (zero where it has none), of this program
	ledger     bool  // it is the ledger that cannot be read
	temporalDB string
}

func (e *MismatchError) Error() string {
	if e.ledger {
		return fmt.Sprintf("state directory %s: cutover %s wrote its ledger, with schema %d; this is cutover %s, which knows schema %d: "+
			"go on with cutover %s, or use another state directory",
			e.Dir, e.Have.Product, e.Have.LedgerSchema, e.Want.Product, e.Want.LedgerSchema, e.Have.Product)
	}
	wrote := cmp.Or(e.Have.Product, "of an unknown version")
	return fmt.Sprintf("state directory %s: cutover %s with Temporal server %s wrote it; this is cutover %s with Temporal server %s: "+
		"go on with the version that wrote it, or move %s away with the files beside it that begin like it: the ledger stays, and a "+
		"new start goes on at the first phase that is not finished",
		e.Dir, wrote, cmp.Or(e.Have.TemporalServer, "of an unknown version"), e.Want.Product, e.Want.TemporalServer, e.temporalDB)
}
