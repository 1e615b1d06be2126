package logto

import (
	"net/http"
	"strconv"
	"strings"

	"gatehouse/models"
	"gatehouse/web"
)

// problem is the body of a refusal, its members in the order in which they are seen.
type problem struct {
	Code    string `json:"code,omitempty"`
	Data    any    `json:"data,omitempty"`
	Details string `json:"details,omitempty"`
	Message string `json:"message"`
}

// refuse is a fault in the dialect's own words, for rules that only its document has. codes.go knows the status.
func refuse(code, text string) error {
	return &models.Fault{Code: classOf(codeStatus[code]), Reason: code, Text: text}
}

func classOf(status int) models.Code {
	switch status {
	case http.StatusNotFound:
		return models.NotFound
	case http.StatusForbidden:
		return models.Forbidden
	case http.StatusConflict, http.StatusUnprocessableEntity:
		return models.Conflict
	}
	return models.Invalid
}

// codes are the dialect's words for our reasons. Whatever is not here goes by its class.
var codes = map[string]string{
	"missing_token":     "auth.authorization_header_missing",
	"invalid_token":     "auth.unauthorized",
	"too_many_requests": "request.rate_limited",

	"credential_name_taken":     "application.secret_name_exists",
	"saml_entity_id_taken":      "entity.unique_integrity_violation",
	"certificate_active":        "application.saml.can_not_delete_active_secret",
	"last_client":               "entity.db_constraint_violated",
	"role_name_taken":           "role.name_in_use",
	"resource_identifier_taken": "resource.resource_identifier_in_use",
	"system_resource":           "resource.cannot_delete_management_api",
	"system_role":               "role.internal_role_violation",
	"scope_name_taken":          "scope.name_exists",

	"custom_domain_exists":        "domain.hostname_already_exists",
	"custom_profile_field_exists": "custom_profile_fields.name_exists",
	"key_not_found":               "oidc.key_not_found",
	"cookie_key_not_found":        "oidc.key_not_found",
	"key_in_use":                  "oidc.only_previous_key_can_be_deleted",
	"last_key":                    "oidc.key_required",

	"archive_unreadable": "guard.mime_type_not_allowed",
	"archive_outside":    "request.invalid_input",
	"archive_link":       "request.invalid_input",
	"archive_first_page": "request.invalid_input",
}

// byID are the kinds of objects that routes look up by the id in their path, with the name of their table.
var byID = map[string]string{"client": "applications", "application": "applications", "role": "roles", "resource": "resources", "event": "logs",
	"look": "application_sign_in_experiences"}

// codeOf finds the code of a fault.
func codeOf(f *models.Fault) string {
	if code, ok := codes[f.Reason]; ok {
		return code
	}
	if strings.Contains(f.Reason, ".") {
		return f.Reason
	}
	switch f.Code {
	case web.Malformed:
		return "request.invalid_input"
	case models.Invalid, models.BadType:
		return "guard.invalid_input"
	case models.Unauthenticated:
		return "auth.unauthorized"
	case models.Forbidden:
		return "auth.forbidden"
	case models.NotFound:
		return missing(f)
	case models.TooLarge:
		return "guard.file_size_exceeded"
	case web.LargeHeaders:
		return "request.headers_too_large"
	case models.RateLimited:
		return "request.rate_limited"
	case models.Conflict:
		return "entity.unique_integrity_violation"
	case models.Stale:
		return "entity.db_constraint_violated"
	}
	return ""
}

func missing(f *models.Fault) string {
	if byID[kindOf(f)] != "" {
		return "entity.not_exists_with_id"
	}
	return "entity.not_found"
}

func kindOf(f *models.Fault) string { return strings.TrimSuffix(f.Reason, "_not_found") }

// Fault writes a fault in the dialect's shape.
func (face) Fault(r *web.Request, f *models.Fault) error {
	heads(r)
	if f.RetryAfter > 0 {
		r.Fiber().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+1e9-1)/1e9)))
	}
	switch {
	case f.Reason == "no_such_route":
		return r.Bytes(http.StatusNotFound, "text/plain; charset=utf-8", []byte("Not Found"))
	case f.Code == web.WrongMethod: // the server has set Allow
		return r.Bytes(http.StatusMethodNotAllowed, "text/plain; charset=utf-8", []byte("Method Not Allowed"))
	case f.Code == web.Internal:
		return r.JSON(http.StatusInternalServerError, problem{Message: "Internal server error."})
	}
	code := codeOf(f)
	status, ok := codeStatus[code]
	if !ok {
		status = http.StatusBadRequest
	}
	if code == "" {
		status = web.StatusOf(f.Code)
	}
	if f.Code == models.Conflict && status == http.StatusNotFound { // a link to what is not there
		status = http.StatusUnprocessableEntity
	}
	if status == http.StatusUnauthorized {
		r.Fiber().Set("WWW-Authenticate", `Bearer realm="gatehouse"`) // RFC 6750 section 3
	}
	return r.JSON(status, told(r, f, code))
}

// told is what the body of a refusal says.
func told(r *web.Request, f *models.Fault, code string) problem {
	p := problem{Code: code, Message: f.Text}
	switch {
	case code == "entity.not_exists_with_id" && byID[kindOf(f)] != "":
		p.Message = "The " + byID[kindOf(f)] + " with ID `" + firstParam(r) + "` does not exist."
	case code == "auth.unauthorized":
		p.Data = jose(f.Text)
	case code == "guard.invalid_input":
		p.Message = "The request " + part(f.Reason) + " is invalid."
		issues := make([]issue, len(f.Fields))
		for i, field := range f.Fields {
			issues[i] = issueOf(field)
		}
		if len(issues) > 0 {
			p.Data, p.Details = zodError{issues, "ZodError"}, details(issues)
		}
	}
	return p
}

func part(reason string) string {
	switch reason {
	case invalidQuery:
		return "query"
	case invalidParams:
		return "params"
	}
	return "body"
}

// firstParam is the id of the object that a path is about.
func firstParam(r *web.Request) string {
	if r.Route() != nil {
		for _, name := range r.Fiber().Route().Params {
			return r.Fiber().Params(name)
		}
	}
	return ""
}

// joseError names what is wrong with a token as the JOSE library of the dialect's clients does.
type joseError struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

func jose(text string) joseError {
	switch {
	case strings.Contains(text, "expired"):
		return joseError{"ERR_JWT_EXPIRED", "JWTExpired"}
	case strings.Contains(text, "audience"), strings.Contains(text, "issued"):
		return joseError{"ERR_JWT_CLAIM_VALIDATION_FAILED", "JWTClaimValidationFailed"}
	}
	return joseError{"ERR_JWS_INVALID", "JWSInvalid"}
}
