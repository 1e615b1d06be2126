package transmit

import (
	"time"

	"gatehouse/models"
)

// commonIn is what ordinary and management applications share on the way in.
type commonIn struct {
	AppName                 opt[string]         `json:"app_name"`
	AppDescription          opt[string]         `json:"app_description"`
	LoginURI                opt[string]         `json:"login_uri"`
	InviteMemberURI         opt[string]         `json:"invite_member_uri"`
	InviteExpirationMinutes opt[int64]          `json:"invite_member_email_expiration_minutes"`
	InviteClientID          opt[string]         `json:"invite_client_id"`
	RefreshInvalidation     opt[invalidationIn] `json:"refresh_token_invalidation_trigger_configuration"`
	FirstClientProtocol     opt[string]         `json:"first_client_authentication_protocol" enum:"oidc,saml"`
	FirstClient             opt[clientIn]       `json:"first_client"`
	Subdomain               opt[string]         `json:"subdomain"`
	CustomDomain            opt[string]         `json:"custom_domain"`
	PKCE                    opt[string]         `json:"pkce" enum:"enforcePkceInsteadOfClientCredentials,enforcePkceAlongsideClientCredentials,allowPkceAlongsideClientCredentials"`
	ShouldDeleteSigningKey  opt[bool]           `json:"should_delete_signing_key"`
	SigningKeyEnabled       opt[bool]           `json:"signing_key_enabled"`
}

// applicationIn is an ordinary application on the way in. Its second half are deprecated members of its default client.
type applicationIn struct {
	commonIn
	ServiceProviders         opt[[]string] `json:"service_providers"`
	AllowPublicSignup        opt[bool]     `json:"allow_public_signup"`
	AuthenticatorPreferences opt[hubIn]    `json:"authenticator_preferences"`
	Logo                     opt[string]   `json:"logo"`

	ClientType          opt[string]   `json:"client_type" enum:"web,native"`
	ClientDisplayName   opt[string]   `json:"client_display_name"`
	ClientDescription   opt[string]   `json:"client_description"`
	RedirectURIs        opt[[]string] `json:"redirect_uris"`
	Resources           opt[[]string] `json:"resources"`
	DeviceAuthorization opt[deviceIn] `json:"device_authorization"`
	CIBAAuthorization   opt[cibaIn]   `json:"ciba_authorization"`
	ClientAuthMethod    opt[string]   `json:"client_auth_method" enum:"client_secret_basic,self_signed_tls_client_auth,tls_client_auth,none,private_key_jwt"`
}

// managementIn is a management application on the way in: it signs nobody in, so it has none of what that needs.
type managementIn struct {
	commonIn
	InviteJourneyID opt[string] `json:"b2b_invite_journey_id"`
}

type hubIn struct {
	IsCentralized bool        `json:"is_centralized" rule:"required"`
	LoginURI      opt[string] `json:"login_uri"`
}

// invalidationIn says which changes to a member end that member's refresh tokens; what is unsaid does.
type invalidationIn struct {
	OnSuspension    opt[bool] `json:"invalidateOnMemberSuspension"`
	OnPasswordReset opt[bool] `json:"invalidateOnMemberPasswordReset"`
	OnRoleUpdate    opt[bool] `json:"invalidateOnMemberRoleUpdate"`
}

// applicationOut is an application on the way out, with its default client mirrored in deprecated members. Lists have no logo.
type applicationOut struct {
	AppID                    string           `json:"app_id"`
	TenantID                 string           `json:"tenant_id"`
	AppName                  string           `json:"app_name"`
	AppDescription           string           `json:"app_description"`
	Logo                     *string          `json:"logo,omitempty"`
	LoginPreferences         loginPreferences `json:"login_preferences"`
	CreatedAt                time.Time        `json:"created_at"`
	CreatedBy                string           `json:"created_by"`
	UpdatedAt                time.Time        `json:"updated_at"`
	ServiceProviders         []string         `json:"service_providers"`
	AuthenticatorPreferences hubOut           `json:"authenticator_preferences"`
	AllowPublicSignup        bool             `json:"allow_public_signup"`
	PasswordSharingGroupID   string           `json:"password_sharing_group_id"`
	LoginURI                 string           `json:"login_uri"`
	InviteMemberURI          string           `json:"invite_member_uri"`
	InviteClientID           string           `json:"invite_client_id"`
	InviteExpirationMinutes  int64            `json:"invite_member_email_expiration_minutes"`
	Subdomain                string           `json:"subdomain"`
	CustomDomain             *domainOut       `json:"custom_domain,omitempty"`
	ExternalCommunication    *communication   `json:"external_communication,omitempty"`
	SigningKeyEnabled        bool             `json:"signing_key_enabled"`
	RefreshInvalidation      invalidationOut  `json:"refresh_token_invalidation_trigger_configuration"`
	ApplicationType          string           `json:"application_type"`
	mirror
}

// mirror is the default client in an application. The second half is absent where that speaks SAML.
type mirror struct {
	ClientID          string   `json:"client_id,omitempty"`
	ClientDisplayName string   `json:"client_display_name,omitempty"`
	ClientDescription *string  `json:"client_description,omitempty"`
	ClientSecret      *string  `json:"client_secret,omitempty"`
	Resources         []string `json:"resources"`

	ClientType          string     `json:"client_type,omitempty"`
	RedirectURIs        *[]string  `json:"redirect_uris,omitempty"`
	ClientAuthMethod    string     `json:"client_auth_method,omitempty"`
	PKCE                string     `json:"pkce,omitempty"`
	DeviceAuthorization *deviceOut `json:"device_authorization,omitempty"`
	CIBAAuthorization   *cibaOut   `json:"ciba_authorization,omitempty"`
}

type hubOut struct {
	IsCentralized bool   `json:"is_centralized"`
	LoginURI      string `json:"login_uri"`
}

type invalidationOut struct {
	OnSuspension    bool `json:"invalidateOnMemberSuspension"`
	OnPasswordReset bool `json:"invalidateOnMemberPasswordReset"`
	OnRoleUpdate    bool `json:"invalidateOnMemberRoleUpdate"`
}

// domainOut is a custom domain: written as a text, read with the state of its proof.
type domainOut struct {
	Domain    string    `json:"domain"`
	UpdatedAt time.Time `json:"updated_at"`
	Status    string    `json:"status"`
}

type communication struct {
	Language string `json:"language"`
}

// basicApp is an application in the short list.
type basicApp struct {
	AppID           string `json:"app_id"`
	TenantID        string `json:"tenant_id"`
	AppName         string `json:"app_name"`
	AppDescription  string `json:"app_description"`
	LoginURI        string `json:"login_uri"`
	ApplicationType string `json:"application_type"`
}

// languages are those that the document has words for; another is left out of answers.
var languages = []string{"en", "es", "pt", "fr", "ja", "fr-CA"}

// applicationFields are the product's names of members whose place in the document is another.
var applicationFields = models.Names{
	"name":                            "app_name",
	"description":                     "app_description",
	"logo_uri":                        "logo",
	"hub":                             "authenticator_preferences",
	"invite_journey_id":               "b2b_invite_journey_id",
	"invite_email_expiration_minutes": "invite_member_email_expiration_minutes",
	"refresh_invalidation":            "refresh_token_invalidation_trigger_configuration",
}

// mirrorFields are the names of the default client's members where the application mirrors them.
var mirrorFields = models.Names{
	"name": "client_display_name", "description": "client_description", "token_endpoint_auth_method": "client_auth_method",
}

// part is what a list or a read knows beside the application itself.
type part struct {
	client  models.Client
	secret  models.Secret
	methods models.AuthMethods
}
