package simulator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFiltersOfElementsAreTakenApart(t *testing.T) {
	for given, want := range map[string][]string{
		`emails[primary eq true]`:                                                  {`emails[value pr]`, `primary eq true`, ``},
		`emails[primary eq true].value`:                                            {`emails[value pr].value`, `primary eq true`, ``},
		`emails[type eq "]" or type eq "\"["] and title eq "[x].y"`:                {`emails[value pr] and title eq "[x].y"`, `type eq "]" or type eq "\"["`, ``},
		`emails[primary eq true].value ew "@a.example"`:                            {`emails[value pr]`, `primary eq true`, `value ew "@a.example"`},
		`(emails[type eq "w" or primary eq true].value pr) or title pr`:            {`(emails[value pr]) or title pr`, `type eq "w" or primary eq true`, `value pr`},
		`emails[primary eq true].value EQ "x" or emails[primary eq false].type pr`: {`emails[value pr] or emails[value pr]`, `primary eq true`, `value EQ "x"`, `primary eq false`, `type pr`},
		`addresses[primary eq true].formatted eq 5`:                                {`addresses[value pr]`, `primary eq true`, `formatted eq 5`},
		`emails[primary eq true].value likes "x"`:                                  {`emails[value pr].value likes "x"`, `primary eq true`, ``},
		`emails[primary eq`:                                                        {`emails[primary eq`},
		`title eq "x\"[a eq 1]"`:                                                   {`title eq "x\"[a eq 1]"`},
		`title eq "\`:                                                              {`title eq "\`},
	} {
		plain, within := apart(given, true)
		have := []string{plain}
		for _, e := range within {
			have = append(have, e.where, e.behind)
		}
		require.Equal(t, want, have, given)
	}
}

func TestTheElementsOfAnAttributeAreSelectedByAnyFilter(t *testing.T) {
	u := object{"emails": []any{object{"value": "ada@weir.example", "type": "work", "primary": true}, object{"value": "ada@home.example", "type": "home", "primary": false}}}
	for where, want := range map[string]bool{
		`emails[not (type eq "work")]`:                                                   true,
		`emails[not (type eq "work" or type eq "home")]`:                                 false,
		`emails[(type eq "work" or type eq "other") and primary eq true]`:                true,
		`emails[(type eq "work" or type eq "other") and primary eq false]`:               false,
		`emails[type eq "home" and primary eq false and value co "home"]`:                true,
		`emails[type eq "home" and not (value co "home") or type eq "other"]`:            false,
		`emails[(primary eq true)]`:                                                      true,
		`emails[primary eq true].value ew "@weir.example"`:                               true,
		`emails[primary eq true].value ew "@home.example"`:                               false,
		`not (emails[type eq "other"]) and emails[type eq "home"].value sw "ada@"`:       true,
		`emails[type eq "other"] or (emails[type eq "home"] and emails[type eq "work"])`: true,
	} {
		c, err := parseFilter(where, kindUsers)
		require.NoError(t, err, where)
		require.Equal(t, want, c.holds(u), where)
	}
	p, err := parsePath(`emails[not (type eq "work") and (primary eq false)].value`, kindUsers)
	require.NoError(t, err)
	require.Equal(t, []any{"ada@home.example"}, p.values(u))
	for _, wrong := range []string{`emails[]`, `emails[type eq]`, `emails[nothing eq "x"]`, `emails[type eq "x"`, `emails[x[a eq 1] and type pr]`, `emails[type eq "x"]]`,
		`emails[type eq "x") or (type pr].value pr`} {
		_, err := parseFilter(wrong, kindUsers)
		require.Error(t, err, wrong)
		_, err = parsePath(wrong, kindUsers)
		require.Error(t, err, wrong)
	}
	for _, filterOnly := range []string{`emails[type eq "home"].value pr`, `emails[type eq "home"].value eq "x"`} {
		_, err := parsePath(filterOnly, kindUsers)
		require.Error(t, err, "a PATCH would remove the element: %s", filterOnly)
	}
}
