package simulator_test

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

const at = directory.CXIF

// jobs sends a request to a domain, as the bootstrap client.
func (w *world) domainCall(method, path string, body any, headers ...string) reply {
	w.t.Helper()
	return w.send(w.request(w.t.Context(), method, w.URL(at)+path, body, append([]string{"Authorization", "Bearer " + w.token(at)}, headers...)...))
}

// upload puts a file into the storage of a domain, and returns the name that it got.
func (w *world) upload(content string) string {
	w.t.Helper()
	b := &bytes.Buffer{}
	form := multipart.NewWriter(b)
	for name, value := range map[string]string{"fileName": "In.csv", "contentType": "text/csv", "isPublic": "false"} {
		require.NoError(w.t, form.WriteField(name, value))
	}
	part, err := form.CreateFormFile("file", "In.csv")
	require.NoError(w.t, err)
	_, err = part.Write([]byte(content))
	require.NoError(w.t, err)
	require.NoError(w.t, form.Close())
	r := w.domainCall("POST", "/storage/v1/Files", b.String(), "Content-Type", form.FormDataContentType())
	require.Equal(w.t, 201, r.Status, r.Raw)
	require.Regexp(w.t, `^files/\d{12}/In\.csv$`, r.text("fileName"))
	return r.text("fileName")
}

func jobOf(kind string, parameters ...string) m {
	var all []any
	for i := 0; i < len(parameters); i += 2 {
		all = append(all, m{"name": parameters[i], "value": parameters[i+1]})
	}
	return m{"schemas": []string{"urn:ietf:params:scim:schemas:oracle:idcs:JobSchedule"}, "jobType": kind, "runNow": true, "parameters": all}
}

// ran runs a job and returns what its history says at the end.
func (w *world) ran(kind string, parameters ...string) m {
	w.t.Helper()
	r := w.domainCall("POST", "/job/v1/JobSchedules", jobOf(kind, parameters...))
	require.Equal(w.t, 201, r.Status, r.Raw)
	require.Equal(w.t, kind, w.domainCall("GET", "/job/v1/JobSchedules/"+r.text("id"), nil).text("jobType"))
	var history m
	require.Eventually(w.t, func() bool {
		seen := w.domainCall("GET", "/job/v1/JobHistories?filter="+escape(`jobScheduleid eq "`+r.text("id")+`"`), nil)
		require.Equal(w.t, 200, seen.Status, seen.Raw)
		require.Equal(w.t, []any{"urn:scim:api:messages:2.0:ListResponse"}, seen.Body["schemas"])
		if seen.at("Resources.0") == nil {
			return false
		}
		history = seen.at("Resources.0").(m)
		return history["percentage"] == 100.0
	}, 10*time.Second, 5*time.Millisecond)
	return history
}

// imported runs an import of a file.
func (w *world) imported(kind, content string, parameters ...string) m {
	w.t.Helper()
	return w.ran(kind, append([]string{"fileLocation", w.upload(content), "fileType", "csv"}, parameters...)...)
}

// reported are the rows that a report has of a job.
func (w *world) reported(name string, history m) []any {
	w.t.Helper()
	r := w.domainCall("GET", "/job/v1/"+name+"?filter="+escape(`historyId eq "`+history["id"].(string)+`"`), nil)
	require.Equal(w.t, 200, r.Status, r.Raw)
	return r.resources()
}

const users = "User ID,First Name,Last Name,Work Email,Federated,Active\n"

func TestAnImportMakesPeopleAndChangesThoseWhoAreThere(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	h := w.imported("UserImport", users+"ada,Ada,Byron,ada@riverbend.example,TRUE,TRUE\n,Bob,Smith,bob@riverbend.example,,\n")
	require.Equal(t, []any{"succeeded", 1.0, 1.0, 2.0}, []any{h["status"], h["successCount"], h["failureCount"], h["totalCount"]})
	rows := w.reported("UserImportJobReports", h)
	require.Len(t, rows, 2)
	const row = "urn:ietf:params:scim:schemas:oracle:idcs:extension:UserImport:JobReport"
	require.Equal(t, "Creation Succeeded", rows[0].(m)[row].(m)["status"])
	require.Equal(t, "Creation Failed", rows[1].(m)[row].(m)["status"])
	require.Contains(t, rows[0].(m)[row].(m)["requestData"], "User ID=ada,First Name=Ada")

	h = w.imported("UserImport", "User ID,First Name,Last Name,Work Email,Home Email,Primary Email Type,Password\nADA,'=Ada',Byron,second@riverbend.example,home@riverbend.example,home,Secret-word-1\n")
	require.Equal(t, 1.0, h["successCount"])
	told := w.reported("UserImportJobReports", h)[0].(m)[row].(m)
	require.Equal(t, "Update Succeeded", told["status"])
	require.NotContains(t, told["requestData"], "Secret-word-1")
	ada := w.list(at, "Users", "filter", `userName eq "ada"`)
	require.Equal(t, "=Ada", ada.text("Resources.0.name.givenName"), "the quotes around what a spreadsheet would take for a formula are removed")
	require.Equal(t, true, ada.at("Resources.0").(m)[userExt].(m)["isFederatedUser"], "an empty cell leaves what is there")
	var work []string
	for _, e := range ada.at("Resources.0.emails").([]any) {
		require.Equal(t, e.(m)["type"] == "home", e.(m)["primary"], e)
		if e.(m)["type"] == "work" {
			work = append(work, e.(m)["value"].(string))
		}
	}
	require.Equal(t, []string{"ada@riverbend.example", "second@riverbend.example"}, work, "addresses are added")

	w.imported("UserImport", users+"ada,Ada,Byron,third@riverbend.example,,\n", "replaceExistingMultiValuedValues", "true")
	require.NotContains(t, w.list(at, "Users", "filter", `userName eq "ada"`).Raw, "second@riverbend.example", "and replaced where it is asked for")
}

func TestAnImportOfGroupsAndRolesTellsOfEachRow(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	w.imported("UserImport", users+"ada,Ada,Byron,ada@riverbend.example,,\n")
	for _, want := range []string{"Creation Succeeded", "Update Succeeded"} {
		h := w.imported("GroupImport", "Display Name,Description,User Members\nTesters,They test,ada;nobody\n")
		const row = "urn:ietf:params:scim:schemas:oracle:idcs:extension:groupImportDetailed:JobReport"
		require.Equal(t, want, w.reported("GroupImportDetailedJobReports", h)[0].(m)[row].(m)["status"])
		sum := w.reported("GroupImportSummaryJobReports", h)[0].(m)["urn:ietf:params:scim:schemas:oracle:idcs:extension:groupImportSummary:JobReport"].(m)
		require.Equal(t, []any{2.0, 1.0, 1.0}, []any{sum["totalMembers"], sum["succMembers"], sum["failMembers"]})
	}
	h := w.imported("AppRoleImport", "Entitlement Value,Grantee Name,Grantee Type\nCXIF_Configuration_Endpoint_Read,ada,User\nCXIF_Configuration_Endpoint_Read,Testers,Group\nNo such,ada,User\n", "appDisplayName", "CXIF-PROD")
	require.Equal(t, []any{2.0, 1.0}, []any{h["successCount"], h["failureCount"]}, w.reported("AppRoleMembershipImportDetailedJobReports", h))
	require.Len(t, w.reported("AppRoleMembershipImportSummaryJobReports", h), 2)
	ada := w.idOf(at, "Users", `userName eq "ada"`)
	require.NotEmpty(t, w.idOf(at, "Grants", `grantee.value eq "`+ada+`"`))
	require.Equal(t, 400, w.domainCall("POST", "/job/v1/JobSchedules", jobOf("AppRoleImport", "fileLocation", w.upload("x"), "fileType", "csv")).Status, "the app must be named")
}

func TestAnExportIsAFileThatAnImportTakes(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	w.imported("UserImport", users+"ada,'=Ada',Byron,ada@riverbend.example,TRUE,\n")
	file := func(h m) string {
		require.Equal(t, "succeeded", h["status"])
		name := w.reported("JobReports", h)[0].(m)["name"].(string)
		r := w.domainCall("GET", "/storage/v1/Files?fileName="+strings.TrimPrefix(name, "files/"), nil)
		require.Equal(t, 200, r.Status)
		require.Equal(t, "text/csv", r.Header.Get("Content-Type"))
		return r.Raw
	}
	h := w.ran("UserExport", "exportFormat", "CSV", "filter", `userName eq "ada"`, "attributesToGet", "userName,name,emails,"+userExt+":isFederatedUser,externalId")
	got := file(h)
	require.Equal(t, "User ID,First Name,Middle Name,Last Name,Honorific Prefix,Honorific Suffix,Work Email,Home Email,Federated,Primary Email Type\nada,'=Ada',,Byron,,,ada@riverbend.example,,TRUE,work\n", got)
	require.Equal(t, 1.0, w.imported("UserImport", got)["successCount"])

	all, err := csv.NewReader(strings.NewReader(file(w.ran("Export", "exportFormat", "CSV", "resourceType", "User", "attributesToExclude", "name, title")))).ReadAll()
	require.NoError(t, err)
	require.NotContains(t, all[0], "First Name")
	require.Equal(t, w.list(at, "Users").at("totalResults"), float64(len(all)-1))
	require.Contains(t, file(w.ran("GroupExport", "exportFormat", "CSV")), "Display Name,Description,User Members,Requestable\n")
	require.Contains(t, file(w.ran("AppRoleExport", "exportFormat", "CSV", "appDisplayName", "CXIF-PROD")), "CXIF_Configuration_Endpoint_Write,cxif.admin,User,CXIF-PROD\n")
}

func TestAFileThatIsNoImportFailsItsJob(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	for file, why := range map[string]string{"User ID,Last Name\n": "First Name is missing", users[:len(users)-1] + ",Shoe Size\n": "no column Shoe Size", "": "no line of headings"} {
		h := w.imported("UserImport", file)
		require.Equal(t, "failed", h["status"], file)
		require.Contains(t, w.reported("JobReports", h)[0].(m)["message"], why)
	}
	for _, wrong := range []m{jobOf("UserImport", "fileLocation", "files/none.csv", "fileType", "csv"), jobOf("Sync"), jobOf("Import", "resourceType", "AppRole"), jobOf("UserExport")} {
		require.Equal(t, 400, w.domainCall("POST", "/job/v1/JobSchedules", wrong).Status, wrong)
	}
}

func TestImportsAndExportsAreFewAnHourAndADay(t *testing.T) {
	for tier, limit := range map[string]struct{ hour, day int }{"free": {2, 4}, "apps": {3, 8}, "premium": {3, 10}} {
		c := newClock()
		w := start(t, "messy", simulator.Options{Tier: tier, Clock: c.now})
		taken := 0
		for range 5 {
			c.advance(2 * time.Hour)
			delete(w.tokens, at) // it lasts an hour
			for n := range limit.hour + 1 {
				c.advance(2 * time.Second)
				r := w.domainCall("POST", "/job/v1/JobSchedules", jobOf("UserExport", "exportFormat", "CSV"))
				if n < limit.hour && taken < limit.day {
					require.Equal(t, 201, r.Status, r.Raw)
					taken++
				} else {
					require.Equal(t, http.StatusTooManyRequests, r.Status, "%s: %s", tier, r.Raw)
				}
			}
		}
		require.Equal(t, limit.day, taken)
	}
}
