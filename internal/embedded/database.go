package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/config"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/searchattribute/sadefs"
	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

const clusterName = "active"

// database makes the file if it is not there, with its schema and the namespace,
// and returns how to open it.
func database(file, namespace string, attributes map[string]enums.IndexedValueType) (*config.SQL, error) {
	sql := &config.SQL{
		PluginName: sqliteplugin.PluginName,
		// The plugin puts the name into a URI as it is (plugin.go, buildDSN).
		DatabaseName: strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(file),
		ConnectAttributes: map[string]string{
			"mode": "rwc",
			// What is no parameter of the URI becomes a pragma, by the name as it
			// is. WAL and synchronous=FULL: what Temporal has acknowledged must
			// outlive a power cut; NORMAL may lose the last commits.
			"journal_mode": "wal",
			"synchronous":  "2",
			"busy_timeout": "10000", // milliseconds
		},
		// SQLite has one writer; with more connections calls fail as locked.
		MaxConns: 1, MaxIdleConns: 1,
	}
	_, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := setUp(file, sql); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	}
	ns, err := sqlite.NewNamespaceConfig(clusterName, namespace, false, nil)
	if err != nil {
		return nil, fmt.Errorf("describing the namespace %s: %w", namespace, err)
	}
	if ns.Detail.Config.CustomSearchAttributeAliases, err = aliases(attributes); err != nil {
		return nil, err
	}
	// The ledger is the record; this is how long a person can look back in the UI.
	ns.Detail.Config.Retention = durationpb.New(30 * 24 * time.Hour)
	// One that is there already stays as it is.
	if err := sqlite.CreateNamespaces(sql, ns); err != nil {
		return nil, err
	}
	return sql, nil
}

// setUp makes the file, for its owner only: it holds the workflows' histories.
// A file whose schema is only half there is removed, or no later start would
// make it whole.
func setUp(file string, sql *config.SQL) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := sqlite.SetupSchema(sql); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// aliases gives each search attribute a column of its type: Keyword01, Int03.
// The server's own helper does so in random order and confuses types
// (schema/sqlite/setup.go), so it is done here, in order of the names.
func aliases(attributes map[string]enums.IndexedValueType) (map[string]string, error) {
	byColumn := map[string]string{}
	columns := sadefs.GetDBIndexSearchAttributes(nil).CustomSearchAttributes
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		column := ""
		for _, c := range slices.Sorted(maps.Keys(columns)) {
			if _, taken := byColumn[c]; !taken && columns[c] == attributes[name] {
				column = c
				break
			}
		}
		if column == "" {
			return nil, fmt.Errorf("the database has no column left for the search attribute %s of type %s", name, attributes[name])
		}
		byColumn[column] = name
	}
	return byColumn, nil
}
