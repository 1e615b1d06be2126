package oauth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// AssertionLife is how far ahead the exp of an assertion may lie: its jti is remembered that long.
const AssertionLife = time.Hour

const maxJTI = 512

// assertion verifies private_key_jwt (RFC 7523 section 3, OpenID Connect Core 9). The texts say what is wrong, because
// whoever reads them holds the key or learns nothing from them.
func (e *Engine) assertion(ctx context.Context, party *grant.Party, in TokenRequest) (proof, error) {
	fail := func(text string) (proof, error) { return proof{}, grant.Fail(grant.InvalidClient, text) }
	if in.ClientAssertionType != AssertionType {
		return fail("client_assertion_type must be " + AssertionType + ".")
	}
	signed, err := token.Read(in.ClientAssertion.Reveal())
	if err == nil {
		_, err = token.Unverified(in.ClientAssertion.Reveal()) // or no key would be said to verify it
	}
	if err != nil {
		return fail("client_assertion cannot be used: " + err.Error() + ".")
	}
	if signed.Typ != "" && !strings.EqualFold(signed.Typ, "JWT") && signed.Typ != "client-authentication+jwt" {
		return fail("client_assertion has the typ of another kind of token.") // RFC 8725 section 3.11
	}
	claims, key, ok := verify(party, party.Keys, signed, e.Now())
	if !ok && party.JWKSURI != "" {
		if claims, ok, err = e.published(ctx, party, signed); err != nil {
			return proof{}, &unread{noKey(), err.Error()}
		}
	}
	if !ok {
		return proof{}, noKey()
	}
	if text := e.judge(party, claims); text != "" {
		return fail(text)
	}
	fresh, err := e.once(ctx, party.ClientID, claims)
	if err != nil {
		return proof{}, err
	}
	if !fresh {
		return fail("client_assertion was used before: make a new one, with its own jti, for each request.")
	}
	return proof{key.CredentialID}, nil
}

// noKey is the one answer to an assertion that no known key verifies. Whether the keys at a jwks_uri could be read is part of what the
// server saw of somebody else's network, and not for everybody who knows a client_id (SECURITY-BAR M6): administrators find it in the audit log.
func noKey() *models.Fault {
	return grant.Fail(grant.InvalidClient, "No key of this client verifies client_assertion. Compare its kid and algorithm with the keys of the client.")
}

// unread is noKey for a client whose keys could not be read, with the reason.
type unread struct {
	*models.Fault
	why string
}

// Unwrap gives what the caller may know.
func (u *unread) Unwrap() error { return u.Fault }

// verify finds which of the client's keys made the signature.
func verify(party *grant.Party, keys []grant.Key, signed token.Signed, now time.Time) (token.Claims, grant.Key, bool) {
	if strings.HasPrefix(party.FAPI, "fapi2") && signed.Alg == string(jose.RS256) { // FAPI 2.0 Security Profile 5.4.1
		return token.Claims{}, grant.Key{}, false
	}
	for _, key := range keys {
		if key.Expires != nil && !now.Before(*key.Expires) {
			continue
		}
		for _, jwk := range signed.Candidates([]jose.JSONWebKey{key.JWK}) {
			if claims, err := signed.Verify(jwk); err == nil {
				return claims, key, true
			}
		}
	}
	return token.Claims{}, grant.Key{}, false
}

// judge checks the claims of a verified assertion and says what is wrong with them.
func (e *Engine) judge(party *grant.Party, c token.Claims) string {
	now := e.Now()
	switch err := c.Current(now); {
	case c.Issuer != party.ClientID || c.Subject != party.ClientID:
		return "iss and sub of client_assertion must both be the client_id."
	case !e.names(party, c.Audience):
		return "aud of client_assertion must be the issuer or the token endpoint of this server."
	case err != nil:
		return "client_assertion does not count: " + err.Error() + "."
	case c.ExpiresAt().After(now.Add(AssertionLife + token.Leeway)):
		return "exp of client_assertion lies too far ahead: use at most an hour."
	case c.ID == "":
		return "client_assertion has no jti."
	case len(c.ID) > maxJTI:
		return "jti of client_assertion is too long."
	}
	return ""
}

// names tells whether an assertion is meant for us: any of our issuers or token endpoints. A FAPI 2.0 client names the issuer,
// as the only value (FAPI 2.0 Security Profile 5.3.2.1).
func (e *Engine) names(party *grant.Party, aud token.Audience) bool {
	if strings.HasPrefix(party.FAPI, "fapi2") {
		return !aud.Array && len(aud.Values) == 1 && e.ours(aud.Values[0])
	}
	return slices.ContainsFunc(aud.Values, func(v string) bool { return e.endpoints[v] })
}

// once remembers an assertion and tells whether it is new. The row is unique, so of two uses at once, on whatever node, one wins.
func (e *Engine) once(ctx context.Context, clientID string, c token.Claims) (bool, error) {
	e.swept.sweep(ctx, e.DB, e.Now())
	_, err := e.DB.Write.ExecContext(ctx, "INSERT INTO client_assertions (client_id, jti_hash, expires_at) VALUES (?, ?, ?)",
		clientID, models.HashToken(c.ID), c.ExpiresAt().Add(token.Leeway))
	switch {
	case models.Unique(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("remember an assertion: %w", err)
	}
	return true, nil
}

// sweeper forgets assertions that have expired, at most once a minute.
type sweeper struct {
	mu   sync.Mutex
	next time.Time
}

func (s *sweeper) sweep(ctx context.Context, db models.DB, now time.Time) {
	s.mu.Lock()
	due := now.After(s.next)
	if due {
		s.next = now.Add(time.Minute)
	}
	s.mu.Unlock()
	if due { // what could not be removed now goes with the next sweep
		_, _ = db.Write.ExecContext(ctx, "DELETE FROM client_assertions WHERE expires_at < ?", now)
	}
}
