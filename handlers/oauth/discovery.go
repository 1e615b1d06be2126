package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// document is a body that was made at start, with its entity tag.
type document struct {
	body []byte
	etag string
}

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
	e.documents[kindOAuth+i.Name] = newDocument(m)
	m.SubjectTypes, m.IDSigningAlgs = []string{"public"}, []string{models.AlgRS256, models.AlgES256}
	e.documents[kindOpenID+i.Name] = newDocument(m)
}

func newDocument(m Metadata) document {
	body, err := json.Marshal(m)
	if err != nil {
		panic("metadata cannot be encoded: " + err.Error()) // at start, of constants
	}
	sum := sha256.Sum256(body)
	return document{body, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}

// describe gives the metadata of the issuer with a path at the origin that was addressed.
func (e *Engine) describe(ctx context.Context, kind, path string) document {
	if d, ok := e.documents[kind+e.issuer(ctx, path)]; ok {
		return d
	}
	return e.documents[kind+e.URL+path]
}
