package rehearse_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates/estatetest"
	"cutover/internal/ledger"
	"cutover/internal/simulator"
	"cutover/workflows"
)

func TestPeopleComeIntoTheFusionDomainItself(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.estate = estate(t, "clean")
	m.config = instead("through: fusion-applications", "through: fusion-domain")
	m.then = func(ctx context.Context, cut ledger.Cutover, sim *simulator.Simulator) error {
		if err := sim.Settled(ctx); err != nil {
			return err
		}
		dir := t.TempDir()
		if err := sim.Dump(dir); err != nil {
			return err
		}
		estatetest.Final(t, m.estate, os.DirFS(dir))
		return nil
	}
	h, err := m.hold(t.Context(), "into-the-domain", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	accounts := 0
	for _, l := range h.lines {
		if l.Domain == "fusion-applications" && l.Method == "POST" && strings.HasSuffix(l.Path, "/Users") {
			accounts += len(l.Keys)
		}
	}
	require.Equal(t, 1, accounts, "only the test user has an account in Fusion Applications that was not there before")
}

// loads does what a person does with Import Management: the lines of a file become
// accounts, or roles of them.
func (m *many) loads(ctx context.Context, s workflows.Status) error {
	e, err := m.estateOf(ctx, s)
	if err != nil {
		return err
	}
	step, dir := asked.FindStringSubmatch(s.Asks), ""
	if step == nil {
		return fmt.Errorf("nobody knows what to do with %q", s.Asks)
	}
	dir = step[2]
	files, err := filepath.Glob(filepath.Join(dir, step[1]+"-*.csv"))
	if err != nil || len(files) != 1 {
		return fmt.Errorf("%d files of step %s: %w", len(files), step[1], err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return err
	}
	var names []string
	for _, row := range rows[1:] {
		names = append(names, row[0])
	}
	there, err := e.Applications.Lookup(ctx, names)
	if err != nil {
		return err
	}
	for _, row := range rows[1:] {
		c := directory.Change{Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.AddMember, User: row[0], Target: row[1]}
		if strings.HasSuffix(files[0], "people.csv") {
			c = directory.Change{Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.CreateUser, User: row[0],
				After: directory.Attributes{"userName": row[0], "givenName": row[1], "familyName": row[2], "email": row[3], "active": "true", "displayName": row[1] + " " + row[2]}}
		}
		outcomes, err := e.Applications.Write(ctx, []directory.Write{{Change: c, ID: there[directory.Fold(row[0])].ID}})
		if err == nil && outcomes[0].Err != nil {
			err = outcomes[0].Err
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var asked = regexp.MustCompile(`begins with (\d+)- in (.*), on the machine`)

func TestAPersonLoadsFilesIntoFusionAndCutoverSeesThePeopleArrive(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.config = instead("through: fusion-applications", "through: import-management\n  mapping:\n    familyName: upper(familyName)")
	files := 0
	m.asks = func(ctx context.Context, _ string, s workflows.Status) error {
		files++
		return m.loads(ctx, s)
	}
	h, err := m.hold(t.Context(), "by-files", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	require.Equal(t, 3, files, "the first person, the others, and their roles")
	written, err := filepath.Glob(filepath.Join(m.dir, "by-files", "import", "*-people.csv"))
	require.NoError(t, err)
	require.Len(t, written, 2)
	body, err := os.ReadFile(written[1])
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 1)
	for _, row := range rows[1:] {
		require.Equal(t, strings.ToUpper(row[2]), row[2], "the mapping holds")
	}
}

func TestACutoverIsCarriedOutWhereRequestsAreSigned(t *testing.T) {
	t.Parallel() // most of it is waiting
	m := newMany(t)
	m.signed = []directory.Domain{directory.Utilities}
	users := map[string]int{}
	m.then = func(_ context.Context, _ ledger.Cutover, sim *simulator.Simulator) error {
		k, err := sim.APIKey(directory.Utilities)
		users[k.User]++
		return err
	}
	h, err := m.hold(t.Context(), "signed", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, h.said)
	wrote := 0
	for _, l := range h.lines {
		if l.Domain == string(directory.Utilities) {
			require.Contains(t, users, l.Client, "whoever wrote there signed it")
			wrote++
		}
	}
	require.NotZero(t, wrote)
}
