package oauth

import (
	"context"

	"gatehouse/web"
)

// Prefixes are the paths below which an unknown address is answered in this face.
var Prefixes = []string{"/oidc", "/oauth", "/cis/oidc", "/.well-known", "/authorize", "/userinfo", "/v2/logout"}

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
		authorization, err := r.Authorization()
		if err != nil {
			return err
		}
		in, err := ParseTokenRequest(c.Get("Content-Type"), authorization, string(c.Context().QueryArgs().QueryString()), c.BodyRaw())
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
	return hidden(web.Fixed(Face{}, "application/json", func(ctx context.Context, _ string) (web.Document, error) {
		body, etag, err := e.Ring.JWKS(ctx)
		return web.Document{Body: body, ETag: etag}, err
	}), "Public keys")
}

// metadata serves a document of the issuer with a path, at the origin that was addressed.
func (e *Engine) metadata(kind, path string) web.Endpoint {
	return hidden(web.Fixed(Face{}, "application/json", func(_ context.Context, origin string) (web.Document, error) {
		return e.documents[issued{kind, origin, path}], nil
	}), "Server metadata")
}
