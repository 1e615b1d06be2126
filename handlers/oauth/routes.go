package oauth

import (
	"context"

	"gatehouse/web"
)

// Prefixes are the paths below which an unknown address is answered in this face.
var Prefixes = []string{"/oidc", "/oauth", "/cis/oidc", "/.well-known"}

// Routes gives the engine its addresses: those of the issuer <origin>/oidc, with Transmit's aliases, and those of the issuer
// <origin>/ in Auth0's shape.
func (e *Engine) Routes() []web.Route {
	return []web.Route{
		{"POST", "/oidc/token", web.Public, e.tokenAt(PathOIDC)},
		{"POST", "/cis/oidc/token", web.Public, e.tokenAt(PathOIDC)},
		{"POST", "/oauth/token", web.Public, e.tokenAt(PathRoot)},

		{"GET", "/oidc/jwks", web.Public, e.keySet()},
		{"GET", "/cis/oidc/jwks", web.Public, e.keySet()},
		{"GET", "/.well-known/jwks.json", web.Public, e.keySet()},

		{"GET", "/.well-known/openid-configuration", web.Public, e.metadata(kindOpenID, PathRoot)},
		{"GET", "/oidc/.well-known/openid-configuration", web.Public, e.metadata(kindOpenID, PathOIDC)},
		{"GET", "/cis/oidc/.well-known/openid-configuration", web.Public, e.metadata(kindOpenID, PathOIDC)},
		{"GET", "/.well-known/oauth-authorization-server", web.Public, e.metadata(kindOAuth, PathRoot)},
		{"GET", "/.well-known/oauth-authorization-server/oidc", web.Public, e.metadata(kindOAuth, PathOIDC)},
	}
}

func hidden(e web.Endpoint, summary string) web.Endpoint {
	return e.With(web.Doc{Summary: summary, Tag: "OAuth", Hidden: true})
}

// tokenAt is the token endpoint of the issuer with a path.
func (e *Engine) tokenAt(path string) web.Endpoint {
	return hidden(web.Raw(Face{}, func(ctx context.Context, r *web.Request) error {
		c := r.Fiber()
		in, err := ParseTokenRequest(c.Get("Content-Type"), c.Get("Authorization"), string(c.Context().QueryArgs().QueryString()), c.Body())
		if err != nil {
			return err
		}
		in.Path = path
		out, err := e.Token(ctx, in)
		if err != nil {
			return err
		}
		return Face{}.Write(r, 200, out)
	}), "Issue a token")
}

// keySet serves the public keys. A verifier may keep them for five minutes: a next key is published an hour before it signs.
func (e *Engine) keySet() web.Endpoint {
	return hidden(web.Raw(Face{}, func(ctx context.Context, r *web.Request) error {
		body, etag, err := e.Ring.JWKS(ctx)
		if err != nil {
			return err
		}
		return public(r, "application/json", body, etag)
	}), "Public keys")
}

// metadata serves a document of the issuer with a path.
func (e *Engine) metadata(kind, path string) web.Endpoint {
	return hidden(web.Raw(Face{}, func(ctx context.Context, r *web.Request) error {
		d := e.describe(ctx, kind, path)
		return public(r, "application/json", d.body, d.etag)
	}), "Server metadata")
}

// public answers with bytes that are ready and that pages of any origin may read.
func public(r *web.Request, media string, body []byte, etag string) error {
	c := r.Fiber()
	c.Set("Cache-Control", "public, max-age=300")
	c.Set("ETag", etag)
	c.Set("Access-Control-Allow-Origin", "*")
	if c.Get("If-None-Match") == etag {
		return r.Empty(304)
	}
	return r.Bytes(200, media, body)
}
