package simulator

import (
	"net/http"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/simulator/sso"
)

// CanSignIn tells for everybody who is active in Utilities, by userName, whether
// they can sign in there now: by a local password that they have, where the rule
// for them offers that, or by Fusion, where it offers Fusion, Fusion offers
// Utilities, and they are active there under the same name.
func (s *Simulator) CanSignIn() map[string]bool {
	fusion, utilities := s.domains[directory.Fusion], s.domains[directory.Utilities]
	has := map[string]bool{} // a password, by userName
	utilities.mu.RLock()
	for _, u := range utilities.users.all {
		if u.flags.active != no {
			_, set := utilities.passwords[u.id]
			has[u.name] = (set || utilities.seeded[u.id]) && u.flags.federated != yes
		}
	}
	utilities.mu.RUnlock()
	offered := slices.ContainsFunc(door{fusion}.SAMLApps(), func(a sso.App) bool {
		return a.Active && strings.HasPrefix(a.AssertionConsumer, utilities.url+"/")
	})
	can := make(map[string]bool, len(has))
	for name, password := range has {
		local, idps := sso.Ways(door{utilities}, name)
		bySAML := offered && slices.ContainsFunc(idps, func(i sso.IdP) bool { return strings.HasPrefix(i.SSOURL, fusion.url+"/") })
		hub, there := door{fusion}.UserByName(name)
		can[name] = local && password || bySAML && there && hub.UserName == name && hub.Active && !hub.Locked
	}
	return can
}

// watched calls Options.Changed after what may have changed something.
func (s *Simulator) watched(h http.Handler) http.Handler {
	if s.options.Changed == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		if class := classOf(r); class == "writes" || class == "bulk" {
			s.options.Changed(s)
		}
	})
}
