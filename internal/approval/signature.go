package approval

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Namespace keeps a signature of an approval from counting as one of anything
// else (PROTOCOL.sshsig).
const Namespace = "cutover-approval"

// Statement is what an approver signs, to the byte: everything that the approval
// says, and nothing that it does not.
type Statement struct {
	Cutover, Gate, Phase, Hash, By string
	Allow                          int
}

// Bytes are the words that are signed. The hash is whole, so that a signature
// holds for one plan only.
func (s Statement) Bytes() []byte {
	return fmt.Appendf(nil, "cutover approval 1\ncutover %q\ngate %q\nphase %q\nhash %q\nby %q\nallow %d\n", s.Cutover, s.Gate, s.Phase, s.Hash, s.By, s.Allow)
}

// Sign signs a statement with an SSH private key in OpenSSH's form. Passphrase
// is nil where the key has none; *ssh.PassphraseMissingError says that it has one.
func Sign(s Statement, privateKey, passphrase []byte) (string, error) {
	var signer ssh.Signer
	var err error
	if passphrase == nil {
		signer, err = ssh.ParsePrivateKey(privateKey)
	} else {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(privateKey, passphrase)
	}
	if err != nil {
		return "", err
	}
	sig, err := sshsig.Sign(bytes.NewReader(s.Bytes()), signer, sshsig.HashSHA512, Namespace)
	if err != nil {
		return "", err
	}
	return string(sshsig.Armor(sig)), nil
}

// Verify tells by which key of its signer a statement was signed, or a *Refusal.
// Allowed is a file of allowed signers (ssh-keygen(1), ALLOWED SIGNERS).
func Verify(s Statement, armored string, allowed []byte) (fingerprint string, err error) {
	sig, err := sshsig.Unarmor([]byte(armored))
	if err != nil {
		return "", refuse("the signature cannot be read")
	}
	keys, err := keysOf(allowed, s.By)
	if err != nil {
		return "", err
	}
	if len(keys) == 0 {
		return "", refuse("the file of allowed signers holds no key of %s", s.By)
	}
	for _, key := range keys {
		if sshsig.Verify(bytes.NewReader(s.Bytes()), sig, key, sig.HashAlgorithm, Namespace) == nil {
			return ssh.FingerprintSHA256(key), nil
		}
	}
	return "", refuse("the signature is not one of %s for this approval", s.By)
}

// keysOf lists the keys of a principal. Lines with options other than namespaces
// are refused rather than read half: a validity that is overlooked would be worse.
func keysOf(allowed []byte, by string) ([]ssh.PublicKey, error) {
	var keys []ssh.PublicKey
	for i, line := range strings.Split(string(allowed), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		names, rest, ok := strings.Cut(line, " ")
		if !ok {
			return nil, refuse("line %d of the file of allowed signers holds no key", i+1)
		}
		key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(rest))
		if err != nil {
			return nil, refuse("line %d of the file of allowed signers holds no key that can be read", i+1)
		}
		if !signs(options) {
			return nil, refuse("line %d of the file of allowed signers has an option that is not read here: only namespaces=\"%s\" is", i+1, Namespace)
		}
		for name := range strings.SplitSeq(names, ",") {
			if name == by { // to the byte: a name here is an identity
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}

func signs(options []string) bool {
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		if !strings.EqualFold(name, "namespaces") || strings.Trim(value, `"`) != Namespace {
			return false
		}
	}
	return true
}
