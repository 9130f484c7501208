package simulator

import (
	"strings"

	"cutover/internal/directory"
)

// reportNames are the resources that tell of jobs row by row, beside JobReports.
var reportNames = []string{
	"UserImportJobReports", "GroupImportSummaryJobReports", "GroupImportDetailedJobReports",
	"AppRoleMembershipImportSummaryJobReports", "AppRoleMembershipImportDetailedJobReports",
	"ManagedObjectSyncJobReports",
}

// report keeps what is told of a job; the caller holds the lock. What is told of a
// row is in an extension of its own.
func (d *domain) report(j *job, name string, o object, extension string, row object) {
	id := d.newID()
	resource := strings.TrimSuffix(name, "s")
	o["id"], o["historyId"], o["jobType"] = id, text(j.history, "id"), j.asked
	o["schemas"] = []any{schemaJobReport}
	o["meta"] = object{"resourceType": resource, "created": d.timestamp(), "lastModified": d.timestamp(), "location": d.url + "/job/v1/" + name + "/" + id}
	if extension != "" {
		urn := "urn:ietf:params:scim:schemas:oracle:idcs:extension:" + extension + ":JobReport"
		o["schemas"], o[urn] = []any{schemaJobReport, urn}, row
	}
	d.jobs.reports[name] = append(d.jobs.reports[name], o)
}

func foldName(name string) string { return directory.Fold(name) }
