package transmit

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"gatehouse/models"
	"gatehouse/web"
)

// face is how this dialect reads and writes: JSON by the letter of its document, unknown members ignored, no null anywhere.
type face struct {
	// wrapped tells whether the tenant asked for the older document's envelope on client operations.
	wrapped func(ctx context.Context) bool
}

// Name is the face's name in tokens and in the audit log.
func (face) Name() string { return models.FaceTransmit }

// Read fills in. Limits of the document are tags beside the wire types.
func (face) Read(r *web.Request, in any) error { return web.BindShape(r, in, web.Lenient) }

// result is the envelope of application operations.
type result[T any] struct {
	Result T `json:"result"`
}

// wrap puts an answer into the envelope.
func wrap[T any](v T) result[T] { return result[T]{v} }

// applicationRows is a list in the envelope; clientRows is one that only the older document puts there.
type (
	applicationRows struct{ web.Rows }
	clientRows      struct{ web.Rows }
)

// Write answers. Client operations are bare in the current document and in an envelope in the older one.
func (f face) Write(r *web.Request, status int, out any) error {
	r.Fiber().Set("Cache-Control", "no-store") // reads carry secrets
	switch v := out.(type) {
	case applicationRows:
		return r.Stream(status, `{"result":[`, `]}`, v.Rows)
	case clientRows:
		if f.older(r) {
			return r.Stream(status, `{"result":[`, `]}`, v.Rows)
		}
		return r.Stream(status, `[`, `]`, v.Rows)
	case clientWire:
		if f.older(r) {
			return r.JSON(status, result[any]{v.body})
		}
		return r.JSON(status, v.body)
	}
	return r.JSON(status, out)
}

// older tells whether this caller wants the older document's envelope: it says so itself, or the tenant does for all.
func (f face) older(r *web.Request) bool {
	r.Fiber().Vary("Prefer")
	for _, wish := range strings.Split(r.Fiber().Get("Prefer"), ",") {
		if strings.EqualFold(strings.ReplaceAll(wish, " ", ""), "envelope=result") {
			r.Fiber().Set("Preference-Applied", "envelope=result") // RFC 7240 section 3
			return true
		}
	}
	return f.wrapped != nil && f.wrapped(r.Context())
}

// Errors of the document. Only that of a bad request has a list of messages.
type (
	badRequest struct {
		Message   []string `json:"message"`
		ErrorCode int      `json:"error_code"`
	}
	httpError struct {
		Message   string `json:"message"`
		ErrorCode int    `json:"error_code"`
	}
	takenError struct {
		Message     string `json:"message"`
		ErrorCode   int    `json:"error_code"`
		TSErrorCode string `json:"ts_error_code"`
	}
)

// Fault writes a fault in the document's shape.
func (face) Fault(r *web.Request, f *models.Fault) error {
	r.Fiber().Set("Cache-Control", "no-store")
	status := statusOf(f.Code)
	if f.RetryAfter > 0 {
		r.Fiber().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+1e9-1)/1e9)))
	}
	if status == http.StatusUnauthorized {
		r.Fiber().Set("WWW-Authenticate", `Bearer realm="gatehouse"`)
	}
	switch {
	case status == http.StatusBadRequest:
		return r.JSON(status, badRequest{messages(f), status})
	case status == http.StatusConflict:
		return r.JSON(status, takenError{sentence(f), status, f.Reason})
	case f.Reason == "no_such_route":
		return r.JSON(status, httpError{"Cannot " + r.Fiber().Method() + " " + r.Fiber().Path(), status})
	}
	return r.JSON(status, httpError{f.Text, status})
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

// messages names each wrong member, so that a caller hears of all of them at once.
func messages(f *models.Fault) []string {
	if len(f.Fields) == 0 {
		return []string{f.Text}
	}
	out := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		out[i] = field.Name + ": " + field.Text
	}
	return out
}

func sentence(f *models.Fault) string {
	if len(f.Fields) == 1 && f.Fields[0].Name != "" {
		return f.Fields[0].Name + ": " + f.Text
	}
	return f.Text
}
