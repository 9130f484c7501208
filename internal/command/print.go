package command

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/report"
	"cutover/workflows"
)

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// shortHash is as much of a hash as a person needs to see.
func shortHash(h string) string { return h[:min(len(h), 12)] }

// describe says a change in a line.
func describe(c directory.Change) string {
	where := string(c.Domain)
	if c.Via != "" {
		where += " (" + directory.ViaWords(c.Via) + ")"
	}
	switch c.Kind {
	case directory.CreateUser:
		return fmt.Sprintf("+ %s: user %s  [%s]", where, c.User, c.Why)
	case directory.UpdateUser:
		return fmt.Sprintf("~ %s: user %s: %s  [%s]", where, c.User, difference(c), c.Why)
	case directory.DeleteUser:
		return fmt.Sprintf("- %s: user %s  [%s]", where, c.User, c.Why)
	case directory.StartSync:
		return fmt.Sprintf("! %s: %s is started by %s, with at most %s creates and %s deletes  [%s]", where, c.Target, c.After["by"], c.After["creates"], c.After["deletes"], c.Why)
	case directory.InviteUser:
		return fmt.Sprintf("+ %s: an invitation to %s  [%s]", where, c.User, c.Why)
	case directory.AddMember:
		return fmt.Sprintf("+ %s: %s in %s  [%s]", where, c.User, c.Target, c.Why)
	case directory.RemoveMember:
		return fmt.Sprintf("- %s: %s out of %s  [%s]", where, c.User, c.Target, c.Why)
	case directory.RevokeGrant:
		return fmt.Sprintf("- %s: %s loses %s  [%s]", where, c.User, c.Target, c.Why)
	case directory.AddGrant:
		return fmt.Sprintf("+ %s: %s gets %s  [%s]", where, c.User, c.Target, c.Why)
	case directory.DropSetting:
		return fmt.Sprintf("- %s: %s  [%s]", where, c.Target, c.Why)
	}
	sign := "~"
	if len(c.Before) == 0 {
		sign = "+"
	}
	return fmt.Sprintf("%s %s: %s: %s  [%s]", sign, where, c.Target, difference(c), c.Why)
}

// longest is how much of a value a line shows: a certificate says nothing to a person.
const longest = 80

func difference(c directory.Change) string {
	keys := make([]string, 0, len(c.After))
	for k := range c.After {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var parts []string
	for _, k := range keys {
		after := cut(c.After[k])
		if before, had := c.Before[k]; had {
			parts = append(parts, fmt.Sprintf("%s %q to %q", k, cut(before), after))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %q", k, after))
	}
	return strings.Join(parts, ", ")
}

func cut(s string) string {
	runes := []rune(s)
	if len(runes) <= longest {
		return s
	}
	return string(runes[:longest-3]) + "..."
}

// printFindings shows each finding with every way to resolve it.
func printFindings(w io.Writer, findings []directory.Finding) {
	for _, f := range findings {
		printFinding(w, f)
	}
}

func printFinding(w io.Writer, f directory.Finding) {
	p := painter(w)
	mark := p.bad("finding")
	if !f.Blocking {
		mark = p.warn("note")
	}
	fmt.Fprintf(w, "%s %s, %s: %s\n", mark, p.bold(f.Name), f.Phase, sentence(f))
	printRecords(w, f.Records)
	for i, fix := range f.Fixes {
		lead := "resolve it by"
		if i > 0 {
			lead = "           or"
		}
		fmt.Fprintf(w, "    %s  %s\n", lead, fix)
	}
}

// sentence says a finding: whom it is about, where it is about somebody, and what.
func sentence(f directory.Finding) string {
	switch {
	case f.User != "" && f.Domain != "":
		return fmt.Sprintf("%s in %s: %s", f.User, f.Domain, f.Detail)
	case f.User != "":
		return f.User + ": " + f.Detail
	case f.Domain != "":
		return string(f.Domain) + ": " + f.Detail
	}
	return f.Detail
}

// printReport shows the end of a rehearsal as tables.
func printReport(w io.Writer, r report.Report) {
	p := painter(w)
	t := newTable("PHASE", "OUTCOME", "PLANNED", "APPLIED", "SKIPPED", "FAILED", "SECONDS")
	for _, had := range r.Phases {
		t.row(had.Name, cell{had.Outcome, p.outcome(had.Outcome, had.Outcome)}, had.Planned, had.Applied, had.Skipped, had.Failed, had.Seconds)
	}
	t.print(w)
	printRolledBack(w, r)
	if len(r.SignIns) > 0 {
		fmt.Fprintln(w, "\nWhat was really seen:")
		for _, s := range r.SignIns {
			line := fmt.Sprintf("  %-10s %-16s %-19s by %s: %s %s", s.Phase, s.User, s.Proof, s.Prover, s.Outcome, s.Reason)
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
	}
	automatic := 0
	for _, d := range r.Decisions {
		if d.Automatic {
			automatic++
		}
	}
	switch {
	case automatic == 1:
		fmt.Fprintf(w, "\n1 decision was automatic: a real cutover asks a person for it.\n")
	case automatic > 1:
		fmt.Fprintf(w, "\n%d decisions were automatic: a real cutover asks a person for each.\n", automatic)
	}
	if i := r.Invitations; i != nil {
		fmt.Fprintf(w, "\nInvited to set a password in Fusion: %d; of them have, by the last read: %d\n", i.Sent+i.MaySent, i.Acted)
		if i.MaySent > 0 {
			fmt.Fprintf(w, "  %d of these may not have been sent: %s\n", i.MaySent, ledger.MaySent)
		}
	}
	printWords(w, r)
	printFigure(w, r)
	printVerdicts(w, r)
	if len(r.Findings) > 0 {
		fmt.Fprintln(w)
		printFindings(w, r.Findings)
	}
	for _, f := range r.Failures {
		fmt.Fprintf(w, "%s: %s: %s\n", p.bad("failed"), describe(f.Change), f.Detail)
	}
	for _, c := range r.ChangedByOthers {
		fmt.Fprintf(w, "%s: %s: somebody else has changed this since cutover wrote it\n", p.warn("changed by others"), describe(c))
	}
}

func printFigure(w io.Writer, r report.Report) {
	if r.WhereUsersExist == nil {
		return
	}
	f := r.WhereUsersExist
	fmt.Fprintf(w, "\nWhere users exist (the guide's Figure 7-2):\n  Fusion %d, Utilities %d, CXIF %d, in all three %d\n", f.Fusion, f.Utilities, f.CXIF, f.InAll)
	reasons := make([]string, 0, len(f.NotInAll))
	for reason := range f.NotInAll {
		reasons = append(reasons, reason)
	}
	sort.Strings(reasons)
	for _, reason := range reasons {
		fmt.Fprintf(w, "  not in all: %4d %s\n", len(f.NotInAll[reason]), reason)
	}
}

func printVerdicts(w io.Writer, r report.Report) {
	counts := map[string]int{}
	for _, v := range r.Verdicts {
		counts[v]++
	}
	verdicts := make([]string, 0, len(counts))
	for v := range counts {
		verdicts = append(verdicts, v)
	}
	sort.Slice(verdicts, func(i, j int) bool {
		if counts[verdicts[i]] != counts[verdicts[j]] {
			return counts[verdicts[i]] > counts[verdicts[j]]
		}
		return verdicts[i] < verdicts[j]
	})
	if len(verdicts) == 0 {
		return // it ended before anybody was looked at
	}
	fmt.Fprintf(w, "\nVerdicts on %s at the start:\n", count(len(r.Verdicts), "Utilities user"))
	for _, v := range verdicts {
		fmt.Fprintf(w, "  %5d %s\n", counts[v], v)
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// printEnd is the last word of a report: how the cutover ended, and where.
func printEnd(w io.Writer, r report.Report) {
	end := workflows.Result{Phase: r.BlockedAt + r.StoppedAt, Reason: r.Reason}
	fmt.Fprintf(w, "\n%s%s\n", painter(w).outcome(r.Outcome, strings.ToUpper(r.Outcome)), where(end))
}

// printRolledBack shows what a way back has undone, by the phase that had done it.
func printRolledBack(w io.Writer, r report.Report) {
	if len(r.RolledBack) == 0 {
		return
	}
	fmt.Fprintln(w, "\nRolled back, the last phase first:")
	t := newTable("PHASE", "APPLIED", "UNDONE")
	for _, p := range r.RolledBack {
		t.row(p.Phase, p.Applied, p.Undone)
	}
	t.print(w)
}
