package simulator

import (
	"net/http"
	"slices"
	"time"

	"cutover/internal/directory"
)

// Mail is a mail that a domain has sent to somebody.
type Mail struct {
	User string // userName
	At   time.Time
}

// Mails are those that a domain has sent so far, in their order. Nobody gets one
// by accident: users are made with bypassNotification, or by Fusion's own copy.
func (s *Simulator) Mails(name directory.Domain) []Mail {
	d := s.domains[name]
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.mails)
}

// resetPassword answers a UserPasswordResetter: the password becomes one that
// nobody knows, and a mail asks the user to set their own, unless the client
// asked for none. The caller holds the lock.
func (d *domain) resetPassword(id string, o object) (object, error) {
	o, err := kindPasswordReset.asked(o, id)
	if err != nil {
		return nil, err
	}
	u, found := d.users.find(id)
	if !found {
		return nil, notFound(kindUsers.name, id)
	}
	if u.flags.active != yes {
		return nil, refuse(http.StatusBadRequest, "The user %s is not active.", u.name)
	}
	// A reset sets a password as well, so the record has a date from now on: that it
	// must be changed is all that tells it from one that the user set.
	d.setPassword(u, newSecret())
	u.rest[schemaPassword] = object{"lastSuccessfulSetDate": d.timestamp(), "mustChange": true}
	if !truth(o, "bypassNotification", false) {
		if len(u.emails) == 0 {
			return nil, refuse(http.StatusBadRequest, "The user %s has no email to write to.", u.name)
		}
		d.invite(u)
	}
	return object{"schemas": []any{kindPasswordReset.schema}, "id": id}, nil
}

// invite sends somebody a mail that asks them to set a password. The caller holds
// the lock.
func (d *domain) invite(u *user) {
	d.mails = append(d.mails, Mail{u.name, d.now()})
	if after := d.invitedActAfter(); after > 0 {
		id := u.id
		time.AfterFunc(after, func() { d.acts(id) })
	}
}

// acts is somebody who follows the link in their mail and sets a password.
func (d *domain) acts(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u, found := d.users.find(id); found && u.flags.active == yes {
		d.setPassword(u, newSecret())
	}
}
