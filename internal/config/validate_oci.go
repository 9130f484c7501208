package config

import (
	"fmt"
	"os"

	"cutover/internal/ociprofile"
)

// credentials looks at what our requests to an identity domain go with: tokens of
// a client, or signatures with the API key of a profile.
func (v *validator) credentials(p path, d DomainConfig) {
	if d.OCIProfile == "" && !v.has(p.key("ociProfile")) {
		if v.has(p.key("ociConfig")) {
			v.refuse(p.key("ociConfig"), "no profile of this file is named", "write ociProfile: NAME beside it, or take the line out")
		}
		v.text(p.key("clientId"), d.ClientID, "write the client ID of the confidential application made for cutover in this domain")
		v.text(p.key("clientSecret"), string(d.ClientSecret), "write env:NAME, file:PATH or command:WORDS")
		v.text(p.key("oauthScope"), d.OAuthScope, "write a scope or take the line out")
		return
	}
	beside := false
	for _, key := range []string{"clientId", "clientSecret", "oauthScope"} {
		if v.has(p.key(key)) {
			v.refuse(p.key(key), "this is of a client, and a profile of OCI takes its place", "keep ociProfile, or clientId and clientSecret")
			beside = true
		}
	}
	if v.text(p.key("ociProfile"), d.OCIProfile, "write the name of a profile, such as DEFAULT") && !beside {
		v.profile(p, d)
	}
}

// profile looks whether the profile leads to a key, and keeps nothing of it.
func (v *validator) profile(p path, d DomainConfig) {
	at := p.key("ociConfig")
	file, err := ociprofile.Expand(Secrets{Dir: v.dir}.Beside(d.OCIConfig))
	if err != nil {
		v.refuse(at, err.Error(), "write the path of the OCI configuration file")
		return
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		v.refuse(at, fmt.Sprintf("%s is no file that can be read", file), "write the path of the OCI configuration file, relative to this one")
		return
	}
	if _, err := ociprofile.Read(file, d.OCIProfile); err != nil {
		v.refuse(p.key("ociProfile"), err.Error(), "write a profile of it that has user, fingerprint, tenancy and key_file")
		return
	}
	if info.Mode().Perm()&0o004 != 0 {
		v.warn(at, "everyone on this machine may read "+d.OCIConfig, "chmod 600 "+d.OCIConfig)
	}
}

// Client names who we are in a domain: a client, or the OCI user who signs.
func (s Secrets) Client(d DomainConfig) (string, error) {
	if d.OCIProfile == "" {
		return d.ClientID, nil
	}
	key, err := ociprofile.Read(s.Beside(d.OCIConfig), d.OCIProfile)
	if err != nil {
		return "", err
	}
	return key.User, nil
}
