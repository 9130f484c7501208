package simulator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPartOfSelectedElementsIsComparedWithinTheirFilter(t *testing.T) {
	for given, want := range map[string]string{
		`emails[primary eq true].value ew "@a.example"`:                            `emails[primary eq true and value ew "@a.example"]`,
		`emails[ type eq "work" ].value pr and active eq true`:                     `emails[type eq "work" and value pr] and active eq true`,
		`(emails[type eq "]."].value eq "a \" ].b c")`:                             `(emails[type eq "]." and value eq "a \" ].b c"])`,
		`emails[primary eq true].value EQ "x" or emails[primary eq false].type pr`: `emails[primary eq true and value EQ "x"] or emails[primary eq false and type pr]`,
		`addresses[primary eq true].formatted eq 5`:                                `addresses[primary eq true and formatted eq 5]`,
	} {
		require.Equal(t, want, below(given), given)
	}
	for _, same := range []string{`emails[primary eq true]`, `title eq "emails[a eq 1].b eq 2"`, `emails[primary eq true].value`, `emails[primary eq true].value likes "x"`,
		`emails[type eq "work" or type eq "home"].value pr`, `title eq "x\"[a eq 1].b eq 2"`} {
		require.Equal(t, same, below(same))
	}
}
