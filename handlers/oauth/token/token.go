// Package token is what the JWTs of the authorization server hold, and how one is read with suspicion. It knows nothing of
// HTTP and of the database.
package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Leeway is how far clocks may differ.
const Leeway = time.Minute

// Access is the claims of an access token (RFC 9068 section 2.2), in the order in which they are written.
type Access struct {
	Issuer     string `json:"iss"`
	Subject    string `json:"sub"`
	ClientID   string `json:"client_id"`
	Audience   string `json:"aud"` // one: a token opens one door (RFC 9068 section 3)
	Expires    int64  `json:"exp"`
	IssuedAt   int64  `json:"iat"`
	ID         string `json:"jti"`
	Scope      string `json:"scope,omitempty"`
	Credential string `json:"credential_id,omitempty"` // what the client proved itself with; the token does not outlive it
	*Directory
}

// Directory is the claims about application and tenant that the Transmit face gives (its reference, section 7).
type Directory struct {
	AppID       string   `json:"app_id"`
	AppName     string   `json:"app_name"`
	TenantID    string   `json:"tid"`
	Roles       []string `json:"roles"`
	ClientRoles []string `json:"ts_roles"`
	Permissions []string `json:"ts_permissions"`
}

// Encode writes claims as JSON.
func (a Access) Encode() ([]byte, error) { return json.Marshal(a) }

// Audience is the aud claim as others write it: one text or several (RFC 7519 section 4.1.3).
type Audience struct {
	Values []string
	Array  bool // written as an array
}

// UnmarshalJSON takes both forms.
func (a *Audience) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		a.Array = true
		return json.Unmarshal(b, &a.Values)
	}
	a.Values = make([]string, 1)
	return json.Unmarshal(b, &a.Values[0])
}

// Names tells whether one of the values is among those that mean us.
func (a Audience) Names(us []string) bool {
	return slices.ContainsFunc(a.Values, func(v string) bool { return slices.Contains(us, v) })
}

// Claims is what is read of a JWT that somebody presents, ours or a client's assertion. Times are numbers that may have a
// fraction (RFC 7519 section 2).
type Claims struct {
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	ClientID   string   `json:"client_id"`
	Audience   Audience `json:"aud"`
	Expires    *float64 `json:"exp"`
	NotBefore  *float64 `json:"nbf"`
	IssuedAt   *float64 `json:"iat"`
	ID         string   `json:"jti"`
	Scope      string   `json:"scope"`
	Credential string   `json:"credential_id"`
}

// Reasons why a token does not count.
var (
	ErrExpired  = errors.New("it has expired")
	ErrNotYet   = errors.New("it is not valid yet")
	ErrNoExpiry = errors.New("it has no exp")
)

// Current checks the times of a token (RFC 7519 sections 4.1.4 to 4.1.6).
func (c Claims) Current(now time.Time) error {
	switch {
	case c.Expires == nil:
		return ErrNoExpiry
	case !now.Before(c.ExpiresAt().Add(Leeway)):
		return ErrExpired
	case c.NotBefore != nil && now.Add(Leeway).Before(moment(*c.NotBefore)):
		return ErrNotYet
	case c.IssuedAt != nil && now.Add(Leeway).Before(moment(*c.IssuedAt)):
		return ErrNotYet
	}
	return nil
}

// ExpiresAt is the exp claim as a time; zero when there is none.
func (c Claims) ExpiresAt() time.Time {
	if c.Expires == nil {
		return time.Time{}
	}
	return moment(*c.Expires)
}

// moment keeps absurd numbers from overflowing into the past or the future.
func moment(seconds float64) time.Time {
	const most = 1 << 40
	return time.Unix(int64(min(max(seconds, -most), most)), 0).UTC()
}

// Scopes splits a scope value, each scope once (RFC 6749 section 3.3).
func Scopes(scope string) []string {
	var out []string
	seen := map[string]bool{}
	for s := range strings.FieldsSeq(scope) {
		if !seen[s] {
			out, seen[s] = append(out, s), true
		}
	}
	return out
}
