package command

import (
	"fmt"
	"io"

	"cutover/internal/report"
)

// printWords shows what counted on somebody's word alone: who accepted that a
// person loses their access, and whose accounts nobody but a rehearsal spoke for.
func printWords(w io.Writer, r report.Report) {
	for _, a := range r.Acceptances {
		fmt.Fprintf(w, "\nAccepted at %s: %s (%s), by %s: %s\n", a.Phase, a.User, a.Reason, a.By, a.Why)
	}
	automatic := 0
	for _, a := range r.Attestations {
		if a.Automatic {
			automatic++
		}
	}
	switch {
	case automatic == 1:
		fmt.Fprintf(w, "1 attestation was automatic: a real cutover needs the word of the account's owner.\n")
	case automatic > 1:
		fmt.Fprintf(w, "%d attestations were automatic: a real cutover needs the word of each account's owner.\n", automatic)
	}
}
