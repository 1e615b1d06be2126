package web

import (
	"strings"

	"github.com/valyala/fasthttp"
)

// policy is the one content security policy of the pages.
// What a page frames it says itself: the editor its previews, the only pages whose own policy lets them be framed.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// pageHeaders are those of every page. A route that set its own policy (the preview, hosted pages) keeps it.
func (r *Request) pageHeaders() {
	set := r.c.Set
	if r.c.GetRespHeader("Content-Security-Policy") == "" {
		set("Content-Security-Policy", policy)
	}
	set("Cache-Control", "no-store")
	if r.c.GetRespHeader("Referrer-Policy") == "" {
		set("Referrer-Policy", "same-origin")
	}
	set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	set("Cross-Origin-Opener-Policy", "same-origin")
	set("Vary", "HX-Request, HX-Request-Type, HX-Target, Accept-Encoding, Cookie")
	if r.secure() {
		set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// Policy replaces parts of the one policy for this answer: "frame-src 'self'" adds or replaces that directive.
func (r *Request) Policy(directives ...string) {
	parts := strings.Split(policy, "; ")
	for _, d := range directives {
		name, _, _ := strings.Cut(d, " ")
		kept := parts[:0:0]
		for _, p := range parts {
			if n, _, _ := strings.Cut(p, " "); n != name {
				kept = append(kept, p)
			}
		}
		parts = append(kept, d)
	}
	r.c.Set("Content-Security-Policy", strings.Join(parts, "; "))
}

// NoReferrer keeps the address of this page from every link on it: hosted pages and one-time links.
func (r *Request) NoReferrer() { r.c.Set("Referrer-Policy", "no-referrer") }

// compressed answers with a body, gzipped where the browser takes that and it pays.
func (r *Request) compressed(status int, contentType string, b []byte) error {
	if len(b) < 1400 || !r.c.Context().Request.Header.HasAcceptEncoding("gzip") {
		return r.body(status, contentType, b)
	}
	r.head(status, contentType)
	r.c.Set("Content-Encoding", "gzip")
	r.c.Response().SetBodyRaw(fasthttp.AppendGzipBytesLevel(make([]byte, 0, len(b)/4), b, fasthttp.CompressBestSpeed))
	return nil
}
