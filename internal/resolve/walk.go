package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cutover/internal/config"
	"cutover/internal/reconcile"
)

// Asker asks a person. Each returns ErrStopped where they want to stop.
type Asker interface {
	// Choose returns the index of the option that was chosen. At is the one that
	// is meant by whoever only says yes, or has typed ahead.
	Choose(ctx context.Context, title string, options []string, at int) (int, error)
	// Text returns a value that valid does not refuse.
	Text(ctx context.Context, title string, valid func(string) error) (string, error)
}

// ErrStopped says that a person does not want to go on.
var ErrStopped = errors.New("stopped")

// many is from how many conflicts of a kind on one word for all is offered.
const many = 2

// Walk takes a person through the open conflicts, kind by kind. Show is called
// with each before it is asked about. It returns what they have answered, also
// where they stopped in the middle.
func Walk(ctx context.Context, open []Conflict, ask Asker, show func(Conflict)) (writes []config.Write, stopped bool, err error) {
	w := walk{ctx: ctx, ask: ask, show: show}
	for _, g := range Groups(open) {
		err = w.group(g)
		if errors.Is(err, ErrStopped) {
			return w.writes, true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return w.writes, false, nil
}

type walk struct {
	ctx    context.Context
	ask    Asker
	show   func(Conflict)
	writes []config.Write
}

func (w *walk) group(g Group) error {
	left := slices.DeleteFunc(slices.Clone(g.Conflicts), func(c Conflict) bool { return c.Answered != "" })
	if len(left) >= many && len(g.Policies) > 0 {
		options := []string{fmt.Sprintf("Each of the %d by itself", len(left))}
		for _, p := range g.Policies {
			options = append(options, "All of them: "+p.Resolution.String())
		}
		title := fmt.Sprintf("%d conflicts are of the kind %s in %s. How shall they be resolved?", len(left), g.Name, g.Domain)
		i, err := w.ask.Choose(w.ctx, title, options, 0)
		if err != nil {
			return err
		}
		if i > 0 {
			w.writes = append(w.writes, g.Policies[i-1])
			return nil
		}
	}
	for i, c := range left {
		if w.covers(c) {
			continue
		}
		if err := w.one(c, fmt.Sprintf("%s (%d of %d)", g.Name, i+1, len(left))); err != nil {
			return err
		}
	}
	return nil
}

// covers tells whether the answers so far resolve a conflict: giving up a name is
// part of two.
func (w *walk) covers(c Conflict) bool {
	return slices.ContainsFunc(c.ways, func(one way) bool {
		return !slices.ContainsFunc(one.writes, func(x config.Write) bool { return !saidAmong(w.writes, x) })
	})
}

// The last options of every question.
const (
	later = "Later: leave it open"
	stop  = "Stop here"
)

func (w *walk) one(c Conflict, title string) error {
	w.show(c)
	var options []string
	for _, one := range c.ways {
		options = append(options, one.String())
	}
	i, err := w.ask.Choose(w.ctx, title, append(options, later, stop), len(options))
	if err != nil {
		return err
	}
	switch i - len(c.ways) {
	case 0:
		return nil
	case 1:
		return ErrStopped
	}
	chosen, value := c.ways[i], ""
	if placeholder, user := chosen.asks(); placeholder != "" {
		value, err = w.ask.Text(w.ctx, asked[placeholder]+" of "+user, func(s string) error { return allowed(placeholder, user, s) })
		if err != nil {
			return err
		}
	}
	w.writes = append(w.writes, chosen.filled(value)...)
	return nil
}

// asked is what a placeholder asks for.
var asked = map[string]string{
	reconcile.PlaceholderUserName: "New userName", reconcile.PlaceholderEmail: "Email address", reconcile.PlaceholderFamilyName: "Family name",
}
