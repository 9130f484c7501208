package fleet

import (
	"path/filepath"

	"cutover/activities"
	"cutover/internal/apply"
	"cutover/internal/config"
	"cutover/internal/importfiles"
)

// filesOf is what writes files for Import Management; nil where none are written.
func filesOf(c config.Config, dir string, hub apply.Peer) (activities.Files, error) {
	if c.Migrate.Through != config.ThroughImportManagement {
		return nil, nil
	}
	people, err := config.CompileMapping(c.Migrate.People)
	if err != nil {
		return nil, err
	}
	roles, err := config.CompileMapping(c.Migrate.Roles)
	if err != nil {
		return nil, err
	}
	at := c.Migrate.Files
	if !filepath.IsAbs(at) {
		at = filepath.Join(dir, at)
	}
	return &importfiles.Writer{Dir: at, People: people, Roles: roles, Hub: hub}, nil
}
