package simulator

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cutover/internal/directory"
)

// syncJob is the type of the job that stands in for the synchronization of an
// app: Oracle documents no call that starts one (oracle.md 2.7, 4). Its name says
// that no domain has it. Its parameters are appId, maxCreates and maxDeletes.
const syncJob = "SimulatedManagedObjectSync"

// scopeGroups is the scope of NativeSync that is not everybody.
const scopeGroups = "groups"

// syncBatch is how many people are pulled at a time (the template's default,
// oracle.md 2.7). In between, other requests get their turn.
const syncBatch = 200

// NativeSync is what nobody knows of the synchronization that a domain does
// itself (oracle.md 4). Its zero value pulls everybody, makes people federated
// and leaves alone who is in the target only.
type NativeSync struct {
	// Scope is empty, for everybody, or "groups": active members of Groups only.
	Scope string
	// Groups are, for each target, groups of the Fusion domain. Default: the scope of
	// the estate's cutover.json.
	Groups map[directory.Domain][]string
	// FederatesExisting makes matched people federated, and clears their password.
	FederatesExisting bool
	// NewLocal makes people who are not federated.
	NewLocal bool
	// DeactivatesMissing deactivates whoever is active in the target and not among
	// those who are pulled: service accounts and administrators too.
	DeactivatesMissing bool
	// Takes is how long an import takes at least.
	Takes time.Duration
}

// puller is how the apps of a domain pull; nil: this domain is the source.
type puller struct {
	NativeSync
	fusion *domain
}

// syncable finds the app of an import, and tells why it cannot be imported from.
// The caller holds the lock.
func (d *domain) syncable(id string) (*setting, error) {
	app, ok := d.settings[kindApps].find(id)
	switch {
	case d.pulls == nil:
		return nil, invalid("People are pulled from this domain, not into it.")
	case id == "":
		return nil, missing("the parameter appId")
	case !ok:
		return nil, dangling("There is no app %s.", id)
	case !isGenericSCIM(app.body):
		return nil, invalid("The app %s is not of the template GenericScim - Client Credentials, the only one that this simulator imports by.", id)
	}
	var lacks []string
	ext := inner(app.body, schemaManaged)
	for _, name := range []string{"connected", "isAuthoritative", "enableSync"} {
		if !truth(ext, name, false) {
			lacks = append(lacks, name)
		}
	}
	if !truth(app.body, "active", false) {
		lacks = append([]string{"active"}, lacks...)
	}
	if len(lacks) > 0 {
		return nil, invalid("The app %s cannot be imported from: these are not true: %s.", id, strings.Join(lacks, ", "))
	}
	return app, nil
}

// threshold reads a maximum of an import; negative: there is none.
func threshold(j *job, name string) (int, error) {
	s, ok := j.parameters[name]
	if !ok || s == "" {
		return -1, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, invalid("%s is a number, or absent for no limit, and not %q.", name, s)
	}
	return n, nil
}

// checkSync refuses an import that cannot begin.
func (d *domain) checkSync(j *job) error {
	for _, name := range []string{"maxCreates", "maxDeletes"} {
		if _, err := threshold(j, name); err != nil {
			return err
		}
	}
	_, err := d.syncable(j.parameters["appId"])
	return err
}

// sync is a full import: for every user of the Fusion domain, in the order of
// ids, one is made here or the one of the same userName, case aside, is made what
// Fusion has. Attribute by attribute this is what oracle.md 1.4, 2.7 and 3 tell of
// authoritative synchronization; what they do not tell is in NativeSync. It never
// touches memberships of groups (oracle.md 1.4); the groups themselves, which a
// real one may create, are left out here.
func (d *domain) sync(ctx context.Context, j *job) (succeeded, failures int, err error) {
	creates, _ := threshold(j, "maxCreates") // checked when it was scheduled
	deactivates, _ := threshold(j, "maxDeletes")
	p := &pull{d: d, how: d.pulls, creates: creates, deactivates: deactivates}
	if err = p.begin(j); err == nil && pause(ctx, 2*d.pulls.Takes) {
		err = p.all(ctx)
	}
	message := p.told()
	if err != nil {
		message = asRefusal(err).detail + " " + message
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report(j, "ManagedObjectSyncJobReports", object{"type": kindOfReport(err), "message": message, "jobId": j.schedule}, "", nil)
	t := p.tally
	return t.created + t.changed + t.same + t.deactivated, t.refused, err
}

func kindOfReport(err error) string {
	if err != nil {
		return "error"
	}
	return "info"
}

func (p *pull) told() string {
	t := p.tally
	return fmt.Sprintf("Created %d, changed %d, left %d as they were, deactivated %d, refused %d.", t.created, t.changed, t.same, t.deactivated, t.refused)
}
