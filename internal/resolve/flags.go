package resolve

import (
	"fmt"
	"slices"
	"strings"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Answers reads what was written on a command line: sets such as
// utilities/USER=rename: NEW, and policies such as VERDICT=exclude: true. What is
// no answer to an open conflict is refused, and then nothing counts.
func Answers(open []Conflict, c config.Config, sets, policies []string) ([]config.Write, error) {
	var writes []config.Write
	for _, text := range policies {
		w, err := policy(open, text)
		if err != nil {
			return nil, err
		}
		writes = append(writes, w)
	}
	var given []config.Write
	for _, text := range sets {
		w, err := set(open, text)
		if err != nil {
			return nil, err
		}
		given = append(given, w)
	}
	for _, w := range given {
		if err := fits(open, c, given, w); err != nil {
			return nil, err
		}
	}
	return append(writes, given...), nil
}

// set reads DOMAIN/USER=RESOLUTION. A userName may hold = and /.
func set(open []Conflict, text string) (config.Write, error) {
	name, rest, _ := strings.Cut(text, "/")
	d := directory.Domain(name)
	if !slices.Contains(directory.Domains, d) || !strings.Contains(rest, "=") {
		return config.Write{}, fmt.Errorf("--set %q: write DOMAIN/USER=RESOLUTION, such as 'utilities/jane.doe=rename: jane.doe-u'", text)
	}
	first := strings.Index(rest, "=")
	at := first
	for i := range rest {
		if rest[i] == '=' && len(about(open, d, rest[:i])) > 0 {
			at = i
		}
	}
	user := rest[:at]
	if len(about(open, d, user)) == 0 {
		return config.Write{}, fmt.Errorf("%s in %s is in no open conflict%s", rest[:first], d, whoIs(open))
	}
	r, err := config.ReadResolution(rest[at+1:])
	if err != nil {
		return config.Write{}, fmt.Errorf("--set %q: %w", text, err)
	}
	return config.Write{Domain: d, User: user, Resolution: r}, nil
}

// whoIs names some who are in conflict.
func whoIs(open []Conflict) string {
	if len(open) == 0 {
		return ": nothing is open"
	}
	var names []string
	for _, one := range open {
		names = append(names, string(one.Finding.Domain)+"/"+one.Finding.User)
	}
	return "; open are " + strings.Join(directory.FirstOf(names, 10), ", ")
}

// about are the conflicts that a word on this user may answer.
func about(open []Conflict, d directory.Domain, user string) []Conflict {
	return slices.DeleteFunc(slices.Clone(open), func(one Conflict) bool {
		return !slices.ContainsFunc(one.ways, func(w way) bool {
			_, there := w.on(d, user)
			return there
		})
	})
}

// on is what a way writes for a user.
func (w way) on(d directory.Domain, user string) (config.Write, bool) {
	i := slices.IndexFunc(w.writes, func(x config.Write) bool { return x.Domain == d && directory.Equal(x.User, user) })
	if i < 0 {
		return config.Write{}, false
	}
	return w.writes[i], true
}

// fits refuses a resolution that resolves no open conflict of its user, or has a
// value that no domain takes. What a way asks of others must be given too.
func fits(open []Conflict, c config.Config, given []config.Write, w config.Write) error {
	var ways []string
	var refused error
	for _, one := range about(open, w.Domain, w.User) {
		for _, way := range one.ways {
			own, there := way.on(w.Domain, w.User)
			if !there {
				continue
			}
			ways = append(ways, "  "+way.String())
			if !says(w.Resolution, own) {
				continue
			}
			lacks := slices.IndexFunc(way.writes, func(x config.Write) bool { return !saidIn(c, x) && !saidAmong(given, x) })
			if lacks >= 0 {
				refused = fmt.Errorf("%s in %s can only have that name when %s gives it up: give --set '%s/%s=%s' too", w.User, w.Domain,
					way.writes[lacks].User, way.writes[lacks].Domain, way.writes[lacks].User, way.writes[lacks].Resolution)
				continue
			}
			if refused = worth(own, w); refused == nil {
				return nil
			}
		}
	}
	if refused != nil {
		return refused
	}
	return fmt.Errorf("%q does not resolve the conflict of %s in %s. What does:\n%s", w.Resolution.String(), w.User, w.Domain, strings.Join(ways, "\n"))
}

func saidAmong(given []config.Write, x config.Write) bool {
	return slices.ContainsFunc(given, func(g config.Write) bool {
		return g.Domain == x.Domain && directory.Equal(g.User, x.User) && says(g.Resolution, x)
	})
}

// worth refuses a value that no domain takes.
func worth(own, given config.Write) error {
	placeholder, _ := way{[]config.Write{own}}.asks()
	if placeholder == "" {
		return nil
	}
	value := given.Resolution.Rename
	if placeholder != reconcile.PlaceholderUserName {
		value = given.Resolution.Set.Email
		if own.Resolution.Set.FamilyName != "" {
			value = given.Resolution.Set.FamilyName
		}
	}
	if err := allowed(placeholder, own.User, value); err != nil {
		return fmt.Errorf("%s in %s: %w", given.User, given.Domain, err)
	}
	return nil
}

// policy reads VERDICT=RESOLUTION, or DOMAIN/orphan=orphans: keep.
func policy(open []Conflict, text string) (config.Write, error) {
	name, resolution, found := strings.Cut(text, "=")
	if !found {
		return config.Write{}, fmt.Errorf("--policy %q: write VERDICT=RESOLUTION, such as 'locked-by-admin=migrate: true', or 'cxif/orphan=orphans: keep'", text)
	}
	d := directory.Utilities
	if domain, verdict, there := strings.Cut(name, "/"); there {
		d, name = directory.Domain(domain), verdict
	}
	r, err := config.ReadResolution(resolution)
	if err != nil {
		return config.Write{}, fmt.Errorf("--policy %q: %w", text, err)
	}
	for _, g := range Groups(open) {
		if g.Domain != d || g.Name != name {
			continue
		}
		var fit []string
		for _, p := range g.Policies {
			if p.Resolution == r {
				return p, nil
			}
			fit = append(fit, "  "+p.Resolution.String())
		}
		return config.Write{}, fmt.Errorf("%q cannot be said of everyone of %s. What can:\n%s", r.String(), name, strings.Join(append(fit, "  a resolution for each, by --set"), "\n"))
	}
	return config.Write{}, fmt.Errorf("no open conflict in %s is of %s%s", d, name, whatIs(open))
}

func whatIs(open []Conflict) string {
	var names []string
	for _, g := range Groups(open) {
		names = append(names, string(g.Domain)+"/"+g.Name)
	}
	if len(names) == 0 {
		return ": nothing is open"
	}
	return "; there are " + strings.Join(names, ", ")
}
