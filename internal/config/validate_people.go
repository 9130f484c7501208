package config

import (
	"fmt"
	"strings"
	"time"

	"cutover/internal/directory"
)

// people looks at who is in, who is out, and what they get in Fusion.
func (v *validator) people() {
	c := v.c
	exclude := path{"exclude"}
	v.excluded(exclude.key("utilities"), c.Exclude.Utilities)
	v.excluded(exclude.key("cxif"), c.Exclude.CXIF)

	emergency := path{"emergency", "utilities"}
	v.text(emergency, c.Emergency.Utilities, "name the administrator of Utilities who keeps a local sign-in, whatever happens")
	if c.Emergency.Password == "" {
		v.warn(emergency, "no password is named for this administrator, so the local sign-in cannot be proven by itself",
			"write emergency.password as env:NAME, file:PATH or command:WORDS")
	}

	first := path{"firstSignIn"}
	if v.text(first, c.FirstSignIn, "say how people first sign in to Fusion: "+oneOf(firstSignIns)) {
		v.choice(first, c.FirstSignIn, firstSignIns)
		v.invitations()
	}

	scope := path{"scope"}
	const instead = "list the Fusion groups whose active members this domain gets"
	v.some(scope.key("utilities"), c.Scope.Utilities, instead)
	if v.withoutCXIF() {
		v.names(scope.key("cxif"), c.Scope.CXIF)
	} else {
		v.some(scope.key("cxif"), c.Scope.CXIF, instead)
	}

	v.choice(path{"migrate", "through"}, c.Migrate.Through, throughs)
	v.mappings()
	v.choice(path{"sync", "engine"}, c.Sync.Engine, engines)
	v.nativeSync()
	v.timeWithin(path{"pace", "slice"}, c.Pace.Slice, 100*time.Millisecond, time.Minute)
	v.migratedUsersGet()
}

func (v *validator) excluded(p path, n Names) {
	v.names(p.key("userNames"), n.UserNames)
	v.names(p.key("groups"), n.Groups)
	for i, name := range n.UserNames {
		if name != "" && strings.Trim(name, "*") == "" {
			v.refuse(p.key("userNames").index(i), "this leaves everyone alone", "name users, or a pattern such as svc-*")
		}
	}
}

func (v *validator) migratedUsersGet() {
	p := path{"migratedUsersGet"}
	if len(v.c.MigratedUsersGet) == 0 {
		if !v.off("migrate") {
			v.refuse(p, "this is missing", `name the Fusion role for each Utilities group, and "*" for the rest`)
		}
		return
	}
	v.pairs(p, v.c.MigratedUsersGet, "name a Fusion role")
	for i, pair := range v.c.MigratedUsersGet {
		if pair.Key == "*" && i < len(v.c.MigratedUsersGet)-1 {
			v.refuseKey(p.key("*"), "this is for everyone, so nothing below it ever counts", "write it last")
		}
		if pair.Value != "" && !contains(v.c.Scope.Utilities, pair.Value) {
			v.warn(p.key(pair.Key), fmt.Sprintf("%s is not in scope.utilities, so whoever gets only this role is not synced to Utilities", pair.Value),
				"add the role to scope.utilities or name another")
		}
	}
}

// pairs refuses blank names on either side, and keys that are the same but for case.
func (v *validator) pairs(p path, m OrderedMap, instead string) {
	first := map[string]string{}
	for _, pair := range m {
		at := p.key(pair.Key)
		if strings.TrimSpace(pair.Key) == "" {
			v.refuseKey(at, "the name before the colon is empty", "write a name")
			continue
		}
		v.text(at, pair.Value, instead)
		if old, twice := first[directory.Fold(pair.Key)]; twice {
			v.refuseKey(at, "this is the same as "+old+", case aside", "keep one of them")
		}
		first[directory.Fold(pair.Key)] = pair.Key
	}
}

// access looks at what people shall hold in each target.
func (v *validator) access() {
	p := path{"access"}
	look := func(d DomainConfig) func(path, AccessTo, bool) {
		if d.Kind == KindSCIM {
			return v.scimAccess
		}
		return v.accessTo
	}
	look(v.c.Utilities)(p.key("utilities"), v.c.Access.Utilities, !v.off("access-utilities"))
	look(v.c.CXIF)(p.key("cxif"), v.c.Access.CXIF, !v.off("access-cxif"))
}

func (v *validator) accessTo(p path, a AccessTo, needed bool) {
	if needed {
		v.text(p.key("app"), a.App, "name the app, as the domain's console shows it")
		v.some(p.key("roles"), a.Roles, "list the roles of the app that everyone in scope shall hold")
	} else {
		v.names(p.key("roles"), a.Roles)
	}
	v.pairs(p.key("groups"), a.Groups, "name the group of this domain that gives the access")
	v.groupRoom(p, a)
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if directory.Equal(n, name) {
			return true
		}
	}
	return false
}
