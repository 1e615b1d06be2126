package handlers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/url"
	"os"

	"github.com/go-jose/go-jose/v4"
)

// More forms for TestShownCallsDoWhatTheirFormsDo: keys and certificates, the key ring, management applications, administrators, and the
// parts of the experience that dialects keep in documents of their own.

var keyCases = []formCase{
	{"add a public key", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/clients/" + s.made("/rest/v1/applications", map[string]any{"name": n}) + "/keys"
		return at + "/new", at, url.Values{"name": {"Laptop"}, "jwk": {s.publicJWK()}, "expires": {"30"}}
	}, func(s *formSite, n string) any { return s.credentialsOf(n, "keys") }},
	{"add a certificate", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			s.t.Fatal(err)
		}
		at := "/console/clients/" + s.made("/rest/v1/applications", map[string]any{"name": n}) + "/certificates"
		return at + "/new", at, url.Values{"name": {"TLS"}, "certificate": {certificateOf(s.t, key)}}
	}, func(s *formSite, n string) any { return s.credentialsOf(n, "certificates") }},
	{"create a signing key", "Native", func(s *formSite, _ string) (string, string, url.Values) {
		if id := s.keyOf("ES256", "next"); id != "" {
			s.call(s.native, "DELETE", "/rest/v1/keys/"+id, nil)
		}
		return "/console/keys", "/console/keys", url.Values{"alg": {"ES256"}}
	}, func(s *formSite, _ string) any { return s.keyOf("ES256", "next") != "" }},
	{"retire a signing key", "Auth0 Native", func(s *formSite, _ string) (string, string, url.Values) {
		for s.keyOf("RS256", "next") == "" { // the first key of an algorithm signs at once
			s.made("/rest/v1/keys", map[string]any{"alg": "RS256"})
		}
		s.made("/rest/v1/keys/"+s.keyOf("RS256", "next")+"/promote?force=true", nil)
		s.about = s.keyOf("RS256", "previous")
		at := "/console/keys/" + s.about + "/retire"
		return at, at, url.Values{"force": {"", "true"}}
	}, func(s *formSite, _ string) any { return s.find("/rest/v1/keys", "id", s.about, "status")["status"] }},
	{"delete a signing key", "Logto Native", func(s *formSite, _ string) (string, string, url.Values) {
		for s.keyOf("ES256", "next") == "" {
			s.made("/rest/v1/keys", map[string]any{"alg": "ES256"})
		}
		s.about = s.keyOf("ES256", "next")
		at := "/console/keys/" + s.about + "/delete"
		return at, at, url.Values{}
	}, func(s *formSite, _ string) any { return s.find("/rest/v1/keys", "id", s.about) }},
}

var peopleCases = []formCase{
	{"create a management application", "Native Transmit", func(_ *formSite, n string) (string, string, url.Values) {
		return "/console/applications/new?framework=management", "/console/applications", url.Values{"name": {n}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/applications?q="+n, "name", n, "kind", "management_faces")
	}},
	{"delete a management application", "Native Transmit", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/applications", map[string]any{"name": n, "kind": "management"})
		at := "/console/applications/" + s.idOf("/rest/v1/applications?q="+n, "name", n) + "/delete"
		return at, at, url.Values{"confirm": {n}}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/applications?q="+n, "name", n) }},
	{"change an administrator", "Native", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/administrators", map[string]any{"name": n, "email": n + "@example.com", "role": "viewer"})
		at := "/console/administrators/" + s.idOf("/rest/v1/administrators", "name", n)
		return at, at, url.Values{"role": {"editor"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/administrators", "name", n, "role", "disabled")
	}},
	{"delete an administrator", "Native", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/administrators", map[string]any{"name": n, "email": n + "@example.com", "role": "viewer"})
		at := "/console/administrators/" + s.idOf("/rest/v1/administrators", "name", n) + "/delete"
		return at, at, url.Values{"confirm": {n + "@example.com"}}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/administrators", "name", n) }},
}

var lookCases = []formCase{
	{"shape the pages of a tenant with a theme", "Auth0 Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.plain()
		theme, err := os.ReadFile("auth0/testdata/create_theme.req.json")
		if err != nil {
			s.t.Fatal(err)
		}
		s.call(s.auth0, "POST", "/api/v2/branding/themes", json.RawMessage(theme)) // 409 where it is there already
		s.call(s.native, "PATCH", "/rest/v1/experience", map[string]any{"branding": map[string]any{"corners": "soft", "primary_color": "#112233"}})
		return "/console/experience/branding", "/console/experience/branding?lang=en&step=sign_in&theme=both", url.Values{"branding.corners": {"square"}}
	}, experienceLeft},
	{"write a text of the pages", "Auth0 Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.plain()
		s.call(s.native, "PATCH", "/rest/v1/experience", map[string]any{"phrases": map[string]any{"en": map[string]any{"sign_in.title": nil}}})
		return "/console/experience/languages", "/console/experience/languages?lang=en&step=sign_in&theme=both", url.Values{"phrases.en.sign_in.title": {"Come in"}}
	}, experienceLeft},
	{"brand one application", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/applications", map[string]any{"name": n})
		s.about = s.idOf("/rest/v1/applications?q="+n, "name", n)
		s.decode(&struct{}{}, s.native, "PATCH", "/rest/v1/applications/"+s.about+"/experience", map[string]any{"branding": map[string]any{"display_name": "Shop"}})
		at := "/console/applications/" + s.about + "/branding"
		return at, at + "?lang=en&step=sign_in&theme=both", url.Values{"branding.primary_color": {"#223344"}, "content.terms_url": {"https://shop.example.com/terms"}}
	}, func(s *formSite, _ string) any {
		s.call(s.native, "POST", "/rest/v1/applications/"+s.about+"/experience/publish", map[string]any{})
		return s.pick("/rest/v1/applications/"+s.about+"/experience", "overrides")
	}},
}

// publicJWK is a new public RSA key.
func (s *formSite) publicJWK() string {
	s.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: "laptop-key-1", Algorithm: "PS256", Use: "sig"})
	if err != nil {
		s.t.Fatal(err)
	}
	return string(raw)
}

// credentialsOf are the keys or certificates of a client, without what differs by itself.
func (s *formSite) credentialsOf(n, kind string) any {
	var list struct{ Items []map[string]any }
	s.decode(&list, s.native, "GET", "/rest/v1/clients/"+s.idOf("/rest/v1/clients?q="+n, "name", n)+"/"+kind, nil)
	out := []any{}
	for _, item := range list.Items {
		jwk, _ := item["public_jwk"].(map[string]any)
		out = append(out, []any{item["name"], item["kind"], item["status"], item["expires_at"] != nil, item["thumbprint"] != "", jwk["alg"], jwk["kid"]})
	}
	return out
}
