package report

import (
	"context"
	"time"

	"cutover/internal/ledger"
)

// ValueAttested is the ledger's small value that holds the attestations.
const ValueAttested = "attested"

// Attestation is an owner's word that an account that is left alone has a way
// in; Automatic marks what a rehearsal attested for itself.
type Attestation struct {
	Who       string `json:"who"`
	What      string `json:"what"`
	By        string `json:"by"`
	On        string `json:"on"`
	Automatic bool   `json:"automatic,omitempty"`
}

// Acceptance is a person's word that somebody may lose their access.
type Acceptance struct {
	Phase  string    `json:"phase"`
	User   string    `json:"user"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Why    string    `json:"why"`
	At     time.Time `json:"at"`
}

// addAccepted adds what people gave their word for.
func (r *Report) addAccepted(ctx context.Context, l *ledger.Ledger, key string) error {
	if _, err := value(ctx, l, key, ValueAttested, &r.Attestations); err != nil {
		return err
	}
	all, err := l.Acceptances(ctx, key)
	for _, a := range all {
		r.Acceptances = append(r.Acceptances, Acceptance{a.Phase, a.User, a.Reason, a.By, a.Why, a.At})
	}
	return err
}
