package activities

import (
	"context"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/wayback"
)

// mayDelete learns who of those whom the cutover made has never signed in, as
// far as a domain tells: of whom it does not tell, nobody is deleted. Fusion's
// people sign in to its domain, so that is asked also for whom Fusion
// Applications was asked to make.
func (e *Estate) mayDelete(ctx context.Context, steps []wayback.Step) (func(directory.Domain, string) bool, error) {
	made := map[directory.Domain][]string{}
	for _, s := range steps {
		for r, err := range s.Changes() {
			if err != nil {
				return nil, err
			}
			if r.Change.Kind == directory.CreateUser {
				made[r.Change.Domain] = append(made[r.Change.Domain], r.Change.User)
			}
		}
	}
	never := map[directory.Domain]map[string]bool{}
	for d, names := range made {
		domain, err := e.domain(d)
		if err != nil {
			return nil, err
		}
		slices.Sort(names)
		if never[d], err = domain.NeverSignedIn(ctx, slices.Compact(names)); err != nil {
			return nil, err
		}
	}
	return func(d directory.Domain, userName string) bool { return never[d][directory.Fold(userName)] }, nil
}
