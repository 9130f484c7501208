package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestACommandIsSplitAsAShellWould(t *testing.T) {
	for command, want := range map[string][]string{
		`pass show a/b`:     {"pass", "show", "a/b"},
		`a  'b c'  "d e" `:  {"a", "b c", "d e"},
		`a ""`:              {"a", ""},
		`a\ b 'c'"d"e`:      {"a b", "cde"},
		`"a\"b\\c\d"`:       {`a"b\c\d`},
		`'a\b'`:             {`a\b`},
		"a\tb\nc":           {"a", "b", "c"},
		`echo $HOME * | x>`: {"echo", "$HOME", "*", "|", "x>"},
	} {
		got, err := words(command)
		require.NoError(t, err, command)
		require.Equal(t, want, got, command)
	}
	for command, want := range map[string]string{`a 'b`: "a quote is not closed", `"a`: "a quote is not closed", `a \`: "a backslash ends the command"} {
		_, err := words(command)
		require.EqualError(t, err, want, command)
	}
}

func TestWordsInSingleQuotesComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.String(), 1, 5).Draw(t, "words")
		quoted := make([]string, len(want))
		for i, w := range want {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		got, err := words(strings.Join(quoted, " "))
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestTheNearestNameIsSuggested(t *testing.T) {
	known := []string{"clientId", "clientSecret", "url", "type", "share"}
	for name, want := range map[string]string{
		"clientid": "clientId", "client_secret": "clientSecret", "clientScret": "clientSecret",
		"typ": "type", "uri": "url", "shares": "share", "password": "", "x": "",
	} {
		require.Equal(t, want, nearest(name, known), name)
	}
}
