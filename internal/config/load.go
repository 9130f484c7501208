package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxFile bounds cutover.yaml, in bytes: resolutions for a hundred thousand
// people fit.
const maxFile = 16 << 20

// File is a cutover.yaml that was read and found right.
type File struct {
	Path   string // as it was given
	Config Config
	// Hash is the SHA-256, in hex, of the configuration after defaults as
	// canonical JSON. Comments, order of keys, spelling of the YAML and the
	// directory do not change it.
	Hash string
	// Canonical is the JSON that Decode reads: the configuration and its directory.
	Canonical []byte
	// Warnings do not keep a cutover from starting.
	Warnings []Problem
}

// canonical is the stored form. Durations are nanoseconds and a mapping whose
// order counts is a list of pairs.
//
// The directory is kept beside the configuration, not in it: a configuration is
// the same wherever it lies, but file: secrets are relative to the YAML.
type canonical struct {
	Dir    string `json:"dir"`
	Config Config `json:"config"`
}

// Load reads a cutover.yaml, fills in the defaults and looks for mistakes of
// every kind, missing secrets included. It returns *Invalid with all of them,
// or a plain error where the file itself cannot be read.
func Load(path string) (*File, error) {
	text, dir, err := fetch(path)
	if err != nil {
		return nil, err
	}
	return load(path, text, dir)
}

// LoadText is Load as if the file held this text.
func LoadText(path string, text []byte) (*File, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", path, err)
	}
	return load(path, bytes.TrimPrefix(text, []byte(mark)), filepath.Dir(full))
}

// mark is what some editors begin a file of UTF-8 with.
const mark = "\ufeff"

func load(path string, text []byte, dir string) (*File, error) {
	c, r := read(path, text)
	c.defaults(r.has)
	if len(r.keys) > 0 { // what is no YAML at all would be missing everything
		validate(c, dir, r)
	}
	mistakes, warnings := r.sorted()
	if len(mistakes) > 0 {
		return nil, &Invalid{Problems: mistakes}
	}
	hashed, err := encode(*c)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(hashed)
	stored, err := encode(canonical{Dir: dir, Config: *c})
	if err != nil {
		return nil, err
	}
	return &File{Path: path, Config: *c, Hash: hex.EncodeToString(sum[:]), Canonical: stored, Warnings: warnings}, nil
}

func fetch(path string) (text []byte, dir string, err error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, "", fmt.Errorf("finding %s: %w", path, err)
	}
	f, err := os.Open(full)
	if err != nil {
		return nil, "", fmt.Errorf("the configuration cannot be read: %w: name the file, or make one with cutover init", err)
	}
	defer f.Close()
	text, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, "", fmt.Errorf("the configuration cannot be read: %w", err)
	}
	if len(text) > maxFile {
		return nil, "", fmt.Errorf("%s is over %d MB: it is not a cutover.yaml", path, maxFile>>20)
	}
	return bytes.TrimPrefix(text, []byte(mark)), filepath.Dir(full), nil
}

// Decode reads what File.Canonical holds, as it comes back from where it was
// stored, with the directory of the YAML, for Secrets. A key that this version
// does not know is refused: leaving it out could carry out less than was approved.
func Decode(stored []byte) (c Config, dir string, err error) {
	var whole canonical
	d := json.NewDecoder(bytes.NewReader(stored))
	d.DisallowUnknownFields()
	if err := d.Decode(&whole); err != nil {
		return Config{}, "", fmt.Errorf("the stored configuration cannot be read: %w: was it stored by another version? load the YAML again", err)
	}
	return whole.Config, whole.Dir, nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
