package config

import (
	"strings"
	"time"

	"cutover/internal/directory"
)

// sso looks at the names of what cutover makes and at its test user.
func (v *validator) sso() {
	s, p := v.c.SSO, path{"sso"}
	for key, name := range map[string]string{
		"appName": s.AppName, "idpName": s.IdPName, "syncClientName": s.SyncClientName,
		"frontRuleName": s.FrontRuleName, "testRuleName": s.TestRuleName, "userAttribute": s.UserAttribute,
	} {
		v.text(p.key(key), name, "write a name or take the line out")
	}
	if directory.Equal(s.FrontRuleName, s.TestRuleName) {
		v.refuse(p.key("testRuleName"), "this is the name of the other rule too", "give each rule a name of its own")
	}
	v.choice(p.key("testBy"), s.TestBy, testBys)
	v.choice(p.key("prover"), s.Prover, provers)
	v.timeWithin(p.key("signInWithin"), s.SignInWithin, time.Second, 24*time.Hour)
	v.timeWithin(p.key("signInPoll"), s.SignInPoll, 10*time.Millisecond, 10*time.Minute)
	if s.Browser != "" && s.Prover != ProverBrowser {
		v.refuse(p.key("browser"), "this is for the prover browser", "write prover: browser, or take the line out")
	}
	v.sitePath(p.key("signInPath"), s.SignInPath)
	v.sitePath(p.key("consolePath"), s.ConsolePath)

	v.probation(p.key("probation"))

	u, p := s.TestUser, p.key("testUser")
	for key, name := range map[string]string{"userName": u.UserName, "givenName": u.GivenName, "familyName": u.FamilyName} {
		v.text(p.key(key), name, "write a name or take the line out")
	}
	if u.UserName != "" && directory.Equal(u.UserName, v.c.Emergency.Utilities) {
		v.refuse(p.key("userName"), "this is the emergency administrator, whom nothing may touch", "name a user who exists nowhere: cutover makes and deletes it")
	}
	if needed := !v.off("sso-test", "sso-on"); needed {
		v.text(p.key("email"), u.Email, "write an address that cutover's own test user may have")
		v.text(p.key("password"), string(u.Password), "write env:NAME, file:PATH or command:WORDS; cutover gives the test user this password")
	}
	if u.Email != "" {
		v.email(p.key("email"), u.Email)
	}
}

func (v *validator) sitePath(p path, s string) {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, " ?#") {
		v.refuse(p, "this is not a path of the domain", "write it from the first slash after the host, such as /ui/v1/signin")
	}
}

// email refuses what cannot be an address. Whether it is one only mail can tell.
func (v *validator) email(p path, s string) {
	if !IsEmail(s) {
		v.refuse(p, "this is not an email address", "write NAME@HOST")
	}
}

// IsEmail tells whether this can be an address.
func IsEmail(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	return ok && local != "" && host != "" && !strings.ContainsAny(s, " \t\r\n<>,") && !strings.Contains(host, "@")
}
