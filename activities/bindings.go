package activities

import (
	"context"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/reconcile"
)

// resolutionMark begins the reason of a change that carries out a resolution,
// which must never reach another user of the same name later.
const resolutionMark = "resolution"

// bind notes which resource a resolution was applied to: the user of the domain,
// also where the change went through Fusion Applications, which has ids of its own.
func (a *Activities) bind(ctx context.Context, e *Estate, c directory.Change, id string) error {
	if c.Kind != directory.UpdateUser || !strings.HasPrefix(c.Why, resolutionMark) {
		return nil
	}
	if c.Copied() {
		copied, err := e.Domains[directory.Fusion].Lookup(ctx, []string{c.User})
		if err != nil {
			return err
		}
		id = copied[directory.Fold(c.User)].ID
	}
	if id == "" {
		return nil
	}
	return a.Ledger.PutBinding(ctx, ledger.Binding{Domain: c.Domain, User: directory.Fold(c.User), Resolution: c.Why, ResourceID: id})
}

// bound leaves out the resolutions that were applied to somebody else before:
// whoever bears the name now is another person. Whom a policy excludes is named.
func (a *Activities) bound(ctx context.Context, r *reconcile.Rules, w reconcile.World) (*reconcile.Rules, error) {
	out := *r
	var err error
	if out.Utilities, err = a.boundIn(ctx, directory.Utilities, r.Utilities, w); err != nil {
		return nil, err
	}
	if out.Fusion, err = a.boundIn(ctx, directory.Fusion, r.Fusion, w); err != nil {
		return nil, err
	}
	return reconcile.WithExclusions(w, &out)
}

// finder is a Side that finds users by their names.
type finder interface {
	FindUsers(ctx context.Context, names []string) (map[string]directory.User, error)
}

func (a *Activities) boundIn(ctx context.Context, d directory.Domain, resolutions map[string]reconcile.Resolution, w reconcile.World) (map[string]reconcile.Resolution, error) {
	side, ok := w[d].(finder)
	if !ok || len(resolutions) == 0 {
		return resolutions, nil
	}
	names := slices.Sorted(maps.Keys(resolutions))
	users, err := side.FindUsers(ctx, names)
	if err != nil {
		return nil, err
	}
	kept := maps.Clone(resolutions)
	for _, name := range names {
		user, there := users[name]
		if !there {
			continue
		}
		for _, why := range reconcile.ResolutionReasons(resolutions[name]) {
			b, found, err := a.Ledger.Binding(ctx, d, name, why)
			if err != nil {
				return nil, err
			}
			if found && b.ResourceID != user.ID {
				delete(kept, name)
			}
		}
	}
	return kept, nil
}
