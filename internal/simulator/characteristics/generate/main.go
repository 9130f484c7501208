// Command generate writes the characteristics of the attributes that Oracle's
// Go SDK, in the version that go.mod names, documents. Run it by `go generate`.
package main

import (
	"context"
	"fmt"
	"os"

	"cutover/internal/simulator/characteristics/sdkmodel"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "the characteristics could not be written:", err)
		os.Exit(1)
	}
}

func run(file string) error {
	dir, err := sdkmodel.Dir(context.Background())
	if err != nil {
		return err
	}
	b, err := sdkmodel.Generate(dir)
	if err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}
