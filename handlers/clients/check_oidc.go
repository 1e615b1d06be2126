package clients

import (
	"encoding/json"
	"slices"
	"strings"

	"gatehouse/handlers/credentials"
	"gatehouse/models"
)

const fapiNone = "none"

var (
	grantTypes = []string{models.GrantCode, models.GrantRefresh, models.GrantClientCredentials, models.GrantImplicit, models.GrantDevice,
		models.GrantCIBA, models.GrantTokenExchange}
	responseTypes = []string{"code", "id_token", "none"}
	authMethods   = []string{models.AuthNone, models.AuthSecretBasic, models.AuthSecretPost, models.AuthSecretAny, models.AuthPrivateKeyJWT,
		models.AuthTLS, models.AuthSelfSignedTLS}
	fapiProfiles = []string{fapiNone, "fapi1_adv_pkj_par", "fapi1_adv_mtls_par", "fapi2_sp_pkj_mtls", "fapi2_sp_mtls_mtls"}
)

// UsesSecret tells whether an authentication method is proof by a client secret.
func UsesSecret(method string) bool {
	return method == models.AuthSecretBasic || method == models.AuthSecretPost || method == models.AuthSecretAny
}

func usesTLS(method string) bool {
	return method == models.AuthTLS || method == models.AuthSelfSignedTLS
}

func isFAPI2(profile string) bool { return strings.HasPrefix(profile, "fapi2_") }

func strongAlg(alg string) bool { return alg == "PS256" || alg == "ES256" || alg == "EdDSA" }

func checkOIDC(f *models.Check, c *models.Client) {
	f.OneOf("token_endpoint_auth_method", c.TokenEndpointAuthMethod, authMethods...)
	f.OneOf("pkce", c.PKCE, models.PKCEInstead, models.PKCERequired, models.PKCEOptional)
	f.OneOf("id_token_signed_response_alg", c.IDTokenSignedResponseAlg, "RS256", "ES256", "PS256", "EdDSA")
	f.OneOf("access_token_alg", c.AccessTokenAlg, "RS256", "ES256", "PS256", "EdDSA")
	f.OneOf("fapi_profile", c.FAPIProfile, fapiProfiles...)
	f.That(c.SAML == (models.SAML{}), "saml", "not_a_saml_client", "Only clients of the protocol saml have these settings.")
	checkGrants(f, c)
	checkAuthentication(f, c)
	checkKeys(f, c)
	if c.FAPIProfile != fapiNone {
		checkFAPI(f, c)
	}
}

func checkGrants(f *models.Check, c *models.Client) {
	for _, g := range c.GrantTypes {
		if g == "password" {
			f.Add("grant_types", "deprecated", "The password grant is not offered: it shows passwords to applications (RFC 9700 2.4).")
		} else {
			f.OneOf("grant_types", g, grantTypes...)
		}
	}
	for _, r := range c.ResponseTypes {
		if slices.Contains(strings.Fields(r), "token") {
			f.Add("response_types", "deprecated", "Access tokens are not given out through the browser (RFC 9700 2.1.2). Use code.")
		} else {
			f.OneOf("response_types", r, responseTypes...)
		}
	}
	f.That(c.Device.Enabled == c.Grants(models.GrantDevice), "grant_types", "device_mismatch", "The device grant and the device setting contradict each other: turn both on or both off.")
	f.That(c.CIBA.Enabled == c.Grants(models.GrantCIBA), "grant_types", "ciba_mismatch", "The CIBA grant and the CIBA setting contradict each other: turn both on or both off.")
	if !c.Confidential() {
		f.That(!c.Grants(models.GrantClientCredentials), "grant_types", "needs_authentication", "Client credentials need a client that authenticates (RFC 6749 4.4).")
		f.That(!c.Grants(models.GrantCIBA), "grant_types", "needs_authentication", "Backchannel authentication needs a client that authenticates (CIBA Core 7.1).")
	}
}

func checkAuthentication(f *models.Check, c *models.Client) {
	public := c.TokenEndpointAuthMethod == models.AuthNone
	if public != (c.PKCE == models.PKCEInstead) {
		text := "Without client authentication PKCE stands in its place: set pkce to instead_of_authentication, or choose how the client authenticates."
		if !public {
			text = "PKCE in place of authentication means that the client does not authenticate: set the method to none, or require PKCE beside it."
		}
		f.Add("pkce", "contradicts_authentication", text)
	}
	f.That(!c.CertificateBoundTokens || !c.DPoPBoundTokens, "dpop_bound_access_tokens", "two_bindings", "Tokens are bound to a certificate or to a DPoP key, not to both.")
	t := c.TLSClientAuth
	if t.SubjectDN != "" {
		f.Length("tls_client_auth.subject_dn", t.SubjectDN, 3, 1000)
		f.That(strings.Contains(t.SubjectDN, "="), "tls_client_auth.subject_dn", "not_a_dn", "This is not a distinguished name, such as CN=client,O=Example (RFC 4514).")
	}
	checkPEM(f, "tls_client_auth.certificate_chain", t.CertificateChain, 10)
	checkPEM(f, "tls_client_auth.ocsp_responder_certificate", t.OCSPResponderCert, 1)
}

func checkPEM(f *models.Check, name, text string, most int) {
	if text == "" {
		return
	}
	if _, w := credentials.ReadCertificates(text, most); w != nil {
		f.Add(name, w.Reason, w.Text)
	}
}

func checkKeys(f *models.Check, c *models.Client) {
	checkSet(f, "jwks", c.JWKS)
	checkSet(f, "id_token_encryption.jwks", c.IDTokenEncryption.JWKS)
	f.That(len(c.JWKS) == 0 || c.JWKSURI == "", "jwks_uri", "two_key_sources", "Give the keys themselves or an address to fetch them from, not both (RFC 7591 2).")
	if c.IDTokenEncryption.Enabled && !credentials.CanEncrypt(c.IDTokenEncryption.JWKS) && !credentials.CanEncrypt(c.JWKS) {
		f.Add("id_token_encryption", "no_encryption_key", "Encrypting ID tokens needs an RSA or EC public key for encryption, and there is none.")
	}
}

func checkSet(f *models.Check, name string, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	if w := credentials.CheckJWKS(raw); w != nil {
		f.Add(name, w.Reason, w.Text)
	}
}

// checkFAPI refuses what contradicts the FAPI profile (FAPI 2.0 Security Profile 5.3, FAPI 1.0 Advanced 5.2).
func checkFAPI(f *models.Check, c *models.Client) {
	const why = "The chosen FAPI profile "
	method := c.TokenEndpointAuthMethod
	wantsTLS := c.FAPIProfile == "fapi1_adv_mtls_par" || c.FAPIProfile == "fapi2_sp_mtls_mtls"
	f.That(wantsTLS == usesTLS(method) && (wantsTLS || method == models.AuthPrivateKeyJWT), "token_endpoint_auth_method", "fapi_authentication",
		why+"authenticates with "+map[bool]string{true: "a certificate (tls_client_auth or self_signed_tls_client_auth).", false: "a signed assertion (private_key_jwt)."}[wantsTLS])
	f.That(c.RequirePushedAuthorizationRequests, "require_pushed_authorization_requests", "fapi_par", why+"needs pushed authorization requests.")
	f.That(c.PKCE == models.PKCERequired, "pkce", "fapi_pkce", why+"needs PKCE beside client authentication.")
	f.That(slices.Equal(c.ResponseTypes, []string{"code"}), "response_types", "fapi_response_types", why+"allows the response type code only.")
	f.That(!c.Grants(models.GrantImplicit), "grant_types", "fapi_implicit", why+"does not allow the implicit grant.")
	f.That(c.CertificateBoundTokens || c.DPoPBoundTokens, "tls_client_certificate_bound_access_tokens", "fapi_binding", why+"needs tokens bound to a certificate or to a DPoP key.")
	f.That(strongAlg(c.IDTokenSignedResponseAlg), "id_token_signed_response_alg", "fapi_algorithm", why+"allows PS256, ES256 and EdDSA.")
	f.That(c.AccessTokenAlg != "RS256", "access_token_alg", "fapi_algorithm", why+"allows PS256, ES256 and EdDSA.")
	f.That(!isFAPI2(c.FAPIProfile) || !c.RefreshToken.Rotate, "refresh_token.rotate", "fapi_rotation", why+"does not allow refresh token rotation.")
	f.That(c.RedirectURIMatch == matchExact, "redirect_uri_match", "fapi_wildcard", why+"does not allow wildcards.")
}
