package report

import (
	"context"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// Invitations count who was invited to set a password in Fusion.
type Invitations struct {
	Sent    int `json:"sent"`
	MaySent int `json:"maySent,omitempty"` // their sender ended before the answer came
	Acted   int `json:"acted"`             // has a password, by the last complete read of Fusion
}

// addInvitations counts them.
func (r *Report) addInvitations(ctx context.Context, l *ledger.Ledger, key string) error {
	sent, err := l.Invitations(ctx, key)
	if err != nil || len(sent) == 0 {
		return err
	}
	r.Invitations = &Invitations{}
	var names []string
	for _, i := range sent {
		if i.Sure {
			r.Invitations.Sent++
		} else {
			r.Invitations.MaySent++
		}
		names = append(names, i.User)
	}
	reads, err := l.Snapshots(ctx, key)
	if err != nil {
		return err
	}
	for _, s := range slices.Backward(reads) {
		if s.Domain != directory.Fusion || !s.Complete || s.Users == 0 {
			continue
		}
		for part := range slices.Chunk(names, 500) {
			found, err := l.FindUsers(ctx, s.ID, part)
			if err != nil {
				return err
			}
			for _, u := range found {
				if u.PasswordSet {
					r.Invitations.Acted++
				}
			}
		}
		return nil
	}
	return nil
}
