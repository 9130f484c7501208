package apply_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestNobodyIsInvitedTwiceWhateverGoesWrong(t *testing.T) {
	for _, f := range faults {
		t.Run(string(f), func(t *testing.T) {
			ctx := t.Context()
			l := openLedger(t)
			var changes []directory.Change
			var people []directory.Person
			for i := range 6 {
				name := fmt.Sprintf("user%02d", i)
				changes = append(changes, directory.Change{Step: 11, Domain: directory.Fusion, Kind: directory.InviteUser, User: name, Why: "test"})
				people = append(people, directory.Person{User: directory.User{ID: "id-" + name, UserName: name, Email: name + "@example.com", Active: i != 4, PasswordSet: i == 5}})
			}
			people[3].Email = ""
			d := newDomain(1, people...) // a domain invites one at a time
			d.todo = []fault{none, f}
			plan := planned(t, ctx, l, changes...)
			run := d.run(l, plan)
			run.Step = 11
			through(t, ctx, run)
			for i, c := range changes {
				require.LessOrEqual(t, d.committed[c.Key()], 1, "user %d", i)
			}
			require.Zero(t, d.committed[changes[3].Key()], "who has no email any more is not reset")
			require.Zero(t, d.committed[changes[4].Key()], "who is not active any more gets none")
			require.Zero(t, d.committed[changes[5].Key()], "who has a password by now gets none")
			sent, err := l.Invitations(ctx, "test")
			require.NoError(t, err)
			sure := 0
			for _, i := range sent {
				if i.Sure {
					sure++
					require.Equal(t, 1, d.committed["fusion  user.invite "+i.User+" "], "what counts as sent was sent")
				}
			}
			require.Len(t, sent, 3, "and who may have got one is known")
			if f == none {
				require.Equal(t, 3, sure)
			}
		})
	}
}
