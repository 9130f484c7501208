package simulator

// completeScopes gives an app what the service derives of the scopes that it defines
// (Oracle's SDK): the fully qualified value, which is its audience with the value
// behind it.
func completeScopes(o object) {
	derive(o, "scopes", func(s object) {
		s["fqs"] = text(o, "audience") + text(s, "value")
	})
	derive(o, "allowedScopes", func(s object) {
		delete(s, "idOfDefiningApp") // it is derived when the app is read
	})
}

// withDefiners is an app as it is read: with the apps that define the scopes that it
// may ask for.
func (d *domain) withDefiners(o object) object {
	derive(o, "allowedScopes", func(s object) {
		delete(s, "idOfDefiningApp")
		if app := d.definerOf(text(s, "fqs")); app != "" {
			s["idOfDefiningApp"] = app
		}
	})
	return o
}

// definerOf is the id of the app that defines a scope; "" where none does.
func (d *domain) definerOf(fqs string) string {
	for _, app := range d.settings[kindApps].all {
		for _, s := range objects(app.body, "scopes") {
			if text(s, "fqs") == fqs {
				return app.id
			}
		}
	}
	return ""
}

// checkScopes refuses a scope that the app, or another one, has already: fqs is unique.
func (d *domain) checkScopes(o object) error {
	seen := map[string]bool{}
	for _, s := range objects(o, "scopes") {
		fqs := text(s, "fqs")
		if seen[fqs] {
			return invalid("The app defines the scope %s twice.", fqs)
		}
		seen[fqs] = true
		if other := d.definerOf(fqs); other != "" && other != text(o, "id") {
			return conflict("The scope %s is defined by another app already; fqs is unique.", fqs)
		}
	}
	return nil
}

// derive replaces the elements of a list by changed copies: what is stored is never
// changed in place.
func derive(o object, name string, change func(object)) {
	name, _, _ = field(o, name)
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
	o[name] = all
}
