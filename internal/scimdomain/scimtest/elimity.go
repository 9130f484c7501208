package scimtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/elimity-com/scim"
	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
	filter "github.com/scim2/filter-parser/v2"
	"github.com/stretchr/testify/require"
)

// Elimity starts a server made with elimity-com/scim. It has no Bulk, no sorting
// and no ETags.
func Elimity(t testing.TB, twists ...Twist) *Server {
	t.Helper()
	handler, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{MaxResults: 1000, SupportFiltering: true, SupportPatch: true},
		ResourceTypes: []scim.ResourceType{
			{Name: "User", Endpoint: "/Users", Schema: schema.CoreUserSchema(), Handler: newStore("userName")},
			{Name: "Group", Endpoint: "/Groups", Schema: schema.CoreGroupSchema(), Handler: newStore("displayName")},
		},
	})
	require.NoError(t, err)
	return serve(t, http.StripPrefix(Base, handler), twists)
}

// store keeps resources of a type in the order of their creation.
type store struct {
	unique string // the attribute that no two may share, case aside

	mu   sync.Mutex
	made int
	ids  []string
	all  map[string]scim.ResourceAttributes
}

func newStore(unique string) *store {
	return &store{unique: unique, all: map[string]scim.ResourceAttributes{}}
}

func (s *store) resource(id string) scim.Resource {
	a := s.all[id]
	external := optional.String{}
	if e, ok := a["externalId"].(string); ok {
		external = optional.NewString(e)
	}
	return scim.Resource{ID: id, ExternalID: external, Attributes: maps.Clone(a)}
}

func (s *store) taken(a scim.ResourceAttributes, but string) bool {
	name, _ := a[s.unique].(string)
	for id, o := range s.all {
		if other, _ := o[s.unique].(string); id != but && strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

func (s *store) Create(_ *http.Request, a scim.ResourceAttributes) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken(a, "") {
		return scim.Resource{}, scimerrors.ScimErrorUniqueness
	}
	s.made++
	id := fmt.Sprintf("e%06d", s.made)
	s.ids, s.all[id] = append(s.ids, id), a
	return s.resource(id), nil
}

func (s *store) Get(_ *http.Request, id string) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.all[id]; !ok {
		return scim.Resource{}, scimerrors.ScimErrorResourceNotFound(id)
	}
	return s.resource(id), nil
}

func (s *store) GetAll(_ *http.Request, p scim.ListRequestParams) (scim.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []scim.Resource
	for _, id := range s.ids {
		if p.FilterValidator == nil || p.FilterValidator.PassesFilter(s.all[id]) == nil {
			found = append(found, s.resource(id))
		}
	}
	from := min(max(p.StartIndex, 1)-1, len(found))
	return scim.Page{TotalResults: len(found), Resources: found[from:min(from+p.Count, len(found))]}, nil
}

func (s *store) Replace(_ *http.Request, id string, a scim.ResourceAttributes) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.all[id]; !ok {
		return scim.Resource{}, scimerrors.ScimErrorResourceNotFound(id)
	}
	if s.taken(a, id) {
		return scim.Resource{}, scimerrors.ScimErrorUniqueness
	}
	s.all[id] = a
	return s.resource(id), nil
}

func (s *store) Delete(_ *http.Request, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.all[id]; !ok {
		return scimerrors.ScimErrorResourceNotFound(id)
	}
	delete(s.all, id)
	s.ids = slices.DeleteFunc(s.ids, func(have string) bool { return have == id })
	return nil
}

// Patch knows what a client of this project sends: attributes, attributes of
// name, members to add and members[value eq "…"] to remove.
func (s *store) Patch(_ *http.Request, id string, ops []scim.PatchOperation) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.all[id]; !ok {
		return scim.Resource{}, scimerrors.ScimErrorResourceNotFound(id)
	}
	a := maps.Clone(s.all[id])
	for _, op := range ops {
		if err := s.patch(a, op); err != nil {
			return scim.Resource{}, err
		}
	}
	if s.taken(a, id) {
		return scim.Resource{}, scimerrors.ScimErrorUniqueness
	}
	s.all[id] = a
	return s.resource(id), nil
}

func (s *store) patch(a scim.ResourceAttributes, op scim.PatchOperation) error {
	if op.Path == nil {
		return scimerrors.ScimErrorNoTarget
	}
	name := op.Path.AttributePath.AttributeName
	if name == "members" {
		return s.patchMembers(a, op)
	}
	var holder map[string]any = a
	if sub := op.Path.AttributePath.SubAttribute; sub != nil {
		inner, _ := a[name].(map[string]any)
		inner = maps.Clone(inner)
		if inner == nil {
			inner = map[string]any{}
		}
		a[name], holder, name = inner, inner, *sub
	}
	if op.Op == scim.PatchOperationRemove {
		delete(holder, name)
		return nil
	}
	holder[name] = op.Value
	return nil
}

// patchMembers refuses a member who is in the group already, and all of the
// PATCH with it.
func (s *store) patchMembers(a scim.ResourceAttributes, op scim.PatchOperation) error {
	have, _ := a["members"].([]any)
	have = slices.Clone(have)
	at := func(id any) int {
		return slices.IndexFunc(have, func(m any) bool { o, _ := m.(map[string]any); return o["value"] == id })
	}
	switch op.Op {
	case scim.PatchOperationAdd:
		added, _ := op.Value.([]any)
		for _, m := range added {
			o, _ := m.(map[string]any)
			if at(o["value"]) >= 0 {
				return scimerrors.ScimErrorUniqueness
			}
			have = append(have, o)
		}
	case scim.PatchOperationRemove:
		where, ok := op.Path.ValueExpression.(*filter.AttributeExpression)
		if !ok {
			return scimerrors.ScimErrorInvalidPath
		}
		if i := at(where.CompareValue); i >= 0 {
			have = slices.Delete(have, i, i+1)
		}
	default:
		return scimerrors.ScimErrorInvalidPath
	}
	a["members"] = have
	return nil
}
