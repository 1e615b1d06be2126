package web

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"path"
	"strings"
	"time"

	"gatehouse/models"
)

// A form is accepted only from our own pages: the browser must not say that it comes from elsewhere, and the form must carry
// a token that is bound to the session, or, before sign-in, to a random cookie of the visitor.

const csrfField = "_csrf"

// guard refuses an unsafe request that another site could have caused.
func (r *Request) guard() error {
	switch r.c.Method() {
	case "GET", "HEAD", "OPTIONS":
		return nil
	}
	if !r.sameOrigin() {
		return &models.Fault{Code: models.Forbidden, Reason: "cross_site_request", Text: "This request came from another site. Open the page here and send the form again."}
	}
	token := r.c.Get("X-CSRF-Token")
	if token == "" {
		token = string(r.c.Request().PostArgs().Peek(csrfField))
	}
	if !hmac.Equal(unmask(token), r.csrfKey(r.visitor(false))) {
		return &models.Fault{Code: models.Forbidden, Reason: "form_expired", Text: "This form is too old or not ours. Go back, reload the page and send it again."}
	}
	return nil
}

// sameOrigin is the rule of net/http's CrossOriginProtection: Sec-Fetch-Site decides, else Origin must be ours.
func (r *Request) sameOrigin() bool {
	switch r.c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	origin := r.c.Get("Origin")
	if origin == "" {
		return true // neither header: not a browser that could be tricked; the token still decides
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Host == string(r.c.Context().Host()) || r.srv.known(origin))
}

// csrfToken is the token for the forms of this page, masked anew for each so that compression reveals nothing of it.
func (r *Request) csrfToken() string {
	key := r.csrfKey(r.visitor(true))
	pad := make([]byte, len(key))
	_, _ = rand.Read(pad)
	masked := make([]byte, len(key))
	for i := range key {
		masked[i] = key[i] ^ pad[i]
	}
	return base64.RawURLEncoding.EncodeToString(append(pad, masked...))
}

func unmask(token string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 64 {
		return nil
	}
	out := make([]byte, 32)
	for i := range out {
		out[i] = raw[i] ^ raw[32+i]
	}
	return out
}

func (r *Request) csrfKey(visitor string) []byte {
	if visitor == "" {
		return []byte("no visitor") // equals no token
	}
	return r.srv.vault.MAC(models.KeyCSRF, visitor)
}

// visitor names whom a form token is bound to: the session, or a random cookie that is set when there is none yet.
func (r *Request) visitor(set bool) string {
	if r.session != nil {
		return "session:" + r.session.IDHash
	}
	if id := r.c.Cookies(r.cookieName("gatehouse_visitor")); r.stranger == "" && len(id) == 43 {
		r.stranger = id
	}
	if r.stranger == "" && set {
		r.stranger = randomID()
		r.cookie("gatehouse_visitor", r.stranger, 24*time.Hour)
	}
	if r.stranger == "" {
		return ""
	}
	return "visitor:" + r.stranger
}

// SafeNext gives where to go after sign-in: a path of our own console, never another site.
func SafeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || strings.ContainsAny(next, "\\\r\n") || path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") {
		return "/console"
	}
	if u.Path != "/console" && !strings.HasPrefix(u.Path, "/console/") {
		return "/console"
	}
	return next
}
