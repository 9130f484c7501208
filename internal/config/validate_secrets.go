package config

import (
	"os"
	"strings"
)

const secretInstead = "write env:NAME, file:PATH or command:WORDS; a secret itself has no place in this file"

// secrets looks whether each reference leads to a secret, without running a
// command and without keeping what it finds.
func (v *validator) secrets() {
	v.secret(path{"fusion", "clientSecret"}, v.c.Fusion.ClientSecret)
	v.secret(path{"fusion", "applications", "password"}, v.c.Fusion.Applications.Password)
	v.secret(path{"utilities", "clientSecret"}, v.c.Utilities.ClientSecret)
	v.secret(path{"cxif", "clientSecret"}, v.c.CXIF.ClientSecret)
	v.secret(path{"emergency", "password"}, v.c.Emergency.Password)
	v.secret(path{"sync", "native", "clientSecret"}, v.c.Sync.Native.ClientSecret)
	v.secret(path{"sso", "testUser", "password"}, v.c.SSO.TestUser.Password)
}

func (v *validator) secret(p path, ref Secret) {
	if ref == "" {
		return // required ones were looked at where they are required
	}
	way, rest, err := ref.split()
	if err != nil {
		return // refused where it was read
	}
	s := Secrets{Dir: v.dir}
	switch way {
	case "env":
		_, err = fromEnvironment(rest)
	case "file":
		_, err = s.fromFile(rest)
	default:
		_, _, err = s.command(rest)
	}
	if err != nil {
		what, instead := err.Error(), ""
		if at := strings.LastIndex(what, ": "); at > 0 {
			what, instead = what[:at], what[at+2:]
		}
		v.refuse(p, what, instead)
		return
	}
	if way != "file" {
		return
	}
	if info, err := os.Stat(s.Beside(rest)); err == nil && info.Mode().Perm()&0o004 != 0 {
		v.warn(p, "everyone on this machine may read "+rest, "chmod 600 "+rest)
	}
}
