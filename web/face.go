package web

import (
	"encoding/json"
	"errors"
	"strconv"

	"gatehouse/models"
)

// Face is how a request is read and how an answer or a fault is written. Native and Console are here; every dialect brings its own.
type Face interface {
	Name() string // as models.Request.Face and as the audience that its tokens carry
	Read(r *Request, in any) error
	Write(r *Request, status int, out any) error
	Fault(r *Request, f *models.Fault) error
}

// Native is the face of /rest/v1: JSON, strict about unknown members, problem details (RFC 9457).
var Native Face = native{}

type native struct{}

func (native) Name() string { return models.FaceNative }

func (native) Read(r *Request, in any) error { return Bind(r, in, Strict) }

func (native) Write(r *Request, status int, out any) error {
	if v, ok := version(out); ok {
		tag := `"` + strconv.FormatInt(v, 10) + `"`
		r.c.Set("ETag", tag)
		if r.c.Method() == "GET" && r.c.Get("If-None-Match") == tag {
			return r.Empty(304)
		}
	}
	return r.JSON(status, out)
}

// Problem is the body of a fault of the native face.
type Problem struct {
	Type      string              `json:"type"`
	Title     string              `json:"title"`
	Status    int                 `json:"status"`
	Detail    string              `json:"detail"`
	Reason    string              `json:"reason" doc:"A stable word for programs."`
	Fields    []models.FieldFault `json:"fields,omitempty"`
	Current   any                 `json:"current,omitempty" doc:"With 412: the object as it is now."`
	RequestID string              `json:"request_id"`
}

func (native) Fault(r *Request, f *models.Fault) error {
	r.RetryAfter(f)
	p := Problem{Type: "about:blank", Title: title(f.Code), Status: StatusOf(f.Code), Detail: f.Text, Reason: f.Reason,
		Fields: f.Fields, Current: f.Current, RequestID: r.id}
	if f.Code == models.Unauthenticated {
		r.c.Set("WWW-Authenticate", `Bearer realm="gatehouse"`)
	}
	return r.body(p.Status, "application/problem+json", mustJSON(p))
}

// StatusOf is the HTTP status of a fault where the face has no other custom.
func StatusOf(code models.Code) int {
	switch code {
	case models.Invalid:
		return 422
	case models.Unauthenticated:
		return 401
	case models.Forbidden:
		return 403
	case models.NotFound:
		return 404
	case models.Conflict:
		return 409
	case models.Stale:
		return 412
	case models.TooLarge:
		return 413
	case models.BadType:
		return 415
	case models.RateLimited:
		return 429
	case models.Unavailable:
		return 503
	case Malformed:
		return 400
	case WrongMethod:
		return 405
	case LargeHeaders:
		return 431
	}
	return 500
}

// Codes that only HTTP knows.
const (
	Malformed    models.Code = "malformed"     // the body is not what its media type says
	WrongMethod  models.Code = "wrong_method"  // the path exists, the method does not
	LargeHeaders models.Code = "large_headers" // RFC 6585 section 5
	Internal     models.Code = "internal"      // our fault; the log has it
)

func title(code models.Code) string {
	titles := map[models.Code]string{
		models.Invalid: "Invalid input", models.Unauthenticated: "Not authenticated", models.Forbidden: "Not allowed",
		models.NotFound: "Not found", models.Conflict: "Conflict", models.Stale: "Changed meanwhile", models.TooLarge: "Too large",
		models.BadType: "Unsupported media type", models.RateLimited: "Too many requests", models.Unavailable: "Not available now",
		Malformed: "Malformed request", WrongMethod: "Method not allowed", LargeHeaders: "Too large", Internal: "Internal error",
	}
	return titles[code]
}

// asFault turns any error into the fault that the caller may see. internal tells that the log must have the rest.
func asFault(err error) (f *models.Fault, internal bool) {
	if errors.As(err, &f) {
		return f, false
	}
	if models.Out(err) {
		return &models.Fault{Code: models.Unavailable, Reason: "database_unavailable", RetryAfter: 1e9,
			Text: "The database cannot take this now. Nothing was changed; try again in a moment."}, true
	}
	return &models.Fault{Code: Internal, Reason: "internal_error",
		Text: "Something failed on our side. Nothing was changed. The request id helps whoever runs this server to find it."}, true
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte(`{"status":500}`)
	}
	return b
}
