package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"cutover/internal/config"
	"cutover/internal/fleet"
	"cutover/internal/phase"
	"cutover/internal/planning"
)

func (a *app) check() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "check", Short: "Find before the first write whatever would fail later",
		Long: `Reaches every domain and Fusion Applications with their credentials, reads them, and
says of each thing that a cutover depends on: what was looked at, how it stands, and
what to do. It writes nothing: whether a client may write is told from its roles.

It ends with 1 where something cannot be read (the rest is tried all the same),
and with 3 where something would stop the cutover.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runCheck(c.Context(), file) },
	}
	configFlag(c, &file)
	return c
}

func (a *app) runCheck(ctx context.Context, file string) error {
	f, err := a.load(file)
	if err != nil {
		return err
	}
	facts, err := fleet.FactsOf(ctx, f.Canonical)
	readable := planning.Readable(facts)
	if err != nil && readable {
		return err
	}
	sso := fleet.SSOSettingsOf(f.Config)
	var looks []phase.Look
	if !readable {
		looks = phase.LooksAtFacts(facts, sso)
	} else if looks, err = a.lookAtAll(ctx, f, facts, sso); err != nil {
		return err
	}
	looks = append([]phase.Look{{Area: phase.AreaReach, What: "configuration", Standing: phase.Fine, How: f.Path + ", " + shortHash(f.Hash)}}, looks...)
	wrong := 0
	for _, l := range looks {
		if l.Standing == phase.Wrong {
			wrong++
		}
	}
	if a.json {
		err = printJSON(a.out, looks)
	} else {
		err = printLooks(a.out, looks, readable)
	}
	switch {
	case err != nil || wrong == 0:
		return err
	case !readable:
		return &exitWith{code: exitError, said: true, err: fmt.Errorf("%s failed", count(wrong, "check"))}
	}
	return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("%s would stop the cutover", count(wrong, "thing"))}
}

// lookAtAll reads the domains and forecasts every phase.
func (a *app) lookAtAll(ctx context.Context, f *config.File, facts phase.Facts, sso phase.SSOSettings) ([]phase.Look, error) {
	readers, err := fleet.ReadersOf(f.Canonical)
	if err != nil {
		return nil, err
	}
	return planning.Check(ctx, planning.Input{
		Readers: readers, Rules: fleet.RulesOf(f.Config), SSO: sso, Off: f.Config.PhasesOff, Facts: &facts, Reading: a.reading,
	})
}

// marks are how a standing is shown.
var marks = map[phase.Standing]string{
	phase.Fine: "ok", phase.Unknown: "?", phase.ToDo: "do", phase.Warned: "note", phase.Wrong: "STOP",
}

// lineWidth is where a line of `cutover check` is broken.
const lineWidth = 110

// printLooks shows what was looked at, area by area.
func printLooks(to io.Writer, looks []phase.Look, readable bool) error {
	w := bufio.NewWriter(to)
	show := painter(to)
	where, number := 0, map[phase.Standing]int{}
	for _, l := range looks {
		where = max(where, utf8.RuneCountInString(l.Where))
	}
	area := ""
	for _, l := range looks {
		number[l.Standing]++
		if l.Area != area {
			area = l.Area
			fmt.Fprintf(w, "%s\n", show.bold(strings.ToUpper(area[:1])+area[1:]))
		}
		lead := fmt.Sprintf("  %s  %s  ", marked(show, l.Standing), pad(l.Where, where))
		indent := strings.Repeat(" ", 10+where)
		for i, line := range wrapped(l.What+": "+l.How, lineWidth-len(indent)) {
			if i > 0 {
				lead = indent
			}
			fmt.Fprintln(w, strings.TrimRight(lead+line, " "))
		}
		for i, do := range l.Do {
			first := "-> "
			if i > 0 {
				first = "or "
			}
			for j, line := range wrapped(do, lineWidth-len(indent)-len(first)) {
				if j > 0 {
					first = "   "
				}
				fmt.Fprintln(w, indent+first+line)
			}
		}
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, verdict(show, number, readable))
	return w.Flush()
}

func marked(show paint, s phase.Standing) string {
	mark := pad(marks[s], 4)
	switch s {
	case phase.Fine:
		return show.good(mark)
	case phase.Wrong:
		return show.bad(mark)
	}
	return show.warn(mark)
}

// verdict is the last line: how much of each there is.
func verdict(show paint, number map[phase.Standing]int, readable bool) string {
	all := 0
	for _, n := range number {
		all += n
	}
	words := fmt.Sprintf("%s looked at; %d in order", count(all, "thing"), number[phase.Fine])
	for _, s := range []struct {
		standing phase.Standing
		is       string
	}{{phase.Warned, "to know"}, {phase.ToDo, "for a person to do or to see"}, {phase.Unknown, "that cannot be seen"}} {
		if n := number[s.standing]; n > 0 {
			words += fmt.Sprintf(", %d %s", n, s.is)
		}
	}
	wrong := number[phase.Wrong]
	switch {
	case !readable:
		return words + ". " + show.bad("Not everything can be read") + ", so people and settings were not looked at. Nothing was written."
	case wrong > 0:
		return words + ". " + show.bad(fmt.Sprintf("%d would stop the cutover", wrong)) + ". Nothing was written."
	}
	return words + ". " + show.good("Nothing would stop the cutover") + ". Nothing was written."
}

// wrapped breaks a text at blanks into lines of this width, where words allow it.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
