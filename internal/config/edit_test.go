package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/config"
	"cutover/internal/directory"
)

func of(d directory.Domain, user, resolution string) config.Write {
	r, err := config.ReadResolution(resolution)
	if err != nil {
		panic(err)
	}
	return config.Write{Domain: d, User: user, Resolution: r}
}

func TestAResolutionIsWrittenWhereItBelongsAndTheRestStays(t *testing.T) {
	verdict := config.Write{Domain: directory.Utilities, Verdict: "locked-by-admin", Resolution: config.Resolution{Migrate: true}}
	orphans := config.Write{Domain: directory.CXIF, Resolution: config.Resolution{Orphan: "keep"}}
	for name, c := range map[string]struct {
		before string
		writes []config.Write
		after  string
	}{
		"into a file without any": {
			"# ours\nfirstSignIn: corporate-idp   # agreed\n",
			[]config.Write{of("utilities", "kwame.o'brien", "rename: kwame-u"), of("utilities", "a.b", "exclude: true"), orphans, verdict},
			"# ours\nfirstSignIn: corporate-idp   # agreed\n\nresolutions:\n  utilities:\n    \"kwame.o'brien\": {rename: kwame-u}\n    a.b: {exclude: true}\n" +
				"    verdicts:\n      locked-by-admin: {migrate: true}\n  cxif:\n    orphans: keep\n",
		},
		"before what comes after, and after what was there": {
			"resolutions:\n  utilities:\n    # the boss\n    a: {exclude: true}  # asked\n\n  # and these\n  cxif:\n      orphans: keep\n# the pace\npace:\n  slice: 20s",
			[]config.Write{of("utilities", "b", "migrate: true"), of("cxif", "c", "orphans: deactivate"), of("fusion", "d", "set: {email: d@x}")},
			"resolutions:\n  utilities:\n    # the boss\n    a: {exclude: true}  # asked\n    b: {migrate: true}\n\n  # and these\n  cxif:\n      orphans: keep\n      c: {orphans: deactivate}\n  fusion:\n    d: {set: {email: d@x}}\n# the pace\npace:\n  slice: 20s\n",
		},
		"beside what is there for the same user, case aside, with its comments": {
			"resolutions:\n  utilities:\n    Jane: # asked\n      # locked in May\n      migrate: true # by Ada\n    b: {exclude: true} # no\n    c: {rename: x, ouafLoginChanged: true}\n",
			[]config.Write{of("utilities", "jane", "rename: jane.2"), of("utilities", "b", "rename: b.2"), of("utilities", "c", "same-person: z")},
			"resolutions:\n  utilities:\n    # locked in May\n    # by Ada\n    Jane: {rename: jane.2, migrate: true} # asked\n    b: {rename: b.2} # no\n    c: {same-person: z}\n",
		},
		"into braces, which are opened up": {
			"resolutions: {utilities: {a: {set: {email: a@x}, migrate: true}, \"b c\": {exclude: true}}} # old\npace: {slice: 20s}\n",
			[]config.Write{of("utilities", "d", "reactivate: true")},
			"resolutions: # old\n  utilities:\n    a: {set: {email: a@x}, migrate: true}\n    \"b c\": {exclude: true}\n    d: {reactivate: true}\npace: {slice: 20s}\n",
		},
		"below a key with nothing after it": {
			"resolutions:\n  utilities:   # later\npace:\n  slice: 20s\n",
			[]config.Write{of("utilities", "d", "reactivate: true"), orphans},
			"resolutions:\n  utilities: # later\n    d: {reactivate: true}\n  cxif:\n    orphans: keep\npace:\n  slice: 20s\n",
		},
		"with the line ends of the file": {
			"pace:\r\n  slice: 20s\r\n",
			[]config.Write{of("utilities", "~ü", "rename: u")},
			"pace:\r\n  slice: 20s\r\n\r\nresolutions:\r\n  utilities:\r\n    \"~ü\": {rename: u}\r\n",
		},
		"over a policy and a word on orphans": {
			"resolutions:\n  cxif: {orphans: deactivate}\n  utilities:\n    verdicts: {locked-by-admin: {exclude: true}}\n",
			[]config.Write{orphans, verdict},
			"resolutions:\n  cxif:\n    orphans: keep\n  utilities:\n    verdicts:\n      locked-by-admin: {migrate: true}\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Edit([]byte(c.before), c.writes)
			require.NoError(t, err)
			require.Equal(t, c.after, string(got))
			again, err := config.Edit(got, c.writes)
			require.NoError(t, err)
			require.Equal(t, c.after, string(again), "the same again changes nothing")
		})
	}
}

func TestWhatCannotBeEditedSafelyIsLeftAlone(t *testing.T) {
	for name, text := range map[string]string{
		"JSON":              `{"firstSignIn": "corporate-idp"}`,
		"with mistakes":     "resolutions:\n  utilities: 5\n",
		"nothing":           "# only a comment\n",
		"no YAML":           "a: b: c\n",
		"a second document": "pace: {slice: 20s}\n---\npace: {slice: 20s}\n",
	} {
		_, err := config.Edit([]byte(text), []config.Write{of("utilities", "a", "exclude: true")})
		require.Error(t, err, name)
	}
}

func TestWhateverIsWrittenIsReadBackAndNoLineOfTheFileIsLost(t *testing.T) {
	name := rapid.OneOf(
		rapid.SampledFrom([]string{"true", "007", "a: b", "#x", "- a", "o'brien", `q"q`, "é e", "~", "null", "*", "a,b", "{x}", "[y]", "@z", "%", "x #y", "verdicts2"}),
		rapid.StringMatching(`[A-Za-z.']{1,8}`), rapid.StringOfN(rapid.Rune(), 1, 6, -1),
	).Filter(func(s string) bool {
		return s != "orphans" && s != "verdicts" && s != "<<" && strings.TrimSpace(s) != ""
	})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{
			"# top\npace:\n  slice: 20s # s\n\n# end\n",
			"resolutions:\n  # people\n  utilities:\n    x y: {exclude: true} # 1\n    # 2\n\n  cxif:\n    orphans: keep # 3\n# 4\npace:\n  slice: 20s # 5\n",
			"resolutions: {utilities: {u: {exclude: true}}} # 1\npace: {slice: 20s}\n# 2\n",
		}).Draw(t, "text")
		var writes []config.Write
		for range rapid.IntRange(1, 6).Draw(t, "writes") {
			w := config.Write{Domain: rapid.SampledFrom(directory.Domains).Draw(t, "domain"), User: name.Draw(t, "user")}
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				w.Resolution.Exclude = true
			case 1:
				w.Resolution.Rename = name.Draw(t, "rename")
			case 2:
				w.Resolution.Set = config.Set{Email: name.Draw(t, "email"), FamilyName: name.Draw(t, "family")}
			default:
				w.Resolution = config.Resolution{SamePerson: name.Draw(t, "same"), Reactivate: true}
			}
			writes = append(writes, w)
		}
		out, err := config.Edit([]byte(text), writes)
		require.NoError(t, err)
		rest := string(out)
		for _, line := range strings.Split(text, "\n") {
			if _, comment, there := strings.Cut(line, "#"); there {
				_, after, found := strings.Cut(rest, "#"+comment+"\n")
				require.True(t, found, "the comment %q in its place in\n%s", comment, out)
				rest = after
			}
		}
		require.Contains(t, string(out), "20s")
	})
}

func TestANewerWordTakesThePlaceOfWhatContradictsIt(t *testing.T) {
	for _, c := range []struct{ old, newer, both string }{
		{"migrate: true", "set: {email: a@x}", "set: {email: a@x}, migrate: true"},
		{"set: {email: a@x}", "set: {familyName: B}", "set: {email: a@x, familyName: B}"},
		{"rename: a, ouafLoginChanged: true", "rename: b", "rename: b"},
		{"rename: a, ouafLoginChanged: true", "rename: a", "rename: a, ouafLoginChanged: true"},
		{"rename: a", "same-person: b", "same-person: b"},
		{"rename: a, migrate: true", "exclude: true", "exclude: true"},
		{"exclude: true", "out-of-scope: true", "exclude: true, out-of-scope: true"},
		{"exclude: true", "migrate: true", "migrate: true"},
		{"reactivate: true", "keep-inactive: true", "keep-inactive: true"},
		{"keep-inactive: true", "reactivate: true", "reactivate: true"},
	} {
		old, err := config.ReadResolution(c.old)
		require.NoError(t, err)
		newer, err := config.ReadResolution(c.newer)
		require.NoError(t, err)
		require.Equal(t, c.both, old.Beside(newer).String())
		require.True(t, old.Beside(newer).Has(newer))
	}
}

func TestAFixIsReadAsTheResolutionsThatItIs(t *testing.T) {
	got, err := config.ReadFix(`resolutions: {utilities: {"u": {same-person: "f"}, "f": {rename: NEW_USERNAME}}}`)
	require.NoError(t, err)
	require.Equal(t, []config.Write{of("utilities", "f", "rename: NEW_USERNAME"), of("utilities", "u", "same-person: f")}, got)
	for _, other := range []string{"write ouafLoginChanged: true beside the rename when that is done", "exclude: {utilities: {userNames: [x]}}", "exclude: true", "a: b: c"} {
		_, err := config.ReadFix(other)
		require.Error(t, err, other)
	}
}
