package privacy

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// People collects who must not be named: every userName, email, and given and
// family name together, of the three domains of an estate or a dump. Names that
// the configuration itself holds (exclusions, the emergency account) are known
// to whoever reads it, and left out.
func People(estate fs.FS, known []string) ([]Word, error) {
	var words []Word
	seen := map[Word]bool{}
	add := func(kind, text string) {
		w := Word{kind, text}
		if text != "" && !seen[w] && !isKnown(text, known) {
			seen[w] = true
			words = append(words, w)
		}
	}
	for _, name := range []string{"fusion.json", "utilities.json", "cxif.json"} {
		body, err := fs.ReadFile(estate, name)
		if err != nil {
			return nil, err
		}
		var d struct {
			Users []struct {
				UserName string
				Name     struct{ GivenName, FamilyName string }
				Emails   []struct{ Value string }
			}
		}
		if err := json.Unmarshal(body, &d); err != nil {
			return nil, err
		}
		for _, u := range d.Users {
			if isKnown(u.UserName, known) {
				continue
			}
			add("userName", u.UserName)
			for _, e := range u.Emails {
				add("email", e.Value)
			}
			if u.Name.GivenName != "" && u.Name.FamilyName != "" {
				add("name", u.Name.GivenName+" "+u.Name.FamilyName)
			}
		}
	}
	return words, nil
}

func isKnown(name string, known []string) bool {
	return slices.ContainsFunc(known, func(pattern string) bool {
		ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name))
		return err == nil && ok
	})
}

// Secrets collects the secrets in the files of a directory.
func Secrets(dir fs.FS) ([]Word, error) {
	var words []Word
	err := fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		body, err := fs.ReadFile(dir, p)
		words = append(words, Word{"secret", strings.TrimSpace(string(body))})
		return err
	})
	return words, err
}
