package phase

import (
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Figure is the guide's Figure 7-2, "Where users exist", in numbers. People are
// told apart by userName, case aside; cutover's own test user is left out.
type Figure struct {
	Fusion    int `json:"fusion"`
	Utilities int `json:"utilities"`
	CXIF      int `json:"cxif"`
	InAll     int `json:"inAll"` // in every domain that was read
	// NotInAll says why people are not in every domain, with their names in the
	// order of folded names. Whoever is missing in two domains for two reasons is
	// under both.
	NotInAll map[string][]string `json:"notInAll"`
}

// The reasons why somebody is not in every domain. A verdict that is a conflict
// is a reason too, by its own name.
const (
	ReasonExcluded         = "excluded"
	ReasonInactive         = "inactive"             // in Utilities, or in Fusion
	ReasonNotMigrated      = "not-migrated"         // in Utilities, to be created in Fusion
	ReasonOutsideUtilities = "outside-utilities"    // in Fusion, not in Utilities' scope
	ReasonOutsideCXIF      = "outside-cxif"         // in Fusion, not in CXIF's scope
	ReasonNotInUtilities   = "not-synced-utilities" // in scope, not there
	ReasonNotInCXIF        = "not-synced-cxif"
	ReasonOnlyInCXIF       = "only-in-cxif"
)

// WhereUsersExist counts the people of the domains that were read.
func WhereUsersExist(w reconcile.World, r *reconcile.Rules) (Figure, error) {
	f := Figure{NotInAll: map[string][]string{}}
	if err := needs("verify", Input{World: w}, directory.Fusion, directory.Utilities); err != nil {
		return f, err
	}
	settled, err := reconcile.Standing(w, r, directory.Utilities)
	if err != nil {
		return f, err
	}
	cxif := w[directory.CXIF] != nil
	for p, err := range settled.Places() {
		if err != nil {
			return f, err
		}
		f.count(p, cxif)
		for _, reason := range reasons(p, r, cxif) {
			f.NotInAll[reason] = append(f.NotInAll[reason], p.Name)
		}
	}
	return f, nil
}

func (f *Figure) count(p reconcile.Place, cxif bool) {
	if p.Fusion != nil {
		f.Fusion++
	}
	if p.Utilities != nil {
		f.Utilities++
	}
	if p.CXIF != nil {
		f.CXIF++
	}
	if p.Fusion != nil && p.Utilities != nil && (p.CXIF != nil || !cxif) {
		f.InAll++
	}
}

// reasons are why somebody is not in every domain, each once; none where they are.
func reasons(p reconcile.Place, r *reconcile.Rules, cxif bool) []string {
	var found []string
	if p.Fusion == nil {
		found = append(found, notInFusion(p, r))
	}
	if p.Fusion != nil && p.Utilities == nil {
		found = append(found, notInTarget(*p.Fusion, p.InUtilities, ReasonOutsideUtilities, ReasonNotInUtilities))
	}
	if p.Fusion != nil && p.CXIF == nil && cxif {
		found = append(found, notInTarget(*p.Fusion, p.InCXIF, ReasonOutsideCXIF, ReasonNotInCXIF))
	}
	return slices.Compact(found)
}

func notInFusion(p reconcile.Place, r *reconcile.Rules) string {
	switch {
	case p.Utilities == nil && r.ExcludedFromCXIF(*p.CXIF):
		return ReasonExcluded
	case p.Utilities == nil:
		return ReasonOnlyInCXIF
	case p.Verdict == reconcile.VerdictExcluded:
		return ReasonExcluded
	case p.Verdict == reconcile.VerdictInactive:
		return ReasonInactive
	case p.Verdict == reconcile.VerdictCreate:
		return ReasonNotMigrated
	}
	return p.Verdict
}

func notInTarget(f directory.Person, inScope bool, outside, missing string) string {
	switch {
	case !f.Active:
		return ReasonInactive
	case inScope:
		return missing
	}
	return outside
}
