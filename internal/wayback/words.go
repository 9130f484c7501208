package wayback

import (
	"fmt"
	"maps"
	"slices"

	"cutover/internal/directory"
)

// The findings of a way back. None blocks: they say what is left as it is.
const (
	// FindingChanged: somebody else changed it since.
	FindingChanged = "changed-since"
	// FindingGone: it existed before the cutover, and somebody removed it.
	FindingGone = "gone-since"
	// FindingAnother: another resource bears the name of the one that was changed.
	FindingAnother = "another-resource"
	// FindingHolds: whoever the cutover made was given more by others since.
	FindingHolds = "holds-more"
	// FindingUsed: what the cutover made is still referred to by what is left.
	FindingUsed = "still-used"
	// FindingLost: the cutover removed it, and the ledger has no image of it; or
	// it was something that a domain does not take.
	FindingLost = "not-restorable"
	// FindingSynced: a native synchronization ran.
	FindingSynced = "native-sync-ran"
	// FindingMailed: invitations went out.
	FindingMailed = "invitations-sent"
)

// read refuses to take a domain that was not read for an empty one.
func (p *planner) read(d directory.Domain) error {
	if p.in.World[d] == nil {
		return fmt.Errorf("rollback: %s has not been read, and the cutover changed something there: observe it first", d)
	}
	return nil
}

// differences are the attributes in which have is not as want says. Emails
// compare case aside, unless exact.
func differences(have, want directory.Attributes, exact bool) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if have[k] != want[k] && (exact || k != "email" || !directory.Equal(have[k], want[k])) {
			out = append(out, k)
		}
	}
	return out
}

// othersChanged says in a sentence what somebody else changed.
func othersChanged(have, ours, before directory.Attributes, keys []string) string {
	detail := ""
	for i, k := range keys {
		if i > 0 {
			detail += "; "
		}
		detail += fmt.Sprintf("%s is %q now, and cutover left it as %q", k, short(have[k]), short(ours[k]))
		if was, known := before[k]; known {
			detail += fmt.Sprintf(" (before: %q)", short(was))
		}
	}
	return detail
}

// shown is how much of a value a finding names: a certificate says nothing to a person.
const shown = 80

func short(s string) string {
	runes := []rune(s)
	if len(runes) <= shown {
		return s
	}
	return string(runes[:shown-3]) + "..."
}

// attributes shows a user as a plan writes one.
func attributes(u directory.User) directory.Attributes {
	return directory.Attributes{
		"userName": u.UserName, "givenName": u.GivenName, "familyName": u.FamilyName, "displayName": u.DisplayName, "email": u.Email,
		"active": directory.EncodeBool(u.Active), "federated": directory.EncodeBool(u.Federated), "externalId": u.ExternalID,
	}
}
