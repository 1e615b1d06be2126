package models

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Connection is an outside source that people sign in with, or a service that reaches them. It belongs to the tenant, or to one
// application. Options that are secrets are no part of Options: they have one sealed column together (see SplitSecrets).
type Connection struct {
	bun.BaseModel `bun:"table:connections,alias:cn"`

	ID            string  `bun:"id,pk" json:"id"`
	TenantID      string  `bun:"tenant_id" json:"-"`
	ApplicationID *string `bun:"application_id" json:"application_id" doc:"Null: of the tenant."`
	Strategy      string  `bun:"strategy" json:"strategy" doc:"What answers on the other side: google, oidc, samlp, auth0 (our own database of people), email…"`
	Name          string  `bun:"name" json:"name" doc:"For programs; unique in the tenant and fixed."`
	DisplayName   string  `bun:"display_name" json:"display_name" doc:"For people; the name of the strategy when empty."`
	Factory       string  `bun:"factory" json:"factory,omitempty" doc:"Which implementation of the strategy was chosen, where there are several."`
	Enabled       bool    `bun:"enabled" json:"enabled" doc:"False: nobody signs in with it."`
	Position      int     `bun:"position" json:"-"` // among those of one strategy of one application

	Options       map[string]any `bun:"options,type:text" json:"options" doc:"What the strategy needs, secrets left out."`
	SecretOptions []string       `bun:"secret_options,type:text" json:"secret_options" audit:"-" doc:"JSON pointers (RFC 6901) of the options that are held sealed."`
	SealedSecret  string         `bun:"sealed_secret" json:"-"`       // empty: no option is secret
	SealedBy      int64          `bun:"sealed_by" json:"-" audit:"-"` // SecretEdition when it was written last

	Realms           []string          `bun:"realms,type:text" json:"realms" doc:"Names under which sign-in requests find it."`
	DomainConnection bool              `bun:"is_domain_connection" json:"is_domain_connection" doc:"Third-party clients may use it as well."`
	ShowAsButton     *bool             `bun:"show_as_button" json:"show_as_button" doc:"Whether an enterprise connection has a button; null leaves it to the experience."`
	Metadata         map[string]string `bun:"metadata,type:text" json:"metadata"`

	// Stored holds members that a dialect lets people write and nothing else reads, by "<dialect>.<member>".
	Stored map[string]json.RawMessage `bun:"stored,type:text" json:"-" audit:"-"`

	Version   int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// Title is the name that people see.
func (c Connection) Title() string {
	if c.DisplayName != "" {
		return c.DisplayName
	}
	if s, ok := FindStrategy(c.Strategy); ok && s.Kind != ConnectionDatabase {
		return s.Name
	}
	return c.Name
}

// Kind is the family of the connection's strategy.
func (c Connection) Kind() string {
	s, _ := FindStrategy(c.Strategy)
	return s.Kind
}

// Owner is the application that the connection belongs to, empty for the tenant's.
func (c Connection) Owner() string {
	if c.ApplicationID == nil {
		return ""
	}
	return *c.ApplicationID
}

// ConnectionClient says that a client may sign people in through a connection.
type ConnectionClient struct {
	bun.BaseModel `bun:"table:connection_clients,alias:cc"`

	ConnectionID string    `bun:"connection_id,pk"`
	ClientID     string    `bun:"client_id,pk"`
	CreatedAt    time.Time `bun:"created_at"`
}

// ConnectionSettings are the options that the login preferences know of a connection.
type ConnectionSettings struct {
	ClientID     string   `json:"client_id,omitempty"`
	RedirectURIs []string `json:"redirect_uris,omitempty"`
	TeamID       string   `json:"team_id,omitempty"`
	KeyID        string   `json:"key_id,omitempty"`
	Bundle       string   `json:"bundle,omitempty"`
	Production   *bool    `json:"production,omitempty"`
}

// Settings reads the options as the login preferences know them; what has another type is left out.
func (c Connection) Settings() ConnectionSettings {
	var s ConnectionSettings
	known := s.options()
	for name := range known {
		one, _ := json.Marshal(map[string]any{name: c.Options[name]})
		_ = json.Unmarshal(one, &s) // a member of another type stays empty
	}
	return s
}

// options are the members with their empty values.
func (s ConnectionSettings) options() map[string]any {
	return map[string]any{"client_id": s.ClientID, "redirect_uris": s.RedirectURIs, "team_id": s.TeamID, "key_id": s.KeyID, "bundle": s.Bundle, "production": s.Production}
}

// Over lays the settings over options: what the preferences know is replaced, the rest stays.
func (s ConnectionSettings) Over(options map[string]any) map[string]any {
	out := maps.Clone(options)
	if out == nil {
		out = map[string]any{}
	}
	for name := range s.options() {
		delete(out, name)
	}
	raw, _ := json.Marshal(s)
	_ = json.Unmarshal(raw, &out)
	return out
}

// SocialStrategies are those of the login preferences that sign people in with an outside account.
var SocialStrategies = []string{StrategyGoogle, StrategyFacebook, StrategyApple, StrategyLINE, StrategyTikTok}

// ServiceStrategies reach people or check them and are no way to sign in by themselves.
var ServiceStrategies = []string{StrategyAPNs, StrategyFCM, StrategyWebAuthn}

// SignsIn tells whether people sign in with the connection.
func (c Connection) SignsIn() bool { return !slices.Contains(ServiceStrategies, c.Strategy) }
