package oauth

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// opened is an access token of ours whose signature and claims were checked.
type opened struct {
	kid, clientID, credentialID, audience, scope string
	expires                                      time.Time
}

// remembered keeps verified tokens by their SHA-256, so that a signature is checked once. What can end a token before its
// time is checked at each use.
type remembered struct{ tokens models.Bounded[*opened] }

func newRemembered() *remembered { return &remembered{models.NewBounded[*opened](10_000, 0)} }

// rejected is the one answer to every token that does not count (RFC 6750 section 3.1).
func rejected(text string) error {
	return &models.Fault{Code: models.Unauthenticated, Reason: "invalid_token", Text: text}
}

// Bearer tells who asks with an access token at one of the management faces. The token must be ours, live, of the type of
// access tokens and for exactly this face's audience; the client must exist, be enabled and still have the face.
// Faults: Unauthenticated (invalid_token).
func (e *Engine) Bearer(ctx context.Context, text, face string) (models.Actor, error) {
	sum := sha256.Sum256([]byte(text))
	key := string(sum[:])
	if t, ok := e.verified.tokens.Get(key); ok {
		return e.admit(ctx, *t, face)
	}
	t, err := e.open(ctx, text)
	if err != nil {
		return models.Actor{}, err
	}
	e.verified.tokens.Set(key, &t)
	return e.admit(ctx, t, face)
}

// open verifies a token (RFC 9068 section 4).
func (e *Engine) open(ctx context.Context, text string) (opened, error) {
	signed, err := token.Read(text)
	if err != nil {
		return opened{}, rejected("The access token cannot be used: " + err.Error() + ".")
	}
	if signed.Typ != keys.TypAccessToken && signed.Typ != "application/"+keys.TypAccessToken {
		return opened{}, rejected("This is not an access token.")
	}
	key, ok, err := e.Ring.Public(ctx, signed.KID)
	if err != nil {
		return opened{}, err
	}
	if !ok {
		return opened{}, rejected("The access token was not signed by this server, or by a key that is retired.")
	}
	if key.ApplicationID != "" { // whoever holds such a key could write any token
		return opened{}, rejected("The access token was signed by the key of an application. The management APIs take tokens that this server's own keys signed.")
	}
	claims, err := signed.Verify(key.Key)
	if err != nil {
		return opened{}, rejected("The access token cannot be used: " + err.Error() + ".")
	}
	if !e.ours(claims.Issuer) || claims.ClientID == "" || len(claims.Audience.Values) != 1 || claims.Audience.Array {
		return opened{}, rejected("The access token was not issued for this server.")
	}
	return opened{kid: signed.KID, clientID: claims.ClientID, credentialID: claims.Credential, audience: claims.Audience.Values[0],
		scope: claims.Scope, expires: claims.ExpiresAt()}, claimsErr(claims.Current(e.Now()))
}

func claimsErr(err error) error {
	if err == nil {
		return nil
	}
	return rejected("The access token does not count: " + err.Error() + ".")
}

// admit judges what may have changed since the token was verified.
func (e *Engine) admit(ctx context.Context, t opened, face string) (models.Actor, error) {
	none := models.Actor{}
	if !e.Now().Before(t.expires) {
		return none, claimsErr(token.ErrExpired)
	}
	if e.audiences.Face(t.audience) != face {
		return none, rejected("The access token is for another audience. Ask for one with the audience of this API.")
	}
	if _, ok, err := e.Ring.Public(ctx, t.kid); err != nil || !ok {
		return none, orRejected(err, "The key that signed the access token is retired.")
	}
	party, err := e.party(ctx, t.clientID)
	switch {
	case err != nil || party == nil:
		return none, orRejected(err, "The client of the access token does not exist any more.")
	case party.Disabled:
		return none, rejected("The client of the access token is disabled.")
	case t.credentialID != "" && !party.Holds(t.credentialID, e.Now()):
		return none, rejected("The secret or key that the access token was asked with is revoked or expired.")
	case !party.Reaches(face):
		return none, rejected("The client of the access token may no longer use this API.")
	}
	return e.actor(party, t.scope, face), nil
}

func orRejected(err error, text string) error {
	if err != nil {
		return err
	}
	return rejected(text)
}

// actor is the client as operations see it: of a management application with the whole tenant in reach, else with its own
// application. The scope of a native token narrows what it may do. Where a face has scopes, those of the token count that the
// client still holds: what is taken back ends at once.
func (e *Engine) actor(p *grant.Party, scope, face string) models.Actor {
	a := models.Actor{Kind: models.ActorClient, ID: p.ClientID, Name: p.ApplicationName, TenantID: p.TenantID, Actions: models.ManagementActions}
	if !p.Whole(face) {
		a.ApplicationID, a.Actions = p.ApplicationID, models.OwnActions
	}
	if read, scoped := e.Scopes[face]; scoped {
		access := p.Opened[face]
		if p.Management && access != nil && scope == access.Scope { // all there is
			return a
		}
		a.Scopes = access.Still(scope)
		a.Actions = read(a.Scopes)
		return a
	}
	if wanted := token.Scopes(scope); face == models.FaceNative && len(wanted) > 0 {
		a.Actions = narrow(a.Actions, wanted)
	}
	return a
}

// narrow gives the actions that are both held and wanted.
func narrow(held, wanted models.Actions) models.Actions {
	if slices.Equal(held, models.Actions{"*"}) {
		return wanted
	}
	var both models.Actions
	for _, action := range held {
		if wanted.Allow(action) {
			both = append(both, action)
		}
	}
	return both
}
