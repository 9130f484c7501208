package phase

import (
	"strconv"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// NativeSync is what the engine native wants: Oracle's own synchronization, an app
// of the target that takes over Fusion's people (the guide's "Synchronize Users
// Between Fusion and Customer Cloud Service", and the same for CXIF).
type NativeSync struct {
	On      bool
	AppName string // in each target
	// Host is Fusion's, without a scheme; Port and TLS are empty where they are as
	// the template of the app has them, which is 443 and true.
	Host, Port, TLS, TokenURL string
	ByRequest                 bool // a request starts it; else a person does
	// AcceptBeyond is a person's word that it may create people outside the scope, who
	// get no access, and overwrite whom cutover would leave alone.
	AcceptBeyond bool
}

// nativeTo tells whether people come into a target by its own synchronization. A
// SCIM server that is no identity domain has none.
func (in Input) nativeTo(target directory.Domain) bool {
	return in.SSO.Native.On && (in.Rules == nil || !in.Rules.PlainSCIM[target])
}

// The steps of a native synchronization.
const (
	stepSyncApp = 1 + iota
	stepSyncSource
	stepSyncActive
	stepSyncPeople
	stepSyncStart
	stepSyncInactive
	stepSyncRest
)

// round is what a plan of a native synchronization is for. Nobody knows whether it
// can be scoped, and its limits count people, not whom: so the first run may make
// one person who is in scope and one who is not. Where that showed nothing, because
// more than one in scope were missing, cutover makes them itself, all but one, and
// the second run must show it: it makes that one, or somebody else too. Until it is
// known and approved the app is inactive, so that nothing else starts it.
type round int

const (
	roundProbe round = iota
	roundNarrow
	roundFull // everybody
	roundRest // what it left, cutover does itself
)

// nativeProofs proves the connection once the app is active.
func nativeProofs(target directory.Domain) func(Input, int) []Proof {
	return func(in Input, step int) []Proof {
		if in.nativeTo(target) && step == stepSyncActive {
			return []Proof{SyncConnection}
		}
		return nil
	}
}

// nativeSync plans one round of a native synchronization.
type nativeSync struct {
	syncing
	in    Input
	app   string
	round round

	inPlace bool // the app is there as wanted, and active
	rest    bool // somebody is left for the last step
	held    *directory.Change
	creates int // in scope and not there
	updates int // in scope, there, and different
	outside int // not in scope and not there
	came    int // not in scope, and there since the first run
}

func (n *nativeSync) plan() error {
	n.app = appNamed(n.sso(), n.in.SSO.Native.AppName)
	n.client()
	if err := n.count(); err != nil {
		return err
	}
	n.settings()
	n.decide()
	if err := n.people(); err != nil {
		return err
	}
	n.start()
	if err := n.leftovers(); err != nil {
		return err
	}
	return n.err
}

// decide says what this plan is for.
func (n *nativeSync) decide() {
	known := n.came > 0 || n.creates == 0 || n.outside == 0 || n.in.SSO.Native.AcceptBeyond
	switch {
	case n.in.FullSync:
		n.round = roundRest
	case n.in.Forecast, n.in.Syncs > 0 && known:
		n.round = roundFull // a forecast supposes that it shows itself scoped
	case n.in.Syncs == 0:
		n.round = roundProbe
	case n.in.Syncs == 1:
		n.round = roundNarrow
		n.notShown()
	default:
		n.round = roundNarrow
		n.undecided()
	}
}

func (n *nativeSync) sso() directory.SSO { return n.in.World[n.target].Outline().SSO }

// client looks at the OAuth client in Fusion, which sso-setup makes.
func (n *nativeSync) client() {
	name := appNamed(n.in.World[directory.Fusion].Outline().SSO, n.in.SSO.SyncClientName)
	client, there := n.in.World[directory.Fusion].Outline().SSO.AppNamed(name)
	switch {
	case !there || !client.OAuthClient:
		n.finding(directory.Finding{
			Phase: n.phase, Name: "no-sync-client", Domain: directory.Fusion, Blocking: true,
			Detail: "Fusion has no OAuth client \"" + name + "\", by which the synchronization of " + string(n.target) + " would read its people. " +
				"Leave sso-setup on, or make it by hand as the guide's prerequisites say.",
		})
	case len(client.ClientRoles) > 1:
		n.finding(directory.Finding{
			Phase: n.phase, Name: "sync-client-has-more", Domain: directory.Fusion,
			Detail: "The OAuth client \"" + name + "\" holds more than the guide gives it, which is " + directory.RoleUserAdmin +
				". Its secret lies in " + string(n.target) + ": take the rest away, or give the synchronization a client of its own (sso.syncClientName).",
		})
	}
}

// settings plans the app: made, told from where, active.
func (n *nativeSync) settings() {
	const why = "takes over Fusion's people"
	native := n.in.SSO.Native
	if app, there := n.sso().AppNamed(n.app); there && app.Sync == nil {
		n.finding(directory.Finding{
			Phase: n.phase, Name: "sync-app-taken", Domain: n.target, Blocking: true, Fixes: []string{"sync: {native: {app: A-NAME-THAT-NO-APP-HAS}}"},
			Detail: "An app \"" + n.app + "\" is there already, and takes over nobody's people: give the synchronization's app another name.",
		})
		return
	}
	source := directory.Attributes{
		"host": native.Host, "baseUri": directory.SyncBaseURI, "client": n.in.SSO.SyncClientName, "scope": directory.SyncScope, "tokenUrl": native.TokenURL,
	}
	is, from, status := directory.Target(directory.SettingSync, n.app), directory.Target(directory.SettingSyncSource, n.app), directory.Target(directory.SettingSyncStatus, n.app)
	_, there := n.sso().Setting(is)
	has, _ := n.sso().Setting(from)
	n.unlike(source, has, "port", native.Port, "443")
	n.unlike(source, has, "tls", native.TLS, "true")
	planned := n.want(stepSyncApp, is, directory.Attributes{
		"provisioning": "true", "authoritative": "true", "synchronization": "true", "mailsNewPeople": "false",
	}, why)
	switch {
	case there:
		planned = n.want(stepSyncSource, from, source, why) || planned
		planned = n.want(stepSyncActive, status, directory.Attributes{"active": "true"}, why) || planned
	default: // what a new app has, nobody has read
		n.put(stepSyncSource, from, directory.Attributes{"host": ""}, source, why)
		n.put(stepSyncActive, status, directory.Attributes{"active": "false"}, directory.Attributes{"active": "true"}, why)
	}
	n.inPlace = !planned
}

// unlike puts into the source what it has otherwise than the template; and what the
// template has, where the app has another.
func (n *nativeSync) unlike(source, has directory.Attributes, key, want, template string) {
	switch {
	case want != "":
		source[key] = want
	case has[key] != "" && has[key] != template:
		source[key] = template
	}
}

// want plans a setting to be as wanted, where it is not so already.
func (n *nativeSync) want(step int, target string, want directory.Attributes, why string) bool {
	before, differs := difference(n.sso(), target, want)
	if differs {
		n.put(step, target, before, want, why)
	}
	return differs
}

func (n *nativeSync) put(step int, target string, before, after directory.Attributes, why string) {
	n.change(directory.Change{Step: step, Domain: n.target, Kind: directory.PutSetting, Target: target, Before: before, After: after, Why: why})
}

// count goes through everyone and counts, without a word.
func (n *nativeSync) count() error {
	var had *past
	if n.in.Before != nil {
		had = newPast(n.in.Before)
		defer had.stop()
	}
	quiet := n.quietly()
	for c, err := range n.settled.Counterparts(n.target) {
		if err != nil {
			return err
		}
		switch {
		case c.Conflict != "" || c.Excluded || c.Fusion == nil:
		case c.InScope && c.Target == nil:
			if _, ok := quiet.creation(*c.Fusion); ok {
				n.creates++
			}
		case c.InScope:
			if _, ok := quiet.updating(*c.Fusion, *c.Target); ok {
				n.updates++
			}
		case c.Target == nil:
			n.outside++
		case had != nil:
			was, err := had.has(c.Target.UserName)
			if err != nil {
				return err
			}
			if !was {
				n.came++
			}
		}
	}
	return nil
}

// quietly plans without a word: what it says is said elsewhere.
func (n *nativeSync) quietly() *syncing {
	s := n.syncing
	s.writer = writer{sink: silent{}}
	return &s
}

type silent struct{}

func (silent) Change(directory.Change) error   { return nil }
func (silent) Finding(directory.Finding) error { return nil }

// people goes through everyone.
func (n *nativeSync) people() error {
	for c, err := range n.settled.Counterparts(n.target) {
		if err != nil {
			return err
		}
		if n.person(c); n.err != nil {
			return n.err
		}
	}
	if n.held != nil {
		n.change(*n.held)
	}
	return n.err
}

func (n *nativeSync) person(c reconcile.Counterpart) {
	switch {
	case c.Conflict != "":
		n.finding(c.Finding(n.phase, n.target))
		n.overwrites(c)
	case c.Excluded:
		n.overwrites(c)
	case c.InScope && c.Target == nil:
		if made, ok := n.creation(*c.Fusion); ok {
			n.expect(made)
		}
	case c.InScope:
		n.overwrites(c)
		if changed, ok := n.updating(*c.Fusion, *c.Target); ok {
			n.expect(changed)
		}
	case c.Target == nil && c.Fusion != nil:
		n.outsider(*c.Fusion)
	case c.Target != nil:
		n.stays(c)
	}
}

// expect plans what the synchronization shall do, or cutover in its place. Whom it
// finds it changes in every run: no limit is on that.
func (n *nativeSync) expect(c directory.Change) {
	native := c
	native.Step, native.Via = stepSyncPeople, directory.ViaNativeSync
	switch {
	case n.round == roundRest:
		c.Step = stepSyncRest
		n.change(c)
	case n.round == roundFull, c.Kind != directory.CreateUser:
		n.change(native)
	case n.held == nil:
		n.held = &native
	case n.round == roundNarrow:
		c.Step = stepSyncPeople
		n.change(c)
	}
}

// stays is about somebody of the target who is not in scope.
func (n *nativeSync) stays(c reconcile.Counterpart) {
	if c.Fusion != nil {
		n.overwrites(c)
		if n.in.SSO.Native.AcceptBeyond {
			return // whoever is in Fusion may be here
		}
	}
	if c.Target.Active {
		_, off := n.orphan(*c.Target, c.Fusion)
		n.rest = n.rest || off // after the run, in the order of steps
	}
}

// start plans a run, with the limits that the app shall have for it.
func (n *nativeSync) start() {
	creates, run := 0, directory.RunProbe
	switch n.round {
	case roundRest:
		return
	case roundFull:
		if creates, run = n.creates, directory.RunFull; n.creates+n.updates == 0 {
			return // it has all been done
		}
		if n.in.SSO.Native.AcceptBeyond {
			creates += n.outside + 1 // and the test user
		}
	default:
		if n.inPlace && n.creates+n.updates == 0 {
			return
		}
		creates = min(n.creates, 1) + min(n.outside, 1)
	}
	by := "a person"
	if n.in.SSO.Native.ByRequest {
		by = "a request"
	}
	n.change(directory.Change{
		Step: stepSyncStart, Domain: n.target, Via: directory.ViaNativeSync, Kind: directory.StartSync, Target: n.app,
		After: directory.Attributes{"creates": strconv.Itoa(creates), "deletes": "0", "by": by, "run": run}, Why: syncWhy,
	})
	if run == directory.RunProbe {
		n.put(stepSyncInactive, directory.Target(directory.SettingSyncStatus, n.app), directory.Attributes{"active": "true"}, directory.Attributes{"active": "false"},
			"it stays off until what it does is known and approved")
	}
}
