package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Engines are the engines that a configuration can be written for.
func Engines() []string { return []string{"direct", "native"} }

// CheckEngine refuses an engine that there is not; empty is the first.
func CheckEngine(engine string) error {
	if engine != "" && !slices.Contains(Engines(), engine) {
		return fmt.Errorf("it is one of %s, not %q", strings.Join(Engines(), ", "), engine)
	}
	return nil
}

// syncConfig is how people come into the targets. The native synchronization is
// started by the stand-in for a request that Oracle does not document.
func (s *Simulator) syncConfig() yaml.MapSlice {
	if s.options.Engine != "native" {
		return yaml.MapSlice{{Key: "engine", Value: "direct"}}
	}
	body := `{"schemas": ["` + schemaJobSchedule + `"], "jobType": "` + syncJob + `", "runNow": true, "parameters": [` +
		`{"name": "appId", "value": "{appId}"}, {"name": "maxCreates", "value": "{creates}"}, {"name": "maxDeletes", "value": "{deletes}"}]}`
	return yaml.MapSlice{{Key: "engine", Value: "native"}, {Key: "native", Value: yaml.MapSlice{
		{Key: "start", Value: "request"}, {Key: "poll", Value: "200ms"}, {Key: "within", Value: "30m"},
		{Key: "request", Value: yaml.MapSlice{{Key: "path", Value: "/job/v1/JobSchedules"}, {Key: "body", Value: body}}},
	}}}
}
