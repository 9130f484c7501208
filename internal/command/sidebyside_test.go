package command

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestTheTwoOfAConflictAreShownSideBySideWithWhatDiffersMarked(t *testing.T) {
	var b bytes.Buffer
	printRecords(&b, []directory.Record{
		{
			Label: directory.LabelUser, Domain: directory.Utilities, UserName: "Jane", Email: "JANE@x", GivenName: "Jane", FamilyName: "Doe",
			Active: true, Locked: true, LockedByAdmin: true, Groups: []string{"Agents", "Others"},
		},
		{Label: directory.LabelSameName, Domain: directory.Fusion, UserName: "jane", Email: "jane@x", FamilyName: "Doe", Groups: []string{"ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE"}},
	})
	require.Equal(t, `             utilities                          fusion
             the user                           bears the same name
    userName Jane                             ≠ jane
    email    JANE@x                             jane@x
    name     Jane Doe                         ≠ Doe
    state    active, locked by an administrat ≠ inactive
             or
    groups   Agents                             ORA_UER_UTILITIES_CUSTOMER_SERVI
             Others                             CE_REPRESENTATIVE
`, b.String())
}

func TestRecordsFitATerminalOfEightyColumns(t *testing.T) {
	long := directory.Record{
		Label: directory.LabelBearsName, Domain: directory.Utilities, UserName: strings.Repeat("é", 256), Email: strings.Repeat("m", 100),
		GivenName: strings.Repeat("g", 90), DisplayName: strings.Repeat("d", 90), Groups: []string{strings.Repeat("x", 70)}, Roles: []string{strings.Repeat("r", 70)},
	}
	for n := 1; n <= 3; n++ {
		var b bytes.Buffer
		printRecords(&b, []directory.Record{long, long, long}[:n])
		for _, line := range strings.Split(b.String(), "\n") {
			require.LessOrEqual(t, utf8.RuneCountInString(line), 80, line)
		}
		require.NotContains(t, b.String(), "\x1b", "no colour off a terminal")
	}
}
