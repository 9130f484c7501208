package phase

import "cutover/internal/directory"

// What check finds before the first write, and the phases of single sign-on again
// before they switch: told in the same words, and so told once in a forecast.

// overruling lists the apps of this name that have an identity provider policy of
// their own: it overrules the default one.
func overruling(sso directory.SSO, app string) []directory.App {
	var found []directory.App
	for _, a := range sso.Apps {
		if sso.Overruled(a) && directory.Equal(a.Name, app) {
			found = append(found, a)
		}
	}
	return found
}

func appIdPPolicy(a directory.App) directory.Finding {
	return directory.Finding{
		Name: "app-idp-policy", Domain: directory.Utilities, Blocking: true,
		Detail: "The app \"" + a.Name + "\" of Utilities has an identity provider policy of its own. It overrules the default policy, " +
			"so turning SSO off and on there would change nothing. Take the app out of that policy in Utilities, then `cutover resume`.",
	}
}

func noKnownSignIn() directory.Finding {
	return directory.Finding{
		Name: "no-known-sign-in", Domain: directory.Utilities, Blocking: true,
		Detail: "The default rule of Utilities offers neither the local sign-in nor Fusion, so cutover cannot tell how people sign in today. " +
			"Assign Username-Password to the default identity provider rule there, then `cutover resume`.",
	}
}

func anotherIdP(name string) directory.Finding {
	return directory.Finding{
		Name: "another-idp", Domain: directory.Utilities,
		Detail: "The default rule of Utilities also offers the identity provider \"" + name +
			"\". It is left in the rule: whoever signs in by it goes on doing so, whether Fusion is offered or not.",
	}
}

func testUserTaken(d directory.Domain, have directory.Person) directory.Finding {
	return directory.Finding{
		Name: "test-user-taken", Domain: d, User: have.UserName, Blocking: true,
		Detail: "The user name of the test user belongs to somebody with another email. cutover signs in only as a user of its own.",
		Fixes:  []string{"sso: {testUser: {userName: A-NAME-THAT-NOBODY-HAS}}"},
	}
}
