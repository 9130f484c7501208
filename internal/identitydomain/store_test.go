package identitydomain_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// store keeps settings as a domain would: it makes ids and versions, carries a
// PATCH of whole attributes out, and refuses a wrong If-Match.
type store struct {
	kinds map[string][]object // by the name in the path
	made  int
	// change, if given, may spoil what is about to be stored.
	change func(kind string, o object)
}

func newStore(f *fake) *store {
	s := &store{kinds: map[string][]object{}}
	s.put("Policies", object{"id": "DefaultIDPPolicy", "name": "Default Identity Provider Policy", "policyType": object{"value": "IdentityProvider"},
		"rules": []any{object{"value": "DefaultIDPRule", "sequence": 1}}})
	s.put("Policies", object{"id": "DefaultSignOnPolicy", "name": "Default Sign-On Policy", "policyType": object{"value": "SignOn"}})
	s.put("Rules", object{"id": "DefaultIDPRule", "name": "Default IDP Rule", "policyType": object{"value": "IdentityProvider"}, "return": []any{
		object{"name": "LocalIDPs", "value": `["UserNamePassword"]`}, object{"name": "SamlIDPs", "value": `[]`}, object{"name": "userChoice", "value": `["x"]`}}})
	s.put("Rules", object{"id": "DefaultSignOnRule", "name": "Default Sign-On Rule", "policyType": object{"value": "SignOn"}})
	s.put("Apps", object{"id": "IDCSAppId", "displayName": "Oracle Identity Cloud Service"})
	s.put("AppRoles", object{"id": "ua", "displayName": "User Administrator", "app": object{"value": "IDCSAppId"}})
	s.put("IdentityProviders", object{"id": "local", "partnerName": "UserNamePassword", "type": "LOCAL", "enabled": true})
	f.other = s.serve
	f.on("GET /fed/v1/metadata", func(call) (int, any) { return 404, nil })
	return s
}

func (s *store) put(kind string, o object) object {
	s.made++
	if o["id"] == nil {
		o["id"] = fmt.Sprintf("id%d", s.made)
	}
	o["meta"] = object{"version": fmt.Sprintf("v%d", s.made)}
	if s.change != nil {
		s.change(kind, o)
	}
	s.kinds[kind] = append(s.kinds[kind], o)
	return o
}

func (s *store) find(kind, id string) object {
	for _, o := range s.kinds[kind] {
		if o["id"] == id {
			return o
		}
	}
	return nil
}

func (s *store) serve(c call) (int, any) {
	kind, id, _ := strings.Cut(strings.TrimPrefix(c.path, "/admin/v1/"), "/")
	var body object
	if c.body != "" && json.Unmarshal([]byte(c.body), &body) != nil {
		return 400, nil
	}
	if kind == "AppStatusChanger" {
		s.find("Apps", id)["active"] = body["active"]
		return 200, object{"id": id, "active": body["active"]}
	}
	if id == "" {
		if c.method == "POST" {
			return 201, s.put(kind, body)
		}
		all := make([]any, len(s.kinds[kind]))
		for i, o := range s.kinds[kind] {
			all[i] = o
		}
		return 200, list(all...)
	}
	o := s.find(kind, id)
	if o == nil {
		return 404, nil
	}
	if c.ifMatch != "" && c.ifMatch != o["meta"].(object)["version"] {
		return 412, nil
	}
	switch c.method {
	case "GET":
		return 200, o
	case "DELETE":
		kept := s.kinds[kind][:0]
		for _, other := range s.kinds[kind] {
			if other["id"] != id {
				kept = append(kept, other)
			}
		}
		s.kinds[kind] = kept
		return 204, nil
	case "PATCH":
		return s.patch(kind, o, body)
	}
	return 405, nil
}

func (s *store) patch(kind string, o, body object) (int, any) {
	changed := maps.Clone(o)
	for _, e := range body["Operations"].([]any) {
		op := e.(object)
		target, path := changed, op["path"].(string)
		if i := strings.LastIndex(path, ":"); i > 0 {
			ext, _ := changed[path[:i]].(object)
			ext = maps.Clone(ext)
			if ext == nil {
				ext = object{}
			}
			changed[path[:i]], target, path = ext, ext, path[i+1:]
		}
		switch op["op"] {
		case "REPLACE":
			target[path] = op["value"]
		case "REMOVE":
			delete(target, path)
		default:
			return 400, nil
		}
	}
	s.made++
	changed["meta"] = object{"version": fmt.Sprintf("v%d", s.made)}
	if s.change != nil {
		s.change(kind, changed)
	}
	maps.Copy(o, changed)
	for k := range o {
		if _, kept := changed[k]; !kept {
			delete(o, k)
		}
	}
	return 200, o
}
