package embedded

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// awaitNamespace waits until the frontend answers, knows the namespace, can
// query it, and has its search attributes.
func (s *Server) awaitNamespace(ctx context.Context, attributes map[string]enums.IndexedValueType) error {
	conn, err := grpc.NewClient(s.HostPort(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to Temporal at %s: %w", s.HostPort(), err)
	}
	defer conn.Close()
	frontend, operator := workflowservice.NewWorkflowServiceClient(conn), operatorservice.NewOperatorServiceClient(conn)
	err = await(ctx, "the namespace "+s.namespace+" of Temporal at "+s.HostPort(), func(ctx context.Context) error {
		if _, err := frontend.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: s.namespace}); err != nil {
			return err
		}
		_, err := frontend.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: s.namespace})
		return err
	})
	if err != nil {
		return err
	}
	missing, err := s.missing(ctx, operator, attributes)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		return nil
	}
	// A file of an earlier version of this program: it may know fewer.
	if _, err := operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: s.namespace, SearchAttributes: missing}); err != nil {
		return fmt.Errorf("adding search attributes %v: %w", slices.Sorted(maps.Keys(missing)), err)
	}
	return await(ctx, "a search attribute of Temporal", func(ctx context.Context) error {
		still, err := s.missing(ctx, operator, attributes)
		if err == nil && len(still) > 0 {
			err = fmt.Errorf("still missing: %v", slices.Sorted(maps.Keys(still)))
		}
		return err
	})
}

// missing are the attributes that the namespace does not have yet. One that is
// there with another type is an error: a column cannot change its type.
func (s *Server) missing(ctx context.Context, operator operatorservice.OperatorServiceClient, attributes map[string]enums.IndexedValueType) (map[string]enums.IndexedValueType, error) {
	have, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: s.namespace})
	if err != nil {
		return nil, fmt.Errorf("listing the search attributes of Temporal: %w", err)
	}
	out := map[string]enums.IndexedValueType{}
	for name, want := range attributes {
		is, there := have.CustomAttributes[name]
		switch {
		case !there:
			out[name] = want
		case is != want:
			return nil, fmt.Errorf("the search attribute %s is of type %s in this database, not %s: start with a new database", name, is, want)
		}
	}
	return out, nil
}
