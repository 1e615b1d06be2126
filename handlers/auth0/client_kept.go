package auth0

import (
	"time"

	"gatehouse/web"
)

// kept is a member that is checked by the rules of T, kept as it was written, and given back so. Null removes it.
type kept[T any] = opt[web.Kept[T]]

// clientKept are the members of a client that nothing here acts on. Their names in Client.Stored begin with "auth0.".
type clientKept struct {
	OIDCConformant         opt[bool]                  `json:"oidc_conformant"`
	SSO                    opt[bool]                  `json:"sso"`
	SSODisabled            opt[bool]                  `json:"sso_disabled"`
	CrossOrigin            opt[bool]                  `json:"cross_origin_authentication"`
	CrossOriginLoc         opt[string]                `json:"cross_origin_loc" rule:"nullable"`
	IPHeaderTrusted        opt[bool]                  `json:"is_token_endpoint_ip_header_trusted"`
	CustomLoginPageOn      opt[bool]                  `json:"custom_login_page_on"`
	CustomLoginPage        opt[string]                `json:"custom_login_page"`
	CustomLoginPagePreview opt[string]                `json:"custom_login_page_preview"`
	FormTemplate           opt[string]                `json:"form_template"`
	ClientAliases          opt[[]string]              `json:"client_aliases" rule:"min=1"`
	AllowedClients         opt[[]string]              `json:"allowed_clients" rule:"min=1"`
	SessionTransfer        kept[sessionTransfer]      `json:"session_transfer" rule:"nullable"`
	EncryptionKey          kept[encryptionKey]        `json:"encryption_key" rule:"nullable"`
	Mobile                 kept[mobile]               `json:"mobile"`
	NativeSocialLogin      kept[nativeSocialLogin]    `json:"native_social_login" rule:"minprops=1"`
	DefaultOrganization    kept[defaultOrganization]  `json:"default_organization" rule:"nullable"`
	OrganizationUsage      opt[string]                `json:"organization_usage" enum:"deny,allow,require" rule:"nullable"`
	OrganizationRequire    opt[string]                `json:"organization_require_behavior" enum:"no_prompt,pre_login_prompt,post_login_prompt" rule:"nullable"`
	OrganizationDiscovery  opt[[]string]              `json:"organization_discovery_methods" enum:"email,organization_name" rule:"minitems=1,nullable"`
	SkipConfirmation       opt[bool]                  `json:"skip_non_verifiable_callback_uri_confirmation_prompt" rule:"nullable"`
	TokenExchange          kept[tokenExchange]        `json:"token_exchange" rule:"nullable"`
	PARRequestExpiry       opt[int64]                 `json:"par_request_expiry" rule:"min=10,max=600,nullable"`
	TokenQuota             kept[tokenQuota]           `json:"token_quota" rule:"nullable"`
	RedirectionPolicy      opt[string]                `json:"redirection_policy" enum:"allow_always,open_redirect_protection"`
	ExpressConfiguration   kept[expressConfiguration] `json:"express_configuration" rule:"nullable"`
	MyOrganization         kept[myOrganization]       `json:"my_organization_configuration" rule:"nullable"`
	AsyncApproval          opt[[]string]              `json:"async_approval_notification_channels" enum:"guardian-push,email" rule:"minitems=1,nullable"`
	ThirdPartySecurityMode opt[string]                `json:"third_party_security_mode" enum:"strict,permissive"`
}

type sessionTransfer struct {
	CanCreate            opt[bool]     `json:"can_create_session_transfer_token"`
	EnforceCascade       opt[bool]     `json:"enforce_cascade_revocation"`
	AllowedMethods       opt[[]string] `json:"allowed_authentication_methods" enum:"cookie,query" rule:"nullable"`
	EnforceDeviceBinding opt[string]   `json:"enforce_device_binding" enum:"ip,asn,none"`
	AllowRefreshToken    opt[bool]     `json:"allow_refresh_token"`
	EnforceOnline        opt[bool]     `json:"enforce_online_refresh_tokens"`
	Delegation           opt[struct {
		AllowDelegatedAccess opt[bool]   `json:"allow_delegated_access"`
		EnforceDeviceBinding opt[string] `json:"enforce_device_binding" enum:"ip,asn"`
	}] `json:"delegation" rule:"nullable"`
}

type encryptionKey struct {
	web.Open
	Pub     opt[string] `json:"pub"`
	Cert    opt[string] `json:"cert"`
	Subject opt[string] `json:"subject"`
}

type mobile struct {
	web.Open
	Android opt[struct {
		web.Open
		PackageName  opt[string]   `json:"app_package_name"`
		Fingerprints opt[[]string] `json:"sha256_cert_fingerprints" rule:"minitems=1,min=1"`
	}] `json:"android"`
	IOS opt[struct {
		web.Open
		TeamID   opt[string] `json:"team_id"`
		BundleID opt[string] `json:"app_bundle_identifier"`
	}] `json:"ios"`
}

type nativeSocialLogin struct {
	Apple    opt[onlyEnabled] `json:"apple" rule:"minprops=1"`
	Facebook opt[onlyEnabled] `json:"facebook" rule:"minprops=1"`
	Google   opt[onlyEnabled] `json:"google" rule:"minprops=1"`
}

type onlyEnabled struct {
	Enabled opt[bool] `json:"enabled"`
}

type defaultOrganization struct {
	OrganizationID string   `json:"organization_id" rule:"required"`
	Flows          []string `json:"flows" rule:"required" enum:"client_credentials"`
}

type tokenExchange struct {
	AllowAnyProfileOfType opt[[]string] `json:"allow_any_profile_of_type" enum:"custom_authentication,on_behalf_of_token_exchange"`
}

type tokenQuota struct {
	ClientCredentials struct {
		Enforce opt[bool]  `json:"enforce"`
		PerDay  opt[int64] `json:"per_day" rule:"min=1,max=2147483647"`
		PerHour opt[int64] `json:"per_hour" rule:"min=1,max=2147483647"`
	} `json:"client_credentials" rule:"required,minprops=1"`
}

type expressConfiguration struct {
	InitiateLoginURITemplate string `json:"initiate_login_uri_template" rule:"required"`
	UserAttributeProfileID   string `json:"user_attribute_profile_id" rule:"required"`
	ConnectionProfileID      string `json:"connection_profile_id" rule:"required"`
	EnableClient             bool   `json:"enable_client" rule:"required"`
	EnableOrganization       bool   `json:"enable_organization" rule:"required"`
	LinkedClients            opt[[]struct {
		ClientID string `json:"client_id" rule:"required"`
	}] `json:"linked_clients"`
	OktaOINClientID  string      `json:"okta_oin_client_id" rule:"required"`
	AdminLoginDomain string      `json:"admin_login_domain" rule:"required,min=1"`
	OINSubmissionID  opt[string] `json:"oin_submission_id" rule:"min=1,max=200"`
}

type myOrganization struct {
	ConnectionProfileID    opt[string] `json:"connection_profile_id"`
	UserAttributeProfileID opt[string] `json:"user_attribute_profile_id"`
	AllowedStrategies      []string    `json:"allowed_strategies" rule:"required" enum:"pingfederate,adfs,waad,google-apps,okta,oidc,samlp"`
	DeletionBehavior       string      `json:"connection_deletion_behavior" rule:"required" enum:"allow,allow_if_empty"`
}

// pemCredential is a public key, a certificate or the name of one, as creation takes it.
type pemCredential struct {
	CredentialType      string         `json:"credential_type" enum:"public_key,cert_subject_dn,x509_cert"`
	Name                string         `json:"name" rule:"max=128"`
	SubjectDN           string         `json:"subject_dn" rule:"max=256"`
	PEM                 string         `json:"pem" rule:"max=4096"`
	Alg                 string         `json:"alg" enum:"RS256,RS384,PS256"`
	ParseExpiryFromCert bool           `json:"parse_expiry_from_cert"`
	ExpiresAt           opt[time.Time] `json:"expires_at"`
	KID                 string         `json:"kid" pattern:"^[0-9a-zA-Z_-]{10,64}$"`
}

// proof is one credential in a list of them: a new one in full, or one that is there by its id.
type proof struct {
	pemCredential
	ID string `json:"id"`
}
