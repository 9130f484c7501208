// Package nativesync is how changes reach a target by Oracle's own synchronization
// there: what it shall do is only noted, and one request, or a person, starts it. It
// speaks the words of internal/directory and must not know plans or the ledger.
package nativesync

import (
	"context"
	"fmt"
	"strings"

	"cutover/internal/directory"
)

// Target is a domain that has such a synchronization.
type Target interface {
	Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error)
	StartSync(ctx context.Context, app string, r directory.SyncRequest, values map[string]string) (directory.Outcome, error)
}

// Peer takes the changes of one target. It is safe for concurrent use.
type Peer struct {
	Target  Target
	Request directory.SyncRequest // without a path, a person starts it
}

// batch is how many expected changes are noted at a time.
const batch = 500

// BatchSize is how many changes of a kind are taken at a time.
func (p Peer) BatchSize(k directory.Kind) int { return BatchSize(k) }

// BatchSize is the same of every peer.
func BatchSize(k directory.Kind) int {
	if k == directory.StartSync {
		return 1
	}
	return batch
}

// Lookup reads how these users stand in the target.
func (p Peer) Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error) {
	return p.Target.Lookup(ctx, userNames)
}

// Write starts the synchronization, or notes what it is expected to do.
func (p Peer) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	outcomes := make([]directory.Outcome, len(writes))
	for i, w := range writes {
		c := w.Change
		switch {
		case c.Kind == directory.StartSync && p.Request.Path != "":
			o, err := p.Target.StartSync(ctx, c.Target, p.Request, c.After)
			if err != nil {
				return nil, err
			}
			outcomes[i] = o
		case c.Kind == directory.StartSync:
			outcomes[i].Note = "asked of a person"
		default:
			outcomes[i] = directory.Outcome{ID: w.ID, Note: "left to the native synchronization"}
		}
	}
	return outcomes, nil
}

// Ask says what a person shall do to start it. The names of the console's pages are
// those of Oracle's guide.
func Ask(d directory.Domain, url string, c directory.Change) string {
	return fmt.Sprintf("in the console of %s (%s), under Integrated applications > %s: in Provisioning > Configure synchronization, write %s as the maximum number of creates "+
		"and %s as that of deletes; then, on the tab Import, press Import; cutover goes on by itself when the domain tells that its synchronization has run",
		d, strings.TrimRight(url, "/"), c.Target, c.After["creates"], c.After["deletes"])
}
