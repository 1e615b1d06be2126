package auth0

import (
	"encoding/json"
	"reflect"
	"strings"

	"gatehouse/models"
	"gatehouse/web"
)

// clientIn is a client as the document's inputs spell it, for creation and for update. What is absent stays; null removes.
type clientIn struct {
	Name              opt[string]                 `json:"name" pattern:"^[^<>]+$"`
	Description       opt[string]                 `json:"description" rule:"max=140"`
	LogoURI           opt[string]                 `json:"logo_uri"`
	Callbacks         opt[[]string]               `json:"callbacks"`
	AllowedOrigins    opt[[]string]               `json:"allowed_origins"`
	WebOrigins        opt[[]string]               `json:"web_origins"`
	AllowedLogoutURLs opt[[]string]               `json:"allowed_logout_urls"`
	InitiateLoginURI  opt[string]                 `json:"initiate_login_uri"`
	GrantTypes        opt[[]string]               `json:"grant_types" rule:"min=1"`
	AppType           opt[string]                 `json:"app_type" enum:"native,spa,regular_web,non_interactive,resource_server,express_configuration,rms,box,cloudbees,concur,dropbox,mscrm,echosign,egnyte,newrelic,office365,salesforce,sentry,sharepoint,slack,springcm,zendesk,zoom,sso_integration,oag"`
	IsFirstParty      opt[bool]                   `json:"is_first_party"`
	ClientMetadata    opt[map[string]opt[string]] `json:"client_metadata" rule:"nullable"`
	JWTConfiguration  kept[jwtConfiguration]      `json:"jwt_configuration"`
	RefreshToken      kept[refreshToken]          `json:"refresh_token" rule:"nullable"`
	OIDCLogout        kept[oidcLogout]            `json:"oidc_logout"`
	OIDCBackchannel   kept[oidcLogout]            `json:"oidc_backchannel_logout"`
	AuthMethod        opt[string]                 `json:"token_endpoint_auth_method" enum:"none,client_secret_post,client_secret_basic" rule:"nullable"`
	AuthMethods       opt[authMethods]            `json:"client_authentication_methods" rule:"nullable,minprops=1,maxprops=1"`
	SignedRequest     opt[signedRequest]          `json:"signed_request_object"`
	RequirePAR        opt[bool]                   `json:"require_pushed_authorization_requests"`
	RequirePOP        opt[bool]                   `json:"require_proof_of_possession"`
	ComplianceLevel   opt[string]                 `json:"compliance_level" enum:"none,fapi1_adv_pkj_par,fapi1_adv_mtls_par,fapi2_sp_pkj_mtls,fapi2_sp_mtls_mtls" rule:"nullable"`
	Addons            kept[addons]                `json:"addons"`
	clientKept
}

type jwtConfiguration struct {
	web.Open
	Lifetime      opt[int64]  `json:"lifetime_in_seconds"`
	SecretEncoded opt[bool]   `json:"secret_encoded"`
	Scopes        opt[anyOf]  `json:"scopes"`
	Alg           opt[string] `json:"alg" enum:"HS256,RS256,RS512,PS256"`
}

// anyOf is an object whose members are free.
type anyOf struct{ web.Open }

type refreshToken struct {
	RotationType          string     `json:"rotation_type" rule:"required" enum:"rotating,non-rotating"`
	ExpirationType        string     `json:"expiration_type" rule:"required" enum:"expiring,non-expiring"`
	Leeway                opt[int64] `json:"leeway" rule:"min=0"`
	TokenLifetime         opt[int64] `json:"token_lifetime" rule:"min=1,max=157788000"`
	InfiniteTokenLifetime opt[bool]  `json:"infinite_token_lifetime"`
	IdleTokenLifetime     opt[int64] `json:"idle_token_lifetime" rule:"min=1"`
	InfiniteIdleLifetime  opt[bool]  `json:"infinite_idle_token_lifetime"`
	Policies              opt[[]struct {
		Audience string   `json:"audience" rule:"required,min=1,max=600"`
		Scope    []string `json:"scope" rule:"required,min=1,max=280"`
	}] `json:"policies" rule:"nullable,minitems=1"`
}

type oidcLogout struct {
	web.Open
	URLs       opt[[]string] `json:"backchannel_logout_urls"`
	Initiators opt[struct {
		web.Open
		Mode     opt[string]   `json:"mode" enum:"custom,all"`
		Selected opt[[]string] `json:"selected_initiators" enum:"rp-logout,idp-logout,password-changed,session-expired,session-revoked,account-deleted,email-identifier-changed,mfa-phone-unenrolled,account-deactivated"`
	}] `json:"backchannel_logout_initiators"`
	SessionMetadata opt[struct {
		web.Open
		Include opt[bool] `json:"include"`
	}] `json:"backchannel_logout_session_metadata" rule:"nullable"`
}

// authMethods is exactly one way to authenticate by more than a secret.
type authMethods struct {
	PrivateKeyJWT *proofs `json:"private_key_jwt"`
	TLS           *proofs `json:"tls_client_auth"`
	SelfSignedTLS *proofs `json:"self_signed_tls_client_auth"`
}

type proofs struct {
	Credentials []proof `json:"credentials" rule:"required"`
}

type signedRequest struct {
	Required    opt[bool] `json:"required"`
	Credentials []proof   `json:"credentials"`
}

// textOrTexts is a text or a list of texts.
type textOrTexts struct{ Value any }

// TypeOf tells which of the two was sent.
func (textOrTexts) TypeOf(value any) reflect.Type {
	if _, ok := value.([]any); ok {
		return reflect.TypeFor[[]string]()
	}
	return reflect.TypeFor[string]()
}

const storedPrefix = "auth0."

// keptMembers gives the members of a struct that a caller said, by their names with a prefix; null for those to remove.
func keptMembers(v any, out map[string]json.RawMessage) {
	at := reflect.ValueOf(v)
	for i := range at.NumField() {
		field := at.Field(i)
		if said := field.FieldByName("Set"); !said.Bool() {
			continue
		}
		raw, _ := json.Marshal(field.Interface()) // texts, lists and what is JSON already
		out[storedPrefix+wireName(at.Type().Field(i))] = raw
	}
}

// wireName is the name of a field in the document, empty for what no body says.
func wireName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" || f.Anonymous {
		return ""
	}
	return name
}

// removed tells whether what is stored stands for nothing.
func removed(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// CheckShape adds the rules that stand between members.
func (b clientIn) CheckShape(c *models.Check) {
	both := b.AuthMethod.Set && !b.AuthMethod.Null && b.AuthMethods.Set && !b.AuthMethods.Null
	c.That(!both, "token_endpoint_auth_method", "contradicts", "Give token_endpoint_auth_method or client_authentication_methods, not both.")
	c.That(!b.OIDCLogout.Set || !b.OIDCBackchannel.Set, "oidc_backchannel_logout", "contradicts", "This is the older name of oidc_logout. Give one of them.")
	for _, l := range []struct {
		name string
		in   kept[oidcLogout]
	}{{"oidc_logout", b.OIDCLogout}, {"oidc_backchannel_logout", b.OIDCBackchannel}} {
		c.That(len(l.in.V.Value().URLs.V) <= 1, l.name+".backchannel_logout_urls", "too_many", "A client has one address for back-channel logout.")
	}
	c.That(len(b.ClientMetadata.V) <= 10, "client_metadata", "too_many", "Use at most 10 entries.")
	for name, value := range b.ClientMetadata.V {
		c.Key("client_metadata", name, 255)
		c.Length("client_metadata."+name, value.V, 0, 255)
	}
	lists := []struct {
		name string
		in   []proof
	}{{"signed_request_object.credentials", b.SignedRequest.V.Credentials}}
	if m, p := b.AuthMethods.V.one(); p != nil {
		lists = append(lists, struct {
			name string
			in   []proof
		}{"client_authentication_methods." + m + ".credentials", p.Credentials})
	}
	for _, l := range lists {
		checkProofs(c, l.name, l.in)
	}
}

// one gives the way that was chosen, by its name.
func (a authMethods) one() (string, *proofs) {
	switch {
	case a.PrivateKeyJWT != nil:
		return models.AuthPrivateKeyJWT, a.PrivateKeyJWT
	case a.TLS != nil:
		return models.AuthTLS, a.TLS
	case a.SelfSignedTLS != nil:
		return models.AuthSelfSignedTLS, a.SelfSignedTLS
	}
	return "", nil
}
