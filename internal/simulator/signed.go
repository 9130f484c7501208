package simulator

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxSkew is how far the date of a signed request may be from the domain's clock
// (docs.oracle.com/iaas/Content/API/Concepts/signingrequests.htm).
const maxSkew = 5 * time.Minute

// signatureField is one of a Signature header (draft-cavage-http-signatures-08,
// section 3.1).
var signatureField = regexp.MustCompile(`([a-zA-Z]+)="([^"]*)"`)

// What a signature must cover, and what besides where a body is sent.
var (
	signedAlways   = []string{"(request-target)", "host"}
	signedWithBody = []string{"x-content-sha256", "content-type", "content-length"}
)

// signedBy finds who signed a request, and refuses what OCI refuses of it.
func (c *clients) signedBy(r *http.Request, body []byte) (client, error) {
	wrong := func(format string, args ...any) (client, error) {
		return client{}, refuse(http.StatusUnauthorized, "The required information to complete authentication was not provided or was incorrect: "+format, args...)
	}
	fields := map[string]string{}
	for _, f := range signatureField.FindAllStringSubmatch(r.Header.Get("Authorization"), -1) {
		fields[strings.ToLower(f[1])] = f[2]
	}
	headers := strings.Fields(strings.ToLower(fields["headers"]))
	if fields["version"] != "1" || fields["algorithm"] != "rsa-sha256" {
		return wrong("a signature is of version 1 and algorithm rsa-sha256.")
	}
	needed := signedAlways
	if r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodPatch {
		needed = append(slices.Clone(needed), signedWithBody...)
	}
	for _, h := range needed {
		if !slices.Contains(headers, h) {
			return wrong("the signature does not cover %s.", h)
		}
	}
	if why := c.dated(r, headers); why != "" {
		return wrong("%s", why)
	}
	if slices.Contains(headers, "x-content-sha256") {
		sum := sha256.Sum256(body)
		if r.Header.Get("x-content-sha256") != base64.StdEncoding.EncodeToString(sum[:]) {
			return wrong("x-content-sha256 is not that of the body.")
		}
	}
	text, missing := signingString(r, headers)
	if missing != "" {
		return wrong("%s is signed and was not sent.", missing)
	}
	s, known := c.signers.find(fields["keyid"])
	signature, err := base64.StdEncoding.DecodeString(fields["signature"])
	sum := sha256.Sum256([]byte(text))
	if !known || err != nil || rsa.VerifyPKCS1v15(s.public, crypto.SHA256, sum[:], signature) != nil {
		return wrong("the key is not known, or the signature is not of it.")
	}
	if !c.mayStill(s.client) {
		return wrong("the user of this key is gone or inactive.")
	}
	return s.client, nil
}

// dated tells what is wrong with the date of a request: x-date, where it is sent,
// comes before date.
func (c *clients) dated(r *http.Request, headers []string) string {
	name := "date"
	if slices.Contains(headers, "x-date") {
		name = "x-date"
	}
	if !slices.Contains(headers, name) {
		return "the signature covers neither date nor x-date."
	}
	at, err := http.ParseTime(r.Header.Get(name))
	if err != nil {
		return name + " is not a date."
	}
	if skew := c.d.now().Sub(at).Abs(); skew > maxSkew {
		return name + " is more than " + maxSkew.String() + " from this clock."
	}
	return ""
}

// signingString is what is signed: each header on a line, in the order that the
// signature names them in.
func signingString(r *http.Request, headers []string) (text, missing string) {
	var lines []string
	for _, h := range headers {
		value := r.Header.Get(h)
		switch h {
		case "(request-target)":
			value = strings.ToLower(r.Method) + " " + r.URL.RequestURI()
		case "host":
			value = r.Host
		case "content-length":
			if r.ContentLength >= 0 {
				value = strconv.FormatInt(r.ContentLength, 10)
			}
		}
		if value == "" {
			return "", h
		}
		lines = append(lines, h+": "+value)
	}
	return strings.Join(lines, "\n"), ""
}

// mayStill tells whether the user of a key is there, and active.
func (c *clients) mayStill(of client) bool {
	if of.user == "" {
		return true
	}
	c.d.mu.RLock()
	defer c.d.mu.RUnlock()
	u, ok := c.d.users.find(of.user)
	return ok && u.flags.active != no
}
