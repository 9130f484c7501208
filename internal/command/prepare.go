package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/version"
)

func (a *app) init() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "init", Short: "Write a configuration to fill in",
		Long: `Writes a configuration that says, line by line, what to fill in. A file that is
there already is left as it is.`,
		RunE: func(*cobra.Command, []string) error {
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already; it is left as it is. Give another name with --config", file)
			}
			if err != nil {
				return fmt.Errorf("%s cannot be written: %s", file, cause(err))
			}
			if _, err := f.Write(config.Template()); err != nil {
				_ = f.Close()
				return fmt.Errorf("%s cannot be written: %s", file, cause(err))
			}
			fmt.Fprintf(a.out, "Wrote %s. Fill it in, then: cutover check --config %s\n", file, file)
			return f.Close()
		},
	}
	configFlag(c, &file)
	return c
}

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the configuration, for editors",
		Long: `Prints the JSON Schema of the configuration. An editor that is told of it completes
the keys and marks mistakes:

    cutover schema > cutover.schema.json
    # yaml-language-server: $schema=cutover.schema.json   (first line of cutover.yaml)`,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, string(config.Schema()))
			return err
		},
	}
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s := stamp()
			if a.json {
				return printJSON(a.out, map[string]any{"version": s.Product, "revision": version.Revision(), "temporal": s.TemporalServer, "ledger": s.LedgerSchema})
			}
			_, err := fmt.Fprintf(a.out, "cutover %s (Temporal %s, ledger %d)\n", s.Product, s.TemporalServer, s.LedgerSchema)
			return err
		},
	}
}

// checked is a line of `cutover check`.
type checked struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	How  string `json:"how"`
}

func (a *app) check() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "check", Short: "Try the configuration: every domain, every credential",
		Long: `Reads the configuration and reaches every domain and Fusion Applications with its
credentials. It writes nothing. It ends with 1 where something does not work; the
rest is tried all the same.`,
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
	estate, err := fleet.NewEstate(f.Canonical, f.Hash)
	if err != nil {
		return err
	}
	lines := []checked{{What: "configuration", OK: true, How: f.Path + ", " + shortHash(f.Hash)}}
	failed := 0
	try := func(what string, err error) {
		line := checked{What: what, OK: err == nil, How: "reached, and its credentials work"}
		if err != nil {
			line.How = err.Error()
			for _, said := range []string{what, "fusion-applications"} { // it is said at the beginning of the line
				line.How = strings.TrimPrefix(line.How, said+": ")
			}
			failed++
		}
		lines = append(lines, line)
	}
	for _, d := range directory.Domains {
		if client, ok := estate.Domains[d]; ok {
			try(string(d), client.Check(ctx))
		}
	}
	try("Fusion Applications", estate.Applications.Check(ctx))
	if a.json {
		if err := printJSON(a.out, lines); err != nil {
			return err
		}
	} else {
		show := painter(a.out)
		for _, l := range lines {
			mark := show.good("ok  ")
			if !l.OK {
				mark = show.bad("FAIL")
			}
			fmt.Fprintf(a.out, "%s  %-20s %s\n", mark, l.What, l.How)
		}
	}
	if failed > 0 {
		return &exitWith{code: exitError, said: true, err: fmt.Errorf("%s failed", count(failed, "check"))}
	}
	return nil
}
