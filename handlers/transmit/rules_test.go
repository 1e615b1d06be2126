package transmit_test

import (
	"encoding/json"
	"strings"
	"testing"
)

const cb = `"redirect_uris":["https://shop.example.com/cb"]`

// A row of a table of rules: what is sent where, and the beginning of each message; none for what is right.
type rule struct{ about, method, path, body, want string }

// TestRules sends what breaks one rule of the document each, and what just keeps it.
func TestRules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(201, "POST", apps, object{"app_name": "Fernway", "client_display_name": "Web"})
		one := apps + "/" + app.text("app_id")
		oidc := one + "/clients/" + w.do(201, "POST", one+"/clients", object{"name": "c", "redirect_uris": []string{}}).text("client_id")
		saml := one + "/clients/" + w.do(201, "POST", one+"/clients", object{"name": "s", "authentication_protocol": "saml", "sp_entity_id": "urn:a"}).text("client_id")
		place := strings.NewReplacer("{one}", one, "{oidc}", oidc, "{saml}", saml, "{prefs}", "/cis/loginPreferences/"+app.text("app_id")+"/authMethods")
		for _, set := range [][]rule{applicationRules, clientRules, methodRules, keyRules} {
			for _, r := range set {
				t.Run(r.about, func(t *testing.T) {
					w.t = t
					a := w.call(w.admin.token, r.method, place.Replace(r.path), r.body)
					if got := said(a); got != r.want {
						t.Errorf("%d %s\ngot  %q\nwant %q", a.status, a.body, got, r.want)
					}
				})
			}
		}
	})
}

// said is what is told of: the names before the colons, or the whole of a message that names nothing.
func said(a answer) string {
	if a.status < 300 {
		return ""
	}
	var bad struct {
		Message any `json:"message"`
	}
	_ = json.Unmarshal(a.body, &bad)
	list, ok := bad.Message.([]any)
	if !ok || a.status != 400 {
		text, _ := bad.Message.(string)
		return string(rune('0'+a.status/100)) + "xx " + text
	}
	var names []string
	for _, m := range list {
		name, _, named := strings.Cut(m.(string), ": ")
		if !named {
			name = "-"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

var applicationRules = []rule{
	{"an application needs its two names", "POST", apps, `{}`, "app_name client_display_name"},
	{"a name is a string", "POST", apps, `{"app_name":1,"client_display_name":"w"}`, "app_name"},
	{"null is valid nowhere", "POST", apps, `{"app_name":"a","client_display_name":"w","logo":null}`, "logo"},
	{"an empty name", "POST", apps, `{"app_name":"","client_display_name":"w"}`, "app_name"},
	{"an empty client name", "POST", apps, `{"app_name":"a","client_display_name":""}`, "client_display_name"},
	{"a wrong redirect URI of the default client", "POST", apps, `{"app_name":"a","client_display_name":"w","redirect_uris":["https://a.example.com/#x"]}`, "redirect_uris[0]"},
	{"a wrong redirect URI of the first client", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client":{"name":"c","redirect_uris":["javascript:alert(1)"]}}`, "first_client.redirect_uris[0]"},
	{"the first client has a name", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client":{` + cb + `}}`, ""},
	{"the first client has redirect URIs", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client":{"name":"c"}}`, "first_client.redirect_uris"},
	{"a wrong type inside the first client", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client":{"name":[],` + cb + `}}`, "first_client.name"},
	{"a SAML first client has an entity id", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client_authentication_protocol":"saml","first_client":{"name":"c"}}`, "first_client.sp_entity_id"},
	{"a SAML first client", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client_authentication_protocol":"saml","first_client":{"name":"c","sp_entity_id":"urn:first"}}`, ""},
	{"SAML without a client", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client_authentication_protocol":"saml"}`, "first_client"},
	{"protocols that contradict each other", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client_authentication_protocol":"oidc","first_client":{"name":"c","authentication_protocol":"saml","sp_entity_id":"x"}}`, "first_client.authentication_protocol"},
	{"a SAML client has no device flow", "POST", apps, `{"app_name":"a","client_display_name":"w","client_type":"web","first_client_authentication_protocol":"saml","first_client":{"name":"c","sp_entity_id":"x"}}`, "client_type"},
	{"a protocol outside the list", "POST", apps, `{"app_name":"a","client_display_name":"w","first_client_authentication_protocol":"ldap"}`, "first_client_authentication_protocol"},
	{"a client type outside the list", "POST", apps, `{"app_name":"a","client_display_name":"w","client_type":"tv"}`, "client_type"},
	{"a pkce outside the list", "POST", apps, `{"app_name":"a","client_display_name":"w","pkce":"sometimes"}`, "pkce"},
	{"an authentication method outside the list", "POST", apps, `{"app_name":"a","client_display_name":"w","client_auth_method":"password"}`, "client_auth_method"},
	{"a login URI that is none", "POST", apps, `{"app_name":"a","client_display_name":"w","login_uri":"javascript:alert(1)"}`, "login_uri"},
	{"a logo that is no address", "POST", apps, `{"app_name":"a","client_display_name":"w","logo":"string"}`, "logo"},
	{"an invitation lives at least a minute", "POST", apps, `{"app_name":"a","client_display_name":"w","invite_member_email_expiration_minutes":0}`, "invite_member_email_expiration_minutes"},
	{"half a minute", "PUT", "{one}", `{"invite_member_email_expiration_minutes":1.5}`, "invite_member_email_expiration_minutes"},
	{"a subdomain is one label", "PUT", "{one}", `{"subdomain":"a.b"}`, "subdomain"},
	{"a custom domain is a host", "PUT", "{one}", `{"custom_domain":"https://x"}`, "custom_domain"},
	{"a custom domain", "PUT", "{one}", `{"custom_domain":"myapp.com"}`, ""},
	{"the hub has a switch", "PUT", "{one}", `{"authenticator_preferences":{"login_uri":"https://hub.example.com"}}`, "authenticator_preferences.is_centralized"},
	{"the hub has an address", "PUT", "{one}", `{"authenticator_preferences":{"is_centralized":true}}`, "authenticator_preferences.login_uri"},
	{"the hub's address is one", "PUT", "{one}", `{"authenticator_preferences":{"is_centralized":true,"login_uri":"x"}}`, "authenticator_preferences.login_uri"},
	{"what is no hub needs no address", "PUT", "{one}", `{"authenticator_preferences":{"is_centralized":false}}`, ""},
	{"a key is not switched on and deleted", "PUT", "{one}", `{"signing_key_enabled":true,"should_delete_signing_key":true}`, "should_delete_signing_key"},
	{"the device flow has addresses", "PUT", "{one}", `{"device_authorization":{"enabled":true}}`, "device_authorization.input_uri device_authorization.approval_uri device_authorization.success_uri"},
	{"a device flow that is off needs none", "PUT", "{one}", `{"device_authorization":{"enabled":false}}`, ""},
	{"the device flow has a switch", "PUT", "{one}", `{"device_authorization":{}}`, "device_authorization.enabled"},
	{"service providers are texts", "PUT", "{one}", `{"service_providers":["a",{}]}`, "service_providers[1]"},
	{"an unknown member is ignored", "PUT", "{one}", `{"app_id":"x","colour":"red"}`, ""},
	{"resources are required", "PUT", "{one}/resources", `{}`, "resource_ids"},
	{"resources are texts", "PUT", "{one}/resources", `{"resource_ids":[1]}`, "resource_ids[0]"},
	{"not JSON", "PUT", "{one}", `{"app_name":`, "-"},
	{"not an object", "PUT", "{one}", `[]`, "-"},
	{"nothing", "PUT", "{one}", ` `, "-"},
	{"a management application needs a name", "POST", "/cis/v1/management/applications", `{}`, "app_name"},
	{"a management client may have no redirect URIs", "POST", "/cis/v1/management/applications", `{"app_name":"m","first_client":{"name":"c"}}`, ""},
	{"a null character", "PUT", "{one}", `{"app_name":"a\u0000b"}`, "-"},
}

var clientRules = []rule{
	{"a client needs name and redirect URIs", "POST", "{one}/clients", `{}`, "name redirect_uris"},
	{"a SAML client needs name and entity id", "POST", "{one}/clients", `{"authentication_protocol":"saml"}`, "name sp_entity_id"},
	{"an entity id is taken once", "POST", "{one}/clients", `{"authentication_protocol":"saml","name":"s","sp_entity_id":"urn:a"}`, "4xx sp_entity_id: Another client has this entity id. Each service provider has its own."},
	{"the protocol stays", "PUT", "{oidc}", `{"authentication_protocol":"saml"}`, "authentication_protocol"},
	{"http only on loopback", "PUT", "{oidc}", `{"redirect_uris":["http://shop.example.com/cb","http://localhost:3000/cb"]}`, "redirect_uris[0]"},
	{"a scheme of its own is for native clients", "PUT", "{oidc}", `{"redirect_uris":["com.example.app:/cb"]}`, "redirect_uris[0]"},
	{"a native client's scheme is a reversed domain", "PUT", "{oidc}", `{"client_type":"native","redirect_uris":["myapp:/cb"]}`, "redirect_uris[0]"},
	{"a native client", "PUT", "{oidc}", `{"client_type":"native","redirect_uris":["com.example.app:/cb"]}`, ""},
	{"a claim outside the list", "PUT", "{oidc}", `{"default_custom_claims":["email","shoe_size"]}`, "default_custom_claims[1]"},
	{"a list of claims excludes the sync", "PUT", "{oidc}", `{"default_user_info_claims":["email"],"sync_id_token_claims_to_userinfo":true}`, "default_user_info_claims"},
	{"a list of claims without the sync", "PUT", "{oidc}", `{"default_user_info_claims":["email"],"sync_id_token_claims_to_userinfo":false}`, ""},
	{"a prompt outside the list", "PUT", "{oidc}", `{"supported_prompts":["select_account"]}`, "supported_prompts[0]"},
	{"a response type outside the list", "PUT", "{oidc}", `{"response_types":["token"]}`, "response_types[0]"},
	{"a cookie setting outside the list", "PUT", "{oidc}", `{"short_cookies_samesite_type":"strict"}`, "short_cookies_samesite_type"},
	{"a life is whole seconds", "PUT", "{oidc}", `{"token_expiration":{"access_token_ttl":0.5}}`, "token_expiration.access_token_ttl"},
	{"a life is longer than nothing", "PUT", "{oidc}", `{"session_expiration":0,"consent_validity_period":-1}`, "consent_validity_period session_expiration"},
	{"a life has an end", "PUT", "{oidc}", `{"token_expiration":{"refresh_token_ttl":99999999999}}`, "token_expiration.refresh_token_ttl"},
	{"a consent page is an address", "PUT", "{oidc}", `{"consent_uri":"here"}`, "consent_uri"},
	{"a scope is one word", "PUT", "{oidc}", `{"allowed_scopes":["a b"]}`, "allowed_scopes[0]"},
	{"authentication has a method", "PUT", "{oidc}", `{"authentication_configuration":{}}`, "authentication_configuration.method"},
	{"none is no method there", "PUT", "{oidc}", `{"authentication_configuration":{"method":"none"}}`, "authentication_configuration.method"},
	{"an assertion needs keys", "PUT", "{oidc}", `{"authentication_configuration":{"method":"private_key_jwt"}}`, "authentication_configuration.jwks"},
	{"keys that are none", "PUT", "{oidc}", `{"authentication_configuration":{"method":"private_key_jwt","jwks":{"a":1}}}`, "authentication_configuration.jwks"},
	{"keys are an object", "PUT", "{oidc}", `{"authentication_configuration":{"method":"private_key_jwt","jwks":[]}}`, "authentication_configuration.jwks"},
	{"a certificate needs a subject", "PUT", "{oidc}", `{"authentication_configuration":{"method":"tls_client_auth","tls_client_auth":{}}}`, "authentication_configuration.tls_client_auth.distinguished_name"},
	{"a subject is a text", "PUT", "{oidc}", `{"authentication_configuration":{"method":"tls_client_auth","tls_client_auth":{"distinguished_name":6}}}`, "authentication_configuration.tls_client_auth.distinguished_name"},
	{"a subject is a distinguished name", "PUT", "{oidc}", `{"authentication_configuration":{"method":"tls_client_auth","tls_client_auth":{"distinguished_name":"shop"}}}`, "authentication_configuration.tls_client_auth.distinguished_name"},
	{"pkce in the place of a method", "PUT", "{oidc}", `{"pkce":"enforcePkceInsteadOfClientCredentials","authentication_configuration":{"method":"tls_client_auth","tls_client_auth":{"distinguished_name":"CN=a"}}}`, "authentication_configuration.method"},
	{"none needs pkce", "PUT", "{oidc}", `{"token_endpoint_auth_method":"none","pkce":"allowPkceAlongsideClientCredentials"}`, "token_endpoint_auth_method"},
	{"two methods", "PUT", "{oidc}", `{"token_endpoint_auth_method":"private_key_jwt","authentication_configuration":{"method":"client_secret_basic"}}`, "token_endpoint_auth_method"},
	{"encryption has a switch", "PUT", "{oidc}", `{"id_token_encryption":{}}`, "id_token_encryption.enabled"},
	{"encryption needs a key", "PUT", "{oidc}", `{"id_token_encryption":{"enabled":true}}`, "id_token_encryption"},
	{"FAPI needs more than a secret", "PUT", "{oidc}", `{"fapi_version_compliancy":true}`, "authentication_configuration.method"},
	{"FAPI needs a client that authenticates", "PUT", "{oidc}", `{"fapi_version_compliancy":true,"pkce":"enforcePkceInsteadOfClientCredentials"}`, "fapi_version_compliancy"},
	{"backchannel needs a client that authenticates", "PUT", "{oidc}", `{"pkce":"enforcePkceInsteadOfClientCredentials","ciba_authorization":{"enabled":true}}`, "ciba_authorization"},
	{"a name id outside the list", "PUT", "{saml}", `{"sp_name_id_type":"shoe"}`, "sp_name_id_type"},
	{"an ACS is an address", "PUT", "{saml}", `{"sp_acs_url":"ftp://x"}`, "sp_acs_url"},
	{"what only OIDC clients have is not theirs", "PUT", "{saml}", `{"redirect_uris":["https://a.example.com"],"sign_assertion":true}`, ""},
	{"a wrong type is one for both", "PUT", "{saml}", `{"redirect_uris":7}`, "redirect_uris"},
	{"resources of a client", "PUT", "{oidc}/resources", `{"resource_ids":"all"}`, "resource_ids"},
}

const mail = `"message":{"primaryColor":"#000000"}`
const password = `"resetValidityMinutes":5,"passwordComplexity":5,"passwordMinLength":14,"blockPreviousPasswords":0,"passwordExpiresIn":90,` + mail

var methodRules = []rule{
	{"no method", "PUT", "{prefs}", `{}`, ""},
	{"a mail has a colour", "PUT", "{prefs}", `{"email":{"expiresIn":5,"linksPerUser":1,"message":{}}}`, "email.message.primaryColor"},
	{"a mail has its numbers", "PUT", "{prefs}", `{"email":{` + mail + `}}`, "email.expiresIn email.linksPerUser"},
	{"wrong codes at most 20", "PUT", "{prefs}", `{"email_otp":{"expiresIn":5,"maxFailures":21,` + mail + `}}`, "email_otp.maxFailures"},
	{"wrong codes at least 1", "PUT", "{prefs}", `{"sms":{"expiresIn":5,"maxFailures":0}}`, "sms.maxFailures"},
	{"codes of 4 to 8", "PUT", "{prefs}", `{"sms":{"expiresIn":5,"maxFailures":1,"codeLength":9}}`, "sms.codeLength"},
	{"codes of 4", "PUT", "{prefs}", `{"sms":{"expiresIn":5,"maxFailures":20,"codeLength":4}}`, ""},
	{"a social account has an id", "PUT", "{prefs}", `{"google":{}}`, "google.clientId"},
	{"Apple has a team and a key", "PUT", "{prefs}", `{"apple":{"clientId":"a"}}`, "apple.appleTeamId apple.keyId"},
	{"the removed method", "PUT", "{prefs}", `{"webauthn":{"clientId":"a"}}`, "webauthn"},
	{"a passkey has a domain", "PUT", "{prefs}", `{"webauthn_api":{}}`, "webauthn_api.rpId"},
	{"failures are forgotten within a year", "PUT", "{prefs}", `{"webauthn_api":{"rpId":"a.example","failuresExpireIn":525601}}`, "webauthn_api.failuresExpireIn"},
	{"failures are kept a minute", "PUT", "{prefs}", `{"pin_authenticator":{"failuresExpireIn":0}}`, "pin_authenticator.failuresExpireIn"},
	{"a tier has attempts", "PUT", "{prefs}", `{"face":{"lockoutTiers":[{"attempts":0,"duration":1},{"attempts":1}]}}`, "face.lockoutTiers[0].attempts face.lockoutTiers[1].duration"},
	{"an attestation outside the list", "PUT", "{prefs}", `{"webauthn_api":{"rpId":"a.example","attestationType":"maybe"}}`, "webauthn_api.attestationType"},
	{"an allow list excludes a block list", "PUT", "{prefs}", `{"webauthn_api":{"rpId":"a.example","aaguidAllowList":["a"],"aaguidBlockList":["b"]}}`, "webauthn_api.aaguidBlockList"},
	{"a password has its rules", "PUT", "{prefs}", `{"password":{}}`, "password.resetValidityMinutes password.passwordComplexity password.passwordMinLength password.blockPreviousPasswords password.passwordExpiresIn password.message"},
	{"reset links of 5 to 60 minutes", "PUT", "{prefs}", `{"password":{` + strings.Replace(password, `Minutes":5`, `Minutes":61`, 1) + `}}`, "password.resetValidityMinutes"},
	{"complexity of 1 to 5", "PUT", "{prefs}", `{"password":{` + strings.Replace(password, `Complexity":5`, `Complexity":6`, 1) + `}}`, "password.passwordComplexity"},
	{"length of 5 to 14", "PUT", "{prefs}", `{"password":{` + strings.Replace(password, `Length":14`, `Length":4`, 1) + `}}`, "password.passwordMinLength"},
	{"history of 0 to 20", "PUT", "{prefs}", `{"password":{` + strings.Replace(password, `Passwords":0`, `Passwords":21`, 1) + `}}`, "password.blockPreviousPasswords"},
	{"expiry of 1 to 1096 days", "PUT", "{prefs}", `{"password":{` + strings.Replace(password, `sIn":90`, `sIn":1097`, 1) + `}}`, "password.passwordExpiresIn"},
	{"failures of 1 to 20", "PUT", "{prefs}", `{"password":{` + password + `,"maxPasswordFailures":21,"passwordSuspensionDuration":0,"tempPasswordValidityHours":8761}}`, "password.maxPasswordFailures password.passwordSuspensionDuration password.tempPasswordValidityHours"},
	{"a password", "PUT", "{prefs}", `{"password":{` + password + `}}`, ""},
	{"an algorithm outside the list", "PUT", "{prefs}", `{"totp":{"algorithm":"md5"}}`, "totp.algorithm"},
	{"six or eight digits", "PUT", "{prefs}", `{"totp":{"digits":7}}`, "totp.digits"},
	{"one to fifty devices", "PUT", "{prefs}", `{"totp":{"maxTotpPerUser":51,"maxFailures":0}}`, "totp.maxFailures totp.maxTotpPerUser"},
	{"a push key has its parts", "PUT", "{prefs}", `{"push":{"apn":{"key":"k"}}}`, "push.apn.keyId push.apn.teamId push.apn.bundle"},
	{"a list of push keys", "PUT", "{prefs}", `{"push":{"apn":[{"key":"k","keyId":"i","teamId":"t","bundle":"b"},7]}}`, "push.apn[1]"},
	{"Firebase has an object", "PUT", "{prefs}", `{"push":{"fcm":{"key":"text"}}}`, "push.fcm.key"},
	{"a switch is true or false", "PUT", "{prefs}", `{"face":{"saveImageEmbedding":"yes"}}`, "face.saveImageEmbedding"},
}

var keyRules = []rule{
	{"a key has a name", "POST", apps + "/signing-keys", `{}`, "name"},
	{"an uploaded key is there", "POST", apps + "/signing-keys/upload", `{"name":"k"}`, "jwk"},
	{"an uploaded key is a key", "POST", apps + "/signing-keys/upload", `{"name":"k","jwk":{}}`, "jwk"},
	{"an uploaded key is private", "POST", apps + "/signing-keys/upload", `{"name":"k","jwk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}}`, "jwk"},
	{"a status outside the list", "PUT", apps + "/signing-keys/x", `{"status":"retired"}`, "status"},
	{"a key that is not there", "PUT", apps + "/signing-keys/x", `{"status":"disabled"}`, "4xx There is no key with this id."},
}
