package transmit

import (
	"encoding/json"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// authenticate settles how the client proves who it is. Three members speak of it: pkce, which may stand in the place of
// authentication; authentication_configuration; and the deprecated token_endpoint_auth_method, which counts as unsaid when it
// repeats what is stored beside a newer spelling that says something else.
func (b clientIn) authenticate(s *clients.Settings, now models.Client) {
	pkce, method := b.PKCE, b.method(now)
	if !pkce.Set && !method.Set {
		return
	}
	switch {
	case pkce.Set:
		s.PKCE = models.Some(pkceWords.ours(pkce.V))
	case method.V == models.AuthNone:
		s.PKCE = models.Some(models.PKCEInstead)
	case now.PKCE == models.PKCEInstead && (b.TokenEndpointAuthMethod.Set || method.V != models.AuthSecretAny):
		s.PKCE = models.Some(models.PKCEOptional)
	default:
		s.PKCE = models.Some(now.PKCE)
	}
	s.TokenEndpointAuthMethod = models.Some(b.agreed(s.PKCE.V, method, now))
	b.proofs(s, now)
}

// method is what the two members say together; empty and unset when both are silent.
func (b clientIn) method(now models.Client) opt[string] {
	newer := b.Authentication.V.Method
	older := b.TokenEndpointAuthMethod
	if older.Set && b.Authentication.Set && older.V == methodWords.wire(now.TokenEndpointAuthMethod) {
		older = opt[string]{}
	}
	switch {
	case older.Set:
		return models.Some(methodWords.ours(older.V))
	case b.Authentication.Set:
		return models.Some(methodWords.ours(newer))
	}
	return opt[string]{}
}

// agreed is the method that goes with a pkce: none in the place of authentication, else what was said, else what was stored.
func (b clientIn) agreed(pkce string, method opt[string], now models.Client) string {
	stored := now.TokenEndpointAuthMethod
	switch {
	case pkce == models.PKCEInstead:
		return models.AuthNone
	case method.Set && method.V == models.AuthSecretAny && clients.UsesSecret(stored):
		return stored // the document does not tell Basic from post: another face's choice stays
	case method.Set && (method.V != models.AuthNone || b.TokenEndpointAuthMethod.V == models.AuthNone):
		return method.V
	case stored == models.AuthNone || stored == "":
		return models.AuthSecretAny
	}
	return stored
}

// proofs are keys and certificates. The member is an object, so it is replaced whole.
func (b clientIn) proofs(s *clients.Settings, now models.Client) {
	if !b.Authentication.Set {
		return
	}
	a := b.Authentication.V
	s.JWKS = models.Some(a.JWKS)
	if len(a.JWKS) > 0 && now.JWKSURI != "" {
		s.JWKSURI = models.Some("")
	}
	var t models.TLSClientAuth
	if a.TLSClientAuth != nil {
		t = models.TLSClientAuth{SubjectDN: a.TLSClientAuth.DistinguishedName, CertificateChain: a.TLSClientAuth.CertificateChain,
			OCSP: a.TLSClientAuth.OCSPOn, OCSPResponderURI: a.TLSClientAuth.OCSPResponderURI,
			OCSPResponderCert: a.TLSClientAuth.OCSPResponderCertificate, OCSPFailOpen: a.TLSClientAuth.OCSPFailOpen}
	}
	s.TLSClientAuth = models.Some(t)
	if a.MTLSTokenBound.Set || !b.FAPIVersionCompliancy.V && now.FAPIProfile != "" && now.FAPIProfile == "none" {
		s.CertificateBoundTokens = models.Some(a.MTLSTokenBound.V)
	}
}

// checkAuthentication refuses what could never authenticate. now is the client as it is, empty for a new one.
func (b clientIn) checkAuthentication(c *models.Check, at string, now models.Client) {
	older, newer := b.TokenEndpointAuthMethod, b.Authentication
	repeats := older.V == methodWords.wire(now.TokenEndpointAuthMethod)
	if older.Set && newer.Set && older.V != newer.V.Method && !repeats && older.V != models.AuthNone {
		c.Add(at+"token_endpoint_auth_method", "contradicts", "This is deprecated and says otherwise than authentication_configuration.method. Leave it out.")
	}
	if older.V == models.AuthNone && !repeats && b.PKCE.Set {
		c.That(b.PKCE.V == "enforcePkceInsteadOfClientCredentials", at+"token_endpoint_auth_method", "contradicts_pkce",
			"none needs enforcePkceInsteadOfClientCredentials.")
	}
	if !newer.Set {
		return
	}
	needs := newer.V.Method == models.AuthPrivateKeyJWT || newer.V.Method == models.AuthSelfSignedTLS
	elsewhere := now.JWKSURI != "" || now.TokenEndpointAuthMethod == newer.V.Method && len(now.JWKS) == 0
	c.That(!needs || len(newer.V.JWKS) > 0 || elsewhere, at+"authentication_configuration.jwks", "required", "This method needs the client's public keys.")
	if newer.V.Method == models.AuthTLS && c.That(newer.V.TLSClientAuth != nil, at+"authentication_configuration.tls_client_auth", "required", "This method needs to know the client's certificate.") {
		c.That(newer.V.TLSClientAuth.DistinguishedName != "", at+"authentication_configuration.tls_client_auth.distinguished_name", "required", "This method needs the subject of the client's certificate.")
	}
}

// shownAuthentication is authentication_configuration on the way out. A public client has no word of its own there.
func shownAuthentication(c models.Client) authentication {
	method := methodWords.wire(c.TokenEndpointAuthMethod)
	if method == "" || method == models.AuthNone {
		method = models.AuthSecretBasic
	}
	out := authentication{Method: method, MTLSTokenBound: models.Some(c.CertificateBoundTokens), JWKS: set(c.JWKS)}
	if c.TLSClientAuth != (models.TLSClientAuth{}) {
		out.TLSClientAuth = &tlsClientAuth{CertificateChain: c.TLSClientAuth.CertificateChain, DistinguishedName: c.TLSClientAuth.SubjectDN,
			OCSPOn: c.TLSClientAuth.OCSP, OCSPResponderURI: c.TLSClientAuth.OCSPResponderURI,
			OCSPResponderCertificate: c.TLSClientAuth.OCSPResponderCert, OCSPFailOpen: c.TLSClientAuth.OCSPFailOpen}
	}
	return out
}

// set is a JSON value that is there: null is valid nowhere in the document.
func set(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}
