package models

import (
	"strings"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Roles of administrators. What each may do is in RoleActions.
const (
	RoleOwner  = "owner"
	RoleEditor = "editor"
	RoleViewer = "viewer"
)

// Roles lists them, the mightiest first.
var Roles = []string{RoleOwner, RoleEditor, RoleViewer}

// Administrator is a person who signs in to the console. What proves who they are never leaves the row.
type Administrator struct {
	bun.BaseModel `bun:"table:administrators,alias:ad"`

	ID       string `bun:"id,pk" json:"id"`
	TenantID string `bun:"tenant_id" json:"-"`
	Email    string `bun:"email" json:"email" audit:"name"`
	EmailKey string `bun:"email_key" json:"-"` // EmailKey(Email): unique
	Name     string `bun:"name" json:"name" audit:"name" doc:"1 to 100 characters."`
	Role     string `bun:"role" json:"role" enum:"owner,editor,viewer"`
	Disabled bool   `bun:"disabled" json:"disabled" doc:"A disabled administrator cannot sign in; sessions end at once."`
	Theme    string `bun:"theme" json:"-"`

	PasswordHash    string     `bun:"password_hash" json:"-"` // Argon2id with its parameters
	PasswordSetAt   *time.Time `bun:"password_set_at" json:"password_set_at" audit:"-" doc:"Null until the invitation was accepted."`
	TOTPSealed      string     `bun:"totp_sealed" json:"-"`
	TOTPConfirmedAt *time.Time `bun:"totp_confirmed_at" json:"totp_confirmed_at" audit:"-" doc:"Since when an authenticator app is asked for; null for never."`
	TOTPLastStep    int64      `bun:"totp_last_step" json:"-"` // of 30 s; a step opens once

	LastSignInAt *time.Time `bun:"last_sign_in_at" json:"last_sign_in_at" audit:"-"`
	Version      int64      `bun:"version" json:"version" audit:"-"`
	CreatedAt    time.Time  `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt    time.Time  `bun:"updated_at" json:"updated_at" audit:"-"`
}

// SecondFactor tells whether a password alone does not open the console.
func (a Administrator) SecondFactor() bool { return a.TOTPConfirmedAt != nil }

// Actor is the administrator as operations see who asks.
func (a Administrator) Actor() Actor {
	return Actor{Kind: ActorAdministrator, ID: a.ID, Name: a.Name, TenantID: a.TenantID, Actions: RoleActions(a.Role)}
}

// EmailKey is the form of an address under which it is unique: NFC, letter case folded, no space around it.
func EmailKey(email string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(strings.TrimSpace(email))))
}

// Purposes of one-time links.
const (
	LinkSetup  = "setup"  // creates the first administrator
	LinkInvite = "invite" // sets the first password
	LinkReset  = "reset"  // sets another password
)

// AdministratorLink is a link that works once. Only the hash of its random part is kept.
type AdministratorLink struct {
	bun.BaseModel `bun:"table:administrator_links,alias:al"`

	Hash            string    `bun:"hash,pk"`
	AdministratorID string    `bun:"administrator_id"`
	Purpose         string    `bun:"purpose"`
	CreatedAt       time.Time `bun:"created_at"`
	ExpiresAt       time.Time `bun:"expires_at"`
}

// RecoveryCode opens the second step of a sign-in once, when the authenticator app is lost. It is random with 128 bits, so
// its SHA-256 is enough.
type RecoveryCode struct {
	bun.BaseModel `bun:"table:administrator_recovery_codes,alias:arc"`

	Hash            string    `bun:"hash,pk"`
	AdministratorID string    `bun:"administrator_id"`
	CreatedAt       time.Time `bun:"created_at"`
}

// PendingSignIn is a sign-in whose password was right and whose second step is still missing. It opens nothing by itself.
type PendingSignIn struct {
	bun.BaseModel `bun:"table:pending_sign_ins,alias:psi"`

	Hash            string    `bun:"hash,pk"`
	AdministratorID string    `bun:"administrator_id"`
	Tries           int64     `bun:"tries"`
	ExpiresAt       time.Time `bun:"expires_at"`
}
