package identitydomain

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
)

// settingOps names the writes of a kind of setting in errors.
var settingOps = map[string]string{
	directory.SettingApp: "write the SAML app", directory.SettingAppStatus: "switch the SAML app", directory.SettingClient: "write the OAuth client",
	directory.SettingClientStatus: "switch the OAuth client", directory.SettingClientRole: "grant the OAuth client its role",
	directory.SettingIdP: "write the identity provider", directory.SettingCondition: "write the condition",
	directory.SettingRule: "write the rule", directory.SettingPolicy: "write the order of the rules",
	directory.SettingSync: "write the synchronization app", directory.SettingSyncSource: "connect the synchronization app",
	directory.SettingSyncStatus: "switch the synchronization app",
}

// settingWrite is one change of a setting on its way, with how things stand.
type settingWrite struct {
	*Client
	state
	op, name string
	after    directory.Attributes
	now      directory.Attributes // how it stands; empty where it is not there
	exists   bool
}

// writeSetting makes one writing request, after reading what it needs to know,
// and reads rules and policies back: a domain accepts them in any shape.
func (c *Client) writeSetting(ctx context.Context, change directory.Change) ([]directory.Outcome, error) {
	kind, name := directory.SplitTarget(change.Target)
	op, known := settingOps[kind]
	if !known {
		return nil, c.wrong("write a setting", "there is no such kind of setting: "+change.Target)
	}
	s, err := c.read(ctx, partsOf(change.Target))
	if err != nil {
		return nil, err
	}
	w := settingWrite{Client: c, state: s, op: op, name: name, after: change.After}
	w.now, w.exists = s.Setting(change.Target)
	if err := w.expected(change.Before); err != nil {
		return alike(1, directory.Outcome{}, err)
	}
	var o directory.Outcome
	if change.Kind == directory.DropSetting {
		o, err = w.drop(ctx, kind, change.Before)
	} else {
		o, err = w.put(ctx, kind)
	}
	return alike(1, o, err)
}

// expected holds the before-image against what was just read, where it is
// still there to be compared.
func (w settingWrite) expected(before directory.Attributes) error {
	if !w.exists {
		return nil
	}
	for _, k := range slices.Sorted(maps.Keys(before)) {
		if w.now[k] != before[k] {
			return &directory.PeerError{Peer: string(w.domain), Op: w.op, Problem: directory.ProblemChanged,
				Detail: "somebody else changed it in between: " + k + " is not what it was"}
		}
	}
	return nil
}

func (w settingWrite) put(ctx context.Context, kind string) (directory.Outcome, error) {
	switch kind {
	case directory.SettingApp:
		return w.putApp(ctx)
	case directory.SettingClient:
		return w.putClient(ctx)
	case directory.SettingAppStatus, directory.SettingClientStatus, directory.SettingSyncStatus:
		return w.putStatus(ctx)
	case directory.SettingSync:
		return w.putSync(ctx)
	case directory.SettingSyncSource:
		return w.putSyncSource(ctx)
	case directory.SettingClientRole:
		return w.putClientRole(ctx)
	case directory.SettingIdP:
		return w.putIdP(ctx)
	case directory.SettingCondition:
		return w.putCondition(ctx)
	case directory.SettingRule:
		return w.putRule(ctx)
	default:
		return w.putPolicy(ctx)
	}
}

// field is an attribute of a setting and where it is in the resource.
type field struct {
	attribute, path string
	isBool          bool
	isList          bool
}

// differences are the operations of a PATCH that bring the resource from how it
// stands to what is asked for. Only attributes that the change names count.
func (w settingWrite) differences(fields []field) ([]identitydomains.Operations, error) {
	var ops []identitydomains.Operations
	for _, f := range fields {
		v, named := w.after[f.attribute]
		if !named || v == w.now[f.attribute] {
			continue
		}
		switch {
		case f.isBool:
			ops = append(ops, op(f.path, v == "true"))
		case f.isList:
			list, err := w.list(f.attribute)
			if err != nil {
				return nil, err
			}
			ops = append(ops, op(f.path, list))
		case v == "":
			ops = append(ops, op(f.path, nil))
		default:
			ops = append(ops, op(f.path, v))
		}
	}
	return ops, nil
}

// list reads a list that the change asks for.
func (w settingWrite) list(attribute string) ([]string, error) {
	list, err := directory.DecodeList(w.after[attribute])
	if err != nil {
		return nil, w.wrong(w.op, attribute+" is not a JSON list of strings")
	}
	if list == nil {
		list = []string{}
	}
	return list, nil
}

// is tells whether the change asks for a boolean to be true.
func (w settingWrite) is(attribute string) bool { return w.after[attribute] == "true" }

// value is a string that the change asks for; nil where it is empty.
func (w settingWrite) value(attribute string) *string {
	if v := w.after[attribute]; v != "" {
		return &v
	}
	return nil
}

// unproven is a write that was accepted and could not be seen to have had its effect.
func (w settingWrite) unproven(err error) error {
	var pe *directory.PeerError
	detail := err.Error()
	if errors.As(err, &pe) {
		detail = pe.Detail
	}
	return &directory.PeerError{Peer: string(w.domain), Op: w.op, Problem: directory.ProblemUnavailable,
		Detail: "it was accepted, but could not be read back: " + detail}
}

// without says that the domain took a write and shows something else: a wrong
// shape is accepted there and has no effect.
func (w settingWrite) without(effect string) error {
	return w.scim.Unreadable(w.op, "it was accepted, but does not read back as it was written ("+effect+"): look at it in the domain's console")
}

// sameSet tells whether two lists hold the same.
func sameSet(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}
