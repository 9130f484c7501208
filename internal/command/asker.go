package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"charm.land/huh/v2"

	"cutover/internal/resolve"
)

// asker asks a person at a terminal, with menus.
type asker struct {
	in  io.Reader
	out io.Writer
}

// canAsk tells whether somebody sits at a terminal that can show a menu.
func (a *app) canAsk() bool {
	term := os.Getenv("TERM")
	return isTerminal(a.in) && isTerminal(a.out) && term != "" && term != "dumb"
}

// Choose implements resolve.Asker.
func (a asker) Choose(ctx context.Context, title string, options []string, at int) (int, error) {
	chosen := at
	var list []huh.Option[int]
	for i, o := range options {
		list = append(list, huh.NewOption(o, i))
	}
	err := a.run(ctx, huh.NewSelect[int]().Title(title).Options(list...).Value(&chosen))
	return chosen, err
}

// Text implements resolve.Asker.
func (a asker) Text(ctx context.Context, title string, valid func(string) error) (string, error) {
	text := ""
	err := a.run(ctx, huh.NewInput().Title(title).Validate(valid).Value(&text))
	return text, err
}

func (a asker) run(ctx context.Context, field huh.Field) error {
	form := huh.NewForm(huh.NewGroup(field)).WithInput(a.in).WithOutput(a.out)
	if os.Getenv("NO_COLOR") != "" {
		form = form.WithTheme(huh.ThemeFunc(huh.ThemeBase))
	}
	err := form.RunWithContext(ctx)
	if errors.Is(err, huh.ErrUserAborted) || ctx.Err() != nil {
		fmt.Fprintln(a.out) // what comes next is not on the menu's line
		return resolve.ErrStopped
	}
	return err
}
