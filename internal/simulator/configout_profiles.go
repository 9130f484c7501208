package simulator

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"cutover/internal/directory"
)

// profiles is the OCI configuration file beside cutover.yaml.
const profiles = "oci/config"

func profileOf(name directory.Domain) string { return strings.ToUpper(string(name)) }

// writeProfiles writes an OCI configuration file with a profile for each domain
// that is reached by a signature, and their keys among the secrets.
func (s *Simulator) writeProfiles(c *configWriter, dir string) {
	if len(s.options.Signed) == 0 {
		return
	}
	text := &strings.Builder{}
	for _, name := range s.options.Signed {
		k, err := s.APIKey(name)
		if err != nil {
			c.fail(err)
			return
		}
		file := string(name) + "-api-key.pem"
		c.secret(file, string(k.PEM))
		path, err := filepath.Abs(filepath.Join(c.secrets, file)) // a key is looked for from where the program runs
		if err != nil {
			c.fail(err)
			return
		}
		fmt.Fprintf(text, "[%s]\nuser=%s\nfingerprint=%s\ntenancy=%s\nregion=us-ashburn-1\nkey_file=%s\n\n", profileOf(name), k.User, k.Fingerprint, k.Tenancy, path)
	}
	at := filepath.Join(dir, filepath.FromSlash(profiles))
	err := os.MkdirAll(filepath.Dir(at), 0o700)
	if err == nil {
		err = writeFile(at, 0o600, func(w io.Writer) error {
			_, err := io.WriteString(w, text.String())
			return err
		})
	}
	if err != nil {
		c.fail(fmt.Errorf("the OCI configuration file cannot be written: %w", err))
	}
}

func (c *configWriter) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}
