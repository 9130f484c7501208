package config

import (
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// allResolutions looks for words of a person that contradict each other.
func (v *validator) allResolutions() {
	p := path{"resolutions"}
	v.resolutionsOf(p.key("utilities"), v.c.Resolutions.Utilities)
	v.resolutionsOf(p.key("cxif"), v.c.Resolutions.CXIF)

	fusion := p.key("fusion")
	v.resolutionsOf(fusion, v.c.Resolutions.Fusion)
	if v.c.Resolutions.Fusion.Orphans != "" {
		v.refuse(fusion.key("orphans"), "Fusion is where people come from, so nobody is an orphan there", "write it under utilities or cxif")
	}
	for _, other := range []struct {
		key string
		of  TargetResolutions
	}{{"fusion", v.c.Resolutions.Fusion}, {"cxif", v.c.Resolutions.CXIF}} {
		if len(other.of.Verdicts) > 0 {
			v.refuse(p.key(other.key).key("verdicts"), "verdicts are on the users of Utilities", "write it under utilities")
		}
	}
}

func (v *validator) resolutionsOf(p path, t TargetResolutions) {
	v.choice(p.key("orphans"), t.Orphans, orphans)
	first := map[string]string{}   // folded userName -> as written
	renamed := map[string]string{} // folded new name -> whose it is to be
	for _, user := range slices.Sorted(maps.Keys(t.Users)) {
		at, one := p.key(user), t.Users[user]
		if strings.TrimSpace(user) == "" {
			v.refuseKey(at, "the userName before the colon is empty", "write a userName")
			continue
		}
		if old, twice := first[directory.Fold(user)]; twice {
			v.refuseKey(at, "this is the same user as "+old+": names that differ in case only are one", "keep one of them")
			continue
		}
		first[directory.Fold(user)] = user
		v.resolution(at, one)
		if one.Rename == user {
			v.refuse(at.key("rename"), "this is the name that the user has", "write another name or take the line out")
		}
		for key, name := range map[string]string{"rename": one.Rename, "same-person": one.SamePerson} {
			if name == "" {
				continue
			}
			if old, twice := renamed[directory.Fold(name)]; twice {
				v.refuse(at.key(key), old+" is to have this name too", "give each user a name of their own")
			}
			renamed[directory.Fold(name)] = user
		}
	}
	for _, verdict := range slices.Sorted(maps.Keys(t.Verdicts)) {
		v.policy(p.key("verdicts").key(verdict), verdict, t.Verdicts[verdict])
	}
}

// resolution refuses what a person cannot have meant for one user.
func (v *validator) resolution(p path, r Resolution) {
	if r == (Resolution{}) {
		if v.misread[p.id()] {
			return
		}
		v.refuseKey(p, "this resolves nothing", "write a resolution, such as exclude: true, or take the user out")
		return
	}
	v.choice(p.key("orphans"), r.Orphan, orphans)
	for _, key := range []string{"rename", "same-person", "set"} {
		if _, there := v.keys[p.key(key).id()]; there && !v.has(p.key(key)) {
			v.refuse(p.key(key), "this is empty", "write a value or take the line out")
		}
	}
	if v.has(p.key("set")) && r.Set == (Set{}) {
		v.refuse(p.key("set"), "this corrects nothing", "write email, givenName or familyName below it")
	}
	if r.Set.Email != "" {
		v.email(p.key("set").key("email"), r.Set.Email)
	}
	v.together(p, r)
}

// together refuses resolutions that contradict each other.
func (v *validator) together(p path, r Resolution) {
	if r.Rename != "" && r.SamePerson != "" {
		v.refuse(p.key("rename"), "same-person implies a rename already, to the name in Fusion", "keep one of rename and same-person")
	}
	if r.KeepInactive && r.Reactivate {
		v.refuse(p.key("reactivate"), "keep-inactive and reactivate contradict each other", "keep one of them")
	}
	if r.OUAFLoginChanged && r.Rename == "" && r.SamePerson == "" {
		v.refuse(p.key("ouafLoginChanged"), "this attests a rename, and there is none", "write rename or same-person too, or take the line out")
	}
	if !r.Exclude {
		return
	}
	for key, there := range map[string]bool{
		"rename": r.Rename != "", "same-person": r.SamePerson != "", "set": r.Set != Set{}, "reactivate": r.Reactivate,
		"migrate": r.Migrate, "keep-inactive": r.KeepInactive, "orphans": r.Orphan == Deactivate,
	} {
		if there {
			v.refuse(p.key(key), "exclude leaves the user alone, and this does not", "keep one of exclude and "+key)
		}
	}
}

// policy looks at a resolution for everyone of a verdict: what names one person
// or one address makes no sense there.
func (v *validator) policy(p path, verdict string, r Resolution) {
	if !slices.Contains(verdicts, verdict) {
		instead := "the verdicts that ask for a resolution are " + strings.Join(verdicts, ", ")
		if near := nearest(verdict, verdicts); near != "" {
			instead = "did you mean " + near + "?"
		}
		v.refuseKey(p, "there is no such verdict to resolve", instead)
		return
	}
	v.resolution(p, r)
	for key, there := range map[string]bool{
		"rename": r.Rename != "", "same-person": r.SamePerson != "", "set": r.Set != Set{}, "ouafLoginChanged": r.OUAFLoginChanged,
	} {
		if there {
			v.refuse(p.key(key), "this is about one user, and a policy is for everyone of a verdict", "write it under the user's name")
		}
	}
}
