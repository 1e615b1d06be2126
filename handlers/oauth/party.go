package oauth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/grants"
	"gatehouse/handlers/oauth/grant"
	"gatehouse/models"
)

// known is a client as it was at one generation of the caches.
type known struct {
	grant.Party
	generation int64
}

// party gives what is known of a client, nil for none, from the cache. On SQLite a commit drops the entry before its answer.
// On PostgreSQL other nodes write as well, so the entry counts only while no commit anywhere dropped anything since it was
// read: disabling a client and revoking a secret hold at once on every node.
func (e *Engine) party(ctx context.Context, clientID string) (*grant.Party, error) {
	if !visible(clientID) {
		return nil, nil
	}
	generation, err := e.generation(ctx)
	if err != nil {
		return nil, err
	}
	k, err := e.parties.Get(ctx, clientID, e.load)
	if err == nil && k.generation != generation && e.DB.Postgres {
		k, err = e.load(ctx, clientID)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read client %s: %w", clientID, err)
	}
	return &k.Party, nil
}

// visible tells whether a text may be a client_id at all: printable ASCII (RFC 6749 appendix A.1), of a length that can be kept.
func visible(clientID string) bool {
	return clientID != "" && len(clientID) <= 255 && !strings.ContainsFunc(clientID, func(r rune) bool { return r < ' ' || r > '~' })
}

func (e *Engine) generation(ctx context.Context) (n int64, err error) {
	if e.DB.Postgres {
		err = e.DB.Read.NewRaw("SELECT generation FROM cache_generation").Scan(ctx, &n)
	}
	return n, err
}

// load reads a client, its application and its valid credentials. The generation comes first: what changes meanwhile makes
// the entry look older than it is, never newer.
func (e *Engine) load(ctx context.Context, clientID string) (*known, error) {
	generation, err := e.generation(ctx)
	if err != nil {
		return nil, err
	}
	var c models.Client
	if err := e.DB.Read.NewSelect().Model(&c).Where("id = ?", clientID).Where("protocol = ?", models.ProtocolOIDC).Scan(ctx); err != nil {
		return nil, err
	}
	var a models.Application
	if err := e.DB.Read.NewSelect().Model(&a).Where("id = ?", c.ApplicationID).Scan(ctx); err != nil {
		return nil, err
	}
	var credentials []models.Credential
	if err := e.DB.Read.NewSelect().Model(&credentials).Where("client_id = ?", clientID).Where("revoked_at IS NULL").Scan(ctx); err != nil {
		return nil, err
	}
	k := &known{Party: describe(c, a, credentials), generation: generation}
	return k, e.grantTo(ctx, c, &k.Party)
}

// grantTo adds what the client was granted, and what its application opens.
func (e *Engine) grantTo(ctx context.Context, c models.Client, p *grant.Party) error {
	h := grants.Holder{ID: c.ID, TenantID: c.TenantID, ThirdParty: c.ThirdParty}
	if p.Management {
		h.Faces = p.Faces
	}
	held, err := grants.Held(ctx, e.DB.Read, h)
	if err != nil {
		return err
	}
	p.Access, p.Opened = map[string]*grant.Access{}, map[string]*grant.Access{}
	for _, a := range held {
		access := grant.NewAccess(a)
		p.Access[a.Identifier] = access
		if a.System != "" {
			p.Opened[a.System] = access
		}
	}
	return nil
}

func describe(c models.Client, a models.Application, credentials []models.Credential) grant.Party {
	p := grant.Party{
		ClientID: c.ID, ApplicationID: a.ID, ApplicationName: a.Name, TenantID: c.TenantID,
		Disabled: c.Disabled || a.Disabled, Management: a.Kind == models.KindManagement, Faces: a.ManagementFaces,
		OwnKey: a.SigningKeyEnabled, AuthMethod: c.TokenEndpointAuthMethod, GrantTypes: c.GrantTypes,
		Public: c.TokenEndpointAuthMethod == models.AuthNone || c.PKCE == models.PKCEInstead,
		Bound:  c.CertificateBoundTokens || c.DPoPBoundTokens, FAPI: c.FAPIProfile, Resources: c.Resources,
		Scopes: c.AllowedScopes, RoleIDs: c.RoleIDs, JWKSURI: c.JWKSURI, LifetimeSeconds: c.AccessTokenLifetimeSeconds, Alg: c.AccessTokenAlg,
	}
	for _, cr := range credentials {
		switch cr.Kind {
		case models.CredentialSecret:
			p.Secrets = append(p.Secrets, grant.Secret{CredentialID: cr.ID, Hash: cr.Hash, Expires: cr.ExpiresAt})
		case models.CredentialPublicKey:
			var jwk jose.JSONWebKey
			if json.Unmarshal(cr.PublicJWK, &jwk) == nil && jwk.IsPublic() {
				p.Keys = append(p.Keys, grant.Key{CredentialID: cr.ID, Expires: cr.ExpiresAt, JWK: jwk})
			}
		}
	}
	var set jose.JSONWebKeySet
	if len(c.JWKS) > 0 && json.Unmarshal(c.JWKS, &set) == nil { // an unusable set was refused when it was saved
		for _, jwk := range set.Keys {
			if jwk.IsPublic() {
				p.Keys = append(p.Keys, grant.Key{CredentialID: grant.Inline(jwk), JWK: jwk})
			}
		}
	}
	return p
}
