package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"cutover/internal/config"
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
