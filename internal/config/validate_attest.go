package config

import (
	"strings"
	"time"

	"cutover/internal/directory"
)

// ByRehearsal begins the By of what a rehearsal attests for itself.
const ByRehearsal = "automatic (rehearsal)"

// Automatic tells whether no person gave this word.
func (a Attestation) Automatic() bool { return strings.HasPrefix(a.By, ByRehearsal) }

// attest looks at the word of the owners of accounts. It counts for somebody in
// an audit, so nothing of it may be left out, and no day may be yet to come.
func (v *validator) attest() {
	p := path{"attest"}
	first := map[string]string{}
	for i, a := range v.c.Attest {
		at := p.index(i)
		if v.text(at.key("who"), a.Who, "name a user of Utilities, or a pattern such as svc-*") {
			if strings.Trim(a.Who, "*") == "" {
				v.refuse(at.key("who"), "this stands for everyone, and nobody owns every account", "name the accounts, or a pattern such as svc-*")
			}
			if old, twice := first[directory.Fold(a.Who)]; twice {
				v.refuse(at.key("who"), a.Who+" is attested already, as "+old, "keep one of them")
			}
			first[directory.Fold(a.Who)] = a.Who
		}
		v.text(at.key("what"), a.What, "say how the account signs in, such as: by password, through the rule in front")
		v.text(at.key("by"), a.By, "say whose word it is: the owner of the account")
		v.day(at.key("on"), a.On)
	}
}

// day refuses what is no day, or one that is yet to come anywhere on earth.
func (v *validator) day(p path, s string) {
	if !v.text(p, s, "write the day on which it was given, as YYYY-MM-DD") {
		return
	}
	day, err := time.Parse(time.DateOnly, s)
	switch {
	case err != nil:
		v.refuse(p, s+" is no day", "write it as YYYY-MM-DD, such as 2026-03-01")
	case time.Until(day) > 24*time.Hour:
		v.refuse(p, s+" is yet to come", "write the day on which the owner gave their word")
	}
}
