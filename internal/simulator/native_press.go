package simulator

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"cutover/internal/directory"
)

// PressImport is a person who presses Import of an app in the console of a target
// domain (oracle.md 1.4), with the maximum of creates and of deletes of its
// synchronization; negative: none. It returns when the import has ended: the error
// says why it did not begin, or why it failed.
func (s *Simulator) PressImport(ctx context.Context, name directory.Domain, appName string, maxCreates, maxDeletes int) error {
	d, ok := s.domains[name]
	if !ok {
		return fmt.Errorf("there is no domain %s", name)
	}
	ended := make(chan error, 1)
	if err := d.press(appName, maxCreates, maxDeletes, ended); err != nil {
		return pressed(err)
	}
	select {
	case err := <-ended:
		if changed := s.options.Changed; changed != nil {
			changed(s)
		}
		return pressed(err)
	case <-ctx.Done():
		return ctx.Err() // the import goes on
	}
}

// press begins an import by the app of this displayName.
func (d *domain) press(appName string, maxCreates, maxDeletes int, ended chan<- error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []*setting
	for _, s := range d.settings[kindApps].all {
		if directory.Equal(text(s.body, "displayName"), appName) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return invalid("%d apps of the domain have the name %q, and not one.", len(found), appName)
	}
	j := &job{kind: syncJob, asked: syncJob, parameters: map[string]string{"appId": found[0].id,
		"maxCreates": strconv.Itoa(maxCreates), "maxDeletes": strconv.Itoa(maxDeletes)}, ended: func(err error) { ended <- err }}
	if err := d.checkSync(j); err != nil {
		return err
	}
	var parameters []any
	for _, name := range []string{"appId", "maxCreates", "maxDeletes"} {
		parameters = append(parameters, object{"name": name, "value": j.parameters[name]})
	}
	d.begin(j, parameters)
	return nil
}

// pressed is what the console says of it.
func pressed(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("the import did not succeed: %w", errors.New(asRefusal(err).detail))
}
