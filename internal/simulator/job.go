package simulator

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The schemas of jobs. Their lists have SCIM's early one (oracle.md 2.8).
const (
	schemaJobSchedule = "urn:ietf:params:scim:schemas:oracle:idcs:JobSchedule"
	schemaJobHistory  = "urn:ietf:params:scim:schemas:oracle:idcs:JobHistory"
	schemaJobReport   = "urn:ietf:params:scim:schemas:oracle:idcs:JobReport"
	schemaEarlyList   = "urn:scim:api:messages:2.0:ListResponse"
)

// jobs are the imports and exports of a domain, and the files that they read and
// write. All is under the domain's lock.
type jobs struct {
	files     map[string][]byte // by name, files/...
	schedules map[string]object
	histories []object
	reports   map[string][]object // by the resource that shows them, such as UserImportJobReports
	budget    []time.Time         // when jobs were let in
	// start runs a job until it ends or the simulator does.
	start func(func(context.Context))
}

// job is one that was asked for.
type job struct {
	kind       string // UserImport, ...
	asked      string // jobType as it was asked for: the kind, or Import, Export
	parameters map[string]string
	client     client
	schedule   string
	history    object
	ended      func(error) // nil: nobody waits; error: why it failed
}

// jobKinds are the resource-specific types, with what they work on.
var jobKinds = map[string]*kind{
	"UserImport": kindUsers, "GroupImport": kindGroups, "AppRoleImport": kindGrants,
	"UserExport": kindUsers, "GroupExport": kindGroups, "AppRoleExport": kindGrants,
}

// jobLimits are how many imports and exports a domain takes in an hour and a day
// (oracle.md 2.2).
var jobLimits = map[string]struct{ hour, day int }{
	"free": {2, 4}, "apps": {3, 8}, "apps-premium": {3, 10}, "premium": {3, 10}, "external-user": {3, 10},
}

// serveJobs answers everything below /job/v1.
func (d *domain) serveJobs(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r)
	if err == nil {
		err = d.limits.admit(groupOthers)
	}
	var c client
	if err == nil {
		c, err = d.clients.authenticate(r, body)
	}
	if err == nil && !pause(r.Context(), d.latency) {
		return
	}
	var a answer
	if err == nil {
		a, err = d.jobAnswer(r, body, c)
	}
	if err != nil {
		a = failed(err)
	}
	if pause(r.Context(), d.latency) {
		a.write(w)
	}
}

func (d *domain) jobAnswer(r *http.Request, body []byte, c client) (answer, error) {
	name, id, _ := strings.Cut(strings.Trim(strings.TrimPrefix(r.URL.Path, "/job/v1"), "/"), "/")
	if name == "JobSchedules" && id == "" && r.Method == http.MethodPost {
		if !isJSON(r.Header.Get("Content-Type")) {
			return answer{}, refuse(http.StatusUnsupportedMediaType, "Send application/scim+json or application/json.")
		}
		o, err := decode(body)
		if err != nil {
			return answer{}, err
		}
		return d.schedule(o, c)
	}
	if r.Method != http.MethodGet {
		return answer{}, notPossible(r.Method, http.MethodGet)
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	switch {
	case name == "JobSchedules" && id != "":
		if o, ok := d.jobs.schedules[id]; ok {
			return answer{status: http.StatusOK, body: o}, nil
		}
	case name == "JobHistories" && id != "":
		for _, h := range d.jobs.histories {
			if text(h, "id") == id {
				return answer{status: http.StatusOK, body: without(h)}, nil
			}
		}
	case name == "JobHistories":
		return jobList(d.jobs.histories, "jobScheduleId", r.URL.Query())
	case id == "" && (name == "JobReports" || slices.Contains(reportNames, name)):
		return jobList(d.jobs.reports[name], "historyId", r.URL.Query())
	}
	return answer{}, refuse(http.StatusNotFound, "There is no resource at this path.")
}

// schedule takes a job, which starts as soon as nothing else of its kind runs.
func (d *domain) schedule(o object, c client) (answer, error) {
	j, err := readJob(o, c)
	if err != nil {
		return answer{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.authorizeJob(j); err != nil {
		return answer{}, err
	}
	if err := d.checkJob(j); err != nil {
		return answer{}, err
	}
	if j.kind != syncJob {
		if err := d.admitJob(); err != nil {
			return answer{}, err
		}
	}
	shown := d.begin(j, o["parameters"])
	return answer{status: http.StatusCreated, body: shown, location: text(inner(shown, "meta"), "location")}, nil
}

// authorizeJob refuses a job of what the client may not change. An import by an app
// is of people and of the app: who administers either may start it.
func (d *domain) authorizeJob(j *job) error {
	if j.kind == syncJob {
		if d.authorize(j.client, kindApps, true) == nil {
			return nil
		}
		return d.authorize(j.client, kindUsers, true)
	}
	return d.authorize(j.client, jobKinds[j.kind], true)
}

// begin keeps the schedule of a job and starts it; under the lock.
func (d *domain) begin(j *job, parameters any) (shown object) {
	j.schedule = d.newUUID()
	shown = object{"id": j.schedule, "schemas": []any{schemaJobSchedule}, "jobType": j.asked, "isDisabled": false,
		"runAt": d.timestamp(), "nextFireTime": d.timestamp(), "parameters": parameters,
		"meta": object{"resourceType": "JobSchedule", "location": d.url + "/job/v1/JobSchedules/" + j.schedule}}
	d.jobs.schedules[j.schedule] = shown
	d.jobs.start(func(ctx context.Context) {
		err := d.runJob(ctx, j)
		if j.ended != nil {
			j.ended(err)
		}
	})
	return shown
}

// readJob reads what is to be done. A generic Import or Export says by resourceType
// of what.
func readJob(o object, c client) (*job, error) {
	j := &job{asked: text(o, "jobType"), parameters: map[string]string{}, client: c}
	if !slices.Contains(list(o, "schemas"), any(schemaJobSchedule)) {
		return nil, missing("schemas with " + schemaJobSchedule)
	}
	for _, p := range objects(o, "parameters") {
		j.parameters[text(p, "name")] = text(p, "value")
	}
	j.kind = j.asked
	if j.asked == "Import" || j.asked == "Export" {
		resource := j.parameters["resourceType"]
		if j.asked == "Import" && resource == "Grant" { // of roles; AppRole is not taken for an import
			resource = "AppRole"
		} else if j.asked == "Import" && resource == "AppRole" {
			resource = ""
		}
		j.kind = resource + j.asked
	}
	if jobKinds[j.kind] == nil && j.kind != syncJob {
		return nil, invalid("There is no job of type %s; an Import or Export needs a resourceType.", cmp.Or(j.asked, "(none)"))
	}
	if !truth(o, "runNow", false) {
		return nil, refuse(http.StatusNotImplemented, "Jobs at another time are not part of this simulator; set runNow to true.")
	}
	return j, nil
}

// checkJob refuses parameters that are missing or lead nowhere.
func (d *domain) checkJob(j *job) error {
	p := j.parameters
	if j.kind == syncJob {
		return d.checkSync(j)
	}
	if strings.HasSuffix(j.kind, "Export") {
		if p["exportFormat"] != "CSV" {
			return invalid("exportFormat must be CSV.")
		}
		if p["filter"] != "" {
			_, err := parseFilter(p["filter"], d.own(jobKinds[j.kind]))
			return err
		}
		return nil
	}
	if !strings.EqualFold(p["fileType"], "csv") {
		return invalid("fileType must be csv.")
	}
	if _, ok := d.jobs.files[p["fileLocation"]]; !ok {
		return invalid("There is no file %s; upload it to /storage/v1/Files and take the fileName of the answer.", p["fileLocation"])
	}
	if j.kind == "AppRoleImport" && p["appDisplayName"] == "" {
		return missing("the parameter appDisplayName")
	}
	return nil
}

// admitJob keeps the published numbers of imports and exports.
func (d *domain) admitJob() error {
	limit, kept := jobLimits[d.tier]
	now := d.now()
	if kept {
		hour, day := 0, 0
		for _, t := range d.jobs.budget {
			if recent(t, now, time.Hour) {
				hour++
			}
			if recent(t, now, 24*time.Hour) {
				day++
			}
		}
		if hour >= limit.hour || day >= limit.day {
			return refuse(http.StatusTooManyRequests, "Too many imports and exports: %d an hour and %d a day are taken.", limit.hour, limit.day)
		}
	}
	d.jobs.budget = append(d.jobs.budget, now)
	return nil
}

// runJob waits until no Bulk call and no other job runs, and runs one. It tells why
// the job failed.
func (d *domain) runJob(ctx context.Context, j *job) error {
	select {
	case d.heavy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.heavy }()
	d.mu.Lock()
	id := d.newID()
	j.history = object{"id": id, "schemas": []any{schemaJobHistory}, "jobType": j.asked, "jobScheduleId": j.schedule, "status": "running",
		"startTime": d.timestamp(), "percentage": 0, "successCount": 0, "failureCount": 0, "totalCount": 0, "runNow": true,
		"meta": object{"resourceType": "JobHistory", "created": d.timestamp(), "lastModified": d.timestamp(), "location": d.url + "/job/v1/JobHistories/" + id}}
	d.jobs.histories = append(d.jobs.histories, j.history)
	d.mu.Unlock()
	succeeded, failures, err := d.carryOut(ctx, j)
	d.mu.Lock()
	defer d.mu.Unlock()
	done := without(j.history) // the one that readers have is never changed
	done["endTime"], done["percentage"] = d.timestamp(), 100
	done["successCount"], done["failureCount"], done["totalCount"] = succeeded, failures, succeeded+failures
	done["status"] = "succeeded"
	if err != nil || ctx.Err() != nil {
		done["status"] = "failed"
		if err != nil {
			d.report(j, "JobReports", object{"type": "error", "message": asRefusal(err).detail}, "", nil)
		}
	}
	i := slices.IndexFunc(d.jobs.histories, func(h object) bool { return text(h, "id") == id })
	d.jobs.histories[i] = done
	if err == nil {
		err = ctx.Err()
	}
	return err
}

func (d *domain) carryOut(ctx context.Context, j *job) (succeeded, failures int, err error) {
	if j.kind == syncJob {
		return d.sync(ctx, j)
	}
	if strings.HasSuffix(j.kind, "Export") {
		return d.export(j)
	}
	return d.importFile(ctx, j)
}

var oneEq = regexp.MustCompile(`(?i)^\s*([a-z]+)\s+eq\s+"?([^"]*)"?\s*$`)

// jobList answers a list of jobs or of what is told of them. Only the filters that
// Oracle's pages show are taken.
func jobList(all []object, key string, q url.Values) (answer, error) {
	if f := q.Get("filter"); f != "" {
		m := oneEq.FindStringSubmatch(f)
		if m == nil || !strings.EqualFold(m[1], key) {
			return answer{}, invalidFilter("The filter here is %s eq \"ID\".", key)
		}
		var found []object
		for _, o := range all {
			if text(o, key) == m[2] {
				found = append(found, o)
			}
		}
		all = found
	}
	from, count := 1, defaultCount
	if n, err := strconv.Atoi(q.Get("startIndex")); err == nil && n > 0 {
		from = n
	}
	if n, err := strconv.Atoi(q.Get("count")); err == nil && n >= 0 {
		count = min(n, maxCount)
	}
	page := all[min(from-1, len(all)):min(from-1+count, len(all))]
	shown := make([]any, 0, len(page))
	for _, o := range page {
		shown = append(shown, without(o))
	}
	return answer{status: http.StatusOK, body: object{"schemas": []any{schemaEarlyList}, "totalResults": len(all),
		"startIndex": from, "itemsPerPage": len(shown), "Resources": shown}}, nil
}

// newUUID is an id in the form of a schedule's.
func (d *domain) newUUID() string {
	s := d.newID()
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
