package observe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cutover/internal/directory"
)

// most is how many people one read asks for again, by name. A read that is
// broken shows it at the first of them.
const most = 200

// doubts holds a read, before it is believed, against everything else that is
// known: that a domain where people were is not empty, that a lookup by name
// shows no more than the list, that nothing was lost since the read before
// unless a lookup shows that too, and that what this cutover wrote is there.
func (r *reading) doubts(ctx context.Context) error {
	if err := r.notEmpty(ctx); err != nil {
		return err
	}
	bare, err := r.ledger.Bare(ctx, r.id, 40)
	if err != nil {
		return err
	}
	if err := r.showsNoLess(ctx, bare, 0); err != nil {
		return err
	}
	before, had, err := r.ledger.LatestRead(ctx, r.cutover, r.domain, r.id)
	if err != nil {
		return err
	}
	since := time.Time{}
	if had {
		lost, err := r.ledger.Lost(ctx, before.ID, r.id, most)
		if err != nil {
			return err
		}
		if err := r.showsNoLess(ctx, lost[:min(len(lost), most)], before.ID); err != nil {
			return err
		}
		since = before.TakenAt
	}
	return r.showsWhatWasWritten(ctx, since)
}

// notEmpty refuses a domain without anybody, if somebody must be there: in
// Fusion and in Utilities, wherever the read before had people, and where
// memberships or grants tell of some.
func (r *reading) notEmpty(ctx context.Context) error {
	if r.at.Users.Seen > 0 {
		return nil
	}
	b := blame{r.domain, readUsers}
	if r.domain != directory.CXIF {
		return b.broken("nobody is there, which cannot be: its administrators at least are")
	}
	before, had, err := r.ledger.LatestRead(ctx, r.cutover, r.domain, r.id)
	if err == nil && had {
		return b.broken(fmt.Sprintf("nobody is there, and %d were at the read before", before.Users))
	}
	if err != nil {
		return err
	}
	some, err := r.ledger.Referred(ctx, r.id)
	if err == nil && some {
		return b.broken("nobody is there, and its memberships and grants tell of somebody")
	}
	return err
}

// showsNoLess asks for people by name and refuses the read if the domain shows
// more of one than it does. A membership or a grant that the read before did not
// have either may have come since.
func (r *reading) showsNoLess(ctx context.Context, names []string, before int64) error {
	if len(names) == 0 {
		return nil
	}
	have, err := r.ledger.SeenSoFar(ctx, r.id, names)
	if err != nil {
		return err
	}
	now, err := r.Lookup(ctx, names)
	if err != nil {
		return err
	}
	r.beat()
	had := map[string]directory.Person{}
	if before != 0 {
		if had, err = r.ledger.SeenSoFar(ctx, before, names); err != nil {
			return err
		}
	}
	for key, p := range now {
		h, shown := have[key]
		switch {
		case !shown:
			return blame{r.domain, readUsers}.broken("somebody does not show in the list who is there when asked for by name")
		case h.ID != p.ID || h.Version != p.Version:
			continue // another one of the name, or changed since
		}
		if what := lacks(h.User, p.User); what != "" {
			return blame{r.domain, readUsers}.broken("the list shows somebody without " + what + ", who has it when asked for by name")
		}
		for _, g := range p.Groups {
			if in := []string{g}; !h.InAny(in) && had[key].InAny(in) {
				return blame{r.domain, readMembers}.broken("a membership does not show that was there before, and is when the user is asked for by name")
			}
		}
		for _, role := range p.Roles {
			if !slices.Contains(h.Roles, role) && slices.Contains(had[key].Roles, role) {
				return blame{r.domain, readGrants}.broken("a grant does not show that was there before, and is when the user is asked for by name")
			}
		}
	}
	return nil
}

// lacks says what a user shows when asked for by name and not in the list.
func lacks(list, lookup directory.User) string {
	for _, a := range []struct {
		what    string
		differs bool
	}{
		{"active", !list.Active && lookup.Active},
		{"email", list.Email == "" && lookup.Email != ""},
		{"familyName", list.FamilyName == "" && lookup.FamilyName != ""},
		{"givenName", list.GivenName == "" && lookup.GivenName != ""},
		{"displayName", list.DisplayName == "" && lookup.DisplayName != ""},
		{"externalId", list.ExternalID == "" && lookup.ExternalID != ""},
		{"isFederatedUser", !list.Federated && lookup.Federated},
		{"a lock", !list.Locked && lookup.Locked},
		{"a password", !list.PasswordSet && lookup.PasswordSet},
	} {
		if a.differs {
			return a.what
		}
	}
	return ""
}

// showsWhatWasWritten refuses a read in which something does not show that this
// cutover wrote since the read before. Somebody else may have changed it: that
// is believed if a lookup says the same, and at the second read that does, some
// seconds later.
func (r *reading) showsWhatWasWritten(ctx context.Context, since time.Time) error {
	if r.shows == nil {
		return nil
	}
	missing, err := r.unseen(ctx, since)
	if err != nil || len(missing) == 0 {
		return err
	}
	var names []string
	for _, c := range missing[:min(len(missing), most)] {
		names = append(names, nameAfter(c))
	}
	now, err := r.Lookup(ctx, names)
	if err != nil {
		return err
	}
	for _, c := range missing[:min(len(missing), most)] {
		if r.shows(c, now) {
			return blame{r.domain, readOf(c)}.broken(fmt.Sprintf("an old answer: what this cutover has written (%d so far) does not show in it, and does when asked for by name", len(missing)))
		}
	}
	return r.believe(ctx, missing)
}

// unseen lists what was written and does not show. A later change of the same
// thing takes the place of an earlier one.
func (r *reading) unseen(ctx context.Context, since time.Time) ([]directory.Change, error) {
	pending := map[string]directory.Change{}
	var chunk []directory.Change
	settle := func() error {
		var names []string
		for _, c := range chunk {
			names = append(names, c.User, nameAfter(c))
		}
		people, err := r.ledger.SeenSoFar(ctx, r.id, names)
		if err != nil {
			return err
		}
		for _, c := range chunk {
			key := directory.Fold(c.User) + "\x00" + c.Target
			delete(pending, key)
			if to := c.After["userName"]; to != "" { // whoever bore that name had to give it up for this
				delete(pending, directory.Fold(to)+"\x00")
			}
			if c.Kind == directory.DeleteUser {
				for k := range pending { // whatever was done to them before
					if strings.HasPrefix(k, directory.Fold(c.User)+"\x00") {
						delete(pending, k)
					}
				}
			}
			if readOf(c) != "" && !r.shows(c, people) {
				pending[key] = c
			}
		}
		chunk = chunk[:0]
		r.beat()
		return nil
	}
	for c, err := range r.ledger.AppliedSince(ctx, r.cutover, r.domain, since) {
		if err != nil {
			return nil, err
		}
		if c.User == "" {
			continue // a setting
		}
		if chunk = append(chunk, c); len(chunk) == 500 {
			if err := settle(); err != nil {
				return nil, err
			}
		}
	}
	if err := settle(); err != nil {
		return nil, err
	}
	var out []directory.Change
	for _, key := range slices.Sorted(maps.Keys(pending)) {
		out = append(out, pending[key])
	}
	return out, nil
}

// doubt is what a read before did not show, as the ledger keeps it.
type doubt struct {
	Sum string    `json:"sum"`
	At  time.Time `json:"at"`
}

// apart is how long two reads are apart, at least, to be two.
const apart = time.Second

// ValueChangedByOthers is the key under which the ledger keeps what this cutover
// wrote and others have changed since.
func ValueChangedByOthers(d directory.Domain) string { return "changed-by-others:" + string(d) }

// believe takes the word of two reads that agree, and notes what others changed.
func (r *reading) believe(ctx context.Context, missing []directory.Change) error {
	body, err := json.Marshal(missing)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	d, key := doubt{hex.EncodeToString(sum[:]), time.Now().UTC()}, "doubt:"+string(r.domain)
	had := doubt{}
	if old, found, err := r.ledger.Value(ctx, r.cutover, key); err != nil {
		return err
	} else if found {
		_ = json.Unmarshal(old, &had) // what cannot be read is no first time
	}
	if had.Sum == d.Sum && d.At.Sub(had.At) >= apart {
		return r.ledger.PutValue(ctx, r.cutover, ValueChangedByOthers(r.domain), body)
	}
	if had.Sum != d.Sum {
		note, err := json.Marshal(d)
		if err != nil {
			return err
		}
		if err := r.ledger.PutValue(ctx, r.cutover, key, note); err != nil {
			return err
		}
	}
	return blame{r.domain, readOf(missing[0])}.broken(fmt.Sprintf(
		"what this cutover has written does not show (%d so far): if the next read says the same, somebody else has changed it", len(missing)))
}

// readOf is the read in which a change must show; empty: in none.
func readOf(c directory.Change) string {
	switch c.Kind {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser:
		return readUsers
	case directory.AddMember:
		return readMembers
	case directory.AddGrant:
		return readGrants
	}
	return ""
}

// nameAfter is the name that a user bears once the change is made.
func nameAfter(c directory.Change) string {
	if to := c.After["userName"]; to != "" && c.Kind == directory.UpdateUser {
		return to
	}
	return c.User
}
