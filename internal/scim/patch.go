package scim

// Operation is one operation of a PATCH (RFC 7644 section 3.5.2).
type Operation struct {
	Op    string `json:"op"` // add, remove, replace
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// Patch is the body of a PATCH.
type Patch struct {
	Schemas    []string    `json:"schemas"`
	Operations []Operation `json:"Operations"`
}

// NewPatch makes the body of a PATCH.
func NewPatch(ops ...Operation) Patch {
	return Patch{Schemas: []string{SchemaPatch}, Operations: ops}
}

// Add is an operation that adds values.
func Add(path string, value any) Operation { return Operation{Op: "add", Path: path, Value: value} }

// Replace is an operation that sets an attribute.
func Replace(path string, value any) Operation {
	return Operation{Op: "replace", Path: path, Value: value}
}

// Remove is an operation that takes an attribute, or elements of it, away.
func Remove(path string) Operation { return Operation{Op: "remove", Path: path} }
