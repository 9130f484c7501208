package document_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/document"
	"cutover/internal/estates"
	"cutover/internal/estimate"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
	"cutover/internal/spool"
)

// planned makes the document of an estate.
func planned(t *testing.T, estate string) (*document.Document, forecast.Whole, reconcile.World) {
	t.Helper()
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	scratch, err := spool.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, scratch.Close()) })
	w, err := reconciletest.FromEstate(estates.FS, estate)
	require.NoError(t, err)
	rules, err := reconciletest.RulesFromEstate(estates.FS, estate)
	require.NoError(t, err)
	snapshots := forecast.Snapshots{}
	for d, side := range w {
		s, err := l.BeginSnapshot(t.Context(), "plan", "plan", d)
		require.NoError(t, err)
		var people []directory.Person
		for p, err := range side.ByName() {
			require.NoError(t, err)
			people = append(people, p)
		}
		require.NoError(t, l.PutPeople(t.Context(), s.ID, people))
		outline := side.Outline()
		outline.SSO.Metadata = directory.Metadata{
			SPEntityID: "sp-" + string(d), AssertionConsumer: "acs-" + string(d), SPCertificate: "c", IdPEntityID: "idp-" + string(d), IdPSSOURL: "u", IdPCertificate: "c",
		}
		require.NoError(t, l.PutOutline(t.Context(), s.ID, outline))
		require.NoError(t, l.CompleteSnapshot(t.Context(), s.ID))
		snapshots[d] = s.ID
	}
	utilities := estimate.Pace{Rate: 25, Burst: 1}
	b := document.New(scratch, document.Options{
		ConfigHash: strings.Repeat("c", 64), Version: "1.2.3", At: time.Date(2026, 6, 6, 12, 0, 0, 0, time.UTC), LimitsName: "Oracle Apps",
		Limits: map[estimate.Route]estimate.Limits{{Domain: directory.Utilities}: {Others: utilities, Bulk: &utilities}},
	})
	whole, err := forecast.Planner{Ledger: l, Scratch: scratch, Cutover: "plan", Rules: rules, Each: b.Each,
		Off: map[string]string{"tidy": "the <test> user is \"kept\""},
		SSO: phase.SSOSettings{
			AppName: "Oracle Utilities", IdPName: "Fusion", SyncClientName: "cutover-sync", FrontRuleName: "Keep local sign-in",
			TestRuleName: "SSO test", UserAttribute: "user.userName", Emergency: "bg-admin", ByCorporateIdP: true, Attested: []string{"*"},
			TestUser: phase.TestUser{UserName: "cutover.test", Email: "cutover.test@riverbend.example", GivenName: "Cutover", FamilyName: "Test"},
		}}.Whole(t.Context(), snapshots, func(string) bool { return false })
	require.NoError(t, err)
	d, err := b.Finish(whole)
	require.NoError(t, err)
	return d, whole, w
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b))
	return b.String()
}

// read is the JSON as a program reads it.
type read struct {
	Kind, Hash, BlockedAt string
	Findings              []directory.Finding
	Phases                []struct {
		Name, Off, Hash string
		Changes         int
		Kinds           []estimate.Kind
		Why             []document.Why
		Left            []struct {
			Domain directory.Domain
			Reason string
			Count  int
			Names  []string
		}
		Plan []directory.Change
	}
}

func TestTheJSONHoldsEveryChangeAndEverybodyWhoIsLeftAlone(t *testing.T) {
	for _, estate := range []string{"clean", "messy", "resolved"} {
		d, whole, w := planned(t, estate)
		var doc read
		require.NoError(t, json.Unmarshal([]byte(written(t, d.JSON)), &doc))
		require.Equal(t, document.Kind, doc.Kind)
		require.Equal(t, whole.Hash, doc.Hash)
		require.Equal(t, whole.BlockedAt, doc.BlockedAt)
		require.Len(t, doc.Findings, len(whole.Findings))
		require.Len(t, doc.Phases, len(phase.Procedure))
		everybody := 0
		for p, err := range w[directory.Utilities].ByName() {
			require.NoError(t, err)
			if p.UserName != "cutover.test" {
				everybody++
			}
		}
		for i, p := range doc.Phases {
			require.Equal(t, whole.Phases[i].Changes, p.Changes)
			require.Len(t, p.Plan, p.Changes)
			if p.Off == "" {
				h := reconcile.NewHasher(p.Name)
				for _, c := range p.Plan {
					h.Add(c)
				}
				require.Equal(t, h.Sum(), p.Hash, "whoever has the document can make the hash of %s again", p.Name)
			}
			byKind, byWhy := 0, 0
			for _, k := range p.Kinds {
				byKind += k.Count
			}
			for _, y := range p.Why {
				byWhy += y.Count
			}
			require.Equal(t, p.Changes, byKind)
			require.Equal(t, p.Changes, byWhy)
			seen := map[string]bool{}
			for _, l := range p.Left {
				require.Len(t, l.Names, l.Count)
				for _, name := range l.Names {
					require.False(t, seen[name], "%s is left alone for two reasons", name)
					seen[name] = true
				}
			}
			if p.Name != "migrate" {
				continue
			}
			concerned := map[string]bool{}
			for _, c := range p.Plan {
				if c.Domain == directory.Fusion {
					require.False(t, seen[c.User], "%s is changed and left alone", c.User)
					concerned[c.User] = true
				}
			}
			if estate == "clean" {
				require.Equal(t, everybody, len(seen)+len(concerned), "everybody of Utilities is told of")
			}
		}
	}
}

func TestAFindingShowsBothRecordsSideBySide(t *testing.T) {
	d, _, _ := planned(t, "messy")
	two := 0
	for _, f := range d.Findings {
		if len(f.Records) > 1 {
			two++
		}
	}
	require.Greater(t, two, 5)
	page := html.UnescapeString(written(t, d.HTML))
	for _, f := range d.Findings {
		require.Contains(t, page, f.User)
		for _, r := range f.Records {
			require.Contains(t, page, ">"+r.UserName+"<", "%s of %s", f.Name, f.User)
		}
	}
	require.Contains(t, page, "Blocked at migrate")
}

func TestThePageNeedsNothingFromElsewhereAndNothingInItIsMarkup(t *testing.T) {
	d, _, _ := planned(t, "clean")
	page := written(t, d.HTML)
	require.NotRegexp(t, regexp.MustCompile(`(?i)<script|<link|<img|@import|url\(|src=`), page)
	require.Contains(t, page, "the &lt;test&gt; user is &#34;kept&#34;")
	require.NotContains(t, page, "<test>")
	require.Contains(t, page, d.Hash)
	require.Contains(t, page, "Nothing stands in the way")
	for _, p := range phase.Procedure {
		require.Contains(t, page, `id="`+p.Name+`"`)
	}
}

func TestTheSameInputsGiveTheSameDocumentToTheLastByte(t *testing.T) {
	a, _, _ := planned(t, "resolved")
	b, _, _ := planned(t, "resolved")
	require.Equal(t, written(t, a.JSON), written(t, b.JSON))
	require.Equal(t, written(t, a.HTML), written(t, b.HTML))
	at := b.At
	b.At = at.Add(time.Hour)
	require.Equal(t, written(t, a.JSON), strings.Replace(written(t, b.JSON), "2026-06-06T13:00:00Z", "2026-06-06T12:00:00Z", 1), "but for the time")
}

func TestThePageCutsLongListsAndSaysHowMuchIsNotShown(t *testing.T) {
	d, whole, _ := planned(t, "clean")
	page := written(t, d.HTML)
	more := 0
	for _, m := range regexp.MustCompile(`and ([0-9,]+) more: plan.json`).FindAllStringSubmatch(page, -1) {
		var n int
		_, err := fmt.Sscan(strings.ReplaceAll(m[1], ",", ""), &n)
		require.NoError(t, err)
		more += n
	}
	require.Positive(t, more)
	all := 0
	for _, p := range whole.Phases {
		all += p.Changes
	}
	rows := strings.Count(page, `</td><td class="soft small">`)
	require.Equal(t, all, rows+more, "what is shown and what is not is all there is")
}

func TestAPlanReplacesAPlanAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	write := func(words string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, document.Kind+words); return err }
	}
	path := filepath.Join(dir, "plan.txt")
	require.NoError(t, document.Save(path, write(" one")))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NoError(t, document.Save(path, write(" two")))
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, document.Kind+" two", string(have))

	require.Error(t, document.Save(path, func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return io.ErrShortWrite }))
	have, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, document.Kind+" two", string(have), "what was there stays until the new one is whole")

	letters := filepath.Join(dir, "letters.txt")
	require.NoError(t, os.WriteFile(letters, []byte("Dear Anna"), 0o644))
	require.ErrorContains(t, document.Save(letters, write("")), "is not a plan")
	require.ErrorContains(t, document.Save(dir, write("")), "is no file")
	require.NoError(t, os.Symlink(path, filepath.Join(dir, "link.txt")))
	require.ErrorContains(t, document.Save(filepath.Join(dir, "link.txt"), write("")), "is no file")
	require.Error(t, document.Save(filepath.Join(dir, "not", "there.txt"), write("")))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 3, "nothing half written is left behind")
}
