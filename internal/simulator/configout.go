package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"cutover/internal/directory"
)

// WriteConfig writes a cutover.yaml that fits this world, with fresh secrets in
// files of mode 0600 in the directory secrets beside it. What the estate's
// cutover.json chooses is taken over as it is, in its order.
//
// Beside it lies watchdog.yaml, for `cutover watchdog`, with a client of its own.
// The configuration names that watchdog only if its URL is given here; without one
// it says that this simulated world goes without.
func (s *Simulator) WriteConfig(file string, watchdogURL ...string) error {
	chosen, err := readChoices(s.options.Estate)
	if err != nil {
		return err
	}
	secrets := filepath.Join(filepath.Dir(file), "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return fmt.Errorf("the directory of the secrets cannot be made: %w", err)
	}
	if err := os.Chmod(secrets, 0o700); err != nil {
		return fmt.Errorf("the directory of the secrets cannot be closed to others: %w", err)
	}
	c := &configWriter{secrets: secrets}
	s.writeProfiles(c, filepath.Dir(file))
	out := yaml.MapSlice{}
	for _, name := range directory.Domains {
		out = append(out, yaml.MapItem{Key: string(name), Value: s.domainConfig(c, name)})
	}
	for _, item := range chosen {
		if item.Key == "emergency" {
			item.Value = s.emergencyConfig(c, item.Value)
		}
		out = append(out, item)
	}
	if slices.ContainsFunc(out, func(i yaml.MapItem) bool { return i.Key == "resolutions" }) {
		out = withDefault(out, "limits", yaml.MapSlice{{Key: "phases", Value: limitsOfResolutions()}})
	}
	out = withDefault(out, "migrate", yaml.MapSlice{{Key: "through", Value: "fusion-applications"}})
	out = withDefault(out, "sync", s.syncConfig())
	out = withDefault(out, "sso", yaml.MapSlice{{Key: "testUser", Value: yaml.MapSlice{
		{Key: "userName", Value: "cutover.test"},
		{Key: "email", Value: "cutover.test@" + s.usualMailDomain()},
		{Key: "password", Value: c.secret("test-user-password", "Cv7-"+newSecret()[:24])},
	}}, {Key: "prover", Value: "robot"}, {Key: "probation", Value: s.probationConfig(c, filepath.Dir(file), first(watchdogURL))}})
	if attest := s.attestations(chosen); len(attest) > 0 && at(out, "attest") == nil {
		out = append(out, yaml.MapItem{Key: "attest", Value: attest})
	}
	if c.err != nil {
		return c.err
	}
	text, err := yaml.Marshal(out)
	if err != nil {
		return fmt.Errorf("the configuration cannot be put into YAML: %w", err)
	}
	err = writeFile(file, 0o600, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(text))
		return err
	})
	if err != nil {
		return fmt.Errorf("the configuration cannot be written: %w", err)
	}
	return nil
}

// withDefault adds entries of a mapping under a key, where the estate did not
// choose them itself.
func withDefault(o yaml.MapSlice, key string, entries yaml.MapSlice) yaml.MapSlice {
	at := slices.IndexFunc(o, func(i yaml.MapItem) bool { return i.Key == key })
	if at < 0 {
		return append(o, yaml.MapItem{Key: key, Value: entries})
	}
	chosen, ok := o[at].Value.(yaml.MapSlice)
	for _, e := range entries {
		if ok && !slices.ContainsFunc(chosen, func(i yaml.MapItem) bool { return i.Key == e.Key }) {
			chosen = append(chosen, e)
		}
	}
	if ok {
		o[at].Value = chosen
	}
	return o
}

// limitsOfResolutions lifts the limits on what resolutions change: whoever wrote
// them has looked at each, and a limit on their number would only count them again.
func limitsOfResolutions() yaml.MapSlice {
	free := func(kinds ...string) yaml.MapSlice {
		var out yaml.MapSlice
		for _, kind := range kinds {
			out = append(out, yaml.MapItem{Key: kind, Value: yaml.MapSlice{{Key: "free", Value: true}}})
		}
		return out
	}
	return yaml.MapSlice{
		{Key: "migrate", Value: free("updates", "deactivations")},
		{Key: "sync-utilities", Value: free("deactivations")},
		{Key: "sync-cxif", Value: free("deactivations")},
	}
}

// configWriter writes secrets beside the configuration and remembers the first failure.
type configWriter struct {
	secrets string
	err     error
}

// secret puts a secret into a file and returns the reference to it.
func (c *configWriter) secret(name, value string) string {
	err := writeFile(filepath.Join(c.secrets, name), 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, value)
		return err
	})
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("the secret %s cannot be written: %w", name, err)
	}
	return "file:secrets/" + name
}

func (s *Simulator) domainConfig(c *configWriter, name directory.Domain) yaml.MapSlice {
	o := yaml.MapSlice{{Key: "url", Value: s.URL(name)}}
	if slices.Contains(s.options.Signed, name) {
		o = append(o, yaml.MapItem{Key: "ociProfile", Value: profileOf(name)}, yaml.MapItem{Key: "ociConfig", Value: profiles})
	} else {
		id, secret := s.Client(name)
		o = append(o, yaml.MapItem{Key: "clientId", Value: id}, yaml.MapItem{Key: "clientSecret", Value: c.secret(string(name)+"-client-secret", secret)})
	}
	o = append(o, yaml.MapItem{Key: "type", Value: s.options.Tier}, yaml.MapItem{Key: "requestTimeout", Value: s.patience()})
	if name != directory.Fusion {
		return o
	}
	user, password := s.FusionApplicationsLogin()
	return append(o, yaml.MapItem{Key: "applications", Value: yaml.MapSlice{
		{Key: "url", Value: s.FusionApplicationsURL()},
		{Key: "userName", Value: user},
		{Key: "password", Value: c.secret("fusion-applications-password", password)},
		{Key: "requestTimeout", Value: s.patience()},
		{Key: "arrivalPoll", Value: "200ms"},
	}})
}

// patience is the deadline of a request that fits this simulator: it is near,
// and only as slow as it was told to be.
func (s *Simulator) patience() string {
	return (3*time.Second + 4*s.options.Latency).String()
}

// emergencyConfig adds the password of the emergency account, which the estate
// names without one.
func (s *Simulator) emergencyConfig(c *configWriter, chosen any) any {
	o, ok := chosen.(yaml.MapSlice)
	if !ok {
		return chosen
	}
	for _, item := range o {
		userName, _ := item.Value.(string)
		if password, ok := s.Password(directory.Utilities, userName); ok && item.Key == "utilities" {
			return append(o, yaml.MapItem{Key: "password", Value: c.secret("emergency-password", password)})
		}
	}
	return o
}

// usualMailDomain is the domain of most people's email in Utilities, or in
// Fusion where nobody there has one.
func (s *Simulator) usualMailDomain() string {
	for _, name := range []directory.Domain{directory.Utilities, directory.Fusion} {
		d := s.domains[name]
		d.mu.RLock()
		count, most := map[string]int{}, ""
		for _, u := range d.users.all {
			for _, a := range u.addresses() {
				_, at, ok := strings.Cut(a, "@")
				if !ok {
					continue
				}
				count[at]++
				if count[at] > count[most] || count[at] == count[most] && at < most {
					most = at
				}
			}
		}
		d.mu.RUnlock()
		if most != "" {
			return most
		}
	}
	return "cutover.example"
}

// readChoices reads cutover.json with the order of its keys: which of several
// roles somebody gets depends on it.
func readChoices(estate fs.FS) (yaml.MapSlice, error) {
	b, err := fs.ReadFile(estate, "cutover.json")
	if err != nil {
		return nil, fmt.Errorf("the choices of the estate cannot be read: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	v, err := inOrder(dec)
	if err != nil {
		return nil, fmt.Errorf("cutover.json of the estate is no JSON: %w", err)
	}
	o, ok := v.(yaml.MapSlice)
	if !ok {
		return nil, fmt.Errorf("cutover.json of the estate is no JSON object")
	}
	return o, nil
}

// inOrder decodes one JSON value; objects keep the order of their keys.
func inOrder(dec *json.Decoder) (any, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := yaml.MapSlice{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := inOrder(dec)
			if err != nil {
				return nil, err
			}
			o = append(o, yaml.MapItem{Key: key, Value: v})
		}
		_, err = dec.Token()
		return o, err
	case json.Delim('['):
		l := []any{}
		for dec.More() {
			v, err := inOrder(dec)
			if err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		_, err = dec.Token()
		return l, err
	}
	if n, ok := t.(float64); ok && n == math.Trunc(n) {
		return int64(n), nil // YAML tells whole numbers from others, JSON does not
	}
	return t, nil
}
