package handlers

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/auth0"
	"gatehouse/handlers/logto"
	"gatehouse/handlers/transmit"
	"gatehouse/models"
)

// Law (f) of the unified model: every setting that is called enforced changes what the provider does, at once.

// worker is a machine client of its own, with an API that it may call and a way of asking.
type worker struct {
	*visit
	app, client, secret string
	resource, api       string // id and identifier
	scope               string
	key                 *rsa.PrivateKey
	seen                int
}

func (v *visit) worker() *worker {
	v.t.Helper()
	v.n++
	var made robot
	v.decode(&made, v.tokens["native"], "POST", "/rest/v1/applications", o{"name": fmt.Sprint("Worker ", v.n), "client": o{"profile": "machine"}})
	w := &worker{visit: v, app: made.ID, client: made.Client.ID, secret: made.Secret.Value, api: fmt.Sprintf("https://api-%d.example.com/", v.n)}
	api := v.do("native", "POST", "/resources", o{"identifier": w.api, "scopes": []any{o{"name": "read"}, o{"name": "write"}}})
	w.resource, w.scope = text(api, "id"), text(api["scopes"].([]any)[0].(o), "id")
	return w
}

func (w *worker) granted() *worker {
	w.do("native", "POST", "/client-grants", o{"client_id": w.client, "identifier": w.api, "scopes": []string{"read"}})
	return w
}

// say asks for a token and tells one thing of the answer: an error, or what look gives.
func (w *worker) say(look func(told) any, more url.Values) string {
	got := w.ask("/oidc/token", w.client, w.secret, more)
	if got.Error != "" {
		return got.Error
	}
	return fmt.Sprint(look(got))
}

func (w *worker) opens() string {
	return w.say(func(told) any { return "opens" }, url.Values{"resource": {siteURL + "/rest/v1"}})
}
func (w *worker) lives() string {
	return w.say(func(t told) any { return t.ExpiresIn }, url.Values{"resource": {w.api}})
}
func (w *worker) signs() string {
	return w.say(func(t told) any { return t.Alg }, url.Values{"resource": {w.api}})
}
func (w *worker) scopes() string {
	return w.say(func(t told) any { return t.Scope }, url.Values{"resource": {w.api}})
}
func (w *worker) addressed() string { return w.say(func(t told) any { return t.Aud }, nil) }
func (w *worker) free(scope string) string { // for a resource that is only listed
	return w.say(func(t told) any { return t.Aud + " " + t.Scope }, url.Values{"resource": {"https://free.example.com/"}, "scope": {scope}})
}

// rsaKeys counts the keys of this kind in the key set.
func (w *worker) rsaKeys() int {
	_, set := w.get("/oidc/jwks")
	return bytes.Count(set, []byte(`"RSA"`))
}

// basic authenticates with the header instead of the body.
func (w *worker) basic() string {
	req := httptest.NewRequest("POST", "/oidc/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}, "resource": {siteURL + "/rest/v1"}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(w.client, w.secret)
	res, _ := w.send(req)
	return fmt.Sprint(res.StatusCode)
}

// asserts authenticates with a signed assertion for an audience.
func (w *worker) asserts(audience string) string {
	signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.PS256, Key: w.key}, nil)
	claims, _ := json.Marshal(o{"iss": w.client, "sub": w.client, "aud": audience, "exp": time.Now().Add(time.Minute).Unix(), "jti": models.NewID(21)})
	signed, err := signer.Sign(claims)
	if err != nil {
		w.t.Fatal(err)
	}
	compact, _ := signed.CompactSerialize()
	res, body := w.postForm("/oidc/token", url.Values{"grant_type": {"client_credentials"}, "resource": {siteURL + "/rest/v1"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {compact}})
	return fmt.Sprint(res.StatusCode, " ", text(object(body), "error"))
}

func (w *worker) keyed() (jwk map[string]any, pemKey string) {
	w.key, _ = rsa.GenerateKey(rand.Reader, 2048)
	raw, _ := json.Marshal(jose.JSONWebKey{Key: &w.key.PublicKey, Algorithm: "PS256", Use: "sig", KeyID: "k"})
	_ = json.Unmarshal(raw, &jwk)
	der, _ := x509.MarshalPKIXPublicKey(&w.key.PublicKey)
	return jwk, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// page is a hosted page with its stylesheet.
func (w *worker) page() string {
	_, body := w.get("/sign-in")
	for _, quoted := range strings.Split(string(body), `"`) {
		if strings.HasPrefix(quoted, "/brand/") {
			_, css := w.get(quoted)
			body = append(body, css...)
		}
	}
	return string(body)
}

// shows tells whether the hosted page has a text.
func (w *worker) shows(text string) func(*worker) string {
	return func(w *worker) string {
		if strings.Contains(w.page(), text) {
			return "shown"
		}
		return "not shown"
	}
}

// flip is a setting: what turns it, and what the provider does before and after.
type flip struct {
	set           func(w *worker)
	observe       func(w *worker) string
	before, after string
	ready         func(w *worker)
}

func patch(face, at string, body func(w *worker) any) func(*worker) {
	return func(w *worker) {
		verb := "PATCH"
		if face == "transmit" {
			verb = "PUT"
		}
		w.do(face, verb, w.at(at), body(w))
	}
}

func (w *worker) at(path string) string {
	return strings.NewReplacer("{app}", w.app, "{client}", w.client, "{api}", w.resource).Replace(path)
}

func just(body o) func(*worker) any { return func(*worker) any { return body } }

const (
	ofNative   = "/clients/{client}"
	ofAuth0    = "/clients/{client}"
	ofTransmit = "/applications/{app}/clients/{client}"
	ofLogto    = "/applications/{client}"
)

func grantRead(w *worker) { w.granted() }

// flips are the settings, by face, object and member.
var flips = map[string]flip{
	"native client.disabled":                        {patch("native", ofNative, just(o{"disabled": true})), (*worker).opens, "opens", "invalid_client", nil},
	"native application.disabled":                   {patch("native", "/applications/{app}", just(o{"disabled": true})), (*worker).opens, "opens", "invalid_client", nil},
	"native client.grant_types":                     {patch("native", ofNative, just(o{"grant_types": []string{"authorization_code"}})), (*worker).opens, "opens", "unauthorized_client", nil},
	"auth0 client.grant_types":                      {patch("auth0", ofAuth0, just(o{"grant_types": []string{"authorization_code"}})), (*worker).opens, "opens", "unauthorized_client", nil},
	"native client.access_token_lifetime_seconds":   {patch("native", ofNative, just(o{"access_token_lifetime_seconds": 77})), (*worker).lives, "3600", "77", grantRead},
	"transmit client.token_expiration":              {patch("transmit", ofTransmit, just(o{"token_expiration": o{"access_token_ttl": 78}})), (*worker).lives, "3600", "78", grantRead},
	"native resource.access_token_lifetime_seconds": {patch("native", "/resources/{api}", just(o{"access_token_lifetime_seconds": 79})), (*worker).lives, "3600", "79", grantRead},
	"auth0 resource server.token_lifetime":          {patch("auth0", "/resource-servers/{api}", just(o{"token_lifetime": 80})), (*worker).lives, "3600", "80", grantRead},
	"logto resource.accessTokenTtl":                 {patch("logto", "/resources/{api}", just(o{"accessTokenTtl": 81})), (*worker).lives, "3600", "81", grantRead},
	"native client.access_token_alg":                {patch("native", ofNative, just(o{"access_token_alg": "RS256"})), (*worker).signs, "ES256", "RS256", grantRead},
	"native resource.signing_alg":                   {patch("native", "/resources/{api}", just(o{"signing_alg": "RS256"})), (*worker).signs, "ES256", "RS256", grantRead},
	"auth0 resource server.signing_alg":             {patch("auth0", "/resource-servers/{api}", just(o{"signing_alg": "RS256"})), (*worker).signs, "ES256", "RS256", grantRead},
	"native client.resources":                       {patch("native", ofNative, just(o{"resources": []string{"https://free.example.com/"}})), free(""), "invalid_target", "https://free.example.com/ ", nil},
	"transmit client.resources":                     {patch("transmit", ofTransmit, just(o{"resources": []string{"https://free.example.com/"}})), free(""), "invalid_target", "https://free.example.com/ ", nil},
	"transmit application.resources":                {patch("transmit", "/applications/{app}", just(o{"resources": []string{"https://free.example.com/"}})), free(""), "invalid_target", "https://free.example.com/ ", nil},
	"native client.allowed_scopes":                  {patch("native", ofNative, just(o{"allowed_scopes": []string{"sip"}})), free("sip gulp"), "https://free.example.com/ ", "https://free.example.com/ sip", listed},
	"transmit client.allowed_scopes":                {patch("transmit", ofTransmit, just(o{"allowed_scopes": []string{"sip"}})), free("sip gulp"), "https://free.example.com/ ", "https://free.example.com/ sip", listed},
	"native client.token_endpoint_auth_method":      {patch("native", ofNative, just(o{"token_endpoint_auth_method": "client_secret_post"})), (*worker).basic, "200", "401", nil},
	"auth0 client.token_endpoint_auth_method":       {patch("auth0", ofAuth0, just(o{"token_endpoint_auth_method": "client_secret_basic"})), (*worker).opens, "opens", "invalid_client", nil}, // repeating client_secret_post, which is shown, changes nothing
	"auth0 client.client_secret":                    {patch("auth0", ofAuth0, just(o{"client_secret": "another-secret-of-forty-eight-characters-01234567"})), (*worker).opens, "opens", "invalid_client", nil},
	"auth0 client rotation":                         {func(w *worker) { w.do("auth0", "POST", w.at(ofAuth0+"/rotate-secret"), nil) }, (*worker).opens, "opens", "invalid_client", nil},
	"transmit client.pkce":                          {patch("transmit", ofTransmit, just(o{"pkce": "enforcePkceInsteadOfClientCredentials"})), (*worker).opens, "opens", "invalid_client", nil},
	"transmit application.pkce":                     {patch("transmit", "/applications/{app}", just(o{"pkce": "enforcePkceInsteadOfClientCredentials"})), (*worker).opens, "opens", "invalid_client", nil},
	"transmit client.token_endpoint_auth_method":    {patch("transmit", ofTransmit, just(o{"token_endpoint_auth_method": "none"})), (*worker).opens, "opens", "invalid_client", nil},
	"native resource.scopes":                        {func(w *worker) { w.do("native", "DELETE", w.at("/resources/{api}/scopes/"+w.scope), nil) }, (*worker).scopes, "read", "", grantRead},
	"logto scope.name":                              {func(w *worker) { w.do("logto", "PATCH", w.at("/resources/{api}/scopes/"+w.scope), o{"name": "peruse"}) }, (*worker).scopes, "read", "peruse", grantRead},
	"auth0 client grant.scope": {func(w *worker) {
		w.do("auth0", "POST", "/client-grants", o{"client_id": w.client, "audience": w.api, "scope": []string{"write"}})
	}, (*worker).scopes, "invalid_target", "write", nil},
	"auth0 client grant.allow_all_scopes": {func(w *worker) {
		w.do("auth0", "POST", "/client-grants", o{"client_id": w.client, "audience": w.api, "scope": []string{}, "allow_all_scopes": true})
	}, (*worker).scopes, "invalid_target", "read write", nil},
	"auth0 resource server.scopes": {patch("auth0", "/resource-servers/{api}", just(o{"scopes": []o{{"value": "write"}}})), (*worker).scopes, "read", "", grantRead},
	"native client grant.scopes": {func(w *worker) {
		w.do("native", "POST", "/client-grants", o{"client_id": w.client, "identifier": w.api, "scopes": []string{"write"}})
	}, (*worker).scopes, "invalid_target", "write", nil},
	"logto role.scopeIds": {func(w *worker) {
		role := w.do("logto", "POST", "/roles", o{"name": "Reads " + w.api, "description": "r", "type": "MachineToMachine", "scopeIds": []string{w.scope}})
		w.do("logto", "POST", w.at(ofLogto+"/roles"), o{"roleIds": []string{text(role, "id")}})
	}, (*worker).scopes, "invalid_target", "read", nil},
	"logto role.roleIds": {func(w *worker) {
		role := w.do("native", "POST", "/roles", o{"name": "Reads " + w.api, "kind": "machine", "scope_ids": []string{w.scope}})
		w.do("logto", "PUT", w.at(ofLogto+"/roles"), o{"roleIds": []string{text(role, "id")}})
	}, (*worker).scopes, "invalid_target", "read", nil},
	"logto role.applicationIds": {func(w *worker) {
		role := w.do("native", "POST", "/roles", o{"name": "Reads " + w.api, "kind": "machine", "scope_ids": []string{w.scope}})
		w.do("logto", "POST", "/roles/"+text(role, "id")+"/applications", o{"applicationIds": []string{w.client}})
	}, (*worker).scopes, "invalid_target", "read", nil},
	"logto application.isAdmin": {patch("logto", ofLogto, just(o{"isAdmin": true})), func(w *worker) string {
		return w.say(func(t told) any { return t.Scope }, url.Values{"resource": {audiences["logto"]}})
	}, "invalid_target", "all", nil},
	"logto application secret.expiresAt": {func(w *worker) {
		w.do("native", "PATCH", w.at(ofNative+"/secrets/"+w.first()), o{"expires_at": time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano)})
		time.Sleep(1100 * time.Millisecond)
	}, (*worker).opens, "opens", "invalid_client", nil},
	"native secret.retire":            {func(w *worker) { w.do("native", "POST", w.at(ofNative+"/secrets/"+w.first()+"/retire"), nil) }, (*worker).opens, "opens", "invalid_client", nil},
	"logto secret deletion":           {func(w *worker) { w.do("logto", "DELETE", w.at(ofLogto+"/secrets/")+"Default%20secret", nil) }, (*worker).opens, "opens", "invalid_client", nil},
	"native settings.access_lifetime": {patch("native", "/settings", just(o{"access_token_lifetime_seconds": 120})), (*worker).lives, "3600", "120", grantRead},
	"native settings.alg":             {patch("native", "/settings", just(o{"access_token_alg": "RS256"})), (*worker).signs, "ES256", "RS256", grantRead},
	"auth0 tenant settings.default_audience": {patch("auth0", "/tenants/settings", func(w *worker) any { return o{"default_audience": w.api} }),
		func(w *worker) string { return strings.ReplaceAll(w.addressed(), w.api, "{api}") }, siteURL + "/cis", "{api}", grantRead},
	"logto resource.isDefault": {func(w *worker) {
		w.do("logto", "PATCH", w.at("/resources/{api}/is-default"), o{"isDefault": true})
	}, func(w *worker) string { return strings.ReplaceAll(w.addressed(), w.api, "{api}") }, siteURL + "/cis", "{api}", grantRead},
	"native settings.secrets": {patch("native", "/settings", just(o{"secrets": "write-once"})), func(w *worker) string {
		return fmt.Sprint(text(w.do("auth0", "GET", w.at(ofAuth0), nil), "client_secret") == w.secret, text(w.do("transmit", "GET", w.at(ofTransmit), nil), "client_secret") == w.secret)
	}, "true true", "false false", nil},
	"auth0 client.client_authentication_methods": {func(w *worker) {
		_, pemKey := w.keyed()
		made := w.do("auth0", "POST", w.at(ofAuth0+"/credentials"), o{"credential_type": "public_key", "name": "k", "pem": pemKey, "alg": "PS256"})
		w.do("auth0", "PATCH", w.at(ofAuth0), o{"token_endpoint_auth_method": nil, "client_authentication_methods": o{"private_key_jwt": o{"credentials": []any{o{"id": text(made, "id")}}}}})
	}, func(w *worker) string {
		if w.key == nil {
			return w.opens()
		}
		return w.opens() + " " + w.asserts(siteURL+"/oidc")
	}, "opens", "invalid_client 200 ", nil},
	"transmit client.authentication_configuration": {func(w *worker) {
		jwk, _ := w.keyed()
		w.do("transmit", "PUT", w.at(ofTransmit), o{"authentication_configuration": o{"method": "private_key_jwt", "jwks": o{"keys": []any{jwk}}}})
	}, func(w *worker) string {
		if w.key == nil {
			return w.opens()
		}
		return w.opens() + " " + w.asserts(siteURL+"/oidc")
	}, "opens", "invalid_client 200 ", nil},
	"auth0 client.compliance_level": {patch("auth0", ofAuth0, just(o{"compliance_level": "fapi2_sp_pkj_mtls", "require_pushed_authorization_requests": true, "require_proof_of_possession": true})),
		func(w *worker) string { return w.asserts(siteURL + "/oidc/token") }, "200 ", "401 invalid_client", asserting},
	"transmit application.signing_key_enabled": {func(w *worker) {
		w.do("native", "POST", w.at("/applications/{app}/keys"), o{"name": "Own", "alg": "ES256"})
		w.do("transmit", "PUT", w.at("/applications/{app}"), o{"signing_key_enabled": true})
	}, func(w *worker) string {
		_, set := w.get("/oidc/jwks")
		got := w.ask("/oidc/token", w.client, w.secret, url.Values{"resource": {"https://free.example.com/"}})
		own := w.do("native", "GET", w.at("/applications/{app}/keys"), nil)["items"].([]any)
		header, _ := jose.ParseSigned(got.AccessToken, []jose.SignatureAlgorithm{jose.ES256, jose.RS256})
		kid := header.Signatures[0].Header.KeyID
		return fmt.Sprint(len(own) > 0 && own[0].(o)["kid"] == kid, bytes.Contains(set, []byte(kid)))
	}, "false true", "true true", listed},
	"logto configuration.signingKeyAlgorithm": {func(w *worker) {
		w.do("logto", "POST", "/configs/oidc/private-keys/rotate", o{"signingKeyAlgorithm": "RSA"})
	}, func(w *worker) string {
		return fmt.Sprint(w.rsaKeys() > w.seen)
	}, "false", "true", func(w *worker) { w.seen = w.rsaKeys() }},
	"native experience.branding":                 {patch("native", "/experience", just(o{"branding": o{"primary_color": "#0a5c36"}})), (&worker{}).shows("#0a5c36"), "not shown", "shown", nil},
	"logto sign-in experience.color":             {patch("logto", "/sign-in-exp", just(o{"color": o{"primaryColor": "#0b5c36", "isDarkModeEnabled": false, "darkPrimaryColor": "#0b5c36"}})), (&worker{}).shows("#0b5c36"), "not shown", "shown", nil},
	"auth0 branding.colors":                      {patch("auth0", "/branding", just(o{"colors": o{"primary": "#0c5c36"}})), (&worker{}).shows("#0c5c36"), "not shown", "shown", nil},
	"logto sign-in experience.customCss":         {patch("logto", "/sign-in-exp", just(o{"customCss": ".law-of-logto{color:#123}"})), (&worker{}).shows("law-of-logto"), "not shown", "shown", nil},
	"logto sign-in experience.termsOfUseUrl":     {patch("logto", "/sign-in-exp", just(o{"termsOfUseUrl": "https://law.example.com/terms"})), (&worker{}).shows("https://law.example.com/terms"), "not shown", "shown", nil},
	"logto sign-in experience.privacyPolicyUrl":  {patch("logto", "/sign-in-exp", just(o{"privacyPolicyUrl": "https://law.example.com/privacy"})), (&worker{}).shows("https://law.example.com/privacy"), "not shown", "shown", nil},
	"logto sign-in experience.supportEmail":      {patch("logto", "/sign-in-exp", just(o{"supportEmail": "law@example.com"})), (&worker{}).shows("mailto:law@example.com"), "not shown", "shown", nil},
	"logto sign-in experience.supportWebsiteUrl": {patch("logto", "/sign-in-exp", just(o{"supportWebsiteUrl": "https://law.example.com/help"})), (&worker{}).shows("https://law.example.com/help"), "not shown", "shown", nil},
	"logto sign-in experience.branding":          {patch("logto", "/sign-in-exp", just(o{"branding": o{"logoUrl": "https://law.example.com/logo.png"}})), (&worker{}).shows("https://law.example.com/logo.png"), "not shown", "shown", nil},
	"logto sign-in experience.languageInfo":      {patch("logto", "/sign-in-exp", just(o{"languageInfo": o{"autoDetect": false, "fallbackLanguage": "es"}})), (&worker{}).shows(`<html lang="es"`), "not shown", "shown", nil},
	"logto sign-in experience.agreeToTermsPolicy": {patch("logto", "/sign-in-exp", just(o{"agreeToTermsPolicy": "Manual", "termsOfUseUrl": "https://law.example.com/t"})), func(w *worker) string {
		_, body := w.call(w.tokens["native"], "GET", "/rest/v1/experience/preview?step=register", nil)
		return fmt.Sprint(strings.Contains(string(body), `id="agree"`))
	}, "false", "true", nil},
	"logto sign-in experience.passwordPolicy": {patch("logto", "/sign-in-exp", just(o{"passwordPolicy": o{"length": o{"min": 20}}})), func(w *worker) string {
		return fmt.Sprint(w.do("logto", "POST", "/sign-in-exp/default/check-password", o{"password": "Plover-heath-92"})["result"])
	}, "true", "false", nil},
	"logto phrases.translation": {func(w *worker) {
		w.do("logto", "PUT", "/custom-phrases/en", o{"sign_in": o{"title": "The law of phrases"}})
	}, func(w *worker) string {
		_, body := w.call(w.tokens["native"], "GET", "/rest/v1/experience/preview", nil)
		return fmt.Sprint(strings.Contains(string(body), "The law of phrases"))
	}, "false", "true", nil},
}

func free(scope string) func(*worker) string {
	return func(w *worker) string { return w.free(scope) }
}

func listed(w *worker) {
	w.do("native", "PATCH", w.at(ofNative), o{"resources": []string{"https://free.example.com/"}})
}

// asserting has the worker authenticate by its key.
func asserting(w *worker) {
	_, pemKey := w.keyed()
	made := w.do("auth0", "POST", w.at(ofAuth0+"/credentials"), o{"credential_type": "public_key", "name": "k", "pem": pemKey, "alg": "PS256"})
	w.do("auth0", "PATCH", w.at(ofAuth0), o{"token_endpoint_auth_method": nil, "client_authentication_methods": o{"private_key_jwt": o{"credentials": []any{o{"id": text(made, "id")}}}}})
}

// first is the id of the client's first secret.
func (w *worker) first() string {
	return text(w.do("native", "GET", w.at(ofNative+"/secrets"), nil)["items"].([]any)[0].(o), "id")
}

// TestASettingThatIsEnforcedActsAtOnce turns each.
func TestASettingThatIsEnforcedActsAtOnce(t *testing.T) {
	shared := newVisit(t)
	for _, name := range slices.Sorted(maps.Keys(flips)) {
		t.Run(name, func(t *testing.T) {
			f := flips[name]
			v, was := shared, shared.t
			v.t = t
			defer func() { v.t = was }()
			defer v.do("native", "PATCH", "/settings", usualSettings) // what is the tenant's would act on the others
			w := v.worker()
			if f.ready != nil {
				f.ready(w)
			}
			if got := f.observe(w); got != f.before {
				t.Errorf("before: %s, want %s", got, f.before)
			}
			f.set(w)
			if got := f.observe(w); got != f.after {
				t.Errorf("after: %s, want %s", got, f.after)
			}
		})
	}
}

var usualSettings = o{"access_token_lifetime_seconds": 3600, "access_token_alg": "", "default_audience": "", "secrets": "readable"}

// elsewhere says where the other members that are called enforced show what they do.
var elsewhere = map[string]string{
	"name description displayName app_name app_description client_description client_display_name friendly_name": "what an object is called and how it is told of: every face reads it at once (TestClientsMeanTheSameInEveryFace)",
	"logo logo_uri client_metadata": "shown by every face at once (TestClientsMeanTheSameInEveryFace)",
	"authentication_protocol first_client_authentication_protocol type connectorId id metadata": "chosen at creation: decides what the object is (tests of the dialect)",
	"first_client client_auth_method":                               "spelled as a client, whose members are turned above",
	"fapi_version_compliancy":                                       "the same setting as auth0 client.compliance_level",
	"should_delete_signing_key jwk status":                          "keys of applications (handlers/transmit tests, TestLivesAcrossFaces)",
	"sp_entity_id entityId":                                         "unique in the tenant (handlers/clients tests)",
	"nameIdFormat active lifeSpanInYears":                           "in the SAML metadata (handlers/logto tests)",
	"hideLogtoBranding":                                             "on the hosted pages (views/hosted tests)",
	"color branding customCss termsOfUseUrl privacyPolicyUrl":       "on the hosted pages of the application (handlers/experience tests)",
	"indicator identifier":                                          "chosen for good: the audience of tokens (TestTokensForRegisteredResources)",
	"client_id audience":                                            "chosen for good: whom a grant lets into what (auth0 client grant.scope)",
	"templates subject content contentType replyTo sendFrom":        "in the mails that are written (handlers/mails tests)",
	"rotationGracePeriod":                                           "0 only: a rotation signs at once (logto configuration.signingKeyAlgorithm)",
	"domain staleDays":                                              "which domains are active, and for how long unproven ones stay (handlers/domains tests)",
	"enabled events event config":                                   "who is told of what (handlers/webhooks tests)",
	"credential_type pem alg kid expires_at parse_expiry_from_cert": "by what a client proves itself (handlers/credentials, handlers/oauth tests)",
}

// TestEverySettingThatIsCalledEnforcedIsTurned holds the coverage tables against the flips.
func TestEverySettingThatIsCalledEnforcedIsTurned(t *testing.T) {
	told := map[string]bool{}
	for names := range elsewhere {
		for name := range strings.FieldsSeq(names) {
			told[name] = true
		}
	}
	check := func(face, object, member, state string) {
		t.Helper()
		_, turned := flips[face+" "+object+"."+member]
		if state == "enforced" && !turned && !told[member] {
			t.Errorf("the table calls %s of a %s enforced in %s, and nothing shows it", member, object, face)
		}
		if state != "enforced" && turned {
			t.Errorf("the table calls %s of a %s merely stored in %s, and it acts", member, object, face)
		}
	}
	for _, l := range transmit.Coverage() {
		check("transmit", l.Object, l.Member, l.State)
	}
	for _, l := range logto.Coverage() {
		check("logto", l.Object, l.Member, l.State)
	}
	for _, l := range auth0.Coverage() {
		check("auth0", l.Object, l.Member, l.State)
	}
}
