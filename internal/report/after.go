package report

import (
	"context"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/reconcile"
)

// After is what a cutover left behind, in numbers. Who was created, renamed or
// granted counts what this cutover did; the rest counts the domains as they stand.
type After struct {
	FusionCreated         int            `json:"fusionCreated"`
	FusionRoleMembers     map[string]int `json:"fusionRoleMembers"` // active people
	UtilitiesRenamed      int            `json:"utilitiesRenamed"`
	UtilitiesCreated      int            `json:"utilitiesCreated"`
	UtilitiesInScope      int            `json:"utilitiesInScope"`
	UtilitiesGroupMembers map[string]int `json:"utilitiesGroupMembers"`
	UtilitiesDirectGrants int            `json:"utilitiesDirectGrants"` // people
	CXIFCreated           int            `json:"cxifCreated"`
	CXIFUpdated           int            `json:"cxifUpdated"`
	CXIFRoleHolders       int            `json:"cxifRoleHolders"` // in-scope people who hold every role
}

// CountAfter counts the domains as they stand, and what the ledger says was done.
func CountAfter(ctx context.Context, l *ledger.Ledger, key string, w reconcile.World, r *reconcile.Rules) (After, error) {
	a := After{FusionRoleMembers: map[string]int{}, UtilitiesGroupMembers: map[string]int{}}
	if err := a.countDone(ctx, l, key, r.TestUser); err != nil {
		return a, err
	}
	inCXIF, err := a.countFusion(w, r)
	if err != nil {
		return a, err
	}
	if err := a.countUtilities(w, r); err != nil {
		return a, err
	}
	return a, a.countCXIF(w, r, inCXIF)
}

// countDone counts the changes that were applied, people once each.
func (a *After) countDone(ctx context.Context, l *ledger.Ledger, key, testUser string) error {
	granted, updated := map[string]bool{}, map[string]bool{}
	for c, err := range l.AppliedInCutover(ctx, key) {
		if err != nil {
			return err
		}
		if directory.Equal(c.User, testUser) {
			continue
		}
		switch name := directory.Fold(c.User); {
		case c.Kind == directory.CreateUser && c.Domain == directory.Fusion:
			a.FusionCreated++
		case c.Kind == directory.CreateUser && c.Domain == directory.Utilities:
			a.UtilitiesCreated++
		case c.Kind == directory.CreateUser && c.Domain == directory.CXIF:
			a.CXIFCreated++
		case c.Kind == directory.UpdateUser && c.Domain == directory.Utilities && c.After["userName"] != "":
			a.UtilitiesRenamed++
		case c.Kind == directory.UpdateUser && c.Domain == directory.CXIF:
			updated[name] = true
		case c.Kind == directory.AddGrant && c.Domain == directory.Utilities:
			granted[name] = true
		}
	}
	a.UtilitiesDirectGrants, a.CXIFUpdated = len(granted), len(updated)
	return nil
}

// countFusion counts who is in which role and in whose scope, and returns the
// names in CXIF's.
func (a *After) countFusion(w reconcile.World, r *reconcile.Rules) (map[string]bool, error) {
	side := w[directory.Fusion]
	roles := map[string]bool{}
	for _, g := range side.Outline().Groups {
		if strings.HasPrefix(g.Name, "ORA_") {
			roles[g.Name] = true
			a.FusionRoleMembers[g.Name] = 0
		}
	}
	inCXIF := map[string]bool{}
	for p, err := range side.ByName() {
		if err != nil {
			return nil, err
		}
		if !p.Active || directory.Equal(p.UserName, r.TestUser) {
			continue
		}
		for _, g := range p.Groups {
			if roles[g] {
				a.FusionRoleMembers[g]++
			}
		}
		if r.InScope(directory.Utilities, p) {
			a.UtilitiesInScope++
		}
		if r.InScope(directory.CXIF, p) {
			inCXIF[directory.Fold(p.UserName)] = true
		}
	}
	return inCXIF, nil
}

func (a *After) countUtilities(w reconcile.World, r *reconcile.Rules) error {
	side := w[directory.Utilities]
	for _, g := range side.Outline().Groups {
		a.UtilitiesGroupMembers[g.Name] = 0
	}
	for p, err := range side.ByName() {
		if err != nil {
			return err
		}
		for _, g := range p.Groups {
			a.UtilitiesGroupMembers[g]++
		}
	}
	return nil
}

func (a *After) countCXIF(w reconcile.World, r *reconcile.Rules, inScope map[string]bool) error {
	side, ok := w[directory.CXIF]
	if !ok {
		return nil
	}
	outline := side.Outline()
	for p, err := range side.ByName() {
		if err != nil {
			return err
		}
		if !inScope[directory.Fold(p.UserName)] {
			continue
		}
		all := true
		for _, role := range r.AccessCXIF.Roles {
			all = all && outline.Holds(p, directory.Role{App: r.AccessCXIF.App, Name: role})
		}
		if all {
			a.CXIFRoleHolders++
		}
	}
	return nil
}
