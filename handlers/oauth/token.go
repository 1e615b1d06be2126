package oauth

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// MaxLifetime is the longest life of an access token, whatever the settings say.
const MaxLifetime = 24 * time.Hour

// TokenResponse is the answer of the token endpoint (RFC 6749 section 5.1).
type TokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope,omitempty"`
}

// Token issues a token for a grant. Nothing is written for a success: uses are counted in memory.
// Faults carry the error codes of RFC 6749 section 5.2 and RFC 8707 as their reason.
func (e *Engine) Token(ctx context.Context, in TokenRequest) (TokenResponse, error) {
	party, proof, err := e.authenticate(ctx, in)
	if err != nil {
		return TokenResponse{}, e.refuse(ctx, in.client(), party, err)
	}
	tenant, err := e.Tenant(ctx)
	if err != nil {
		return TokenResponse{}, err
	}
	granted, err := e.decide(ctx, in, party, tenant)
	if err != nil {
		return TokenResponse{}, e.refuse(ctx, party.ClientID, party, err)
	}
	out, err := e.issue(ctx, in.Path, party, tenant, proof, granted)
	if err == nil {
		e.count(ctx, party, proof)
	}
	return out, err
}

// decide applies what every grant shares, then the grant itself.
func (e *Engine) decide(ctx context.Context, in TokenRequest, party *grant.Party, tenant models.Tenant) (grant.Granted, error) {
	if in.GrantType == "" {
		return grant.Granted{}, grant.Fail(grant.InvalidRequest, "grant_type is missing.")
	}
	kind, ok := grant.Find(in.GrantType)
	if !ok {
		return grant.Granted{}, grant.Fail(grant.UnsupportedGrantType, "This server does not offer this grant_type.")
	}
	if !slices.Contains(party.GrantTypes, kind.Name) {
		return grant.Granted{}, grant.Fail(grant.UnauthorizedClient, "This client may not use "+kind.Name+".")
	}
	if party.Bound { // RFC 8705 section 3, RFC 9449 section 5: an unbound token would break the client's promise
		return grant.Granted{}, grant.Fail(grant.InvalidRequest, "Tokens of this client must be bound to a certificate or a DPoP key, which is stored but not available yet.")
	}
	asked := grant.Asked{Party: party, Audiences: e.audiences, DefaultAudience: tenant.DefaultAudience,
		Resource: in.Resource, Audience: in.Audience, Scope: in.Scope, Refusal: grant.InvalidTarget,
		Registered: func(identifier string) (bool, error) { return e.Registered(ctx, party.TenantID, identifier) }}
	if in.Path == PathRoot {
		asked.Refusal = grant.AccessDenied
	}
	return kind.Decide(asked)
}

// issue signs an access token (RFC 9068).
func (e *Engine) issue(ctx context.Context, path string, party *grant.Party, tenant models.Tenant, p proof, g grant.Granted) (TokenResponse, error) {
	owner := ""
	if party.OwnKey && e.audiences.Face(g.Audience) == "" { // the management APIs trust no key that somebody brought along
		owner = party.ApplicationID
	}
	signer, err := e.Ring.Signer(ctx, owner, models.TokenAlg(cmp.Or(party.Alg, g.Alg), tenant.AccessTokenAlg))
	if err != nil {
		return TokenResponse{}, err
	}
	now, life := e.Now().Unix(), lifetime(party, g, tenant)
	claims, err := token.Access{Issuer: e.issuer(ctx, path), Subject: party.ClientID, ClientID: party.ClientID, Audience: g.Audience,
		IssuedAt: now, Expires: now + life, ID: models.NewID(models.LongID), Scope: g.Scope, Credential: p.credentialID, Directory: g.Directory}.Encode()
	if err != nil {
		return TokenResponse{}, fmt.Errorf("encode the claims of a token: %w", err)
	}
	text, err := signer.Sign(keys.TypAccessToken, claims)
	return TokenResponse{AccessToken: text, TokenType: "Bearer", ExpiresIn: life, Scope: g.Scope}, err
}

// lifetime is the client's own, else the resource's, else the tenant's, in seconds.
func lifetime(party *grant.Party, g grant.Granted, tenant models.Tenant) int64 {
	seconds := tenant.AccessTokenLifetimeSeconds
	switch {
	case party.LifetimeSeconds != nil:
		seconds = *party.LifetimeSeconds
	case g.LifetimeSeconds != nil && *g.LifetimeSeconds > 0:
		seconds = *g.LifetimeSeconds
	}
	if seconds <= 0 {
		seconds = 3600
	}
	return min(seconds, int64(MaxLifetime/time.Second))
}

func (e *Engine) count(ctx context.Context, party *grant.Party, p proof) {
	ip := models.RequestFrom(ctx).IP
	e.Usages.Touch(models.UsedClient, party.ClientID, ip)
	e.Usages.Touch(models.UsedApplication, party.ApplicationID, ip)
	if p.credentialID != "" && !grant.IsInline(p.credentialID) {
		e.Usages.Touch(models.UsedCredential, p.credentialID, ip)
	}
}
