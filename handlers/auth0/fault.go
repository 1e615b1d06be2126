package auth0

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"gatehouse/models"
	"gatehouse/web"
)

// problem is the body of a fault.
type problem struct {
	StatusCode int    `json:"statusCode"`
	Error      string `json:"error"`
	Message    string `json:"message"`
	ErrorCode  string `json:"errorCode,omitempty"`
}

// Fault writes a fault in the document's shape.
func (face) Fault(r *web.Request, f *models.Fault) error {
	head(r)
	status := statusOf(f.Code)
	if f.RetryAfter > 0 {
		r.Fiber().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+1e9-1)/1e9)))
	}
	switch status {
	case http.StatusTooManyRequests:
		r.Fiber().Set("X-RateLimit-Remaining", "0")
	case http.StatusUnauthorized:
		r.Fiber().Set("WWW-Authenticate", `Bearer realm="gatehouse"`)
	}
	message, code := describe(r, f)
	return r.JSON(status, problem{status, http.StatusText(status), message, code})
}

// statusOf is the status of a fault here: what breaks a rule is a bad request, and a lost race is a conflict.
func statusOf(code models.Code) int {
	switch code {
	case models.Invalid:
		return http.StatusBadRequest
	case models.Stale:
		return http.StatusConflict
	}
	return web.StatusOf(code)
}

// describe gives the message and the errorCode of a fault. Clients branch on some of both, so known ones keep their spelling.
func describe(r *web.Request, f *models.Fault) (message, code string) {
	switch {
	case f.Reason == "no_such_route":
		return "Not Found", ""
	case f.Code == models.Forbidden && f.Reason == "missing_permission" && r.Route() != nil:
		return "Insufficient scope, expected any of: " + strings.ReplaceAll(r.Route().Doc().Scopes, " ", ","), "insufficient_scope"
	case f.Code == models.NotFound:
		return missing(f)
	case f.Code == models.Invalid && len(f.Fields) > 0:
		return invalid(r, f.Fields)
	case f.Code == web.Malformed:
		return "Invalid request payload JSON format: " + f.Text, "invalid_body"
	}
	return f.Text, told(f.Reason)
}

// told is the errorCode of a fault. Some were seen to have none, and get none here.
func told(reason string) string {
	switch reason {
	case "email_template_exists":
		return ""
	case "custom_domain_exists":
		return "custom_domain_conflict"
	}
	return reason
}

// kinds are the nouns of the document for ours, as they stand in "The … does not exist." and in "inexistent_…".
var kinds = map[string]struct{ noun, code string }{
	"public_key":     {"credential", "inexistent_credential"},
	"resource":       {"resource server", "inexistent_resource_server"},
	"client_grant":   {"client grant", "inexistent_client_grant"},
	"custom_domain":  {"custom domain", "inexistent_custom_domain"},
	"email_template": {"template", "inexistent_email_template"},
	"email_provider": {"email provider", "inexistent_email_provider"},
	"theme":          {"theme", "theme_not_found"},
	"page_template":  {"template", "inexistent_templates_universal_login"},
}

func missing(f *models.Fault) (message, code string) {
	kind, ok := strings.CutSuffix(f.Reason, "_not_found")
	if !ok {
		return f.Text, f.Reason
	}
	if k, ok := kinds[kind]; ok {
		return "The " + k.noun + " does not exist.", k.code
	}
	return "The " + strings.ReplaceAll(kind, "_", " ") + " does not exist.", "inexistent_" + kind
}

// invalid names every member that breaks a rule, and where it stands: in the payload, the query or the path.
func invalid(r *web.Request, fields []models.FieldFault) (message, code string) {
	place, code := "Payload", "invalid_body"
	switch source(r, fields[0].Name) {
	case "query":
		place, code = "Query", "invalid_query_string"
	case "path":
		place, code = "Path", "invalid_uri"
	}
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = complaint(f)
	}
	return place + " validation error: " + strings.Join(parts, " "), code
}

// complaint is one wrong member, in the way of the vendor's validator.
func complaint(f models.FieldFault) string {
	at, last := "", f.Name
	if i := strings.LastIndexByte(f.Name, '.'); i >= 0 {
		at, last = " on property "+f.Name[:i], f.Name[i+1:]
	}
	if f.Name == "" {
		return "'" + strings.TrimSuffix(f.Text, ".") + "'."
	}
	switch f.Reason {
	case "unknown_field":
		return "'Additional properties not allowed: " + last + "'" + at + "."
	case "required":
		return "'Missing required property: " + last + "'" + at + "."
	}
	return "'" + strings.TrimSuffix(f.Text, ".") + "' on property " + f.Name + "."
}

// source tells from where the binder reads the input of a route by this name.
func source(r *web.Request, name string) string {
	if name == "" || r.Route() == nil || r.Route().In() == nil || r.Route().In().Kind() != reflect.Struct {
		return ""
	}
	for _, f := range reflect.VisibleFields(r.Route().In()) {
		for _, tag := range []string{"query", "path"} {
			if f.Tag.Get(tag) == name {
				return tag
			}
		}
	}
	return ""
}
