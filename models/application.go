package models

import (
	"time"

	"github.com/uptrace/bun"
)

// Kinds of applications.
const (
	KindStandard   = "standard"
	KindManagement = "management" // its clients administer the tenant over the management APIs
)

// The faces that a management application may be granted, each with an audience of its own.
const (
	FaceNative   = "native"
	FaceTransmit = "transmit"
	FaceAuth0    = "auth0"
	FaceLogto    = "logto"
)

// Faces lists them.
var Faces = []string{FaceNative, FaceTransmit, FaceAuth0, FaceLogto}

// Application is a product or site: the container of clients. It always has at least one client; exactly one of them is the default.
type Application struct {
	bun.BaseModel `bun:"table:applications,alias:a"`

	ID          string   `bun:"id,pk" json:"id"`
	TenantID    string   `bun:"tenant_id" json:"-"`
	Kind        string   `bun:"kind" json:"kind" enum:"standard,management"`
	Type        string   `bun:"type" json:"type" enum:"basic,ido" doc:"Plain sign-in or orchestrated journeys (stored, not enforced)."`
	Implicit    bool     `bun:"implicit" json:"implicit" doc:"Made by a dialect that knows clients only; keeps the name of its one client."`
	Name        string   `bun:"name" json:"name" doc:"1 to 100 characters."`
	Description string   `bun:"description" json:"description" doc:"Up to 500 characters."`
	LogoURI     string   `bun:"logo_uri" json:"logo_uri"`
	Framework   string   `bun:"framework" json:"framework" doc:"The guide that was chosen at creation."`
	Owner       string   `bun:"owner" json:"owner" doc:"The team that answers for it."`
	Tags        []string `bun:"tags,type:text" json:"tags"`
	Disabled    bool     `bun:"disabled" json:"disabled" doc:"A disabled application gets no tokens."`

	ManagementFaces []string `bun:"management_faces,type:text" json:"management_faces" doc:"With kind management: the APIs its clients may use."`

	AllowPublicSignup bool   `bun:"allow_public_signup" json:"allow_public_signup"`
	LoginURI          string `bun:"login_uri" json:"login_uri" doc:"Where sign-in started by somebody else begins (OpenID Connect Core 4)."`
	Hub               Hub    `bun:"hub,type:text" json:"hub"`
	SigningKeyEnabled bool   `bun:"signing_key_enabled" json:"signing_key_enabled" doc:"Tokens of this application are signed with its own key."`

	InviteMemberURI              string              `bun:"invite_member_uri" json:"invite_member_uri"`
	InviteClientID               string              `bun:"invite_client_id" json:"invite_client_id"`
	InviteJourneyID              string              `bun:"invite_journey_id" json:"invite_journey_id" doc:"The journey that invitations start; stored as given."`
	InviteEmailExpirationMinutes int64               `bun:"invite_email_expiration_minutes" json:"invite_email_expiration_minutes"`
	Subdomain                    string              `bun:"subdomain" json:"subdomain"`
	CustomDomain                 string              `bun:"custom_domain" json:"custom_domain"`
	CustomDomainStatus           string              `bun:"custom_domain_status" json:"custom_domain_status" enum:",pending,verified,error"`
	Language                     string              `bun:"language" json:"language" doc:"Language of mails and text messages."`
	PasswordSharingGroupID       string              `bun:"password_sharing_group_id" json:"password_sharing_group_id"`
	ServiceProviders             []string            `bun:"service_providers,type:text" json:"service_providers"`
	RefreshInvalidation          RefreshInvalidation `bun:"refresh_invalidation,type:text" json:"refresh_invalidation"`
	CustomData                   map[string]any      `bun:"custom_data,type:text" json:"custom_data"`

	DefaultClientID string    `bun:"default_client_id" json:"default_client_id" audit:"-"`
	CreatedBy       string    `bun:"created_by" json:"created_by" audit:"-"`
	Version         int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt       time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt       time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// Hub says whether an application signs people in for the others of its tenant. At most one does.
type Hub struct {
	Centralized bool   `json:"is_centralized"`
	LoginURI    string `json:"login_uri"`
}

// RefreshInvalidation says which changes to a person end that person's refresh tokens.
type RefreshInvalidation struct {
	OnSuspension    bool `json:"on_suspension"`
	OnPasswordReset bool `json:"on_password_reset"`
	OnRoleUpdate    bool `json:"on_role_update"`
}
