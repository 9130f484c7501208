package reconcile

import (
	"maps"

	"cutover/internal/directory"
)

// WithExclusions writes a policy that excludes everyone of a verdict out, a user
// each. Whoever is left alone keeps the local sign-in by name, so it must be
// known who that is where no verdict is at hand. Without such a policy the rules
// are returned as they are.
func WithExclusions(w World, r *Rules) (*Rules, error) {
	excludes := false
	for _, policy := range r.ForVerdict {
		excludes = excludes || policy.Exclude
	}
	_, hub := w[directory.Fusion]
	_, target := w[directory.Utilities]
	if !excludes || !hub || !target {
		return r, nil
	}
	out := *r
	if out.Utilities = maps.Clone(r.Utilities); out.Utilities == nil {
		out.Utilities = map[string]Resolution{}
	}
	for j, err := range Verdicts(w, r) {
		if err != nil {
			return nil, err
		}
		if j.Resolution != nil && j.Resolution.Exclude {
			out.Utilities[nameKey(j.Person)] = *j.Resolution
		}
	}
	return &out, nil
}
