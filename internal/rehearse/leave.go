package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"

	"cutover/internal/follow"
	"cutover/internal/pack"
	"cutover/internal/report"
	"cutover/internal/simulator"
)

// EvidenceFile is the evidence of the rehearsal, as `cutover evidence` writes it.
const EvidenceFile = "evidence.jsonl"

// leave writes what a rehearsal leaves: the report, the evidence, the dump of the
// domains and the history. The journal was written as it happened.
func (o Options) leave(ctx context.Context, place Place, sim *simulator.Simulator) (report.Report, error) {
	rep, err := report.Build(ctx, place.Ledger, place.Key)
	if err != nil {
		return rep, err
	}
	body, err := json.MarshalIndent(rep, "", "  ")
	if err != nil {
		return rep, err
	}
	if err := os.WriteFile(filepath.Join(o.Keep, "report.json"), append(body, '\n'), 0o600); err != nil {
		return rep, err
	}
	if err := evidenceOf(ctx, place, o.Name, filepath.Join(o.Keep, EvidenceFile)); err != nil {
		return rep, err
	}
	if err := sim.Dump(filepath.Join(o.Keep, "dump")); err != nil {
		return rep, err
	}
	history, err := History(ctx, place.Client, follow.WorkflowID(o.Name))
	if err != nil {
		return rep, err
	}
	if body, err = protojson.Marshal(history); err != nil {
		return rep, err
	}
	return rep, os.WriteFile(filepath.Join(o.Keep, "history.json"), body, 0o600)
}

func evidenceOf(ctx context.Context, place Place, name, file string) (err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = pack.Write(ctx, place.Ledger, name, f)
	return err
}

// History reads the whole history of a cutover: of its latest run, and before it
// of every run that it continues.
func History(ctx context.Context, c client.Client, id string) (*historypb.History, error) {
	whole := &historypb.History{}
	for run := ""; ; {
		events := c.GetWorkflowHistory(ctx, id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		var of []*historypb.HistoryEvent
		for events.HasNext() {
			e, err := events.Next()
			if err != nil {
				return nil, err
			}
			of = append(of, e)
		}
		whole.Events = append(of, whole.Events...)
		if len(of) == 0 {
			return whole, nil
		}
		if run = of[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId(); run == "" {
			return whole, nil
		}
	}
}
