package scimdomain

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// changeMembers adds users to a group, or takes them out, in one request for all.
func (c *Client) changeMembers(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	op := "add members"
	if writes[0].Change.Kind == directory.RemoveMember {
		op = "remove members"
	}
	f, err := c.Features(ctx)
	if err != nil {
		return nil, err
	}
	id, err := c.groupID(ctx, writes[0].Change.Target)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return alike(writes, c.refused(op, directory.ProblemNotFound, "there is no group of this name: "+writes[0].Change.Target)), nil
	}
	// One who is in it already, or out of it, makes some servers refuse the whole
	// request: so the members are read, and only what is missing is sent. Where
	// somebody came in between, that is done once more.
	for again := false; ; again = true {
		outcome, err := c.changeOnce(ctx, op, f, id, writes)
		switch {
		case err != nil && f.Patch && unknownMethod(err):
			return c.withoutPatch(ctx, writes)
		case err != nil:
			return nil, err
		case outcome.Err != nil && f.Patch && unknownMethod(outcome.Err):
			return c.withoutPatch(ctx, writes)
		case (taken(outcome.Err) || changed(outcome.Err)) && !again:
			continue
		}
		outcomes := make([]directory.Outcome, len(writes))
		for i, w := range writes {
			outcomes[i] = outcome
			outcomes[i].ID = w.ID
		}
		return outcomes, nil
	}
}

func changed(e *directory.PeerError) bool { return e != nil && e.Problem == directory.ProblemChanged }

func alike(writes []directory.Write, e *directory.PeerError) []directory.Outcome {
	outcomes := make([]directory.Outcome, len(writes))
	for i := range outcomes {
		outcomes[i] = directory.Outcome{Err: e}
	}
	return outcomes
}

// changeOnce reads who is in the group and sends what is missing.
func (c *Client) changeOnce(ctx context.Context, op string, f Features, id string, writes []directory.Write) (directory.Outcome, error) {
	g, tag, err := c.group(ctx, op, id)
	if problemOf(err) == directory.ProblemNotFound {
		return directory.Outcome{Err: c.refused(op, directory.ProblemNotFound, "the group is gone: "+writes[0].Change.Target)}, nil
	}
	if err != nil {
		return directory.Outcome{}, err
	}
	adds := writes[0].Change.Kind == directory.AddMember
	in := map[string]bool{}
	for _, user := range g.users() {
		in[user] = true
	}
	var ops []scim.Operation
	var added []member
	for _, w := range writes {
		switch {
		case w.ID == "":
			return directory.Outcome{Err: c.refused(op, directory.ProblemNotFound, "a user of the batch is not there: there is no id of it")}, nil
		case in[w.ID] == adds:
			continue
		case adds:
			added = append(added, member{Value: w.ID})
		default:
			ops = append(ops, scim.Remove("members["+scim.Eq("value", w.ID)+"]"))
		}
		in[w.ID] = adds
	}
	if len(added) > 0 {
		ops = append(ops, scim.Add("members", added))
	}
	if len(ops) == 0 {
		return directory.Outcome{Status: http.StatusOK}, nil
	}
	r := request{method: http.MethodPatch, path: "/Groups/" + scim.Escape(id), body: scim.NewPatch(ops...)}
	if !f.Patch {
		r.method, r.body = http.MethodPut, groupBody{[]string{schemaGroup}, g.DisplayName, g.with(in)}
		if f.ETags {
			r.version = tag
		}
	}
	return c.single(ctx, op, r)
}

// groupBody is a SCIM Group as it is put.
type groupBody struct {
	Schemas     []string `json:"schemas"`
	DisplayName string   `json:"displayName"`
	Members     []member `json:"members"`
}

// with lists the members that there shall be: those that were there and stay,
// groups among them, and those that are new, in the order of their ids.
func (g groupResource) with(in map[string]bool) []member {
	out := []member{}
	had := map[string]bool{}
	for _, m := range g.Members {
		had[m.Value] = true
		if m.Type != "" && m.Type != "User" || in[m.Value] {
			out = append(out, m)
		}
	}
	var fresh []member
	for id, wanted := range in {
		if wanted && !had[id] {
			fresh = append(fresh, member{Value: id})
		}
	}
	slices.SortFunc(fresh, func(a, b member) int { return strings.Compare(a.Value, b.Value) })
	return append(out, fresh...)
}

// groupID finds a group by its name, case aside; "" is none.
func (c *Client) groupID(ctx context.Context, group string) (string, error) {
	known := func() string {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.groups[directory.Fold(group)]
	}
	if id := known(); id != "" {
		return id, nil
	}
	if _, err := c.Groups(ctx); err != nil {
		return "", err
	}
	return known(), nil
}
