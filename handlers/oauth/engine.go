// Package oauth is the authorization server: one engine with one key ring and one client table behind both issuers. Its
// operations know nothing of HTTP (routes.go gives them their addresses); grant decides what a client gets, token is what a
// JWT holds.
package oauth

import (
	"context"
	"time"

	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/outbound"
	"gatehouse/models"
	"gatehouse/web"
)

// Options is what the engine is made of.
type Options struct {
	DB       models.DB
	Vault    *models.Vault
	Ring     *keys.Ring
	Usages   *models.Usages
	Tenant   func(ctx context.Context) (models.Tenant, error) // its settings, cached
	Outbound *outbound.Client                                 // fetches the key sets of clients
	URL      string                                           // public origin
	Aliases  []string                                         // further public origins
	Now      func() time.Time
	// Scopes tells, for a management face, what the scopes of its tokens allow. Those of the native face are actions already;
	// a face that is not listed has no scopes, and its tokens allow what their client may.
	Scopes map[string]func(scopes []string) models.Actions
	// Registered tells whether a resource is managed here, so that a client needs to have been granted something of it.
	Registered func(ctx context.Context, tenantID, identifier string) (bool, error)
}

// Engine is the authorization server.
type Engine struct {
	Options
	audiences *grant.Audiences
	issuers   []Issuer
	parties   *models.Cache[*known]
	verified  *remembered
	refusals  *refusals
	endpoints map[string]bool // what an assertion's aud may be
	documents map[issued]web.Document
	swept     sweeper
	sets      *keySets // of clients with a jwks_uri
}

// New makes the engine. It reads nothing yet.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = models.Now
	}
	if o.Registered == nil {
		o.Registered = func(context.Context, string, string) (bool, error) { return false, nil }
	}
	e := &Engine{Options: o, audiences: grant.NewAudiences(o.URL, o.Aliases), issuers: issuers(o.URL, o.Aliases),
		parties:  models.NewCache[*known](o.DB.Caches, models.CacheOAuthClient, 10_000),
		verified: newRemembered(), refusals: newRefusals(), endpoints: map[string]bool{}, documents: map[issued]web.Document{}}
	e.sets = newKeySets(o.Outbound, o.Now)
	for _, i := range e.issuers {
		e.endpoints[i.Name], e.endpoints[i.Token] = true, true
		e.write(i)
	}
	for _, origin := range append([]string{o.URL}, o.Aliases...) {
		e.endpoints[origin+"/cis/oidc/token"] = true
	}
	return e
}

// Issuer is one name under which the engine issues, with its addresses. Each public origin has two.
type Issuer struct {
	Name   string // iss
	Token  string // token_endpoint
	JWKS   string // jwks_uri
	Origin string
	Path   string // "/oidc" or "/"
}

// Paths of the two issuers of an origin.
const (
	PathOIDC = "/oidc"
	PathRoot = "/"
)

func issuers(url string, aliases []string) []Issuer {
	var out []Issuer
	for _, origin := range append([]string{url}, aliases...) {
		out = append(out,
			Issuer{origin + PathOIDC, origin + "/oidc/token", origin + "/oidc/jwks", origin, PathOIDC},
			Issuer{origin + PathRoot, origin + "/oauth/token", origin + "/.well-known/jwks.json", origin, PathRoot})
	}
	return out
}

// issuer gives the name for a request to an endpoint of path: of the origin that was addressed, else of the main one.
func (e *Engine) issuer(ctx context.Context, path string) string {
	origin := models.RequestFrom(ctx).Origin
	if origin == "" {
		origin = e.URL
	}
	return origin + path
}

func (e *Engine) ours(iss string) bool {
	for _, i := range e.issuers {
		if i.Name == iss {
			return true
		}
	}
	return false
}
