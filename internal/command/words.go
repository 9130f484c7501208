package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"regexp"
	"strings"
	"syscall"
)

// dialled is how gRPC wraps what went wrong while it connected.
var dialled = regexp.MustCompile(`desc = "?(?:transport: )?(?:Error while dialing: )?(?:dial \S+ \S+ )?(?:\S+: )?([^"]+)"?$`)

// cause is what went wrong, in words and without the layers of the libraries
// that it came through.
func cause(err error) string {
	var path *fs.PathError
	var number syscall.Errno
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &dns):
		return "there is no host " + dns.Name
	}
	words := err.Error()
	if strings.Contains(words, "context deadline exceeded") {
		return "no answer in time"
	}
	if m := dialled.FindStringSubmatch(words); m != nil {
		words = m[1]
	}
	return strings.TrimPrefix(words, "connect: ")
}

// count is a number of things, in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
