package models

import (
	"time"

	"github.com/uptrace/bun"
)

// Strategies of connections that the login preferences know.
const (
	StrategyGoogle   = "google"
	StrategyFacebook = "facebook"
	StrategyApple    = "apple"
	StrategyLINE     = "line"
	StrategyTikTok   = "tiktok"
	StrategyAPNs     = "apns" // notices through Apple
	StrategyFCM      = "fcm"  // notices through Firebase
	StrategyWebAuthn = "webauthn"
)

// SocialStrategies are those that sign people in with an outside account.
var SocialStrategies = []string{StrategyGoogle, StrategyFacebook, StrategyApple, StrategyLINE, StrategyTikTok}

// Connection is an outside source that people sign in with, or a service that reaches them. It belongs to the tenant, or to one
// application. Its secret has a sealed column of its own and is never part of Settings.
type Connection struct {
	bun.BaseModel `bun:"table:connections,alias:cn"`

	ID            string  `bun:"id,pk" json:"id"`
	TenantID      string  `bun:"tenant_id" json:"-"`
	ApplicationID *string `bun:"application_id" json:"application_id" doc:"Null: of the tenant."`
	Strategy      string  `bun:"strategy" json:"strategy"`
	Name          string  `bun:"name" json:"name"`
	Position      int     `bun:"position" json:"-"` // among those of one strategy

	Settings     ConnectionSettings `bun:"settings,type:text" json:"settings"`
	SealedSecret string             `bun:"sealed_secret" json:"-"` // empty: none was given

	Version   int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// ConnectionSettings is what a connection needs besides its secret.
type ConnectionSettings struct {
	ClientID     string   `json:"client_id,omitempty"`
	RedirectURIs []string `json:"redirect_uris,omitempty"`
	TeamID       string   `json:"team_id,omitempty"`
	KeyID        string   `json:"key_id,omitempty"`
	Bundle       string   `json:"bundle,omitempty"`
	Production   *bool    `json:"production,omitempty"`
}
