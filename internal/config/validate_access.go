package config

// What becomes of people for whom a group has no room.
const (
	OverLimitRefuse = "refuse"
	OverLimitGrant  = "grant"
)

var overLimits = []string{OverLimitRefuse, OverLimitGrant}

// groupRoom looks at what is said about full groups and about web services.
func (v *validator) groupRoom(p path, a AccessTo) {
	v.choice(p.key("overLimit"), a.OverLimit, overLimits)
	if at := p.key("membersPerGroup"); v.has(at) {
		v.within(at, a.MembersPerGroup, 1, 1_000_000)
	}
	at := p.key("webServiceRoles")
	v.names(at, a.WebServiceRoles)
	for i, role := range a.WebServiceRoles {
		if role != "" && !contains(a.Roles, role) {
			v.refuse(at.index(i), role+" is none of the roles that people get here", "name one of those under roles, or take the line out")
		}
	}
}
