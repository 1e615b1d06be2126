package auth0

import (
	"encoding/json"
	"slices"

	"gatehouse/handlers/resources"
	"gatehouse/models"
	"gatehouse/web"
)

// resourceServerIn is what a caller may say about a resource server, at creation and afterwards.
type resourceServerIn struct {
	Name                     opt[string]                             `json:"name" rule:"max=200" pattern:"^[^<>]+$"`
	Scopes                   opt[[]serverScope]                      `json:"scopes"`
	SigningAlg               opt[string]                             `json:"signing_alg" enum:"HS256,RS256,RS512,PS256"`
	SigningSecret            opt[string]                             `json:"signing_secret" rule:"min=16"`
	AllowOfflineAccess       opt[bool]                               `json:"allow_offline_access"`
	AllowOnlineAccess        opt[bool]                               `json:"allow_online_access"`
	TokenLifetime            opt[int64]                              `json:"token_lifetime" rule:"min=0,max=2592000"`
	TokenLifetimeForWeb      opt[int64]                              `json:"token_lifetime_for_web" rule:"min=0,max=2592000"`
	TokenDialect             opt[string]                             `json:"token_dialect" enum:"access_token,access_token_authz,rfc9068_profile,rfc9068_profile_authz"`
	SkipConsent              opt[bool]                               `json:"skip_consent_for_verifiable_first_party_clients"`
	EnforcePolicies          opt[bool]                               `json:"enforce_policies"`
	TokenEncryption          opt[web.Kept[tokenEncryption]]          `json:"token_encryption" rule:"nullable"`
	ConsentPolicy            opt[string]                             `json:"consent_policy" rule:"nullable" enum:"transactional-authorization-with-mfa"`
	AuthorizationDetails     opt[[]json.RawMessage]                  `json:"authorization_details" rule:"nullable"`
	ProofOfPossession        opt[web.Kept[proofOfPossession]]        `json:"proof_of_possession" rule:"nullable"`
	SubjectTypeAuthorization opt[web.Kept[subjectTypeAuthorization]] `json:"subject_type_authorization"`
	AuthorizationPolicy      opt[web.Kept[authorizationPolicy]]      `json:"authorization_policy" rule:"nullable"`
}

type serverScope struct {
	Value       string `json:"value" rule:"required,min=1,max=280"`
	Description string `json:"description,omitempty" rule:"max=500"`
}

type tokenEncryption struct {
	Format string   `json:"format" rule:"required" enum:"compact-nested-jwe"`
	Key    tokenKey `json:"encryption_key" rule:"required"`
}

type tokenKey struct {
	Name opt[string] `json:"name" rule:"min=1,max=128"`
	Alg  string      `json:"alg" rule:"required" enum:"RSA-OAEP-256,RSA-OAEP-384,RSA-OAEP-512"`
	KID  opt[string] `json:"kid" rule:"min=1,max=128"`
	PEM  string      `json:"pem" rule:"required,min=1,max=4096"`
}

type proofOfPossession struct {
	Mechanism   string      `json:"mechanism" rule:"required" enum:"mtls,dpop"`
	Required    bool        `json:"required" rule:"required"`
	RequiredFor opt[string] `json:"required_for" enum:"public_clients,all_clients"`
}

type subjectTypeAuthorization struct {
	User   opt[userPolicy]   `json:"user"`
	Client opt[clientPolicy] `json:"client"`
}

type userPolicy struct {
	web.Open
	Policy opt[string] `json:"policy" enum:"allow_all,deny_all,require_client_grant"`
}

type clientPolicy struct {
	web.Open
	Policy opt[string] `json:"policy" enum:"deny_all,require_client_grant"`
}

type authorizationPolicy struct {
	PolicyID string `json:"policy_id" rule:"required,min=1,max=1024"`
}

// Defaults of the dialect, stored as explicit values so that every face tells the same.
const (
	serverLifetime    = 86400 // seconds
	serverWebLifetime = 7200
	serverPolicies    = `{"client":{"policy":"require_client_grant"},"user":{"policy":"allow_all"}}`
)

// creation is fields with the defaults of this dialect where the caller said nothing.
func (in resourceServerIn) creation() resources.Fields {
	f := in.fields()
	if !f.SigningAlg.Set {
		f.SigningAlg = models.Some(models.AlgRS256)
	}
	if !f.LifetimeSeconds.Set {
		f.LifetimeSeconds = models.Some[int64](serverLifetime)
	}
	if !f.WebLifetimeSeconds.Set {
		f.WebLifetimeSeconds = models.Some[int64](serverWebLifetime)
	}
	if _, said := f.Stored.V["auth0.subject_type_authorization"]; !said {
		f.Stored.V["auth0.subject_type_authorization"] = json.RawMessage(serverPolicies)
	}
	return f
}

// fields are the product's words for what the caller said.
func (in resourceServerIn) fields() resources.Fields {
	f := resources.Fields{Name: in.Name, SigningAlg: in.SigningAlg, LifetimeSeconds: in.TokenLifetime, WebLifetimeSeconds: in.TokenLifetimeForWeb, AllowOfflineAccess: in.AllowOfflineAccess, SkipConsent: in.SkipConsent}
	f.Stored = models.Some(in.kept())
	if in.SigningSecret.Set {
		f.SigningSecret = models.Some(models.NewSecret(in.SigningSecret.V))
	}
	if in.Scopes.Set {
		f.Scopes = models.Some([]resources.ScopeIn{})
		for _, s := range in.Scopes.V {
			f.Scopes.V = append(f.Scopes.V, resources.ScopeIn{Name: s.Value, Description: s.Description})
		}
	}
	return f
}

// resourceServerOut is a resource server as it is shown.
type resourceServerOut struct {
	ID                  string        `json:"id"`
	Name                string        `json:"name"`
	IsSystem            bool          `json:"is_system"`
	Identifier          string        `json:"identifier"`
	Scopes              []serverScope `json:"scopes"`
	SigningAlg          string        `json:"signing_alg,omitempty"` // left out where it is one that the document does not know
	SigningSecret       string        `json:"signing_secret,omitempty"`
	AllowOfflineAccess  bool          `json:"allow_offline_access"`
	SkipConsent         bool          `json:"skip_consent_for_verifiable_first_party_clients"`
	TokenLifetime       *int64        `json:"token_lifetime,omitempty"`
	TokenLifetimeForWeb *int64        `json:"token_lifetime_for_web,omitempty"`

	AllowOnlineAccess        json.RawMessage `json:"allow_online_access,omitempty"`
	EnforcePolicies          json.RawMessage `json:"enforce_policies,omitempty"`
	TokenDialect             json.RawMessage `json:"token_dialect,omitempty"`
	TokenEncryption          json.RawMessage `json:"token_encryption,omitempty"`
	ConsentPolicy            json.RawMessage `json:"consent_policy,omitempty"`
	AuthorizationDetails     json.RawMessage `json:"authorization_details,omitempty"`
	ProofOfPossession        json.RawMessage `json:"proof_of_possession,omitempty"`
	SubjectTypeAuthorization json.RawMessage `json:"subject_type_authorization,omitempty"`
	AuthorizationPolicy      json.RawMessage `json:"authorization_policy,omitempty"`
}

// resourceServer shows a resource.
func resourceServer(r models.Resource) resourceServerOut {
	out := resourceServerOut{ID: r.ID, Name: r.Name, IsSystem: r.System != "", Identifier: r.Identifier, Scopes: []serverScope{}, AllowOfflineAccess: r.AllowOfflineAccess,
		SkipConsent: r.SkipConsent, TokenLifetime: r.AccessTokenLifetimeSeconds, TokenLifetimeForWeb: r.WebLifetimeSeconds,
		AllowOnlineAccess: r.Stored["auth0.allow_online_access"], EnforcePolicies: r.Stored["auth0.enforce_policies"], TokenDialect: r.Stored["auth0.token_dialect"],
		TokenEncryption: r.Stored["auth0.token_encryption"], ConsentPolicy: r.Stored["auth0.consent_policy"],
		AuthorizationDetails: r.Stored["auth0.authorization_details"], ProofOfPossession: r.Stored["auth0.proof_of_possession"],
		SubjectTypeAuthorization: r.Stored["auth0.subject_type_authorization"], AuthorizationPolicy: r.Stored["auth0.authorization_policy"]}
	if slices.Contains([]string{"HS256", "RS256", "RS512", "PS256"}, r.SigningAlg) {
		out.SigningAlg = r.SigningAlg
	}
	for _, s := range r.Scopes {
		out.Scopes = append(out.Scopes, serverScope{Value: s.Name, Description: s.Description})
	}
	return out
}
