package config_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
)

func TestASecretIsReadFromWhereItIs(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	put("plain", "hunter2")
	put("newline", "hunter2\n")
	put("windows", "hunter2\r\n")
	put("two lines", "hunter2\n\n")
	put("teller", "#!/bin/sh\necho hunter2\n")
	require.NoError(t, os.Chmod(filepath.Join(dir, "teller"), 0o700))
	t.Setenv("HUNTER", "hunter2")
	for ref, want := range map[config.Secret]string{
		"env:HUNTER":       "hunter2",
		"env: HUNTER":      "hunter2",
		"file:plain":       "hunter2",
		"file:newline":     "hunter2",
		"file:windows":     "hunter2",
		"file:two lines":   "hunter2\n", // one newline is the editor's, the other is not
		"command:./teller": "hunter2",
		config.Secret("file:" + filepath.Join(dir, "plain")): "hunter2",
		"command:cat plain":                            "hunter2",
		`command:sh -c 'printf "%s %s" "$0" x' "a  b"`: "a  b x",
		"command:echo $HUNTER":                         "$HUNTER", // there is no shell
	} {
		got, err := config.Secrets{Dir: dir}.Read(t.Context(), ref)
		require.NoError(t, err, ref)
		require.Equal(t, want, got, ref)
	}
}

func TestASecretThatCannotBeReadSaysWhyAndNeverWhatItIs(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "empty"), []byte("\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "huge"), make([]byte, 70_000), 0o600))
	t.Setenv("EMPTY", "")
	for ref, want := range map[config.Secret]string{
		"hunter2":             "this is not a reference to a secret: write env:NAME, file:PATH or command:WORDS",
		"vault:hunter2":       "this is not a reference to a secret: write env:NAME, file:PATH or command:WORDS",
		"env:":                "this is not a reference to a secret: write env:NAME, file:PATH or command:WORDS",
		"env:NOT_SET_AT_ALL":  "the environment variable NOT_SET_AT_ALL is not set: set it where cutover runs",
		"env:EMPTY":           "the environment variable EMPTY is empty: set it where cutover runs",
		"file:nowhere":        "the secret file cannot be read: stat DIR/nowhere: no such file or directory: put the secret there, readable for the user who runs cutover",
		"file:empty":          "DIR/empty is empty: put the secret, and nothing else, into it",
		"file:huge":           "DIR/huge is 70000 bytes long, more than a secret has: is it the right file?",
		"file:.":              "DIR is no plain file: put the secret, and nothing else, into a file",
		"command:nowhere x":   "the command nowhere is not found: install it or write its path",
		"command:./nowhere x": "the command ./nowhere is not found: install it or write its path",
		"command:'echo":       "the command for a secret cannot be read: a quote is not closed: check its quotes",
		"command:true":        "the command true printed nothing: run it by hand to see why",
		"command:sh -c 'echo hunter2; echo hunter2 >&2; exit 3'": "the command sh failed (exit status 3): run it by hand to see why",
		"command:head -c 70000 /dev/zero":                        "the command head printed more than a secret has: run it by hand to see why",
	} {
		got, err := config.Secrets{Dir: dir}.Read(t.Context(), ref)
		require.Empty(t, got, ref)
		require.EqualError(t, err, strings.ReplaceAll(want, "DIR", dir), ref)
	}
}

func TestACommandThatHangsIsEndedWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := config.Secrets{Dir: t.TempDir()}.Read(ctx, "command:sleep 60")
	require.EqualError(t, err, "the command sleep did not tell the secret in time (10s): run it by hand to see why")
}

func TestAFileThatEveryoneMayReadIsAWarning(t *testing.T) {
	secrets(t)
	file := write(t, strings.Replace(string(config.Template()), "env:CXIF_CLIENT_SECRET", "file:cxif", 1))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "cxif"), []byte("hunter2"), 0o600))
	require.NoError(t, os.Chmod(filepath.Join(filepath.Dir(file), "cxif"), 0o644))
	f, err := config.Load(file)
	require.NoError(t, err)
	require.Len(t, f.Warnings, 1)
	require.Equal(t, file+`:39:17: warning: cxif.clientSecret: everyone on this machine may read cxif
  39 |   clientSecret: file:cxif
     |                 ^
     chmod 600 cxif`, f.Warnings[0].String())
}

func TestCommandsAreNotRunWhenAFileIsLoaded(t *testing.T) {
	secrets(t)
	file := write(t, strings.Replace(string(config.Template()), "env:CXIF_CLIENT_SECRET", "command:touch ran", 1))
	_, err := config.Load(file)
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(filepath.Dir(file), "ran"))
}
