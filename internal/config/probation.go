package config

import (
	"fmt"
	"strings"
	"time"

	"cutover/internal/directory"
)

// Probation is how sso-on is watched over: local sign-in comes back by itself
// unless a person confirms in time that people can sign in.
type Probation struct {
	// ConfirmWithin is by when local sign-in is back if nobody confirms. Default 30m.
	ConfirmWithin time.Duration `json:"confirmWithin,omitzero"`
	// Watchdog is required (default), or none where a person accepts by name to go without one.
	Watchdog   string `json:"watchdog,omitzero"`
	AcceptedBy string `json:"acceptedBy,omitzero"` // who accepts to go without a watchdog
	// WatchdogURL is where `cutover watchdog` listens, on another machine.
	WatchdogURL   string `json:"watchdogURL,omitzero"`
	WatchdogToken Secret `json:"watchdogToken,omitzero"` // what it was given as --token-file
}

// How sso-on may be watched over.
const (
	WatchdogRequired = "required"
	WatchdogNone     = "none"
)

var watchdogs = []string{WatchdogRequired, WatchdogNone}

// UsualConfirmWithin holds where a configuration says nothing, such as one that
// an older cutover stored.
const UsualConfirmWithin = 30 * time.Minute

// Within is ConfirmWithin with its default.
func (p Probation) Within() time.Duration {
	if p.ConfirmWithin > 0 {
		return p.ConfirmWithin
	}
	return UsualConfirmWithin
}

func (p *Probation) defaults(has func(path) bool, at path) {
	either(has, at.key("confirmWithin"), &p.ConfirmWithin, UsualConfirmWithin)
	either(has, at.key("watchdog"), &p.Watchdog, WatchdogRequired)
}

// probation looks at how sso-on is watched over. A watchdog that is not named is
// only warned of: sso-on may turn out to have nothing to switch, and stops with
// the same words if it has.
func (v *validator) probation(p path) {
	pr := v.c.SSO.Probation
	v.timeWithin(p.key("confirmWithin"), pr.ConfirmWithin, time.Second, 24*time.Hour)
	v.choice(p.key("watchdog"), pr.Watchdog, watchdogs)
	if pr.WatchdogURL != "" || v.has(p.key("watchdogURL")) {
		v.url(p.key("watchdogURL"), pr.WatchdogURL, map[string]path{})
		v.text(p.key("watchdogToken"), string(pr.WatchdogToken), "write env:NAME, file:PATH or command:WORDS; `cutover watchdog` is given the same as --token-file")
	}
	v.secret(p.key("watchdogToken"), pr.WatchdogToken)
	switch {
	case pr.Watchdog == WatchdogNone && strings.TrimSpace(pr.AcceptedBy) == "":
		v.refuse(p.key("acceptedBy"), "nobody accepts to go without a watchdog", "write the name of the person who accepts it, or name a watchdog: watchdogURL and watchdogToken")
	case pr.Watchdog == WatchdogNone && pr.WatchdogURL != "":
		v.refuse(p.key("watchdogURL"), "there is a watchdog, and it is to be done without", "take out watchdog: none, or this line")
	case pr.Watchdog == WatchdogRequired && pr.AcceptedBy != "":
		v.refuse(p.key("acceptedBy"), "this says who accepts to go without a watchdog, but one is required", "write watchdog: none, or take this line out")
	case pr.Watchdog == WatchdogRequired && pr.WatchdogURL == "" && !v.off("sso-on"):
		v.warn(path{"sso"}, "no watchdog is named, so sso-on will stop before it takes the local sign-in away",
			"run `cutover watchdog` on another machine and write probation.watchdogURL and probation.watchdogToken, or probation.watchdog: none with acceptedBy")
	}
}

// LoadWatchdog reads of a configuration what a watchdog needs: how to reach
// Utilities, with a client of the watchdog's own. What else the file holds is not
// looked at, because a second machine need not have those secrets.
func LoadWatchdog(file string) (DomainConfig, Secrets, error) {
	text, dir, err := fetch(file)
	if err != nil {
		return DomainConfig{}, Secrets{}, err
	}
	c, r := read(file, text)
	c.defaults(r.has)
	v := &validator{reader: r, c: c, dir: dir}
	at := path{string(directory.Utilities)}
	if len(r.keys) > 0 {
		v.domain(at, c.Utilities, map[string]path{})
		v.secret(at.key("clientSecret"), c.Utilities.ClientSecret)
	}
	mistakes, _ := r.sorted()
	var ours []Problem
	for _, m := range mistakes {
		if m.Path == "" || strings.HasPrefix(m.Path, string(directory.Utilities)) {
			ours = append(ours, m)
		}
	}
	if len(ours) > 0 {
		return DomainConfig{}, Secrets{}, fmt.Errorf("a watchdog needs the section utilities: %w", &Invalid{Problems: ours})
	}
	return c.Utilities, Secrets{Dir: dir}, nil
}
