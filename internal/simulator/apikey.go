package simulator

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"sync"

	"cutover/internal/directory"
)

// APIKey is what a profile of an OCI configuration file holds: with it requests
// are signed in place of being sent with a token.
type APIKey struct {
	Tenancy, User, Fingerprint string
	PEM                        []byte // the private key, in PKCS #8
}

// ID is what a signature names its key by.
func (k APIKey) ID() string { return k.Tenancy + "/" + k.User + "/" + k.Fingerprint }

// signers are the users who may sign requests to a domain, by the id of their key.
type signers struct {
	mu   sync.RWMutex
	keys map[string]signer
	born *APIKey // of the one whom the domain is born with
}

type signer struct {
	public *rsa.PublicKey
	client client
}

// APIKey is the key of somebody who administers the whole tenancy and is not of
// this domain. It is made when it is first asked for, and differs in every run.
func (s *Simulator) APIKey(name directory.Domain) (APIKey, error) {
	all := &s.domains[name].clients.signers
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.born == nil {
		ocid := newOCID("user")
		k, err := all.register(ocid, client{id: ocid})
		if err != nil {
			return APIKey{}, err
		}
		all.born = &k
	}
	return *all.born, nil
}

// APIKeyOf makes a key for somebody of the domain, who from then on has an OCID.
func (s *Simulator) APIKeyOf(name directory.Domain, userName string) (APIKey, error) {
	d := s.domains[name]
	d.mu.Lock()
	defer d.mu.Unlock()
	u, ok := d.userNamed(userName)
	if !ok {
		return APIKey{}, fmt.Errorf("there is no user %s in the %s domain", userName, name)
	}
	ocid, _ := u.rest["ocid"].(string)
	if ocid == "" {
		ocid = newOCID("user")
		if u.rest == nil {
			u.rest = object{}
		}
		u.rest["ocid"] = ocid
	}
	all := &d.clients.signers
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.register(ocid, client{id: ocid, user: u.id})
}

// register makes a pair of keys for a user; under the lock.
func (a *signers) register(user string, c client) (APIKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return APIKey{}, fmt.Errorf("an API key cannot be made: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return APIKey{}, fmt.Errorf("the public half of an API key cannot be written: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return APIKey{}, fmt.Errorf("an API key cannot be written: %w", err)
	}
	k := APIKey{Tenancy: newOCID("tenancy"), User: user, Fingerprint: fingerprint(public),
		PEM: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})}
	if a.keys == nil {
		a.keys = map[string]signer{}
	}
	a.keys[k.ID()] = signer{public: &private.PublicKey, client: c}
	return k, nil
}

func (a *signers) find(id string) (signer, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	s, ok := a.keys[id]
	return s, ok
}

// fingerprint is the MD5 of a public key, as OCI's console shows it.
func fingerprint(public []byte) string {
	sum := md5.Sum(public)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(parts, ":")
}

func newOCID(kind string) string {
	return "ocid1." + kind + ".oc1.." + strings.ToLower(rand.Text()+rand.Text())
}
