// What the tests ask of node-saml and of the two libraries below it. A line of
// JSON comes in for each question, and a line goes out for each answer. The
// program ends when its input does.
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { SAML } from '@node-saml/node-saml'
import { SignedXml } from 'xml-crypto'
import xmlenc from 'xml-encryption'

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
let provider

const answers = {
  // A service provider, as an application would set it up.
  begin: ({ entityId, audience, assertionConsumer, signOn, idpEntityId, idpCertificate }) => {
    provider = new SAML({
      issuer: entityId, callbackUrl: assertionConsumer, entryPoint: signOn, audience,
      idpIssuer: idpEntityId, idpCert: idpCertificate,
      identifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      wantAssertionsSigned: true, wantAuthnResponseSigned: false, disableRequestedAuthnContext: true,
      validateInResponseTo: 'always', acceptedClockSkewMs: 0,
    })
    return {}
  },
  request: async () => ({ url: await provider.getAuthorizeUrlAsync('', undefined, {}) }),
  accept: async ({ response }) => {
    const { profile } = await provider.validatePostResponseAsync({ SAMLResponse: response })
    return { nameId: profile.nameID, nameIdFormat: profile.nameIDFormat, issuer: profile.issuer, assertion: profile.getAssertionXml() }
  },
  sign: ({ xml, id, key, certificate, signatureMethod, digestMethod }) => {
    const signed = new SignedXml({
      privateKey: key, publicCert: certificate, signatureAlgorithm: signatureMethod, canonicalizationAlgorithm: exclusive,
    })
    signed.addReference({ xpath: `//*[@ID='${id}']`, digestAlgorithm: digestMethod, transforms: [enveloped, exclusive] })
    signed.computeSignature(xml, { prefix: 'ds', location: { reference: `//*[@ID='${id}']/*[local-name(.)='Issuer']`, action: 'after' } })
    return { xml: signed.getSignedXml() }
  },
  encrypt: async ({ xml, key, certificate }) => ({
    xml: await promisify(xmlenc.encrypt)(xml, {
      rsa_pub: key, pem: certificate, encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
      keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    }),
  }),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...what } = JSON.parse(line)
  let answer
  try {
    answer = await answers[ask](what)
  } catch (e) {
    answer = { error: String(e.message) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
