package phase_test

import (
	"flag"
	"os"
	"testing"
)

// The properties hold for every estate: each is tried on a thousand random ones,
// unless -rapid.checks asks for another number.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
