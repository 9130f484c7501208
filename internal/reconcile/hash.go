package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"

	"cutover/internal/directory"
)

// Hasher makes the hash of a plan: SHA-256 over the phase's name and the JSON of
// each change in its order, a line each. Encoded as JSON the keys of a change
// have one order and its attributes sort, so equal plans have equal hashes on
// any machine. Findings are no part of it: they ask for no approval.
type Hasher struct{ sum hash.Hash }

// NewHasher begins the hash of a phase's plan.
func NewHasher(phase string) *Hasher {
	h := &Hasher{sum: sha256.New()}
	h.line([]byte(phase))
	return h
}

// Add takes the plan's next change.
func (h *Hasher) Add(c directory.Change) {
	line, err := json.Marshal(c)
	if err != nil {
		panic("a change holds strings and numbers only, and those always have a JSON form: " + err.Error())
	}
	h.line(line)
}

// Sum is the hash of what was added so far, in hexadecimal.
func (h *Hasher) Sum() string { return hex.EncodeToString(h.sum.Sum(nil)) }

func (h *Hasher) line(b []byte) {
	h.sum.Write(append(b, '\n')) // a hash.Hash never returns an error
}
