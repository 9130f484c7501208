package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Replace puts a text in the place of a configuration, whole or not at all: it
// must load without a mistake, and the file must still hold what the text was
// made from. The file keeps its mode, and what it held stays in a file beside it.
func Replace(path string, from, to []byte) (backup string, err error) {
	if _, err := LoadText(path, to); err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", path, err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return "", err
	}
	have, err := os.ReadFile(target)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(have, from) {
		return "", fmt.Errorf("%s was changed by somebody else meanwhile; nothing was written. Look at it, and begin again", path)
	}
	backup = target + ".before-" + time.Now().UTC().Format("20060102T150405.000")
	if err := write(backup, have, info.Mode().Perm(), os.O_EXCL); err != nil {
		return "", err
	}
	next, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return "", err
	}
	name := next.Name()
	_ = next.Close()
	if err := write(name, to, info.Mode().Perm(), os.O_TRUNC); err != nil {
		_ = os.Remove(name)
		return "", err
	}
	if err := os.Rename(name, target); err != nil {
		_ = os.Remove(name)
		return "", err
	}
	return backup, nil
}

// write writes a file through to the disk.
func write(name string, text []byte, mode os.FileMode, how int) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|how, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(mode) // whatever the umask says
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
