// Package ops holds what is true of the files that put cutover into operation:
// docker-compose.yml and the Dockerfile. It has tests only, and knows nothing of
// how cutover works inside.
package ops_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

const password = "PASSWORD=0f1e2d3c"

// project loads the file as Compose does: with its schema, its interpolation and
// its consistency checks.
func project(t *testing.T, env ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join("..", "docker-compose.yml")},
		cli.WithEnv(env), cli.WithProfiles([]string{"*"}), cli.WithConsistency(true), cli.WithInterpolation(true))
	require.NoError(t, err)
	return options.LoadProject(t.Context())
}

func loaded(t *testing.T) *types.Project {
	t.Helper()
	p, err := project(t, "TEMPORAL_DB_"+password)
	require.NoError(t, err)
	return p
}

func TestTheServicesOfAClusterAndOurWorkerAreThere(t *testing.T) {
	p := loaded(t)
	require.Equal(t, []string{"cli", "postgresql", "temporal", "temporal-namespace", "temporal-schema", "temporal-ui", "worker"}, p.ServiceNames())
	for _, name := range []string{"worker", "cli"} {
		require.Equal(t, name, p.Services[name].Build.Target)
	}
}

func TestThePasswordOfTheDatabaseMustBeGiven(t *testing.T) {
	_, err := project(t)
	require.ErrorContains(t, err, "write TEMPORAL_DB_PASSWORD=... into .env")
	text, err := os.ReadFile(filepath.Join("..", "docker-compose.yml"))
	require.NoError(t, err)
	for _, line := range regexp.MustCompile(`(?m)^ +[A-Z_]*(PASSWORD|PWD): .*$`).FindAllString(string(text), -1) {
		require.Contains(t, line, "${TEMPORAL_DB_PASSWORD", "a password is written into the file")
	}
}

func TestWhatKeepsRunningSaysWhetherItIsHealthy(t *testing.T) {
	for name, s := range loaded(t).Services {
		if s.Restart != "unless-stopped" {
			continue
		}
		require.NotNil(t, s.HealthCheck, name)
		require.False(t, s.HealthCheck.Disable, name)
		require.NotEmpty(t, s.HealthCheck.Test, name)
		require.NotNil(t, s.HealthCheck.Interval, name)
		require.NotNil(t, s.HealthCheck.Timeout, name)
	}
}

func TestEachServiceWaitsForWhatItNeeds(t *testing.T) {
	p := loaded(t)
	for service, needs := range map[string]types.DependsOnConfig{
		"temporal-schema":    {"postgresql": {Condition: types.ServiceConditionHealthy, Required: true}},
		"temporal":           {"temporal-schema": {Condition: types.ServiceConditionCompletedSuccessfully, Required: true}},
		"temporal-namespace": {"temporal": {Condition: types.ServiceConditionHealthy, Required: true}},
		"temporal-ui":        {"temporal": {Condition: types.ServiceConditionHealthy, Required: true}},
		"worker":             {"temporal-namespace": {Condition: types.ServiceConditionCompletedSuccessfully, Required: true}},
		"cli":                {"worker": {Condition: types.ServiceConditionHealthy, Required: true}},
	} {
		require.Equal(t, needs, p.Services[service].DependsOn, service)
	}
}

func TestPortsWithoutASignInAreForThisMachineOnly(t *testing.T) {
	ports := 0
	for name, s := range loaded(t).Services {
		for _, port := range s.Ports {
			ports++
			require.Equal(t, "127.0.0.1", port.HostIP, name)
		}
	}
	require.Equal(t, 2, ports)
}

func TestImagesAreOfTheVersionsThatThisBuildUses(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "go.mod"))
	require.NoError(t, err)
	version := func(module string) string {
		m := regexp.MustCompile(regexp.QuoteMeta(module) + ` v(\S+)`).FindSubmatch(mod)
		require.NotNil(t, m, module)
		return string(m[1])
	}
	p := loaded(t)
	server := version("go.temporal.io/server")
	require.Equal(t, "temporalio/server:"+server, p.Services["temporal"].Image)
	require.Equal(t, "temporalio/admin-tools:"+server, p.Services["temporal-schema"].Image)
	require.Equal(t, "temporalio/admin-tools:"+server, p.Services["temporal-namespace"].Image)
	require.Equal(t, "temporalio/ui:"+version("github.com/temporalio/ui-server/v2"), p.Services["temporal-ui"].Image)
}

func TestTheWorkerAndTheCommandLineShareStateAndConfiguration(t *testing.T) {
	p := loaded(t)
	for _, name := range []string{"worker", "cli"} {
		s := p.Services[name]
		require.Len(t, s.Volumes, 2, name)
		require.Equal(t, []string{"state", "/state"}, []string{s.Volumes[0].Source, s.Volumes[0].Target}, name)
		require.Equal(t, "/config", s.Volumes[1].Target, name)
		require.True(t, s.Volumes[1].ReadOnly, name)
		require.Equal(t, "temporal:7233", *s.Environment["TEMPORAL_ADDRESS"], name)
		require.True(t, s.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, s.CapDrop, name)
	}
	require.Contains(t, p.Volumes, "state")
}

func TestEverySearchAttributeOfTheWorkflowIsRegistered(t *testing.T) {
	script := loaded(t).Configs["namespace"].Content
	m := regexp.MustCompile(`for name in (.*); do`).FindStringSubmatch(script)
	require.NotNil(t, m, script)
	// Read from the source: the package itself would link a workflow's whole world.
	files, err := filepath.Glob(filepath.Join("..", "workflows", "*.go"))
	require.NoError(t, err)
	var want []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, key := range regexp.MustCompile(`temporal\.NewSearchAttributeKey(\w+)\("(\w+)"\)`).FindAllSubmatch(text, -1) {
			require.Equal(t, "Keyword", string(key[1]), "the script registers keywords only")
			want = append(want, string(key[2]))
		}
	}
	slices.Sort(want)
	require.Equal(t, want, strings.Fields(m[1]))
	require.Contains(t, script, "--name $name --type Keyword", "a dollar that Compose must leave alone is doubled")
}
