package apply

import (
	"context"

	"cutover/internal/directory"
)

// deactivate deactivates the users whose deletion was refused: some domains
// allow nobody to delete. An inactive user does no harm, and the record says
// what was done instead. Where that is refused too, the refusal of the deletion
// stands.
func deactivate(ctx context.Context, peer Peer, writes []directory.Write, outcomes []directory.Outcome) []directory.Outcome {
	if writes[0].Change.Kind != directory.DeleteUser || len(outcomes) != len(writes) {
		return outcomes
	}
	for i, o := range outcomes {
		if o.Err == nil || o.Err.Unsure() || o.Err.Problem == directory.ProblemThrottled || o.Err.Problem == directory.ProblemNotFound {
			continue
		}
		c := writes[i].Change
		c.Kind, c.Before, c.After = directory.UpdateUser, directory.Attributes{"active": "true"}, directory.Attributes{"active": "false"}
		instead, err := peer.Write(ctx, []directory.Write{{Change: c, ID: writes[i].ID}})
		if err == nil && len(instead) == 1 && instead[0].Err == nil {
			instead[0].Note = "deactivated, because deleting was refused: " + o.Err.Detail
			outcomes[i] = instead[0]
		}
	}
	return outcomes
}
