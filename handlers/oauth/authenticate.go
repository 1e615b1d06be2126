package oauth

import (
	"context"
	"crypto/subtle"
	"slices"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// proof is what a client authenticated with.
type proof struct{ credentialID string }

// wrong is the one answer to every failed authentication: it does not tell what was wrong.
func wrong() error { return grant.Fail(grant.InvalidClient, "Client authentication failed.") }

// authenticate finds out who asks (RFC 6749 section 2.3, RFC 7523 section 3): by exactly the method that the client is
// registered with.
func (e *Engine) authenticate(ctx context.Context, in TokenRequest) (*grant.Party, proof, error) {
	id := in.client()
	if id == "" && !in.ClientAssertion.Empty() {
		return nil, proof{}, grant.Fail(grant.InvalidClient, nameless(in.ClientAssertion))
	}
	if id == "" {
		return nil, proof{}, grant.Fail(grant.InvalidClient, "Say who is asking: client_id with client_secret, HTTP Basic, or client_assertion.")
	}
	party, err := e.party(ctx, id)
	if err != nil {
		return nil, proof{}, err
	}
	if party == nil {
		return nil, proof{}, wrong()
	}
	p, err := e.prove(ctx, party, in)
	if err == nil && party.Disabled {
		err = wrong()
	}
	return party, p, err
}

// client is the client_id that a request speaks of.
func (in TokenRequest) client() string {
	switch {
	case in.Basic != nil:
		return in.Basic.ID
	case in.ClientID != "":
		return in.ClientID
	}
	claims, _ := token.Unverified(in.ClientAssertion.Reveal())
	return claims.Subject // not believed before its signature is
}

// nameless says why an assertion does not tell whose it is.
func nameless(assertion models.Secret) string {
	if _, err := token.Unverified(assertion.Reveal()); err != nil {
		return "client_assertion cannot be used: " + err.Error() + "."
	}
	return "client_assertion has no sub: it must be the client_id."
}

// methods is which registered methods allow which way of authenticating. A client whose method was written by a dialect that
// does not tell Basic from post may do both.
var (
	byBasic = []string{models.AuthSecretBasic, models.AuthSecretAny}
	byPost  = []string{models.AuthSecretPost, models.AuthSecretAny}
)

func (e *Engine) prove(ctx context.Context, party *grant.Party, in TokenRequest) (proof, error) {
	switch {
	case in.Basic != nil:
		if !slices.Contains(byBasic, party.AuthMethod) {
			return proof{}, otherMethod(party)
		}
		return e.secret(party, in.Basic.Secret, in.Basic.Literal)
	case !in.ClientSecret.Empty():
		if !slices.Contains(byPost, party.AuthMethod) {
			return proof{}, otherMethod(party)
		}
		return e.secret(party, in.ClientSecret)
	case !in.ClientAssertion.Empty() || in.ClientAssertionType != "":
		if party.AuthMethod != models.AuthPrivateKeyJWT {
			return proof{}, otherMethod(party)
		}
		return e.assertion(ctx, party, in)
	case party.AuthMethod == models.AuthNone:
		return proof{}, nil
	}
	return proof{}, otherMethod(party)
}

func otherMethod(p *grant.Party) error {
	if p.AuthMethod == models.AuthTLS || p.AuthMethod == models.AuthSelfSignedTLS {
		return grant.Fail(grant.InvalidClient, "This client authenticates with "+p.AuthMethod+", which is stored but not available yet.")
	}
	return grant.Fail(grant.InvalidClient, "This client does not authenticate in this way. Use the method that it is registered with.")
}

// secret compares the keyed hash of what was sent with those of the client's valid secrets, each in constant time and all of
// them whatever is found.
func (e *Engine) secret(party *grant.Party, readings ...models.Secret) (proof, error) {
	now, found := e.Now(), ""
	for i, reading := range readings {
		if reading.Empty() || i > 0 && reading.Equal(readings[0].Reveal()) {
			continue
		}
		hash := []byte(e.Vault.SecretHash(reading.Reveal()))
		for _, s := range party.Secrets {
			same := subtle.ConstantTimeCompare(hash, []byte(s.Hash)) == 1
			if same && (s.Expires == nil || now.Before(*s.Expires)) {
				found = s.CredentialID
			}
		}
	}
	if found == "" {
		return proof{}, wrong()
	}
	return proof{found}, nil
}
