package phase

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"time"

	"cutover/internal/directory"
)

// expirySoon is how long before its end a certificate is told of.
const expirySoon = 30 * 24 * time.Hour

// certificates looks at how long those hold that sign-ins depend on: Fusion signs
// assertions, Utilities signs requests, and Utilities knows Fusion by a copy.
func (c *checking) certificates() error {
	if c.in.Facts == nil || c.withoutSSO() {
		return nil // without a clock nothing expires
	}
	fusion, utilities := c.outline(directory.Fusion).SSO, c.outline(directory.Utilities).SSO
	c.certificate(directory.Fusion, "signs assertions", fusion.Metadata.IdPCertificate, "renew the domain's signing certificate in its console (Settings > Domain settings), then set up again what knows the old one")
	c.certificate(directory.Utilities, "signs requests", utilities.Metadata.SPCertificate, "renew the domain's signing certificate in its console (Settings > Domain settings)")
	idp, there := adoptIdP(utilities, fusion.Metadata, c.in.SSO.IdPName)
	if there && idp.Certificate != "" && idp.Certificate != fusion.Metadata.IdPCertificate && idp.EntityID == fusion.Metadata.IdPEntityID {
		c.look("", Look{Area: AreaCertificates, Where: string(directory.Utilities), What: "copy of Fusion's", Standing: ToDo,
			How: "the identity provider \"" + idp.Name + "\" holds another certificate than Fusion signs with; sso-setup puts the right one in"})
	}
	return nil
}

func (c *checking) certificate(d directory.Domain, what, certificate, renew string) {
	l := Look{Area: AreaCertificates, Where: string(d), What: what}
	if certificate == "" {
		l.Standing, l.How = Unknown, "the SAML metadata shows none"
		l.Do = []string{"switch \"Access signing certificate\" on in the settings of the domain"}
		c.look("", l)
		return
	}
	der, err := base64.StdEncoding.DecodeString(certificate)
	var parsed *x509.Certificate
	if err == nil {
		parsed, err = x509.ParseCertificate(der)
	}
	if err != nil {
		l.Standing, l.How = Unknown, "the certificate of the SAML metadata cannot be read"
		c.look("", l)
		return
	}
	now, until := c.in.Facts.Now, parsed.NotAfter.UTC()
	day := until.Format(time.DateOnly)
	left := until.Sub(now)
	switch {
	case left <= 0:
		l.Standing, l.How, l.Do = Wrong, "expired on "+day+": no sign-in by SAML succeeds with it", []string{renew}
	case parsed.NotBefore.After(now):
		l.Standing, l.How, l.Do = Wrong, "holds from "+parsed.NotBefore.UTC().Format(time.DateOnly)+" only", []string{"see whether this machine's clock is right"}
	case left < expirySoon:
		l.Standing, l.How, l.Do = Warned, fmt.Sprintf("expires on %s, in %d days", day, int(left.Hours()/24)), []string{renew}
	default:
		l.Standing, l.How = Fine, "holds until "+day
	}
	c.look("certificate-expiry", l)
}
