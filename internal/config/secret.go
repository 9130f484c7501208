package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// secretDeadline is how long a command may take to tell a secret.
const secretDeadline = 10 * time.Second

// maxSecret bounds what is read as a secret, in bytes.
const maxSecret = 64 << 10

// Secrets reads the secrets that a configuration refers to, each time anew, so
// that one that was rotated is picked up. No error holds a secret.
type Secrets struct {
	Dir string // the directory of the YAML: file: is relative to it, and commands run in it
}

// Read reads a secret: the variable of this process, the file without its
// trailing newline, or what the command prints, without its trailing newline.
// A command gets ten seconds, no shell and no input.
func (s Secrets) Read(ctx context.Context, ref Secret) (string, error) {
	way, rest, err := ref.split()
	if err != nil {
		return "", err
	}
	var value string
	switch way {
	case "env":
		value, err = fromEnvironment(rest)
	case "file":
		value, err = s.fromFile(rest)
	default:
		value, err = s.fromCommand(ctx, rest)
	}
	if err != nil {
		return "", err
	}
	return value, nil
}

// split takes a reference apart. What is not one may be the secret itself, so
// it is not quoted.
func (ref Secret) split() (way, rest string, err error) {
	way, rest, ok := strings.Cut(string(ref), ":")
	rest = strings.TrimSpace(rest)
	if !ok || rest == "" || (way != "env" && way != "file" && way != "command") {
		return "", "", errors.New("this is not a reference to a secret: write env:NAME, file:PATH or command:WORDS")
	}
	return way, rest, nil
}

func fromEnvironment(name string) (string, error) {
	switch value, ok := os.LookupEnv(name); {
	case !ok:
		return "", fmt.Errorf("the environment variable %s is not set: set it where cutover runs", name)
	case value == "":
		return "", fmt.Errorf("the environment variable %s is empty: set it where cutover runs", name)
	default:
		return value, nil
	}
}

// Beside is a file that the configuration names, relative to the YAML, unless it
// begins with ~/.
func (s Secrets) Beside(name string) string {
	if filepath.IsAbs(name) || strings.HasPrefix(name, "~/") {
		return name
	}
	return filepath.Join(s.Dir, name)
}

func (s Secrets) fromFile(name string) (string, error) {
	path := s.Beside(name)
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() { // a pipe would block
		return "", fmt.Errorf("%s is no plain file: put the secret, and nothing else, into a file", path)
	}
	var raw []byte
	if err == nil {
		if info.Size() > maxSecret {
			return "", fmt.Errorf("%s is %d bytes long, more than a secret has: is it the right file?", path, info.Size())
		}
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return "", fmt.Errorf("the secret file cannot be read: %w: put the secret there, readable for the user who runs cutover", err)
	}
	value := trimNewline(raw)
	if value == "" {
		return "", fmt.Errorf("%s is empty: put the secret, and nothing else, into it", path)
	}
	return value, nil
}

func (s Secrets) fromCommand(ctx context.Context, command string) (string, error) {
	program, argv, err := s.command(command)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, secretDeadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, argv[1:]...)
	cmd.Dir = s.Dir
	// A child of the command that keeps the pipe open must not outlast the deadline.
	cmd.WaitDelay = time.Second
	out := &bounded{left: maxSecret}
	cmd.Stdout = out // what it prints elsewhere is dropped: it may hold the secret
	if err := cmd.Run(); err != nil {
		if out.left < 0 {
			return "", fmt.Errorf("the command %s printed more than a secret has: run it by hand to see why", argv[0])
		}
		if ctx.Err() != nil {
			return "", fmt.Errorf("the command %s did not tell the secret in time (%s): run it by hand to see why", argv[0], secretDeadline)
		}
		return "", fmt.Errorf("the command %s failed (%v): run it by hand to see why", argv[0], err)
	}
	value := trimNewline(out.kept.Bytes())
	if value == "" {
		return "", fmt.Errorf("the command %s printed nothing: run it by hand to see why", argv[0])
	}
	return value, nil
}

// command takes a command apart and finds its program. A relative path with a
// slash in it is relative to the YAML.
func (s Secrets) command(command string) (program string, argv []string, err error) {
	argv, err = words(command)
	if err != nil {
		return "", nil, fmt.Errorf("the command for a secret cannot be read: %w: check its quotes", err)
	}
	if len(argv) == 0 {
		return "", nil, errors.New("the command for a secret has no words: write command:WORDS")
	}
	look := argv[0]
	if strings.ContainsRune(look, filepath.Separator) {
		look = s.Beside(look)
	}
	program, err = exec.LookPath(look)
	if err != nil {
		return "", nil, fmt.Errorf("the command %s is not found: install it or write its path", argv[0])
	}
	return program, argv, nil
}

func trimNewline(raw []byte) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
}

// bounded keeps no more than a secret's worth of what a command prints.
type bounded struct {
	kept bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrShortWrite
	}
	return b.kept.Write(p)
}
