package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cutover/internal/directory"
	"cutover/internal/document"
	"cutover/internal/estimate"
	"cutover/internal/fleet"
	"cutover/internal/planning"
	"cutover/internal/version"
)

func (a *app) plan() *cobra.Command {
	var file, out string
	c := &cobra.Command{
		Use: "plan [NAME]", Short: "Show what every phase would change, and every finding",
		Args: anyName, ValidArgsFunction: a.completeName,
		Long: `Reads the three domains and shows what every phase would change, whom it leaves
alone, how long it takes at the published limits, whether that fits the change
window, and every finding that would stop the cutover. It writes nothing: not in
a domain, and not in the state directory. It ends with 3 where a finding would
stop the cutover.

With the name of a cutover that waits it shows, instead, the whole plan that its
gate is about, whose hash an approval names.

With --out it is a document besides. A name that ends in .html, .json or .txt is
one file; any other is a directory that gets plan.html, plan.json and plan.txt.
They hold names of people and are readable for you only.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.runPlan(c.Context(), file, out)
			}
			if c.Flags().Changed("config") {
				return usage("the plan of a cutover that waits was made from its own configuration: leave --config or the name out")
			}
			return a.runPlanOfGate(c.Context(), args[0], out)
		},
	}
	configFlag(c, &file)
	c.Flags().StringVarP(&out, "out", "o", "", "write the plan as a document: a directory, or a file .html, .json or .txt")
	return c
}

func (a *app) runPlan(ctx context.Context, file, out string) (err error) {
	f, err := a.load(file)
	if err != nil {
		return err
	}
	in := planning.Input{
		Rules: fleet.RulesOf(f.Config), SSO: fleet.SSOSettingsOf(f.Config), Off: f.Config.PhasesOff,
		ConfigHash: f.Hash, Version: version.Version, At: time.Now(),
		Reading: a.reading,
	}
	if in.Readers, err = fleet.ReadersOf(f.Canonical); err != nil {
		return err
	}
	facts, err := fleet.FactsOf(ctx, f.Canonical)
	if err != nil {
		return err
	}
	in.Facts = &facts
	if in.Limits, in.LimitsName, err = fleet.LimitsOf(f.Config); err != nil {
		return err
	}
	if in.Window, err = f.Config.Window.Compile(); err != nil {
		return err
	}
	p, err := planning.Make(ctx, in)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	return a.showPlan(p.Document, out)
}

// showPlan writes a document where it is wanted. What blocks decides how the
// command ends.
func (a *app) showPlan(d *document.Document, out string) (err error) {
	if out != "" {
		if err := a.savePlan(out, d); err != nil {
			return err
		}
	}
	if a.json {
		err = d.JSON(a.out)
	} else {
		err = printPlan(a.out, d, out != "")
	}
	if err != nil {
		return err
	}
	if d.Blocking > 0 {
		return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("blocked at %s by %s", d.BlockedAt, count(d.Blocking, "finding"))}
	}
	return nil
}

// reading tells which domain is read next.
func (a *app) reading(d directory.Domain) {
	if !a.json {
		fmt.Fprintf(a.err, "Reading %s ...\n", d)
	}
}

// savePlan writes the document to a file of one form, or to a directory in all.
func (a *app) savePlan(out string, d *document.Document) error {
	forms := map[string]func(io.Writer) error{".html": d.HTML, ".json": d.JSON, ".txt": func(w io.Writer) error { return textPlan(w, d) }}
	if write, one := forms[filepath.Ext(out)]; one {
		return a.saveAs(out, write)
	}
	if err := os.Mkdir(out, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the directory of the plan: %w", err)
	}
	for _, ext := range []string{".html", ".json", ".txt"} {
		if err := a.saveAs(filepath.Join(out, "plan"+ext), forms[ext]); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) saveAs(path string, write func(io.Writer) error) error {
	if err := document.Save(path, write); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Wrote %s\n", path)
	return nil
}

// textPlan is the document in words: what the terminal shows, with every change.
func textPlan(w io.Writer, d *document.Document) error {
	fmt.Fprintf(w, "%s, made %s from the configuration %s by cutover %s\n\n", document.Kind, d.At.UTC().Format(time.RFC3339), shortHash(d.ConfigHash), d.Version)
	return printPlan(w, d, false)
}

// fewChanges is how many changes of a phase the terminal shows where a document
// has them all.
const fewChanges = 20

func printPlan(to io.Writer, d *document.Document, short bool) error {
	w := bufio.NewWriter(to)
	show := painter(to)
	for _, p := range d.Phases {
		switch {
		case p.Off != "":
			fmt.Fprintf(w, "%s: switched off: %s\n", show.bold(p.Name), p.Off)
			continue
		case p.Changes == 0:
			fmt.Fprintf(w, "%s: nothing to change\n", show.bold(p.Name))
		default:
			fmt.Fprintf(w, "%s: %s, plan %s\n", show.bold(p.Name), count(p.Changes, "change"), shortHash(p.Hash))
		}
		if err := printChanges(w, p, short); err != nil {
			return err
		}
		for _, l := range p.Left {
			fmt.Fprintf(w, "  left alone in %s: %s %s\n", l.Domain, estimate.Number(l.Count), l.Reason)
		}
		if p.Changes > 0 {
			fmt.Fprintf(w, "  takes at least: %s\n", p.Takes.Words)
		}
	}
	if len(d.Findings) > 0 {
		fmt.Fprintln(w)
		if err := w.Flush(); err != nil { // findings are shown as the terminal likes it
			return err
		}
		printFindings(to, d.Findings)
	}
	if d.Waits != "" {
		printWaits(w, d)
		return w.Flush()
	}
	fmt.Fprintf(w, "\nIn all: %s.\n", d.Takes.Words)
	fmt.Fprintf(w, "Forecast %s. Nothing was written.\n", shortHash(d.Hash))
	if d.Blocking > 0 {
		fmt.Fprintf(w, "%s: %s would stop the cutover at %s, before anything is written.\nWrite a resolution for each into the configuration, and plan again.\n",
			show.bad("Blocked"), count(d.Blocking, "finding"), d.BlockedAt)
	}
	return w.Flush()
}

func printChanges(w io.Writer, p document.Phase, short bool) error {
	n := 0
	for c, err := range p.Plan() {
		if err != nil {
			return err
		}
		if n++; short && n > fewChanges {
			fmt.Fprintf(w, "  and %s more, in the document\n", estimate.Number(p.Changes-fewChanges))
			return nil
		}
		fmt.Fprintln(w, "  "+describe(c))
	}
	return nil
}
