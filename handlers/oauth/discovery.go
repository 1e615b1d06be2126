package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
	"gatehouse/web"
)

// issued names a document that was made at start.
type issued struct{ kind, origin, path string }

// Metadata describes an issuer (RFC 8414 section 2, OpenID Connect Discovery section 3). It announces what works and no
// more: there is no authorization endpoint yet, so none is named, and response_types_supported, which both documents require,
// is empty rather than absent. The members below it are required by OpenID Connect Discovery alone and appear only there.
type Metadata struct {
	Issuer          string   `json:"issuer"`
	TokenEndpoint   string   `json:"token_endpoint"`
	JWKSURI         string   `json:"jwks_uri"`
	ResponseTypes   []string `json:"response_types_supported"`
	GrantTypes      []string `json:"grant_types_supported"`
	AuthMethods     []string `json:"token_endpoint_auth_methods_supported"`
	AuthSigningAlgs []string `json:"token_endpoint_auth_signing_alg_values_supported"`

	SubjectTypes  []string `json:"subject_types_supported,omitempty"`
	IDSigningAlgs []string `json:"id_token_signing_alg_values_supported,omitempty"`
}

// Kinds of metadata documents.
const (
	kindOAuth  = "oauth-authorization-server"
	kindOpenID = "openid-configuration"
)

// write makes the documents of an issuer.
func (e *Engine) write(i Issuer) {
	m := Metadata{Issuer: i.Name, TokenEndpoint: i.Token, JWKSURI: i.JWKS, ResponseTypes: []string{},
		AuthMethods: []string{models.AuthSecretBasic, models.AuthSecretPost, models.AuthPrivateKeyJWT}}
	for _, t := range grant.Types {
		m.GrantTypes = append(m.GrantTypes, t.Name)
	}
	for _, alg := range token.Algorithms {
		m.AuthSigningAlgs = append(m.AuthSigningAlgs, string(alg))
	}
	e.documents[issued{kindOAuth, i.Origin, i.Path}] = newDocument(m)
	m.SubjectTypes, m.IDSigningAlgs = []string{"public"}, []string{models.AlgRS256, models.AlgES256}
	e.documents[issued{kindOpenID, i.Origin, i.Path}] = newDocument(m)
}

func newDocument(m Metadata) web.Document {
	body, err := json.Marshal(m)
	if err != nil {
		panic("metadata cannot be encoded: " + err.Error()) // at start, of constants
	}
	sum := sha256.Sum256(body)
	return web.Document{Body: body, ETag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}
