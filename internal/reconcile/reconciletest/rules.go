package reconciletest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// pairs is a JSON object of strings whose order counts.
type pairs [][2]string

func (p *pairs) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil { // the brace
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		value, err := d.Token()
		if err != nil {
			return err
		}
		*p = append(*p, [2]string{fmt.Sprint(key), fmt.Sprint(value)})
	}
	return nil
}

type names struct{ UserNames, Groups []string }

type access struct {
	App    string
	Roles  []string
	Groups pairs
}

// resolution is the JSON of one person's resolution, as in cutover.json.
type resolution struct {
	Exclude, Reactivate, Migrate bool
	Rename                       string
	SamePerson                   string                                        `json:"same-person"`
	KeepInactive                 bool                                          `json:"keep-inactive"`
	OutOfScope                   bool                                          `json:"out-of-scope"`
	Orphans                      string                                        `json:"orphans"`
	Set                          struct{ Email, FamilyName, GivenName string } `json:"set"`
	OUAFLoginChanged             bool
}

func (r resolution) compiled() reconcile.Resolution {
	return reconcile.Resolution{
		Exclude: r.Exclude, Reactivate: r.Reactivate, Migrate: r.Migrate, KeepInactive: r.KeepInactive, OutOfScope: r.OutOfScope,
		Rename: r.Rename, SamePerson: r.SamePerson, Orphan: r.Orphans, OUAFLoginChanged: r.OUAFLoginChanged,
		SetEmail: r.Set.Email, SetGivenName: r.Set.GivenName, SetFamilyName: r.Set.FamilyName,
	}
}

// RulesFromEstate compiles cutover.json of an estate. The test user is cutover.test.
func RulesFromEstate(files fs.FS, dir string) (*reconcile.Rules, error) {
	var c struct {
		Exclude          struct{ Utilities, CXIF names }
		Scope            struct{ Utilities, CXIF []string }
		MigratedUsersGet pairs
		Access           struct{ Utilities, CXIF access }
		Resolutions      map[directory.Domain]map[string]json.RawMessage
	}
	if err := read(files, path.Join(dir, "cutover.json"), &c); err != nil {
		return nil, err
	}
	r := &reconcile.Rules{
		TestUser: "cutover.test", NewPeopleFederated: true,
		ExcludeUtilities: reconcile.Exclusion(c.Exclude.Utilities), ExcludeCXIF: reconcile.Exclusion(c.Exclude.CXIF),
		ScopeUtilities: c.Scope.Utilities, ScopeCXIF: c.Scope.CXIF,
		AccessUtilities: c.Access.Utilities.compiled(), AccessCXIF: c.Access.CXIF.compiled(),
		Utilities: map[string]reconcile.Resolution{}, Fusion: map[string]reconcile.Resolution{}, CXIF: map[string]reconcile.Resolution{},
	}
	for _, p := range c.MigratedUsersGet {
		r.MigratedUsersGet = append(r.MigratedUsersGet, reconcile.RoleFor{Group: p[0], Role: p[1]})
	}
	orphans := map[directory.Domain]*string{directory.Utilities: &r.OrphansUtilities, directory.CXIF: &r.OrphansCXIF}
	users := map[directory.Domain]map[string]reconcile.Resolution{directory.Utilities: r.Utilities, directory.Fusion: r.Fusion, directory.CXIF: r.CXIF}
	for d, of := range c.Resolutions {
		for key, raw := range of {
			if key == "orphans" {
				if err := json.Unmarshal(raw, orphans[d]); err != nil {
					return nil, fmt.Errorf("resolutions.%s.orphans: %w", d, err)
				}
				continue
			}
			var one resolution
			if err := json.Unmarshal(raw, &one); err != nil {
				return nil, fmt.Errorf("resolutions.%s.%s: %w", d, key, err)
			}
			users[d][directory.Fold(key)] = one.compiled()
		}
	}
	return r, nil
}

func (a access) compiled() reconcile.Access {
	out := reconcile.Access{App: a.App, Roles: a.Roles}
	for _, p := range a.Groups {
		out.Groups = append(out.Groups, reconcile.GroupFor{Role: p[0], Group: p[1]})
	}
	return out
}
