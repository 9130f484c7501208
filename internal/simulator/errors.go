package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// The schemas of SCIM messages (RFC 7644 section 3) and of Oracle's error
// extension (oracle.md 2.3).
const (
	schemaList      = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	schemaPatch     = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	schemaSearch    = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	schemaBulkAsked = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	schemaBulk      = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
	schemaError     = "urn:ietf:params:scim:api:messages:2.0:Error"
	schemaIDCSError = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error"
)

// The message ids that are known from Oracle's documentation. Where none is
// known, the extension is absent, which is a documented form too.
const (
	messageMissing   = "error.common.validation.missingReqAttributes"
	messageReference = "error.common.validation.invalidReferenceResource"
	messageNoEmail   = "error.identity.user.primaryEmailNotSpecified"
)

// refusal is an answer other than success, in Oracle's error form.
type refusal struct {
	status    int
	detail    string
	messageID string
	scimType  string // RFC 7644 section 3.12; only where it says more than the status
	allowed   string // of a 405: the methods that are possible (RFC 9110 section 15.5.6)
}

func (r *refusal) Error() string { return fmt.Sprintf("%s (HTTP %d)", r.detail, r.status) }

// body is the refusal as JSON; status is a string there.
func (r *refusal) body() object {
	o := object{
		"schemas": []any{schemaError},
		"detail":  r.detail,
		"status":  strconv.Itoa(r.status),
	}
	if r.scimType != "" {
		o["scimType"] = r.scimType
	}
	if r.messageID != "" {
		o["schemas"] = []any{schemaError, schemaIDCSError}
		o[schemaIDCSError] = object{"messageId": r.messageID}
	}
	return o
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status: status, detail: fmt.Sprintf(format, args...)}
}

// notPossible refuses a method where others are possible.
func notPossible(method string, allowed ...string) *refusal {
	possible := strings.Join(allowed, ", ")
	r := refuse(http.StatusMethodNotAllowed, "%s is not possible here; possible: %s.", method, possible)
	r.allowed = possible
	return r
}

func invalid(format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, format, args...)
}

func missing(attributes string) *refusal {
	r := invalid("Missing required attribute(s): %s.", attributes)
	r.messageID = messageMissing
	return r
}

func dangling(format string, args ...any) *refusal {
	r := invalid(format, args...)
	r.messageID = messageReference
	return r
}

func conflict(format string, args ...any) *refusal {
	r := refuse(http.StatusConflict, format, args...)
	r.scimType = "uniqueness"
	return r
}

func notFound(kind, id string) *refusal {
	return refuse(http.StatusNotFound, "There is no resource %s in %s.", id, kind)
}

// asRefusal turns any error into an answer: what is not a refusal is a defect
// of the simulator.
func asRefusal(err error) *refusal {
	if r, ok := err.(*refusal); ok {
		return r
	}
	return refuse(http.StatusInternalServerError, "The simulator failed: %v.", err)
}
