package phase

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// What a native synchronization does beyond the scope. Whether it can be scoped is
// not documented, so the plan lists whom it would make and what it would overwrite,
// and its first run shows whether it does.

// outsider tells of somebody who is in Fusion and not in scope, and not in the target.
func (n *nativeSync) outsider(f directory.Person) {
	if n.round == roundRest {
		return
	}
	detail := "is in Fusion, not in the scope of " + string(n.target) + ", and would be made there by a native synchronization that is not scoped; they get no access"
	if n.came > 0 {
		detail = "is in Fusion, not in the scope of " + string(n.target) + ", and will be made there: the first run made " + people(n.came) + " outside the scope"
	}
	finding := directory.Finding{
		Phase: n.phase, Name: "native-creates", Domain: n.target, User: f.UserName, Detail: detail,
		Blocking: n.came > 0 && !n.in.SSO.Native.AcceptBeyond,
	}
	if finding.Blocking { // else it is one line of a list that may be long
		finding.Fixes, finding.Records = beyondFixes, alone(f)
	}
	n.finding(finding)
}

var beyondFixes = []string{"sync: {native: {beyondScope: accept}}", "sync: {engine: direct}"}

// overwrites tells what a synchronization would do to somebody whom cutover would
// leave as they are.
func (n *nativeSync) overwrites(c reconcile.Counterpart) {
	if c.Fusion == nil || c.Target == nil || n.round == roundRest {
		return
	}
	_, after := reconcile.SyncDifferences(*c.Fusion, *c.Target, c.Fusion.Active)
	if !c.Fusion.Active && c.Target.Active {
		after["active"] = "false"
	}
	if c.InScope && !c.Excluded && c.Conflict == "" {
		_, planned := reconcile.SyncDifferences(*c.Fusion, *c.Target, !n.settled.KeepsInactive(n.target, *c.Target))
		maps.DeleteFunc(after, func(k, _ string) bool { _, is := planned[k]; return is })
	}
	if len(after) == 0 {
		return
	}
	n.finding(directory.Finding{
		Phase: n.phase, Name: "native-overwrites", Domain: n.target, User: c.Target.UserName, Blocking: !n.in.SSO.Native.AcceptBeyond,
		Detail: "is left alone by cutover, and a native synchronization would overwrite " + strings.Join(slices.Sorted(maps.Keys(after)), ", ") + " by what Fusion has",
		Fixes:  beyondFixes,
		Records: []directory.Record{
			directory.RecordOf(n.target, directory.LabelUser, *c.Target), directory.RecordOf(directory.Fusion, directory.LabelSameName, *c.Fusion),
		},
	})
}

// notShown tells why cutover makes people itself in this round.
func (n *nativeSync) notShown() {
	n.finding(directory.Finding{
		Phase: n.phase, Name: "native-not-shown", Domain: n.target,
		Detail: "The first run of the native synchronization made nobody outside the scope, and " + people(n.creates) + " in scope are still missing, so it may have ended before it came to anybody else. " +
			"cutover makes these itself, all but one; the next run either makes that one alone, or shows that it is not scoped.",
	})
}

// undecided tells that no run got as far as to show what it does with people
// outside the scope.
func (n *nativeSync) undecided() {
	n.finding(directory.Finding{
		Phase: n.phase, Name: "native-undecided", Domain: n.target, Blocking: true, Fixes: beyondFixes,
		Detail: "The native synchronization ran, and made neither the last person in scope nor anybody outside of it, so nobody knows what it does with " +
			people(n.outside) + " outside the scope. Look at the job in the domain's console.",
	})
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// past goes through those who were there before, beside a stream in the same order.
type past struct {
	next func() (directory.Person, error, bool)
	stop func()
	at   string
	over bool
}

func newPast(side reconcile.Side) *past {
	p := &past{}
	p.next, p.stop = iter.Pull2(iter.Seq2[directory.Person, error](side.ByName()))
	return p
}

// has tells whether anybody of this name was there, case aside.
func (p *past) has(name string) (bool, error) {
	key := directory.Fold(name)
	for !p.over && p.at < key {
		who, err, more := p.next()
		if err != nil {
			return false, err
		}
		p.at, p.over = directory.Fold(who.UserName), !more
	}
	return !p.over && p.at == key, nil
}
