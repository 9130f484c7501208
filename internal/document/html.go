package document

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"cutover/internal/directory"
	"cutover/internal/estimate"
)

//go:embed page.html
var page string

// shown is how many lines of a list the page holds. The JSON holds all.
const (
	shown         = 100
	shownNames    = 40
	shownFindings = 500
)

var pageTemplate = template.Must(template.New("plan").Funcs(template.FuncMap{
	"number": estimate.Number,
	"brief":  func(h string) string { return h[:min(len(h), 12)] },
	"when":   func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	"domain": domainName,
	"inc":    func(i int) int { return i + 1 },
	"took":   func(v estimate.Verdict) string { return estimate.Brief(v.AtLeast) },
}).Parse(page))

// view is what the page shows: lists are cut, so it is small for any document.
type view struct {
	*Document
	Changes      int
	Shown        []viewFinding
	More         int // findings that are not shown
	Notes        int // findings that block nothing
	PhaseViews   []viewPhase
	WindowStarts string
}

type viewPhase struct {
	Phase
	Groups   []*group
	LeftView []viewLeft
	Findings int
	Blocks   bool // one of them is blocking
	Created, Changed, Granted,
	Switched, Removed int
}

// AtLeastWords is how long all phases take.
func (v view) AtLeastWords() string { return estimate.Brief(v.Takes.AtLeast) }

// Cells are the counts of a phase, in the order of the table's columns.
func (v viewPhase) Cells() []int {
	return []int{v.Created, v.Changed, v.Granted, v.Switched, v.Removed}
}

// group is the changes of one kind in one domain.
type group struct {
	Title, Where string
	Count, More  int
	Rows         []row
	Settings     bool
}

type row struct {
	Who, What string
	Attrs     []attr
	Why       string
}

type attr struct{ Name, Before, After string }

type viewLeft struct {
	Left
	Names []string
	More  int
}

type viewFinding struct {
	directory.Finding
	Rows []compared
}

// compared is one attribute of everybody whom a finding is about.
type compared struct {
	Name   string
	Values []string
	Differ bool
}

// HTML writes the document as a page that needs nothing else.
func (d *Document) HTML(w io.Writer) error {
	v := view{Document: d, More: max(0, len(d.Findings)-shownFindings)}
	for _, f := range d.Findings {
		if !f.Blocking {
			v.Notes++
		}
	}
	for _, f := range d.Findings[:min(len(d.Findings), shownFindings)] {
		v.Shown = append(v.Shown, viewFinding{f, compare(f.Records)})
	}
	for _, p := range d.Phases {
		pv, err := viewOf(p)
		if err != nil {
			return err
		}
		for _, f := range d.Findings {
			if f.Phase == p.Name {
				pv.Findings++
				pv.Blocks = pv.Blocks || f.Blocking
			}
		}
		v.Changes += p.Changes
		v.PhaseViews = append(v.PhaseViews, pv)
	}
	if d.Takes.Window && !d.Takes.Starts.IsZero() {
		v.WindowStarts = d.Window.In(d.Takes.Starts).Format("Monday 2 January 2006, 15:04") + " " + d.Window.Zone()
	}
	out := bufio.NewWriter(w)
	if err := pageTemplate.Execute(out, v); err != nil {
		return fmt.Errorf("write the plan as a page: %w", err)
	}
	return out.Flush()
}

func viewOf(p Phase) (viewPhase, error) {
	v := viewPhase{Phase: p}
	groups := map[estimate.Kind]*group{}
	for _, k := range p.Kinds {
		k.Count = 0
		k.Kind = shownAs(k.Kind)
		if groups[k] != nil {
			continue
		}
		groups[k] = &group{Title: titles[k.Kind], Where: domainName(k.Domain), Settings: k.Kind == directory.PutSetting}
		if k.Via != "" {
			groups[k].Where += ", " + directory.ViaWords(k.Via)
		}
		v.Groups = append(v.Groups, groups[k])
	}
	for c, err := range p.Plan() {
		if err != nil {
			return v, err
		}
		g := groups[estimate.Kind{Route: estimate.Route{Domain: c.Domain, Via: c.Via}, Kind: shownAs(c.Kind)}]
		if g.Count++; len(g.Rows) < shown {
			g.Rows = append(g.Rows, rowOf(c))
		} else {
			g.More++
		}
		v.count(c.Kind)
	}
	for _, l := range p.Left {
		lv := viewLeft{Left: l, More: max(0, l.Count-shownNames)}
		for name, err := range l.Names() {
			if err != nil {
				return v, err
			}
			if lv.Names = append(lv.Names, name); len(lv.Names) == shownNames {
				break
			}
		}
		v.LeftView = append(v.LeftView, lv)
	}
	return v, nil
}

// shownAs puts what writes a setting and what drops one into one list.
func shownAs(k directory.Kind) directory.Kind {
	if k == directory.DropSetting {
		return directory.PutSetting
	}
	return k
}

func (v *viewPhase) count(k directory.Kind) {
	switch k {
	case directory.CreateUser:
		v.Created++
	case directory.UpdateUser:
		v.Changed++
	case directory.AddMember, directory.AddGrant:
		v.Granted++
	case directory.PutSetting:
		v.Switched++
	case directory.InviteUser, directory.StartSync: // in its list, and in no column: nothing of a domain changes
	default:
		v.Removed++
	}
}

var titles = map[directory.Kind]string{
	directory.CreateUser: "People created", directory.UpdateUser: "People changed", directory.DeleteUser: "Test user deleted",
	directory.AddMember: "Memberships given", directory.AddGrant: "Roles granted", directory.PutSetting: "Settings switched",
	directory.InviteUser: "People invited by mail", directory.StartSync: "Synchronizations started", directory.RemoveMember: "Memberships taken away", directory.RevokeGrant: "Roles taken away",
}

func rowOf(c directory.Change) row {
	r := row{Who: c.User, What: c.Target, Why: c.Why}
	if r.Who == "" {
		r.Who, r.What = c.Target, ""
	}
	if c.Kind == directory.DropSetting {
		r.What = "removed"
	}
	for _, k := range keys(c.Before, c.After) {
		r.Attrs = append(r.Attrs, attr{k, cut(c.Before[k]), cut(c.After[k])})
	}
	return r
}

func keys(maps ...directory.Attributes) []string {
	var out []string
	for _, m := range maps {
		for k := range m {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// cut shortens a value: a certificate says nothing to a person.
func cut(s string) string {
	const longest = 120
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}

func compare(records []directory.Record) []compared {
	if len(records) == 0 {
		return nil
	}
	var out []compared
	for _, a := range []struct {
		name string
		of   func(directory.Record) string
	}{
		{"userName", func(r directory.Record) string { return r.UserName }},
		{"name", directory.Record.Name},
		{"display name", func(r directory.Record) string { return r.DisplayName }},
		{"email", func(r directory.Record) string { return r.Email }},
		{"state", directory.Record.State},
		{"groups", func(r directory.Record) string { return strings.Join(r.Groups, ", ") }},
		{"roles", func(r directory.Record) string { return strings.Join(r.Roles, ", ") }},
	} {
		c := compared{Name: a.name}
		for _, r := range records {
			c.Values = append(c.Values, a.of(r))
		}
		different := len(slices.Compact(slices.Sorted(slices.Values(c.Values)))) > 1
		c.Differ = different && a.name != "groups" && a.name != "roles" // those of two domains always do
		out = append(out, c)
	}
	return out
}

func domainName(d directory.Domain) string {
	switch d {
	case directory.Fusion:
		return "Fusion"
	case directory.Utilities:
		return "Utilities"
	case directory.CXIF:
		return "CXIF"
	}
	return string(d)
}
