package simulator

// show is a resource as a client sees it: with the lists that it asked for,
// reduced to what it wants. budget counts down the members that one request
// may return (oracle.md 2.3).
func (d *domain) show(k *kind, e entry, want selection, budget *int) (object, error) {
	o := d.body(e)
	switch e := e.(type) {
	case *user:
		if p, ok := want.wants("groups"); ok {
			from, to := p.cut(len(e.groups))
			all := make([]any, 0, to-from)
			for _, g := range e.groups[from:to] {
				all = append(all, groupObject(g))
			}
			o["groups"] = all
		}
	case *group:
		if p, ok := want.wants("members"); ok {
			from, to := p.cut(len(e.members))
			if *budget -= to - from; *budget < 0 {
				return nil, invalid("One request returns %d members at most; page with attributes=members[startIndex=1&count=1000].", maxMembers)
			}
			all := make([]any, 0, to-from)
			for _, u := range e.members[from:to] {
				all = append(all, memberObject(u))
			}
			o["members"] = all
		}
	case *grant:
		if _, ok := want.wants("compositeKey"); ok {
			o["compositeKey"] = e.composite()
		}
	case *setting:
		if secret, ok := d.appSecrets[e.id]; ok {
			o["clientSecret"] = secret
		}
		if p, ok := want.wants("members"); ok && k == kindAppRoles {
			all := d.roleMembers(e.id)
			from, to := p.cut(len(all))
			if *budget -= to - from; *budget < 0 {
				return nil, invalid("One request returns %d members at most; page with attributes=members[startIndex=1&count=1000].", maxMembers)
			}
			o["members"] = append([]any{}, all[from:to]...) // a list where there are none, too
		}
	}
	if o["meta"] == nil {
		o["meta"] = object{"resourceType": k.resource} // an estate may say nothing of it
	}
	seen := want.apply(o, k)
	if meta, ok := seen["meta"].(object); ok {
		meta = without(meta)
		meta["location"] = d.location(k, e)
		seen["meta"] = meta
	}
	return seen, nil
}
