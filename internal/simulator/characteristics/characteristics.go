// Package characteristics says of every attribute of an identity domain's
// resources what a server does with it: its type, whether it is required, who
// may write it, when it is returned, what is unique (RFC 7643 section 2.2). It
// is read from the models of Oracle's Go SDK (identitydomains), which say so
// in the comments on every field, by ./generate, and corrected by the table in
// overrides.go where another document or a known practice says otherwise. It
// does no input or output.
package characteristics

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./generate characteristics.json

//go:embed characteristics.json
var data []byte

// Mutability says who may write an attribute. Empty in the file: ReadWrite.
type Mutability string

// The mutabilities of RFC 7643 section 2.2.
const (
	ReadWrite Mutability = "readWrite"
	ReadOnly  Mutability = "readOnly"
	Immutable Mutability = "immutable"
	WriteOnly Mutability = "writeOnly"
)

// Returned says when an answer carries an attribute. Empty in the file: Default.
type Returned string

// When an attribute is returned, after RFC 7643 section 2.2.
const (
	Always  Returned = "always"
	Default Returned = "default"
	Request Returned = "request"
	Never   Returned = "never"
)

// The types of RFC 7643 section 2.3, and one for what the models leave open.
const (
	String    = "string"
	Boolean   = "boolean"
	Integer   = "integer"
	Decimal   = "decimal"
	DateTime  = "dateTime"
	Binary    = "binary"
	Reference = "reference"
	Complex   = "complex"
	Any       = "any"
)

// Attribute is what is known of one attribute.
type Attribute struct {
	Name        string     `json:"name"`
	Type        string     `json:"type"`
	Multi       bool       `json:"multi,omitempty"`
	Required    bool       `json:"required,omitempty"`
	Mutability  Mutability `json:"mutability,omitempty"`
	Returned    Returned   `json:"returned,omitempty"`
	Exact       bool       `json:"exact,omitempty"`    // caseExact
	Unique      string     `json:"unique,omitempty"`   // server or global; empty: none
	Key         []string   `json:"key,omitempty"`      // the sub-attributes that tell elements apart
	Values      []string   `json:"values,omitempty"`   // of an enumeration
	NoFilter    bool       `json:"noFilter,omitempty"` // idcsSearchable: false
	Description string     `json:"description,omitempty"`
	Sub         Attributes `json:"sub,omitempty"`

	// MinLength and MaxLength are of a string, in characters; 0: no limit is known.
	// The SDK's models have none: they come with custom attributes.
	MinLength, MaxLength int `json:"-"`

	// MayBeEmpty is of a required string that counts as given when it is empty.
	MayBeEmpty bool `json:"-"`
	// Missing is the message id of the service where this alone is missing;
	// empty: the usual one.
	Missing string `json:"-"`
}

// Attributes are those of a schema or of a complex attribute.
type Attributes []*Attribute

// Find is the attribute of this name, case aside, or nil.
func (as Attributes) Find(name string) *Attribute {
	for _, a := range as {
		if strings.EqualFold(a.Name, name) {
			return a
		}
	}
	return nil
}

// Resource is a type of resource, or a message that a path takes in its place,
// such as an AppStatusChanger.
type Resource struct {
	Name        string       `json:"name"`     // User
	Endpoint    string       `json:"endpoint"` // Users, below /admin/v1
	Schema      string       `json:"schema"`
	Description string       `json:"description,omitempty"`
	Methods     []string     `json:"methods"` // on the collection: GET, POST, SEARCH; on one resource: GET id, PUT id, …
	Attributes  Attributes   `json:"attributes"`
	Extensions  []*Extension `json:"extensions,omitempty"`
}

// Extension is a schema that adds attributes to a resource.
type Extension struct {
	Schema      string     `json:"schema"`
	Description string     `json:"description,omitempty"`
	Attributes  Attributes `json:"attributes"`
}

// Extension is the extension with this schema, case aside, or nil.
func (r *Resource) Extension(schema string) *Extension {
	for _, e := range r.Extensions {
		if strings.EqualFold(e.Schema, schema) {
			return e
		}
	}
	return nil
}

// Offers tells whether the SDK has a call of this method: on the collection
// (onOne false) or on one resource. Search is POST to .search.
func (r *Resource) Offers(method string, onOne bool) bool {
	if onOne {
		method += " id"
	}
	return slices.Contains(r.Methods, method)
}

// Search is the method, in Resource.Methods, of a POST to .search.
const Search = "SEARCH"

var all = sync.OnceValue(func() []*Resource {
	var rs []*Resource
	if err := json.Unmarshal(data, &rs); err != nil {
		panic("characteristics.json is not what ./generate writes: " + err.Error())
	}
	for _, r := range rs {
		complete(r.Attributes)
		for _, e := range r.Extensions {
			complete(e.Attributes)
		}
	}
	override(rs)
	return rs
})

// complete fills in what the file leaves out.
func complete(as Attributes) {
	for _, a := range as {
		if a.Mutability == "" {
			a.Mutability = ReadWrite
		}
		if a.Returned == "" {
			a.Returned = Default
		}
		complete(a.Sub)
	}
}

// All are the resources in the order of their names. They are shared: nobody
// may change them.
func All() []*Resource { return all() }

// Of is the resource of this name, such as User, or nil.
func Of(name string) *Resource {
	for _, r := range all() {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// At is the resource at this path below /admin/v1, such as Users, or nil.
func At(endpoint string) *Resource {
	for _, r := range all() {
		if r.Endpoint == endpoint {
			return r
		}
	}
	return nil
}
