// Command cutover is the administrator's command line: it rehearses, plans,
// starts, watches and answers cutovers.
package main

import (
	"os"

	"cutover/internal/command"
)

func main() {
	os.Exit(command.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
