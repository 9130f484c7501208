package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"cutover/internal/window"
)

// days are the words for weekdays, in the order of time.Weekday.
var days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Compile makes the change window of a configuration that was found right.
// Without one it is always open.
func (w Window) Compile() (window.Window, error) {
	if w.TimeZone == "" && len(w.Open) == 0 {
		return window.Window{}, nil
	}
	var spans []window.Span
	for _, o := range w.Open {
		from, err := window.ParseMinute(o.From)
		if err != nil {
			return window.Window{}, fmt.Errorf("window: from: %w", err)
		}
		to, err := window.ParseMinute(o.To)
		if err != nil {
			return window.Window{}, fmt.Errorf("window: to: %w", err)
		}
		span := window.Span{From: from, To: to}
		for _, d := range o.Days {
			i := slices.Index(days, d)
			if i < 0 {
				return window.Window{}, fmt.Errorf("window: %q is no day: the days are %s", d, strings.Join(days, ", "))
			}
			span.Days = append(span.Days, time.Weekday(i))
		}
		spans = append(spans, span)
	}
	return window.New(w.TimeZone, spans)
}

func (v *validator) window() {
	p := path{"window"}
	if !v.has(p) {
		return
	}
	w := v.c.Window
	if v.text(p.key("timeZone"), w.TimeZone, "write the time zone of the hours, such as Europe/Berlin") {
		_, err := window.New(w.TimeZone, []window.Span{{Days: []time.Weekday{0}, To: window.Day}})
		if err != nil {
			v.refuse(p.key("timeZone"), fmt.Sprintf("there is no time zone %q", w.TimeZone), "write one by its name, such as Europe/Berlin")
		}
	}
	if len(w.Open) == 0 {
		v.refuse(p.key("open"), "this is missing: such a window would never open",
			`list when writing is allowed: - {days: [sat, sun], from: "20:00", to: "06:00"}`)
	}
	for i, o := range w.Open {
		v.opening(p.key("open").index(i), o)
	}
}

func (v *validator) opening(p path, o Opening) {
	v.some(p.key("days"), o.Days, "list the days on which it begins: "+strings.Join(days, ", "))
	for i, d := range o.Days {
		if d != "" {
			v.choice(p.key("days").index(i), d, days)
		}
	}
	from, fromOK := v.timeOfDay(p.key("from"), o.From)
	to, toOK := v.timeOfDay(p.key("to"), o.To)
	switch {
	case fromOK && from == window.Day:
		v.refuse(p.key("from"), "no day begins at 24:00", `write "00:00" and the next day`)
	case fromOK && toOK && from == to:
		v.refuse(p.key("to"), "this ends when it begins", `write another time; a whole day is from "00:00" to "24:00"`)
	}
}

func (v *validator) timeOfDay(p path, s string) (window.Minute, bool) {
	const instead = `write hours and minutes, such as "06:00" or "20:30"`
	if !v.text(p, s, instead) {
		return 0, false
	}
	m, err := window.ParseMinute(s)
	if err != nil {
		v.refuse(p, err.Error(), instead)
	}
	return m, err == nil
}

// windowSchema adds what the Go types do not say.
func windowSchema(s *jsonschema.Schema) {
	opening := s.Definitions["Opening"]
	s.Definitions["Window"].Required = []string{"timeZone", "open"}
	opening.Required = []string{"days", "from", "to"}
	for _, key := range []string{"from", "to"} {
		p, _ := opening.Properties.Get(key)
		p.Pattern = `^([01][0-9]|2[0-3]):[0-5][0-9]$`
	}
	to, _ := opening.Properties.Get("to")
	to.Pattern = `^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`
	list, _ := opening.Properties.Get("days")
	for _, d := range days {
		list.Items.Enum = append(list.Items.Enum, d)
	}
}
