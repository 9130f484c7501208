package config

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestALineIsShownUpToWhatMayBeASecret(t *testing.T) {
	for line, want := range map[string]string{
		`clientId: abc`:                               `clientId: abc`,
		`clientSecret: env:NAME # yes`:                `clientSecret: env:NAME # yes`,
		`clientSecret: "file:a/b"`:                    `clientSecret: "file:a/b"`,
		`clientSecret: hunter2`:                       `clientSecret: (not shown)`,
		`clientSecret: command:curl -u me:hunter2`:    `clientSecret: (not shown)`,
		`Client_Secret : 'hunter2'`:                   `Client_Secret : '(not shown)`,
		`{"clientId":"a","password":"hunter2","b":1}`: `{"clientId":"a","password":"(not shown)`,
		`api-key: hunter2`:                            `api-key: (not shown)`,
		`url: https://me:hunter2@host`:                `url: (not shown)`,
		`url: https://host?token=hunter2`:             `url: (not shown)`,
		`token: env:A, password: hunter2`:             `token: env:A, password: (not shown)`,
	} {
		require.Equal(t, want, newSource(line).line(1), line)
	}
}

func TestASecretBelowItsKeyIsNotShownEither(t *testing.T) {
	s := newSource("a:\n  password: |\n    hunter2\n\n    more of it\n  share: 3\n  clientSecret:\n    hunter2")
	shown := make([]string, 0, 8)
	for i := range 8 {
		shown = append(shown, s.line(i+1))
	}
	require.Equal(t, []string{"a:", "  password: (not shown)", "    (not shown)", "", "    (not shown)", "  share: 3", "  clientSecret:", "    (not shown)"}, shown)
}

// However a file is spoilt, a secret written into it stays out of the error.
func TestNoBrokenFileGivesItsSecretsAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const secret = "hunter2hunter2"
		key := rapid.SampledFrom([]string{"clientSecret", "password", "Password", "client_secret", "passwd"}).Draw(t, "key")
		quote := rapid.SampledFrom([]string{"", `"`, "'"}).Draw(t, "quote")
		noise := rapid.StringOfN(rapid.SampledFrom([]rune("\n :-{}[]\"'#&*|>ab\t,")), 0, 12, -1)
		text := fmt.Sprintf("fusion:%s\n  url: x\n  %s: %s%s%s\n%s\nutilities: {%s", noise.Draw(t, "before"), key, quote, secret, quote, noise.Draw(t, "after"), noise.Draw(t, "end"))
		c, r := read("cutover.yaml", []byte(text))
		c.defaults(r.has)
		validate(c, "/nowhere", r)
		mistakes, warnings := r.sorted()
		require.NotEmpty(t, mistakes)
		for _, p := range append(mistakes, warnings...) {
			require.NotContains(t, p.String(), secret)
		}
	})
}
