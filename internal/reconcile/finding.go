package reconcile

import (
	"fmt"
	"strings"

	"cutover/internal/directory"
)

// ConflictFinding is the blocking finding of a verdict that is a conflict. It is
// the same in every phase that finds it.
func ConflictFinding(phase string, j Judgement) directory.Finding {
	f := directory.Finding{
		Phase: phase, Name: j.Verdict, Domain: directory.Utilities, User: j.Person.UserName, Blocking: true,
		Other: strings.Join(j.Others, ", "), Detail: j.detail(),
	}
	f.Fixes, f.Records = j.fixes(), j.records()
	return f
}

// detail says in a sentence what is wrong.
func (j Judgement) detail() string {
	u, others := j.Person, strings.Join(j.Others, ", ")
	switch j.Verdict {
	case VerdictExcludedInScope:
		return "is to be left alone, but Fusion's user of the same name is in the scope of Utilities, so a sync would change this one"
	case VerdictInactiveInScope:
		return "is inactive in Utilities, but Fusion's user of the same name is active and in scope, so a sync would wake this one"
	case VerdictLockedByAdmin:
		return "was locked by an administrator, and whoever is locked on purpose shall not get a new way in unnoticed"
	case VerdictUsernameCollision:
		return "bears the same userName as somebody else in Fusion: " + unlike(u, j.Hub)
	case VerdictHubInactive:
		return "is the Fusion user " + others + ", who is inactive there and could not sign in"
	case VerdictUsernameCase:
		return "is written " + others + " in Fusion: the name must be the same byte for byte, or the sign-in finds nobody"
	case VerdictMissingEmail:
		return "has no primary email, and nobody can be created in Fusion without one"
	case VerdictMissingFamilyName:
		return "has no family name, and nobody can be created in Fusion without one"
	case VerdictDuplicateEmail:
		if more := len(j.shares) - 1 - len(j.Others); more > 0 {
			others += fmt.Sprintf(" and %d more", more)
		}
		return "shares the email " + u.Email + " with " + others + " in Utilities"
	case VerdictEmailAmbiguous:
		if len(j.Others) > 1 {
			return "has the email of several Fusion users: " + others
		}
		return "has the email of the Fusion user " + others + ", whose userName somebody else bears in Utilities"
	case VerdictUsernameDiffers:
		return "has the email of the Fusion user " + others + ": the same person under two names"
	case VerdictUsernameNotAllowed:
		return "has a userName with a character that a domain does not allow, or with more than 256 characters"
	}
	return "has the verdict " + j.Verdict
}

func unlike(u directory.Person, f *directory.Person) string {
	if f != nil && u.Email != "" && f.Email != "" {
		return "the emails disagree"
	}
	return "an email is missing, and the names do not agree or are missing too"
}

// records are the user and those on the other side of the conflict.
func (j Judgement) records() []directory.Record {
	out := []directory.Record{directory.RecordOf(directory.Utilities, directory.LabelUser, j.Person)}
	add := func(d directory.Domain, label string, people ...directory.Person) {
		for _, p := range people {
			if len(out) < directory.MostRecords {
				out = append(out, directory.RecordOf(d, label, p))
			}
		}
	}
	switch {
	case j.Hub != nil:
		add(directory.Fusion, directory.LabelSameName, *j.Hub)
	case j.Verdict == VerdictDuplicateEmail:
		add(directory.Utilities, directory.LabelSameEmail, besides(j.shares, j.Person)...)
	case j.Verdict == VerdictHubInactive, j.Verdict == VerdictUsernameDiffers, j.Verdict == VerdictEmailAmbiguous:
		for _, f := range j.hubs {
			add(directory.Fusion, directory.LabelSameEmail, f)
			if bearer, there := j.borne[nameKey(f)]; there {
				add(directory.Utilities, directory.LabelBearsName, bearer)
			}
		}
	}
	return out
}
