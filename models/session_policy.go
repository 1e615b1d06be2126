package models

// KindSessionPolicy is the kind of the one document whose body is a SessionPolicy.
const KindSessionPolicy = "session_policy"

// SessionPolicy is how long people stay signed in on the hosted pages, for every face that can say so.
type SessionPolicy struct {
	LifetimeSeconds int64 `json:"lifetime_seconds"`
	IdleSeconds     int64 `json:"idle_seconds"` // without a visit; 0: only the lifetime counts
}

// DefaultSessionPolicy is what holds until somebody sets another: 14 days, however long the pause.
var DefaultSessionPolicy = SessionPolicy{LifetimeSeconds: 14 * 24 * 3600}
