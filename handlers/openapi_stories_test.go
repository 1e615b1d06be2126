package handlers

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// native calls an operation of the native face, which must answer with a status.
type native = func(status int, method, path string, in any) map[string]any

// accessStory is resources, roles, grants and connections.
func accessStory(do native, text func(map[string]any, string) string) {
	app := do(201, "POST", "/applications", o{"name": "Access", "client": o{"profile": "machine"}})
	client := text(app["client"].(o), "id")
	second := do(201, "POST", "/applications/"+text(app, "id")+"/clients", o{"profile": "machine", "name": "Second"})
	do(204, "DELETE", "/clients/"+text(second, "id"), nil)
	do(409, "DELETE", "/clients/"+client, nil) // the last one
	api := do(201, "POST", "/resources", o{"identifier": orders, "scopes": []any{o{"name": "read"}, o{"name": "write"}}})
	at := "/resources/" + text(api, "id")
	scope := do(201, "POST", at+"/scopes", o{"name": "void"})
	do(200, "PATCH", at, o{"name": "Orders"})
	do(200, "PATCH", at+"/scopes/"+text(scope, "id"), o{"description": "Void"})
	do(422, "PATCH", at, o{"signing_alg": "none"})
	do(409, "POST", "/resources", o{"identifier": orders})

	role := do(201, "POST", "/roles", o{"name": "Reader", "kind": "machine"})
	of := "/roles/" + text(role, "id")
	do(200, "PATCH", of, o{"description": "Reads"})
	do(200, "POST", of+"/scopes", o{"scope_ids": []string{text(scope, "id")}})
	do(200, "PUT", of+"/scopes", o{"scope_ids": []string{text(scope, "id")}})
	do(200, "POST", "/clients/"+client+"/roles", o{"role_ids": []string{text(role, "id")}})
	do(200, "PUT", "/clients/"+client+"/roles", o{"role_ids": []string{text(role, "id")}})
	grant := do(201, "POST", "/client-grants", o{"client_id": client, "identifier": orders, "scopes": []string{"read"}})
	do(200, "PATCH", "/client-grants/"+text(grant, "id"), o{"scopes": []string{"read", "write"}})
	do(422, "PATCH", "/client-grants/"+text(grant, "id"), o{"scopes": []string{"fly"}})
	for _, path := range []string{"/clients", "/resources", at, at + "/scopes", "/roles", of, of + "/scopes", of + "/clients", "/clients/" + client + "/roles",
		"/client-grants", "/client-grants/" + text(grant, "id"), "/clients/" + client + "/access"} {
		do(200, "GET", path, nil)
	}
	do(204, "DELETE", "/client-grants/"+text(grant, "id"), nil)
	do(204, "DELETE", "/clients/"+client+"/roles/"+text(role, "id"), nil)
	do(204, "DELETE", of+"/scopes/"+text(scope, "id"), nil)
	do(204, "DELETE", of, nil)
	do(204, "DELETE", at+"/scopes/"+text(scope, "id"), nil)
	do(204, "DELETE", at, nil)

	made := do(201, "POST", "/connections", o{"name": "work", "strategy": "okta", "options": o{"client_id": "c", "client_secret": "s", "domain": "work.example.com",
		"issuer": "https://work.example.com", "authorization_endpoint": "https://work.example.com/authorize", "token_endpoint": "https://work.example.com/token", "jwks_uri": "https://work.example.com/keys"}})
	one := "/connections/" + text(made, "id")
	do(200, "PATCH", one, o{"display_name": "Work"})
	do(204, "PATCH", one+"/clients", o{"clients": []any{o{"client_id": client, "enabled": true}}})
	do(200, "POST", one+"/test", nil)
	do(200, "POST", one+"/authorize", o{"state": "s", "redirect_uri": "https://app.example.com/callback"})
	do(422, "POST", one+"/authorize", o{"state": "", "redirect_uri": "https://app.example.com/callback"})
	do(201, "POST", one+"/keys", o{})
	do(201, "POST", one+"/keys/rotate", o{})
	do(409, "POST", one+"/keys", o{})
	for _, path := range []string{"/connections", one, one + "/clients", one + "/keys"} {
		do(200, "GET", path, nil)
	}
	do(204, "DELETE", one, nil)
}

// deliveryStory is webhooks, mail and what dialects keep.
func deliveryStory(do native, text func(map[string]any, string) string) {
	domain := do(201, "POST", "/domains", o{"domain": "login.example.com"})
	do(409, "POST", "/domains", o{"domain": "login.example.com"})
	do(422, "POST", "/domains", o{"domain": "localhost"})
	do(200, "GET", "/domains", nil)
	do(200, "GET", "/domains/"+text(domain, "id"), nil)
	do(200, "POST", "/domains/"+text(domain, "id")+"/verify", nil)
	do(204, "DELETE", "/domains/"+text(domain, "id"), nil)
	do(404, "GET", "/domains/"+text(domain, "id"), nil)

	hook := do(201, "POST", "/webhooks", o{"name": "Told", "url": "https://127.0.0.1/", "events": []string{"client.created"}})
	at := "/webhooks/" + text(hook, "id")
	do(200, "PATCH", at, o{"name": "Still told"})
	do(422, "PATCH", at, o{"url": "javascript:alert(1)"})
	do(200, "POST", at+"/signing-key", nil)
	tried := do(200, "POST", at+"/test", o{"events": []string{"client.created"}})
	delivery := text(tried["deliveries"].([]any)[0].(o), "id")
	do(200, "POST", at+"/deliveries/"+delivery+"/resend", nil)
	do(200, "POST", at+"/resend", o{"since": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)})
	for _, path := range []string{"/webhooks", at, at + "/deliveries", at + "/deliveries/" + delivery} {
		do(200, "GET", path, nil)
	}
	do(204, "DELETE", at, nil)

	do(404, "GET", "/email-provider", nil)
	do(200, "PUT", "/email-provider", o{"name": "smtp", "from": "mail@example.com", "host": "127.0.0.1", "port": 2525, "protection": "none"})
	do(200, "GET", "/email-provider", nil)
	do(200, "POST", "/email-provider/test", o{"to": "vera@example.com"}) // never leaves: the address is private
	do(422, "PUT", "/email-provider", o{"name": "pigeon"})
	do(200, "GET", "/documents/email_provider", nil)
	do(204, "DELETE", "/email-provider", nil)
	template := "/email-templates/verify_email/en"
	do(200, "PUT", template, o{"subject": "Hello", "body": "{{ code }}"})
	do(422, "PUT", template, o{"subject": "Hello", "body": "{% include 'x' %}"})
	kept := do(200, "GET", "/documents/email_template", nil)["items"].([]any)[0].(o)
	for _, path := range []string{"/email-templates", template, "/documents/email_template/" + url.PathEscape(text(kept, "key"))} {
		do(200, "GET", path, nil)
	}
	do(204, "DELETE", template, nil)
	do(200, "PUT", template, o{"subject": "Hello", "body": "{{ code }}"})
	do(204, "DELETE", "/documents/email_template/"+url.PathEscape(text(kept, "key")), nil)
}

// keyStory is what the others leave out of keys, administrators and the experience.
func keyStory(do native, text func(map[string]any, string) string, s *site) {
	app := do(201, "POST", "/applications", o{"name": "Keys", "client": o{"profile": "web", "redirect_uris": []string{returns}}})
	id, client := text(app, "id"), text(app["client"].(o), "id")
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	var jwk o
	raw, _ := json.Marshal(jose.JSONWebKey{Key: key, Algorithm: "ES256", Use: "sig"})
	_ = json.Unmarshal(raw, &jwk)
	up := do(201, "POST", "/applications/"+id+"/keys/upload", o{"name": "Up", "jwk": jwk})
	do(422, "POST", "/applications/"+id+"/keys/upload", o{"name": "Up", "jwk": publicJWK()})
	do(204, "DELETE", "/applications/"+id+"/keys/"+text(up, "id"), nil)
	public := do(201, "POST", "/clients/"+client+"/keys", o{"name": "Signer", "jwk": publicJWK()})
	do(200, "PATCH", "/clients/"+client+"/keys/"+text(public, "id"), o{"expires_at": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)})
	certificate := do(201, "POST", "/clients/"+client+"/certificates", o{"name": "Mutual", "certificate": certificateOf(s.t, key)})
	do(422, "POST", "/clients/"+client+"/certificates", o{"name": "None", "certificate": "-----BEGIN"})
	do(204, "DELETE", "/clients/"+client+"/certificates/"+text(certificate, "id"), nil)
	do(200, "GET", "/experience/preview", nil)
	do(200, "PATCH", "/experience/draft", o{"branding": o{"display_name": "Half"}})
	do(204, "DELETE", "/experience/draft", nil)
	do(200, "GET", "/applications/"+id+"/experience/preview", nil)
	do(200, "PATCH", "/applications/"+id+"/experience/draft", o{"branding": o{"display_name": "Half"}})
	do(204, "DELETE", "/applications/"+id+"/experience/draft", nil)
	do(200, "GET", "/events/export", nil)
	do(204, "DELETE", "/applications/"+id, nil)

	admin := do(201, "POST", "/administrators", o{"email": "wanda@example.com", "name": "Wanda", "role": "viewer"})
	do(204, "POST", "/administrators/"+text(admin, "id")+"/link", nil)
	do(200, "GET", "/administrators/"+text(admin, "id")+"/sessions", nil)
	do(204, "DELETE", "/administrators/"+text(admin, "id"), nil)
	s.signIn()
	owner := text(do(200, "GET", "/administrators", nil)["items"].([]any)[0].(o), "id")
	session := text(do(200, "GET", "/administrators/"+owner+"/sessions", nil)["items"].([]any)[0].(o), "id")
	do(204, "DELETE", "/administrators/"+owner+"/sessions/"+session, nil)

	first := do(201, "POST", "/keys", o{"name": "Later", "alg": "EdDSA"}) // the first of its algorithm signs at once
	second := do(201, "POST", "/keys", o{"name": "Latest", "alg": "EdDSA"})
	do(409, "POST", "/keys/"+text(second, "id")+"/promote", nil)
	s.later()
	do(200, "POST", "/keys/"+text(second, "id")+"/promote", nil)
	s.later()
	do(200, "POST", "/keys/"+text(first, "id")+"/retire", nil)
	do(204, "DELETE", "/keys/"+text(first, "id"), nil)
}

// later has the keys be two days older, so that verifiers know them and no token of the replaced ones lives.
func (s *site) later() {
	s.t.Helper()
	then := time.Now().Add(-48 * time.Hour).UTC()
	for _, column := range []string{"created_at", "activated_at", "replaced_at"} {
		if _, err := s.app.Config.DB.Write.ExecContext(context.Background(), "UPDATE signing_keys SET "+column+" = ? WHERE "+column+" IS NOT NULL AND alg = 'EdDSA'", then); err != nil {
			s.t.Fatal(err)
		}
	}
}

func certificateOf(t testing.TB, key *ecdsa.PrivateKey) string {
	t.Helper()
	what := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, what, what, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
