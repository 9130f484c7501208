package sdkmodel

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Dir is where the go command keeps the SDK's package, in the version of go.mod.
func Dir(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", Module)
	var out, fault bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the source of %s was not found: %w: %s", Module, err, bytes.TrimSpace(fault.Bytes()))
	}
	dir := strings.TrimSpace(out.String())
	if dir == "" {
		return "", fmt.Errorf("the source of %s is not in the module cache; run `go mod download %s`", Module, Module)
	}
	return filepath.Join(dir, Package), nil
}
