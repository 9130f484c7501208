package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cutover/internal/evidence"
	"cutover/internal/ledger"
	"cutover/internal/owner"
)

func (a *app) evidence() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "evidence NAME", Short: "Write the evidence of a cutover as one file that cannot be changed unseen",
		Args: oneName, ValidArgsFunction: a.completeName,
		Long: `Writes everything that the ledger holds of a cutover as a record into one file:
configurations without secrets, reads, plans with every change, its outcome and
the domain's ids of resource and request, findings, approvals, sign-ins and by
which prover. It holds the names of people.

Each line holds the hash of the line before it, and the last one is known by its
head, which is printed. Keep the head elsewhere: with it, ` + "`cutover evidence verify`" + `
also catches a file that was written anew as a whole. The same ledger always
gives the same file. It needs no Temporal.`,
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				out = "evidence-" + args[0] + ".jsonl"
			}
			return a.runEvidence(c.Context(), args[0], out)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write; one that is there is left alone (default: evidence-NAME.jsonl)")
	_ = c.MarkFlagFilename("out")
	verify := a.verifyEvidence()
	argsAreUsage(verify)
	c.AddCommand(verify)
	return c
}

func (a *app) runEvidence(ctx context.Context, name, out string) error {
	if _, err := os.Lstat(out); err == nil {
		return usage("%s is there already, and evidence is not overwritten: name another file", out)
	}
	store, done, err := a.store(ctx)
	if err != nil {
		return err
	}
	defer done()
	if store == nil {
		return unknown(name)
	}
	v, err := writePack(ctx, store, name, out, a.progressOf("written"))
	if errors.Is(err, ledger.ErrNotFound) {
		return unknown(name)
	}
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, packed{File: out, OK: true, Verified: &v})
	}
	fmt.Fprintf(a.out, "%s: %s of %s\nhead %s\n", out, count(v.Lines, "line"), name, v.Head)
	fmt.Fprintf(a.out, "Keep the head elsewhere, and verify with it: cutover evidence verify %s --head %s\n", out, shortHash(v.Head))
	return nil
}

// writePack writes the pack of a cutover beside its place, verifies what it has
// written on the way, and puts it there as a whole or not at all.
func writePack(ctx context.Context, store owner.Store, name, out string, progress func(int)) (v evidence.Verified, err error) {
	f, err := os.CreateTemp(filepath.Dir(out), ".evidence-*") // mode 0600
	if err != nil {
		return v, fmt.Errorf("there is no way to write beside %s: %s", out, cause(err))
	}
	defer func() { err = errors.Join(err, discard(f)) }()
	reader, writer := io.Pipe()
	wrote := make(chan error, 1)
	go func() {
		err := store.Evidence(ctx, name, io.MultiWriter(f, writer))
		_ = writer.CloseWithError(err)
		wrote <- err
	}()
	v, err = evidence.Verify(reader, evidence.Options{Each: func(l evidence.Line) error { progress(l.Seq); return nil }})
	_ = reader.CloseWithError(err)
	if failed := <-wrote; failed != nil && !errors.Is(failed, err) {
		return v, failed
	}
	var tampered *evidence.Tampered
	if errors.As(err, &tampered) {
		return v, fmt.Errorf("the ledger itself does not add up, so there is no pack: line %d would be wrong: %s", tampered.Line, tampered.Why)
	}
	if err != nil {
		return v, err
	}
	if err := f.Sync(); err != nil {
		return v, fmt.Errorf("%s: %s", out, cause(err))
	}
	if err := os.Link(f.Name(), out); err != nil { // unlike a rename, it replaces nothing
		return v, fmt.Errorf("%s: %s", out, cause(err))
	}
	return v, nil
}

// discard closes the file beside and takes it away.
func discard(f *os.File) error {
	err := os.Remove(f.Name())
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(f.Close(), err)
}

// packed is what is said of a pack, for programs.
type packed struct {
	File string `json:"file"`
	OK   bool   `json:"ok"`
	*evidence.Verified
	Line int    `json:"line,omitempty"` // the first that is wrong
	Why  string `json:"why,omitempty"`
}

func (a *app) verifyEvidence() *cobra.Command {
	var head string
	c := &cobra.Command{
		Use: "verify FILE", Short: "Verify a file of evidence, and name the first line that was tampered with",
		Args: cobra.ExactArgs(1),
		Long: `Reads a file of evidence to its end and says whether it is as it was written, byte
for byte: nothing changed, added, taken away or moved, and every plan made of
exactly the changes that its hash names. It needs the file and nothing else.

With --head it also says whether it is the file whose head you kept. It ends with
1 where the file was tampered with, and names the first line.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.runVerify(args[0], head) },
	}
	c.Flags().StringVar(&head, "head", "", "the head that was printed when the file was written, at least its first 12 characters")
	return c
}

func (a *app) runVerify(file, head string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %s", file, cause(err))
	}
	defer f.Close()
	progress := a.progressOf("verified")
	v, err := evidence.Verify(f, evidence.Options{Head: head, Each: func(l evidence.Line) error { progress(l.Seq); return nil }})
	var tampered *evidence.Tampered
	switch {
	case errors.As(err, &tampered):
		if a.json {
			if err := printJSON(a.out, packed{File: file, Line: tampered.Line, Why: tampered.Why}); err != nil {
				return err
			}
		} else {
			fmt.Fprintf(a.out, "%s: %s\n  line %d: %s\n", file, painter(a.out).bad("TAMPERED WITH"), tampered.Line, tampered.Why)
		}
		return &exitWith{code: exitError, said: true, err: err}
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	case a.json:
		return printJSON(a.out, packed{File: file, OK: true, Verified: &v})
	}
	fmt.Fprintf(a.out, "%s: %s\n  cutover %s, run %d, written by cutover %s\n  %s; the hash of %s was made again from its changes\n",
		file, painter(a.out).good("untouched"), v.Header.Cutover, v.Header.Run, v.Header.By, count(v.Lines, "line"), count(v.Plans, "plan"))
	kinds := make([]string, 0, len(v.Kinds))
	for k, n := range v.Kinds {
		kinds = append(kinds, count(n, k))
	}
	slices.SortFunc(kinds, func(a, b string) int { return strings.Compare(thing(a), thing(b)) })
	fmt.Fprintf(a.out, "  %s\nhead %s\n", strings.Join(kinds, ", "), v.Head)
	if head == "" {
		fmt.Fprintln(a.out, "Compare the head with the one that was kept when the file was written: --head")
	}
	return nil
}

// printHead verifies the evidence that a rehearsal left and tells its head.
func (a *app) printHead(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	v, err := evidence.Verify(f, evidence.Options{})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	fmt.Fprintf(a.out, "Evidence: %s, head %s\n", file, v.Head)
	return nil
}

// thing is what is counted in "3 plans".
func thing(s string) string { _, w, _ := strings.Cut(s, " "); return w }

// often is after how many lines a person is told how far a large pack is.
const often = 100_000

func (a *app) progressOf(done string) func(int) {
	return func(lines int) {
		if lines%often == 0 && !a.json {
			fmt.Fprintf(a.err, "%d lines %s\n", lines, done)
		}
	}
}
