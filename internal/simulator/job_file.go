package simulator

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
)

// maxUpload is how large a file may be: Oracle's pages say 10 MB in one place and
// 52 MB in two; here the smaller holds.
const maxUpload = 10 << 20

// serveFiles answers /storage/v1/Files: a file is put there before it is imported,
// and got from there after an export.
func (d *domain) serveFiles(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload+1<<16)) // what comes around the file
	if err != nil {
		failed(refuse(http.StatusRequestEntityTooLarge, "A file holds %d bytes at most.", maxUpload)).write(w)
		return
	}
	var c client
	if err = d.limits.admit(groupOthers); err == nil {
		c, err = d.clients.authenticate(r, body)
	}
	if err != nil {
		failed(err).write(w)
		return
	}
	if !pause(r.Context(), d.latency) {
		return
	}
	switch r.Method {
	case http.MethodPost:
		a, err := d.upload(r, body, c)
		if err != nil {
			a = failed(err)
		}
		a.write(w)
	case http.MethodGet:
		d.download(w, r, c)
	default:
		failed(notPossible(r.Method, http.MethodGet, http.MethodPost)).write(w)
	}
}

// mayTransfer lets in whom one kind of job or another is open to.
func (d *domain) mayTransfer(c client) error {
	err := d.authorize(c, kindUsers, true)
	if err != nil && d.authorize(c, kindGrants, true) == nil {
		return nil
	}
	return err
}

func (d *domain) upload(r *http.Request, body []byte, c client) (answer, error) {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return answer{}, refuse(http.StatusUnsupportedMediaType, "Send multipart/form-data.")
	}
	form, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(maxUpload)
	if err != nil {
		return answer{}, invalid("The form could not be read to its end.")
	}
	value := func(name string) string { return first(form.Value[name]) }
	name := path.Base(value("fileName"))
	files := form.File["file"]
	switch {
	case value("fileName") == "" || name == "." || name == "/":
		return answer{}, missing("fileName")
	case len(files) != 1:
		return answer{}, missing("file")
	case value("contentType") != "text/csv" && value("contentType") != "application/directory":
		return answer{}, invalid("contentType is text/csv or application/directory.")
	case value("isPublic") != "false":
		return answer{}, invalid("Only private files are supported; set isPublic to false.")
	}
	f, err := files[0].Open()
	if err != nil {
		return answer{}, invalid("The file could not be read.")
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil || len(content) > maxUpload {
		return answer{}, refuse(http.StatusRequestEntityTooLarge, "A file holds %d bytes at most.", maxUpload)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.mayTransfer(c); err != nil {
		return answer{}, err
	}
	stored := "files/" + d.now().UTC().Format("200601021504") + "/" + name
	d.jobs.files[stored] = content
	return answer{status: http.StatusCreated, body: object{"fileName": stored, "isPublic": false, "fileUrl": d.url + "/storage/v1/Files?fileName=" + stored}, mime: "application/json"}, nil
}

func (d *domain) download(w http.ResponseWriter, r *http.Request, c client) {
	name := r.URL.Query().Get("fileName")
	d.mu.RLock()
	err := d.mayTransfer(c)
	content, ok := d.jobs.files["files/"+strings.TrimPrefix(name, "files/")]
	d.mu.RUnlock()
	if err == nil && !ok {
		err = refuse(http.StatusNotFound, "There is no file %s.", name)
	}
	if err != nil {
		failed(err).write(w)
		return
	}
	w.Header().Set("Content-Type", "text/csv")
	_, _ = w.Write(content) // a client that is gone is no error of ours
}
