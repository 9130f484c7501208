package config

import "time"

// Invitations are the mails by which people first sign in to Fusion, with
// firstSignIn: invitation. They are sent in sso-on, before the switch, after an
// approval of their own.
type Invitations struct {
	// By is who sends them: cutover (default), through the Fusion domain's password
	// reset, or person, who does it in the console. Which of Oracle's calls invites
	// whoever was made through Fusion Applications is not documented.
	By string `json:"by,omitzero"`
	// NotBefore is the time that was agreed, such as 2026-03-07T08:00:00Z. Before
	// it nothing is sent.
	NotBefore string `json:"notBefore,omitzero"`
	// WaveSize is how many people get theirs at a time, WaveEvery how long waves
	// are apart. Defaults 500, 1h.
	WaveSize  int           `json:"waveSize,omitzero"`
	WaveEvery time.Duration `json:"waveEvery,omitzero"`
}

// Agreed is NotBefore as a time.
func (i Invitations) Agreed() (time.Time, error) { return time.Parse(time.RFC3339, i.NotBefore) }

// Who sends invitations.
const (
	InviteByCutover = "cutover"
	InviteByPerson  = "person"
)

var inviters = []string{InviteByCutover, InviteByPerson}

func (i *Invitations) defaults(has func(path) bool, at path) {
	either(has, at.key("by"), &i.By, InviteByCutover)
	either(has, at.key("waveSize"), &i.WaveSize, 500)
	either(has, at.key("waveEvery"), &i.WaveEvery, time.Hour)
}

// invitations looks at when and how people are invited.
func (v *validator) invitations() {
	p, i := path{"invitations"}, v.c.Invitations
	if v.c.FirstSignIn != Invitation {
		if v.has(p) {
			v.refuse(p, "nobody is invited, because people first sign in by "+v.c.FirstSignIn, "write firstSignIn: invitation, or take this section out")
		}
		return
	}
	v.choice(p.key("by"), i.By, inviters)
	if i.By == InviteByPerson {
		return
	}
	const example = "write the time before which nothing is sent, such as 2026-03-07T08:00:00Z, or by: person"
	if i.NotBefore == "" {
		v.refuse(p.key("notBefore"), "no time was agreed, and mail that has gone out cannot be taken back", example)
	} else if _, err := i.Agreed(); err != nil {
		v.refuse(p.key("notBefore"), "this is no time with a zone", example)
	}
	if i.WaveSize < 1 {
		v.refuse(p.key("waveSize"), "a wave of nobody never ends", "write how many people are invited at a time")
	}
	v.timeWithin(p.key("waveEvery"), i.WaveEvery, 0, 7*24*time.Hour)
}
