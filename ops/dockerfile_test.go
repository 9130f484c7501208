package ops_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func dockerfile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "Dockerfile"))
	require.NoError(t, err)
	return string(text)
}

func TestImagesNameNoRegistryAndHaveAVersion(t *testing.T) {
	stages := map[string]bool{}
	var images []string
	for _, m := range regexp.MustCompile(`(?m)^FROM (\S+) AS (\S+)$`).FindAllStringSubmatch(dockerfile(t), -1) {
		if !stages[m[1]] {
			images = append(images, m[1])
		}
		stages[m[2]] = true
	}
	require.Equal(t, []string{"golang:1.26-bookworm", "debian:bookworm-slim"}, images)
	require.True(t, stages["worker"] && stages["cli"])

	for name, s := range loaded(t).Services {
		if s.Image == "" {
			continue
		}
		require.Regexp(t, `^[a-z0-9-]+(/[a-z0-9-]+)?:[0-9][0-9.]*$`, s.Image, name)
	}
}

func TestNothingRunsAsRootInOurImages(t *testing.T) {
	_, base, found := strings.Cut(dockerfile(t), " AS base\n")
	require.True(t, found)
	require.Equal(t, []string{"USER 10001"}, regexp.MustCompile(`(?m)^USER .*$`).FindAllString(base, -1))
	after := base[strings.Index(base, "USER 10001"):]
	require.NotContains(t, after, "\nRUN ", "a later step would run as this user or need root")
}

func TestTheImageIsBuiltWithTheGoOfGoMod(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "go.mod"))
	require.NoError(t, err)
	m := regexp.MustCompile(`(?m)^go (1\.\d+)`).FindSubmatch(mod)
	require.NotNil(t, m)
	require.Contains(t, dockerfile(t), "FROM golang:"+string(m[1])+"-bookworm AS build\n")
}
