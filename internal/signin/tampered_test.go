package signin

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/sso/samltest"
)

// forge makes responses that are signed by one toolkit.
type forge struct {
	t       *testing.T
	signer  samltest.Signer
	trusted samltest.Key // whose certificate the service provider trusts
	other   samltest.Key
	sound   samltest.Claims
}

// signed is an assertion with the id "a", signed with the trusted key.
func (f forge) signed(change ...func(*samltest.Claims)) string {
	return f.signedBy(f.trusted, samltest.Sound, change...)
}

func (f forge) signedBy(by samltest.Key, with samltest.Methods, change ...func(*samltest.Claims)) string {
	return f.signer.Sign(f.t, f.claims(change...).Assertion("a"), "a", by, with)
}

// evil is an unsigned assertion that names somebody whom nobody vouches for.
func (f forge) evil(id string) string {
	return f.claims(func(c *samltest.Claims) { c.NameID = "mallory" }).Assertion(id)
}

func (f forge) claims(change ...func(*samltest.Claims)) samltest.Claims {
	c := f.sound
	for _, edit := range change {
		edit(&c)
	}
	return c
}

// torn takes the signature out of a signed element.
func torn(signed string) (rest, signature string) {
	from, to := strings.Index(signed, "<ds:Signature "), strings.Index(signed, "</ds:Signature>")+len("</ds:Signature>")
	return signed[:from] + signed[to:], signed[from:to]
}

// put puts xml before the first place where mark stands.
func put(into, mark, xml string) string { return strings.Replace(into, mark, xml+mark, 1) }

func nameID(xml string) func(*samltest.Claims) {
	return func(c *samltest.Claims) { c.NameID = xml }
}

const (
	behindIssuer = "<saml:Subject>"
	object       = `<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`
)

// tampered are responses, each with the reason why the check refuses it.
var tampered = []struct {
	name, wrong string
	make        func(forge) string
}{
	{"nothing", "", func(f forge) string { return f.sound.Response(f.signed()) }},

	{"the NameID changed", badSignature, func(f forge) string {
		return f.sound.Response(strings.Replace(f.signed(nameID("mallory")), ">mallory<", ">anna<", 1))
	}},
	{"the audience changed", badSignature, func(f forge) string {
		signed := f.signed(func(c *samltest.Claims) { c.Audience = "https://elsewhere/fed" })
		return f.sound.Response(strings.Replace(signed, "https://elsewhere/fed", f.sound.Audience, 1))
	}},
	{"another NameID signed", otherName, func(f forge) string { return f.sound.Response(f.signed(nameID("mallory"))) }},
	{"a NameID in another case signed", otherSpelling, func(f forge) string { return f.sound.Response(f.signed(nameID("Anna"))) }},
	{"another audience signed", otherAudience, func(f forge) string {
		return f.sound.Response(f.signed(func(c *samltest.Claims) { c.Audience = "https://elsewhere/fed" }))
	}},
	{"the audience with the port signed", otherAudience, func(f forge) string {
		return f.sound.Response(f.signed(func(c *samltest.Claims) { c.Audience = "https://utilities:443/fed" }))
	}},
	{"another recipient signed", otherRecipient, func(f forge) string {
		return f.sound.Response(f.signed(func(c *samltest.Claims) { c.Recipient = "https://elsewhere/acs" }))
	}},
	{"another issuer signed", otherIssuer, func(f forge) string {
		return f.sound.Response(f.signed(func(c *samltest.Claims) { c.Issuer = "https://elsewhere/fed" }))
	}},
	{"expired", otherTime, func(f forge) string {
		return f.sound.Response(f.signed(func(c *samltest.Claims) { c.From, c.Until = c.From.Add(-time.Hour), c.Until.Add(-time.Hour) }))
	}},
	{"not valid yet", otherTime, func(f forge) string {
		return f.sound.Response(f.signed(func(c *samltest.Claims) { c.From, c.Until = c.From.Add(time.Hour), c.Until.Add(time.Hour) }))
	}},

	{"no signature", unsigned, func(f forge) string { return f.sound.Response(f.sound.Assertion("a")) }},
	{"the response signed and not the assertion", unsigned, func(f forge) string {
		return f.signer.Sign(f.t, f.sound.Response(f.sound.Assertion("a")), "response", f.trusted, samltest.Sound)
	}},
	{"the signature beside the assertion", unsigned, func(f forge) string {
		rest, signature := torn(f.signed())
		return f.sound.Response(signature, rest)
	}},
	{"another key with a certificate of its own", otherCertificate, func(f forge) string {
		return f.sound.Response(f.signedBy(f.other, samltest.Sound))
	}},
	{"another key with the trusted certificate", badSignature, func(f forge) string {
		return f.sound.Response(f.signedBy(f.other.Showing(f.trusted), samltest.Sound))
	}},
	{"another key without a certificate", badSignature, func(f forge) string {
		return f.sound.Response(f.signedBy(f.other.Hidden(), samltest.Sound))
	}},
	{"a signature with SHA-1", unsigned, func(f forge) string {
		return f.sound.Response(f.signedBy(f.trusted, samltest.Methods{Signature: samltest.RSASHA1, Digest: samltest.SHA1}))
	}},
	{"a digest with SHA-1", unsigned, func(f forge) string {
		return f.sound.Response(f.signedBy(f.trusted, samltest.Methods{Signature: samltest.RSASHA256, Digest: samltest.SHA1}))
	}},

	{"a comment in the NameID", commented, func(f forge) string {
		return f.sound.Response(f.signed(nameID("anna<!-- -->.evil")))
	}},
	{"a comment that was put into the NameID", commented, func(f forge) string {
		return f.sound.Response(strings.Replace(f.signed(), ">anna<", ">an<!-- -->na<", 1))
	}},
	{"a processing instruction in the NameID", commented, func(f forge) string {
		return f.sound.Response(f.signed(nameID("anna<?x y?>.evil")))
	}},
	{"an entity in the NameID", unreadable, func(f forge) string {
		return `<!DOCTYPE r [<!ENTITY who "anna">]>` + f.sound.Response(strings.Replace(f.signed(), ">anna<", ">&who;<", 1))
	}},

	{"two assertions, both signed", notOne, func(f forge) string {
		second := f.signer.Sign(f.t, f.sound.Assertion("b"), "b", f.trusted, samltest.Sound)
		return f.sound.Response(f.signed(), second)
	}},
	{"no assertion", notOne, func(f forge) string { return f.sound.Response() }},
	// Wrapped signatures, by the numbers of Somorovsky et al., "On Breaking SAML".
	{"XSW1: the signed response inside the signature of a changed one", notOne, func(f forge) string {
		signed := f.signer.Sign(f.t, f.sound.Response(f.signed()), "response", f.trusted, samltest.Sound)
		original, signature := torn(signed)
		return strings.Replace(f.sound.Response(put(signature, "</ds:Signature>", object+original+"</ds:Object>"), f.evil("evil")), `ID="response"`, `ID="other"`, 1)
	}},
	{"XSW2: the signed response before the signature of a changed one", notOne, func(f forge) string {
		signed := f.signer.Sign(f.t, f.sound.Response(f.signed()), "response", f.trusted, samltest.Sound)
		original, signature := torn(signed)
		return strings.Replace(f.sound.Response(original, signature, f.evil("evil")), `ID="response"`, `ID="other"`, 1)
	}},
	{"XSW3: a changed assertion before the signed one", notOne, func(f forge) string {
		return f.sound.Response(f.evil("evil"), f.signed())
	}},
	{"XSW4: the signed assertion inside a changed one", notOne, func(f forge) string {
		return f.sound.Response(put(f.evil("evil"), "</saml:Assertion>", f.signed()))
	}},
	{"XSW5: a changed assertion with the signature of one that follows", notOne, func(f forge) string {
		original, signature := torn(f.signed())
		return f.sound.Response(put(f.evil("evil"), behindIssuer, signature), original)
	}},
	{"XSW6: a changed assertion with the signed one inside its signature", notOne, func(f forge) string {
		original, signature := torn(f.signed())
		return f.sound.Response(put(f.evil("evil"), behindIssuer, put(signature, "</ds:Signature>", original)))
	}},
	{"XSW7: a changed assertion among extensions", notOne, func(f forge) string {
		return f.sound.Response(`<samlp:Extensions>`+f.evil("a")+`</samlp:Extensions>`, f.signed())
	}},
	{"XSW8: the signed assertion as an object in the signature of a changed one", notOne, func(f forge) string {
		original, signature := torn(f.signed())
		return f.sound.Response(put(f.evil("a"), behindIssuer, put(signature, "</ds:Signature>", object+original+"</ds:Object>")))
	}},
	{"a changed assertion of the same id with the signature", badSignature, func(f forge) string {
		_, signature := torn(f.signed())
		return f.sound.Response(put(f.evil("a"), behindIssuer, signature))
	}},
}

func TestTamperedAssertionsAreRefusedWithTheReason(t *testing.T) {
	for name, start := range map[string]func(*testing.T) samltest.Signer{
		"signed by hand":       func(*testing.T) samltest.Signer { return samltest.ByHand{} },
		"signed by xml-crypto": func(t *testing.T) samltest.Signer { return samltest.StartNodeSAML(t) },
	} {
		t.Run(name, func(t *testing.T) {
			f, w := newForge(t), (*walk)(nil)
			f.signer, w = start(t), f.walk()
			for _, c := range tampered {
				t.Run(c.name, func(t *testing.T) {
					f.t = t
					require.Equal(t, c.wrong, w.examine(samltest.Encode(c.make(f))))
				})
			}
		})
	}
}

func newForge(t *testing.T) forge {
	now := time.Now()
	return forge{
		t: t, trusted: samltest.NewKey(t, now), other: samltest.NewKey(t, now),
		sound: samltest.Claims{
			Issuer: "https://fusion/fed", NameID: "anna", Audience: "https://utilities/fed", Recipient: "https://utilities/acs",
			From: now.Add(-time.Second), Until: now.Add(time.Minute),
		},
	}
}

// walk is a sign-in that expects what is sound.
func (f forge) walk() *walk {
	return &walk{now: time.Now, Request: Request{UserName: f.sound.NameID, Trust: Trust{
		IdPEntityID: f.sound.Issuer, IdPCertificate: f.trusted.Certificate(), SPEntityID: f.sound.Audience, AssertionConsumer: f.sound.Recipient,
	}}}
}

func TestAnAssertionSignedWithAPublicCertificateAsASecretIsRefused(t *testing.T) {
	f := newForge(t)
	f.signer = samltest.ByHand{}
	forged := f.signedBy(f.trusted, samltest.Methods{Signature: samltest.HMACSHA256, Digest: samltest.SHA256})
	require.Equal(t, unsigned, f.walk().examine(samltest.Encode(f.sound.Response(forged))))
}

func TestAnAssertionUnderAnExpiredCertificateIsRefused(t *testing.T) {
	f := newForge(t)
	f.signer = samltest.ByHand{}
	w := f.walk()
	require.Empty(t, w.examine(samltest.Encode(f.sound.Response(f.signed()))))
	later := time.Now().AddDate(2, 0, 0)
	w.now = func() time.Time { return later }
	fresh := f.signed(func(c *samltest.Claims) { c.From, c.Until = later, later.Add(time.Minute) })
	require.Equal(t, badCertificate, w.examine(samltest.Encode(f.sound.Response(fresh))))
}

func TestAnEncryptedAssertionIsRefused(t *testing.T) {
	node := samltest.StartNodeSAML(t)
	f := newForge(t)
	f.signer = node
	sealed := node.Encrypt(t, f.signed(), f.trusted)
	require.Contains(t, sealed, "EncryptedData")
	require.Equal(t, encrypted, f.walk().examine(samltest.Encode(f.sound.Response(sealed))))
	require.Equal(t, notOne, f.walk().examine(samltest.Encode(f.sound.Response(sealed, f.signed()))))
}
