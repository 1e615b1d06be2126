package logto

import (
	"context"
	"crypto/sha256"
	"encoding/base64"

	"gatehouse/web"
)

// papers are the documents that describe the API, as bytes made once all routes are mounted.
type papers struct {
	management, experience, user web.Document
}

// Prepared is the dialect with room for its documents.
func (d Dialect) Prepared() Dialect { d.papers = &papers{}; return d }

// Describe makes the documents from the routes that are mounted. The two that describe what people call for themselves hold the
// routes below their prefixes: none, as long as nobody can sign in here.
func (d Dialect) Describe(routes []web.Route, version string) {
	d.papers.management = paper(describe(routes, version, "Logto management API", func(path string) bool {
		return !below(path, experiencePrefix) && !below(path, userPrefix)
	}))
	d.papers.experience = paper(describe(routes, version, "Logto experience API", func(path string) bool { return below(path, experiencePrefix) }))
	d.papers.user = paper(describe(routes, version, "Logto user API", func(path string) bool { return below(path, userPrefix) }))
}

// Where the routes begin that people's browsers call.
const (
	experiencePrefix = "/api/experience"
	userPrefix       = "/api/my-account"
)

func paper(body []byte) web.Document {
	sum := sha256.Sum256(body)
	return web.Document{Body: body, ETag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}

func (d Dialect) paperRoutes(f web.Face) []web.Route {
	serve := func(of func(*papers) web.Document) web.Endpoint {
		return web.Fixed(f, "application/json; charset=utf-8", func(context.Context, string) (web.Document, error) { return of(d.papers), nil }).
			With(doc("status", "Read the description of an API"))
	}
	const at = "/api/.well-known/"
	status := web.Do(f, 204, func(context.Context, web.None) (web.None, error) { return web.None{}, nil })
	return []web.Route{
		{"GET", "/api/status", web.Public, status.With(doc("status", "Tell that the server answers"))},
		{"GET", "/api/swagger.json", web.Public, serve(func(p *papers) web.Document { return p.management })},
		{"GET", at + "management.openapi.json", web.Public, serve(func(p *papers) web.Document { return p.management })},
		{"GET", at + "experience.openapi.json", web.Public, serve(func(p *papers) web.Document { return p.experience })},
		{"GET", at + "user.openapi.json", web.Public, serve(func(p *papers) web.Document { return p.user })},
	}
}
