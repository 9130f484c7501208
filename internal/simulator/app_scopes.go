package simulator

// completeScopes gives an app what the service derives of its scopes (Oracle's SDK):
// the fully qualified value of each that it defines, which is its audience with the
// value behind it, and of each that it may ask for the app that defines it.
func (d *domain) completeScopes(o object) {
	derive(o, "scopes", func(s object) {
		s["fqs"] = text(o, "audience") + text(s, "value")
	})
	derive(o, "allowedScopes", func(s object) {
		delete(s, "idOfDefiningApp")
		if app := d.definerOf(text(s, "fqs"), o); app != "" {
			s["idOfDefiningApp"] = app
		}
	})
}

// definerOf is the id of the app that defines a scope: the app itself, which is
// about to be stored, or another; "" where none does.
func (d *domain) definerOf(fqs string, self object) string {
	for _, s := range objects(self, "scopes") {
		if text(s, "fqs") == fqs {
			return text(self, "id")
		}
	}
	for _, app := range d.settings[kindApps].all {
		if app.id == text(self, "id") {
			continue
		}
		for _, s := range objects(app.body, "scopes") {
			if text(s, "fqs") == fqs {
				return app.id
			}
		}
	}
	return ""
}

// derive replaces the elements of a list by changed copies: what is stored is never
// changed in place.
func derive(o object, name string, change func(object)) {
	given := objects(o, name)
	if len(given) == 0 {
		return
	}
	all := make([]any, len(given))
	for i, g := range given {
		c := without(g)
		change(c)
		all[i] = c
	}
	name, _, _ = field(o, name)
	o[name] = all
}
