package ledger

import "cutover/internal/directory"

// batchKey is the same for changes that can travel in one request: domain, API
// and kind. The members of a group travel together, so there the group counts
// too; every setting is a request of its own.
func batchKey(c directory.Change) string {
	key := string(c.Domain) + " " + c.Via + " " + string(c.Kind)
	switch c.Kind {
	case directory.AddMember, directory.RemoveMember, directory.PutSetting, directory.DropSetting:
		key += " " + c.Target
	}
	return key
}
