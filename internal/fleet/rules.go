package fleet

import (
	"cmp"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
)

// RulesOf compiles what a configuration says for the planners.
func RulesOf(c config.Config) *reconcile.Rules {
	r := c.Resolutions
	return &reconcile.Rules{
		TestUser:           c.SSO.TestUser.UserName,
		ExcludeUtilities:   reconcile.Exclusion(c.Exclude.Utilities),
		ExcludeCXIF:        reconcile.Exclusion(c.Exclude.CXIF),
		ScopeUtilities:     c.Scope.Utilities,
		ScopeCXIF:          c.Scope.CXIF,
		MigratedUsersGet:   rolesFor(c.MigratedUsersGet),
		AccessUtilities:    accessOf(c.Access.Utilities, c.Utilities.Type),
		AccessCXIF:         accessOf(c.Access.CXIF, c.CXIF.Type),
		NewPeopleFederated: c.Sync.Federated == nil || *c.Sync.Federated,
		PlainSCIM:          plain(c),
		MigrateInto:        c.Migrate.Through,
		Mapped:             mapped(c.Migrate.Mapping),
		Utilities:          byFoldedName(r.Utilities.Users),
		Fusion:             byFoldedName(r.Fusion.Users),
		CXIF:               byFoldedName(r.CXIF.Users),
		ForVerdict:         policies(r.Utilities.Verdicts),
		OrphansUtilities:   r.Utilities.Orphans,
		OrphansCXIF:        r.CXIF.Orphans,
	}
}

// SSOSettingsOf picks what the SSO phases want from a configuration.
func SSOSettingsOf(c config.Config) phase.SSOSettings {
	s, wave := c.SSO, 0
	if c.FirstSignIn == config.Invitation && c.Invitations.By == config.InviteByCutover {
		wave = c.Invitations.WaveSize
	}
	return phase.SSOSettings{
		InviteWave: wave,
		AppName:    s.AppName, IdPName: s.IdPName, SyncClientName: s.SyncClientName,
		FrontRuleName: s.FrontRuleName, TestRuleName: s.TestRuleName,
		UserAttribute:     s.UserAttribute,
		TestByDefaultRule: s.TestBy == config.TestByDefaultRule,
		TakeDown:          s.TakeDown,
		TestUser: phase.TestUser{
			UserName: s.TestUser.UserName, Email: s.TestUser.Email,
			GivenName: s.TestUser.GivenName, FamilyName: s.TestUser.FamilyName,
		},
		Emergency:      c.Emergency.Utilities,
		ByCorporateIdP: c.FirstSignIn == config.CorporateIdP,
		Attested:       attested(c.Attest),
		Native:         nativeSync(c),
	}
}

// mapped compiles the mapping of a configuration, which was checked when it was
// loaded. Without one the usual attributes are taken.
func mapped(m config.OrderedMap) func(directory.Person) (directory.Attributes, error) {
	if len(m) == 0 {
		return nil
	}
	compiled, err := config.CompileMapping(m)
	return func(p directory.Person) (directory.Attributes, error) {
		if err != nil {
			return nil, err
		}
		after := reconcile.NewUser(p)
		return after, compiled.Apply(p, after)
	}
}

// plain are the targets that are no identity domains.
func plain(c config.Config) map[directory.Domain]bool {
	if c.CXIF.Kind != config.KindSCIM {
		return nil
	}
	return map[directory.Domain]bool{directory.CXIF: true}
}

func attested(attestations []config.Attestation) []string {
	var who []string
	for _, a := range attestations {
		who = append(who, a.Who)
	}
	return who
}

func rolesFor(m config.OrderedMap) []reconcile.RoleFor {
	var out []reconcile.RoleFor
	for _, p := range m {
		out = append(out, reconcile.RoleFor{Group: p.Key, Role: p.Value})
	}
	return out
}

// accessOf is what people shall hold in a domain of this type.
func accessOf(a config.AccessTo, domainType string) reconcile.Access {
	out := reconcile.Access{
		App: a.App, Roles: a.Roles, WebServices: a.WebServiceRoles,
		Members: cmp.Or(a.MembersPerGroup, phase.ObjectLimitsOf(domainType).Members), OverGrants: a.OverLimit == config.OverLimitGrant,
	}
	for _, p := range a.Groups {
		out.Groups = append(out.Groups, reconcile.GroupFor{Role: p.Key, Group: p.Value})
	}
	return out
}

// byFoldedName keys resolutions as the planners look people up: case aside.
func byFoldedName(users map[string]config.Resolution) map[string]reconcile.Resolution {
	out := make(map[string]reconcile.Resolution, len(users))
	for name, r := range users {
		out[directory.Fold(name)] = resolutionOf(r)
	}
	return out
}

// policies keeps the names of verdicts as they are: they are words of ours.
func policies(verdicts map[string]config.Resolution) map[string]reconcile.Resolution {
	out := make(map[string]reconcile.Resolution, len(verdicts))
	for name, r := range verdicts {
		out[name] = resolutionOf(r)
	}
	return out
}

func resolutionOf(r config.Resolution) reconcile.Resolution {
	return reconcile.Resolution{
		Exclude: r.Exclude, Reactivate: r.Reactivate, Migrate: r.Migrate,
		KeepInactive: r.KeepInactive, OutOfScope: r.OutOfScope,
		Rename: r.Rename, SamePerson: r.SamePerson,
		SetEmail: r.Set.Email, SetGivenName: r.Set.GivenName, SetFamilyName: r.Set.FamilyName,
		Orphan: r.Orphan, OUAFLoginChanged: r.OUAFLoginChanged,
	}
}
