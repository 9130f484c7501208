package evidence

import (
	"encoding/json"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Plan is the body of a plan's line as far as the verification needs it.
type Plan struct {
	ID      int64  `json:"id"`
	Phase   string `json:"phase"`
	Hash    string `json:"hash"`
	Changes int    `json:"changes"`
}

// Change is the body of a change's line as far as the verification needs it.
type Change struct {
	Plan   int64            `json:"plan"`
	Change directory.Change `json:"change"`
}

// plans makes the hash of every plan again from its changes. An approval names
// that hash, so whoever alters what was planned, and chains the pack anew, has to
// alter what people approved too.
type plans struct {
	open  bool
	at    int // the line of the plan in hand
	plan  Plan
	left  int
	hash  *reconcile.Hasher
	count int
}

// take takes the next line in and says what does not add up.
func (p *plans) take(line Line) *Tampered {
	if line.Kind == KindChange {
		return p.change(line)
	}
	if p.open {
		return &Tampered{line.Seq, fmt.Sprintf("comes where %d more changes of plan %d of %s are due", p.left, p.plan.ID, p.plan.Phase)}
	}
	if line.Kind != KindPlan {
		return nil
	}
	var plan Plan
	if err := json.Unmarshal(line.Body, &plan); err != nil || plan.Changes < 0 {
		return &Tampered{line.Seq, "is no plan that can be understood"}
	}
	*p = plans{open: true, at: line.Seq, plan: plan, left: plan.Changes, hash: reconcile.NewHasher(plan.Phase), count: p.count}
	return p.done()
}

func (p *plans) change(line Line) *Tampered {
	var c Change
	if err := json.Unmarshal(line.Body, &c); err != nil || !p.open || c.Plan != p.plan.ID {
		return &Tampered{line.Seq, "is a change of no plan before it"}
	}
	p.hash.Add(c.Change)
	p.left--
	return p.done()
}

func (p *plans) done() *Tampered {
	if p.left > 0 {
		return nil
	}
	p.open = false
	p.count++
	if made := p.hash.Sum(); made != p.plan.Hash {
		return &Tampered{p.at, fmt.Sprintf("plan %d of %s bears the hash %s, but its changes on lines %d to %d make %s: one of them is not what was planned",
			p.plan.ID, p.plan.Phase, p.plan.Hash, p.at+1, p.at+p.plan.Changes, made)}
	}
	return nil
}
