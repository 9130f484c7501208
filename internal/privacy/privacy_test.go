package privacy_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"

	"cutover/internal/privacy"
)

var words = []privacy.Word{
	{Kind: "userName", Text: "ann.smith"}, {Kind: "email", Text: "ann.smith@river.example"},
	{Kind: "name", Text: "Ann Smith"}, {Kind: "secret", Text: "s3cr3t-0123456789"}, {Kind: "token", Text: "tok_abcdefghij"},
}

func payload(text string) *commonpb.Payload {
	return &commonpb.Payload{Data: []byte(`{"x": "` + text + `"}`)}
}

func payloads(text string) *commonpb.Payloads {
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{payload(text)}}
}

// places are where something may be written in a history, each with a way to
// plant a text there.
var places = map[string]func(string) *historypb.HistoryEvent{
	"an input": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{Input: payloads(s)}}}
	},
	"a memo": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				Memo: &commonpb.Memo{Fields: map[string]*commonpb.Payload{"m": payload(s)}}}}}
	},
	"a search attribute": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes{
			UpsertWorkflowSearchAttributesEventAttributes: &historypb.UpsertWorkflowSearchAttributesEventAttributes{
				SearchAttributes: &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"a": payload(s)}}}}}
	},
	"a result": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{
			ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{Result: payloads(s)}}}
	},
	"a failure's message": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{
			ActivityTaskFailedEventAttributes: &historypb.ActivityTaskFailedEventAttributes{Failure: &failurepb.Failure{
				Cause: &failurepb.Failure{Message: "refused: " + s}}}}}
	},
	"a heartbeat": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_ActivityTaskTimedOutEventAttributes{
			ActivityTaskTimedOutEventAttributes: &historypb.ActivityTaskTimedOutEventAttributes{Failure: &failurepb.Failure{
				FailureInfo: &failurepb.Failure_TimeoutFailureInfo{TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{LastHeartbeatDetails: payloads(s)}}}}}}
	},
	"a summary": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{UserMetadata: &sdkpb.UserMetadata{Summary: payload(s)}}
	},
	"an activity's id": func(s string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
			ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{ActivityId: s}}}
	},
}

func TestEveryKindOfWordIsFoundInEveryKindOfPlace(t *testing.T) {
	s := privacy.New(words)
	for place, plant := range places {
		for _, w := range words {
			clean := &historypb.History{Events: []*historypb.HistoryEvent{plant("nobody")}}
			require.Empty(t, s.History(clean), place)
			leaks := s.History(&historypb.History{Events: []*historypb.HistoryEvent{plant("see " + w.Text + ", please")}})
			require.NotEmpty(t, leaks, "%s in %s", w.Kind, place)
		}
	}
	for _, w := range words {
		require.NotEmpty(t, s.In("a log", "level=INFO msg="+w.Text+" x=1"), w.Kind)
	}
}

func TestOnlyWholeWordsAreFound(t *testing.T) {
	s := privacy.New(words)
	require.Empty(t, s.In("a log", "joann.smithson and xs3cr3t-01234567890"))
	require.Empty(t, privacy.New([]privacy.Word{{Kind: "userName", Text: "maria"}}).In("a log", "maria"), "a bare single name is also a word")
}

func TestAWordIsAlsoFoundWhereAFileHoldsItInBase64(t *testing.T) {
	s := privacy.New([]privacy.Word{{Kind: "secret", Text: "xs3cr3t-01234567890"}})
	payload := []byte(`{"a":"Xs3cr3t-01234567890","b":"?>~"}`)
	for name, text := range map[string]string{
		"standard": base64.StdEncoding.EncodeToString(payload), "for URLs": base64.RawURLEncoding.EncodeToString(payload),
	} {
		require.NotEmpty(t, s.In("history.json", `{"data":"`+text+`"}`), name)
	}
	require.Empty(t, s.In("history.json", `{"data":"`+base64.StdEncoding.EncodeToString([]byte(`{"a":"nothing of the kind"}`))+`"}`))
}
