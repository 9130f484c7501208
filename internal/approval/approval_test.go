package approval_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"

	"cutover/internal/approval"
)

var noon = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

func TestWhoMayNotApproveIsToldWhy(t *testing.T) {
	for name, c := range map[string]struct {
		rule   approval.Rule
		by     string
		signed bool
		before []approval.Given
		words  string // empty: admitted
	}{
		"anybody":                      {by: "eve"},
		"named, case aside":            {rule: approval.Rule{By: []string{"Ann"}}, by: "ann"},
		"not named":                    {rule: approval.Rule{By: []string{"ann", "bob"}}, by: "eve", words: "may be approved by ann, bob, and not by eve"},
		"nobody":                       {rule: approval.Rule{By: []string{"ann"}}, by: " ", words: "does not say who gives it"},
		"the starter":                  {rule: approval.Rule{NotStarter: true}, by: "STARTER", words: "needs somebody else"},
		"unsigned":                     {rule: approval.Rule{Signed: true}, by: "ann", words: "needs a signed approval"},
		"signed":                       {rule: approval.Rule{Signed: true}, by: "ann", signed: true},
		"twice":                        {rule: approval.Rule{Count: 2}, by: "Ann", before: []approval.Given{{By: "ann", At: noon}}, words: "needs 2 different people"},
		"again, once it holds no more": {rule: approval.Rule{Count: 2, ValidFor: time.Hour}, by: "ann", before: []approval.Given{{By: "ann", At: noon.Add(-2 * time.Hour)}}},
	} {
		err := c.rule.Admit(c.by, "starter", c.signed, c.before, noon)
		if c.words == "" {
			require.NoError(t, err, name)
			continue
		}
		var no *approval.Refusal
		require.ErrorAs(t, err, &no, name)
		require.Contains(t, no.Words, c.words, name)
	}
}

func TestNoPersonCountsTwiceAndNothingThatHasExpiredCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := approval.Rule{ValidFor: time.Duration(rapid.IntRange(0, 5).Draw(t, "hours")) * time.Hour}
		var given []approval.Given
		for range rapid.IntRange(0, 8).Draw(t, "n") {
			given = append(given, approval.Given{
				By: rapid.SampledFrom([]string{"ann", "Ann", "bob", "cy"}).Draw(t, "by"),
				At: noon.Add(-time.Duration(rapid.IntRange(0, 6).Draw(t, "ago")) * time.Hour),
			})
		}
		people := map[string]bool{}
		for _, g := range given {
			if r.ValidFor == 0 || noon.Sub(g.At) < r.ValidFor {
				people[strings.ToLower(g.By)] = true
			}
		}
		valid := r.Valid(given, noon)
		if len(valid) != len(people) {
			t.Fatalf("%d people hold an approval, and %d are counted", len(people), len(valid))
		}
		if until := r.Until(valid); !until.IsZero() && !until.After(noon) {
			t.Fatal("they hold until a time that is past")
		}
	})
}

// key makes a key and the line that allows it.
func key(t *testing.T, name string) (private []byte, allowed string) {
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(secret, "")
	require.NoError(t, err)
	p, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	return pem.EncodeToMemory(block), name + " " + string(ssh.MarshalAuthorizedKey(p))
}

func TestASignatureHoldsForOnePersonOneGateAndOnePlan(t *testing.T) {
	ann, annIs := key(t, "ann@example.com")
	_, bobIs := key(t, "bob@example.com")
	s := approval.Statement{Cutover: "spring", Gate: "approve", Phase: "migrate", Hash: strings.Repeat("ab", 32), By: "ann@example.com"}
	sig, err := approval.Sign(s, ann, nil)
	require.NoError(t, err)
	allowed := []byte("# approvers\n" + bobIs + annIs)
	print, err := approval.Verify(s, sig, allowed)
	require.NoError(t, err)
	require.Contains(t, print, "SHA256:")

	for name, change := range map[string]func(*approval.Statement){
		"cutover": func(s *approval.Statement) { s.Cutover = "autumn" },
		"gate":    func(s *approval.Statement) { s.Gate = "limit" },
		"phase":   func(s *approval.Statement) { s.Phase = "sso-on" },
		"hash":    func(s *approval.Statement) { s.Hash = strings.Repeat("cd", 32) },
		"by":      func(s *approval.Statement) { s.By = "bob@example.com" },
		"nobody":  func(s *approval.Statement) { s.By = "eve@example.com" },
		"number":  func(s *approval.Statement) { s.Allow = 1 },
	} {
		other := s
		change(&other)
		_, err := approval.Verify(other, sig, allowed)
		var no *approval.Refusal
		require.ErrorAs(t, err, &no, name)
	}
	_, err = approval.Verify(s, "nonsense", allowed)
	require.Error(t, err)
	_, err = approval.Verify(s, sig, []byte(strings.Replace(annIs, "ssh-ed25519", `valid-before="20200101" ssh-ed25519`, 1)))
	require.ErrorContains(t, err, "option that is not read here")
}

func TestSignaturesAreThoseOfSSHKeygenBothWays(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("no ssh-keygen here")
	}
	dir := t.TempDir()
	file := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, body, 0o600))
		return path
	}
	private, line := key(t, "ann")
	s := approval.Statement{Cutover: "spring", Gate: "approve", Phase: "migrate", Hash: strings.Repeat("ab", 32), By: "ann"}
	keyFile, allowed := file("key", private), file("allowed", []byte(line))

	ours, err := approval.Sign(s, private, nil)
	require.NoError(t, err)
	verify := exec.CommandContext(t.Context(), keygen, "-Y", "verify", "-f", allowed, "-I", "ann", "-n", approval.Namespace, "-s", file("ours.sig", []byte(ours)))
	verify.Stdin = strings.NewReader(string(s.Bytes()))
	said, err := verify.CombinedOutput()
	require.NoError(t, err, string(said))

	statement := file("statement", s.Bytes())
	said, err = exec.CommandContext(t.Context(), keygen, "-Y", "sign", "-f", keyFile, "-n", approval.Namespace, statement).CombinedOutput()
	require.NoError(t, err, string(said))
	theirs, err := os.ReadFile(statement + ".sig")
	require.NoError(t, err)
	_, err = approval.Verify(s, string(theirs), []byte(line))
	require.NoError(t, err)
}
