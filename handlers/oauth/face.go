package oauth

import (
	"strconv"
	"strings"
	"time"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/models"
	"gatehouse/web"
)

// Face is how the OAuth endpoints speak: error and error_description (RFC 6749 section 5.2).
type Face struct{}

// Name is how events tell where a request came through.
func (Face) Name() string { return "oauth" }

// LimitsItself tells web that successes have no limit here and failures are counted by the engine.
func (Face) LimitsItself() {}

// Read is never asked: the token request has rules of its own.
func (Face) Read(r *web.Request, in any) error { return web.Bind(r, in, web.Lenient) }

// Write answers with JSON that nobody keeps (RFC 6749 section 5.1).
func (Face) Write(r *web.Request, status int, out any) error {
	unkept(r)
	return r.JSON(status, out)
}

func unkept(r *web.Request) {
	r.Fiber().Set("Cache-Control", "no-store")
	r.Fiber().Set("Pragma", "no-cache")
	r.Fiber().Set("Referrer-Policy", "no-referrer")
}

// problem is the body of an error.
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// Fault answers with an error.
func (f Face) Fault(r *web.Request, fault *models.Fault) error {
	status, code := spell(fault)
	if fault.RetryAfter > 0 {
		r.Fiber().Set("Retry-After", strconv.Itoa(int((fault.RetryAfter+time.Second-1)/time.Second)))
	}
	// A client that used the Authorization header is told which scheme is taken (RFC 6749 section 5.2).
	if status == 401 && r.Fiber().Get("Authorization") != "" {
		r.Fiber().Set("WWW-Authenticate", `Basic realm="gatehouse", charset="UTF-8"`)
	}
	return f.Write(r, status, problem{code, describable(fault.Text)})
}

// spell gives a fault its status and its error code. Refusals of the protocol carry the code as their reason.
func spell(f *models.Fault) (status int, code string) {
	switch f.Code {
	case models.Invalid, models.BadType, web.Malformed:
		switch f.Reason {
		case grant.UnauthorizedClient, grant.UnsupportedGrantType, grant.InvalidScope, grant.InvalidTarget:
			return 400, f.Reason
		}
		return 400, grant.InvalidRequest
	case models.Unauthenticated:
		return 401, grant.InvalidClient
	case models.Forbidden:
		return 403, grant.AccessDenied
	case models.NotFound:
		return 404, "not_found"
	case web.WrongMethod:
		return 405, grant.InvalidRequest
	case web.LargeHeaders:
		return 431, grant.InvalidRequest
	case models.TooLarge:
		return 413, grant.InvalidRequest
	case models.RateLimited:
		return 429, "temporarily_unavailable"
	case models.Unavailable:
		return 503, "temporarily_unavailable"
	}
	return 500, "server_error"
}

// describable keeps to the characters that an error_description may have (RFC 6749 section 5.2).
func describable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\' || r < ' ' || r > '~':
			return -1
		}
		return r
	}, text)
}
