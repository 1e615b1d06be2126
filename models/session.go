package models

import (
	"time"

	"github.com/uptrace/bun"
)

// ConsoleSession is an administrator's sign-in to the console. The id itself is only in the browser's cookie.
type ConsoleSession struct {
	bun.BaseModel `bun:"table:console_sessions,alias:cs"`

	IDHash          string    `bun:"id_hash,pk" json:"id"` // SHA-256 of the id
	AdministratorID string    `bun:"administrator_id" json:"administrator_id"`
	IP              string    `bun:"ip" json:"ip"`
	Agent           string    `bun:"agent" json:"agent"`
	CreatedAt       time.Time `bun:"created_at" json:"created_at"`
	AuthAt          time.Time `bun:"auth_at" json:"auth_at"` // when the person last proved who they are
	LastSeenAt      time.Time `bun:"last_seen_at" json:"last_seen_at"`
	ExpiresAt       time.Time `bun:"expires_at" json:"expires_at"`
}

// How long an administrator's session lasts.
const (
	SessionIdle     = 30 * time.Minute
	SessionAbsolute = 12 * time.Hour
	RecentSignIn    = 10 * time.Minute // how new a sign-in must be for sensitive acts
)

// Live tells whether the session still opens anything.
func (s ConsoleSession) Live(now time.Time) bool {
	return now.Before(s.ExpiresAt) && now.Sub(s.LastSeenAt) < SessionIdle
}

// NeedRecentSignIn refuses a person who proved who they are longer than RecentSignIn ago. Clients prove it at every token.
func NeedRecentSignIn(a Actor, now time.Time) error {
	if a.Kind != ActorAdministrator || now.Sub(a.AuthTime) <= RecentSignIn {
		return nil
	}
	return &Fault{Code: Forbidden, Reason: "recent_sign_in_needed", Text: "This needs a sign-in newer than 10 minutes. Confirm who you are and try again."}
}
