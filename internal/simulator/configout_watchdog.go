package simulator

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"cutover/internal/directory"
)

// SecondClient is a client of a domain for whoever must share nothing with the
// first: a watchdog, or somebody else who works there.
func (s *Simulator) SecondClient(name directory.Domain) (id, secret string) {
	c := s.domains[name].clients.second
	return c.id, c.secret
}

// probationConfig says how this world watches over sso-on, and writes
// watchdog.yaml into dir for whoever runs a watchdog.
func (s *Simulator) probationConfig(c *configWriter, dir, url string) yaml.MapSlice {
	id, secret := s.SecondClient(directory.Utilities)
	text, err := yaml.Marshal(yaml.MapSlice{{Key: string(directory.Utilities), Value: yaml.MapSlice{
		{Key: "url", Value: s.URL(directory.Utilities)},
		{Key: "clientId", Value: id},
		{Key: "clientSecret", Value: c.secret("watchdog-client-secret", secret)},
		{Key: "type", Value: s.options.Tier},
		{Key: "requestTimeout", Value: s.patience()},
	}}})
	if err == nil {
		err = writeFile(filepath.Join(dir, "watchdog.yaml"), 0o600, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("the configuration of the watchdog cannot be written: %w", err)
	}
	token := c.secret("watchdog-token", newSecret())
	out := yaml.MapSlice{{Key: "confirmWithin", Value: "30m"}}
	if url == "" {
		return append(out, yaml.MapItem{Key: "watchdog", Value: "none"}, yaml.MapItem{Key: "acceptedBy", Value: "nobody: these domains are simulated"})
	}
	return append(out, yaml.MapItem{Key: "watchdog", Value: "required"}, yaml.MapItem{Key: "watchdogURL", Value: url}, yaml.MapItem{Key: "watchdogToken", Value: token})
}
