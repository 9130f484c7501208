package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"

	"cutover/internal/approval"
	"cutover/internal/follow"
	"cutover/workflows"
)

// signed signs an approval of the open gate: of its whole hash, whatever part of
// it was typed, so that the signature holds for this plan and no other.
func (a *app) signed(name string, s workflows.Status, d workflows.Decision, file string) (string, error) {
	g := s.Gate
	if g == nil || g.Phase != d.Phase || !strings.HasPrefix(g.Hash, d.Hash) {
		return "", fmt.Errorf("%s does not wait for this approval, so nothing was signed\n`cutover status %s` shows what it waits for.", name, name)
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the SSH key cannot be read: %w", err)
	}
	out, err := approval.Sign(approval.Statement{Cutover: name, Gate: g.Kind, Phase: g.Phase, Hash: g.Hash, By: d.By, Allow: d.Allow}, key, nil)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		return "", fmt.Errorf("the SSH key %s has a passphrase, which is not asked for here\nSign with a key that has none, or take a copy without one: ssh-keygen -p -f COPY", file)
	}
	if err != nil {
		return "", fmt.Errorf("sign with %s: %w", file, err)
	}
	return out, nil
}

// errElsewhere says that the cutover has come to something else.
var errElsewhere = errors.New("it has come to something else")

// effect waits until what was decided is done: the phase is over, or something
// else is waited for.
func (a *app) effect(ctx context.Context, conn *connection, name string, r workflows.Receipt) error {
	var last workflows.Status
	result, err := follow.Watch(ctx, conn, name, func(s workflows.Status) error {
		if last = s; s.Gate != nil || s.Phase != r.Phase {
			return errElsewhere
		}
		return nil
	})
	switch {
	case errors.Is(err, errElsewhere):
		if a.json {
			return printJSON(a.out, last)
		}
		fmt.Fprintf(a.out, "Taken: %s.\n%s\n", r.Effect, headline(last, painter(a.out), a.stateFlag()))
		if g := last.Gate; g != nil && (g.Kind == workflows.GateStopped || g.Kind == workflows.GateFindings) {
			return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("stopped at %s", g.Phase)}
		}
		return nil
	case ctx.Err() != nil:
		return &exitWith{code: exitError, err: fmt.Errorf("interrupted; %s goes on without being watched", name)}
	case err != nil:
		return err
	}
	return exitOf(result)
}
