package fleet

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/workflows"
)

func TestTheRulesAreWhatTheConfigurationSays(t *testing.T) {
	no := false
	c := config.Config{
		Exclude:          config.Exclude{Utilities: config.Names{UserNames: []string{"svc-*"}, Groups: []string{"Break Glass"}}, CXIF: config.Names{UserNames: []string{"admin"}}},
		Scope:            config.Scope{Utilities: []string{"A"}, CXIF: []string{"B"}},
		MigratedUsersGet: config.OrderedMap{{Key: "Desk", Value: "A"}, {Key: "*", Value: "B"}},
		Access: config.Access{
			Utilities: config.AccessTo{App: "CCS", Roles: []string{"AppUser"}, Groups: config.OrderedMap{{Key: "A", Value: "Desk"}}},
			CXIF:      config.AccessTo{App: "CXIF", Roles: []string{"Read"}, MembersPerGroup: 7, OverLimit: config.OverLimitGrant, WebServiceRoles: []string{"Read"}},
		},
		SSO:  config.SSO{TestUser: config.TestUser{UserName: "cutover.test"}},
		Sync: config.Sync{Federated: &no},
		Resolutions: config.Resolutions{
			Utilities: config.TargetResolutions{
				Orphans:  "keep",
				Verdicts: map[string]config.Resolution{"hub-inactive": {Reactivate: true}},
				Users: map[string]config.Resolution{"Ada.ÉLAN": {
					Exclude: true, Rename: "ada", SamePerson: "ada2", Reactivate: true, Migrate: true, KeepInactive: true, OutOfScope: true,
					Orphan: "deactivate", OUAFLoginChanged: true, Set: config.Set{Email: "a@b", GivenName: "Ada", FamilyName: "Élan"},
				}},
			},
			Fusion: config.TargetResolutions{Users: map[string]config.Resolution{"F": {Set: config.Set{Email: "f@b"}}}},
			CXIF:   config.TargetResolutions{Orphans: "deactivate", Users: map[string]config.Resolution{"X": {OutOfScope: true}}},
		},
	}
	got := RulesOf(c)
	require.Equal(t, &reconcile.Rules{
		TestUser:         "cutover.test",
		ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"svc-*"}, Groups: []string{"Break Glass"}},
		ExcludeCXIF:      reconcile.Exclusion{UserNames: []string{"admin"}},
		ScopeUtilities:   []string{"A"}, ScopeCXIF: []string{"B"},
		MigratedUsersGet: []reconcile.RoleFor{{Group: "Desk", Role: "A"}, {Group: "*", Role: "B"}},
		AccessUtilities:  reconcile.Access{App: "CCS", Roles: []string{"AppUser"}, Groups: []reconcile.GroupFor{{Role: "A", Group: "Desk"}}, Members: 10_000}, // of a domain of type apps
		AccessCXIF:       reconcile.Access{App: "CXIF", Roles: []string{"Read"}, Members: 7, OverGrants: true, WebServices: []string{"Read"}},
		Utilities: map[string]reconcile.Resolution{directory.Fold("Ada.ÉLAN"): {
			Exclude: true, Rename: "ada", SamePerson: "ada2", Reactivate: true, Migrate: true, KeepInactive: true, OutOfScope: true,
			Orphan: "deactivate", OUAFLoginChanged: true, SetEmail: "a@b", SetGivenName: "Ada", SetFamilyName: "Élan",
		}},
		Fusion:           map[string]reconcile.Resolution{"f": {SetEmail: "f@b"}},
		CXIF:             map[string]reconcile.Resolution{"x": {OutOfScope: true}},
		ForVerdict:       map[string]reconcile.Resolution{"hub-inactive": {Reactivate: true}},
		OrphansUtilities: "keep", OrphansCXIF: "deactivate",
	}, got)
	// NewPeopleFederated is false here, as the file says; without a word it is true.
	require.True(t, RulesOf(config.Config{}).NewPeopleFederated)
}

func TestEveryFieldOfAResolutionReachesThePlanners(t *testing.T) {
	var r config.Resolution
	fill(reflect.ValueOf(&r).Elem())
	v := reflect.ValueOf(resolutionOf(r))
	for i := range v.NumField() {
		require.False(t, v.Field(i).IsZero(), "%s is left out", v.Type().Field(i).Name)
	}
}

func TestEverySettingOfSSOReachesThePlanners(t *testing.T) {
	var c config.Config
	fill(reflect.ValueOf(&c.SSO).Elem())
	fill(reflect.ValueOf(&c.Emergency).Elem())
	c.SSO.TestBy, c.FirstSignIn, c.Attest = config.TestByDefaultRule, config.CorporateIdP, []config.Attestation{{Who: "svc-*"}}
	c.Invitations = config.Invitations{By: config.InviteByCutover, WaveSize: 7}
	one := reflect.ValueOf(SSOSettingsOf(c))
	c.FirstSignIn = config.Invitation // people first sign in by one way only
	other := reflect.ValueOf(SSOSettingsOf(c))
	for i := range one.NumField() {
		require.False(t, one.Field(i).IsZero() && other.Field(i).IsZero(), "%s is left out", one.Type().Field(i).Name)
	}
	require.Zero(t, one.FieldByName("InviteWave").Int(), "nobody is invited where the corporate identity provider is the way")
	c.Invitations.By = config.InviteByPerson
	require.Zero(t, SSOSettingsOf(c).InviteWave, "a person sends them")
	c.SSO.TestBy = config.TestByRule
	require.False(t, SSOSettingsOf(c).TestByDefaultRule)
}

func TestThePhasesThatMayBeSwitchedOffAreThoseOfTheProcedure(t *testing.T) {
	require.Equal(t, workflows.Phases(), config.Phases)
	names := make([]string, len(phase.Procedure))
	for i, p := range phase.Procedure {
		names[i] = p.Name
	}
	require.Equal(t, names, config.Phases)
}

// fill gives every field a value that is not its zero.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(v.Type().Field(i).Name)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Struct:
			fill(f)
		}
	}
}
