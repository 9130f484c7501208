package simulator

import "net/http"

// lose marks the accounts of those who are not pulled any more: deleted in
// Fusion, or out of the scope.
func (p *pull) lose() {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	for _, x := range p.d.accounts.byApp[p.app] {
		if x.run != p.run {
			x.situation, x.response, x.at = sitLost, "Lost: the source has it no longer", p.d.now().UnixMilli()
		}
	}
}

// deactivate deactivates whoever is active here and not pulled, in the order of
// ids; no more than is allowed.
func (p *pull) deactivate() error {
	p.d.mu.RLock()
	names := make([]string, 0, p.d.users.len())
	for _, u := range p.d.users.byIDs() {
		if u.flags.active == yes {
			names = append(names, u.name)
		}
	}
	p.d.mu.RUnlock()
	missing := p.missing(names)
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	for _, name := range missing {
		if p.deactivates >= 0 && p.tally.deactivated >= p.deactivates {
			return refuse(http.StatusConflict, "Aborted: %d people would be deactivated, and %d are allowed (maxDeletes).", len(missing), p.deactivates)
		}
		u, ok := p.d.userNamed(name)
		if !ok {
			continue // deleted meanwhile
		}
		o := u.object()
		o["active"] = false
		if _, err := p.d.updateUser(u, o); err != nil {
			p.tally.refused++
			continue
		}
		p.tally.deactivated++
	}
	return nil
}

// missing are those of the names whom the Fusion domain has no user of who is
// pulled.
func (p *pull) missing(names []string) []string {
	f := p.how.fusion
	f.mu.RLock()
	defer f.mu.RUnlock()
	var all []string
	for _, name := range names {
		if u, ok := f.userNamed(name); !ok || !p.pulls(u) {
			all = append(all, name)
		}
	}
	return all
}
