// Package ociprofile reads an API key from a profile of an OCI configuration file
// and signs requests with it, both by Oracle's own SDK. It must not know what is
// asked with them, nor where the file's name comes from.
package ociprofile

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oracle/oci-go-sdk/v65/common"
)

// DefaultFile is where OCI's own tools look.
const DefaultFile = "~/.oci/config"

// Key is an API key of an OCI user. It is read once: a key that was changed is
// taken up when cutover is started again.
type Key struct {
	User   string // the user's OCID
	signer common.HTTPRequestSigner
}

// Read reads a profile and its key. No error holds anything of the key.
func Read(file, profile string) (*Key, error) {
	path, err := Expand(file)
	if err != nil {
		return nil, err
	}
	provider, err := common.ConfigurationProviderFromFileWithProfile(path, profile, "")
	if err != nil {
		return nil, unusable(path, profile, err)
	}
	user, err := provider.UserOCID()
	if err != nil {
		return nil, unusable(path, profile, err)
	}
	if user == "" {
		return nil, unusable(path, profile, errors.New("it names no user: cutover signs with the API key of a user, not with the token of a session"))
	}
	id, err := provider.KeyID()
	if err != nil {
		return nil, unusable(path, profile, err)
	}
	private, err := provider.PrivateRSAKey()
	if err != nil {
		return nil, unusable(path, profile, fmt.Errorf("its key_file: %w", err))
	}
	return &Key{User: user, signer: common.DefaultRequestSigner(key{id, private})}, nil
}

// Expand puts the home directory for the ~ that a path may begin with.
func Expand(file string) (string, error) {
	rest, ok := strings.CutPrefix(file, "~/")
	if !ok {
		return file, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%s is below the home directory, which is not known (%w): write the whole path", file, err)
	}
	return filepath.Join(home, rest), nil
}

// unusable says what the SDK found, without the advice on more lines that it adds.
func unusable(path, profile string, err error) error {
	what, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("the profile %s of %s cannot be used: %s", profile, path, what)
}

// Sign dates a request and signs it. It is the last thing before it is sent: a
// signature holds for five minutes.
func (k *Key) Sign(req *http.Request) error {
	req.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	return k.signer.Sign(req)
}

// key is what the SDK's signer asks for. Its own provider would read the file and
// the key anew for each request.
type key struct {
	id      string
	private *rsa.PrivateKey
}

func (k key) KeyID() (string, error)                  { return k.id, nil }
func (k key) PrivateRSAKey() (*rsa.PrivateKey, error) { return k.private, nil }
