package sdkmodel_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/characteristics/sdkmodel"
)

func TestASourceWithoutTheModelsSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	_, err := sdkmodel.Generate(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "identitydomains_client.go"), []byte("package identitydomains\n"), 0o600))
	_, err = sdkmodel.Generate(dir)
	require.ErrorContains(t, err, "/admin/v1/AccountMgmtInfos")
}
