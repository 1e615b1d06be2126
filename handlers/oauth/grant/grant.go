// Package grant holds one file per grant_type: what is special about it and nothing else. Client authentication, signing,
// limits and the audit log are shared and lie in the package around it, so that a grant cannot forget them.
package grant

import (
	"slices"
	"time"

	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// Party is a client as the engine knows it: the parts of its row, its application and its credentials that decide about
// tokens. It is shared between requests and never changed.
type Party struct {
	ClientID        string
	ApplicationID   string
	ApplicationName string
	TenantID        string
	Disabled        bool // the client or its application
	Management      bool
	Faces           []string // of a management application
	OwnKey          bool     // tokens are signed with the application's key
	AuthMethod      string
	GrantTypes      []string
	Public          bool // instead of authenticating it proves possession of a code (RFC 7636)
	Bound           bool // asked for tokens that are bound to a certificate or DPoP key
	FAPI            string
	Resources       []string
	Scopes          []string // for resources that are not ours
	RoleIDs         []string
	LifetimeSeconds *int64
	Alg             string
	Access          map[string]*Access // what it was granted, by the resource's identifier
	Opened          map[string]*Access // the same of management APIs, by their face
	Secrets         []Secret
	Keys            []Key
	JWKSURI         string // where the client publishes its keys, instead of giving them to us
}

// Secret is what is known of a client secret: its keyed hash.
type Secret struct {
	CredentialID string
	Hash         string
	Expires      *time.Time
}

// Holds tells whether a credential of the client is still valid, or a key still in the client's own jwks.
func (p *Party) Holds(credentialID string, now time.Time) bool {
	valid := func(id string, expires *time.Time) bool {
		return id == credentialID && (expires == nil || now.Before(*expires))
	}
	return slices.ContainsFunc(p.Secrets, func(s Secret) bool { return valid(s.CredentialID, s.Expires) }) ||
		slices.ContainsFunc(p.Keys, func(k Key) bool { return valid(k.CredentialID, k.Expires) })
}

// Asked is what a client wants, after it proved who it is.
type Asked struct {
	Party           *Party
	Audiences       *Audiences
	DefaultAudience string // of the tenant
	Resource        string // RFC 8707
	Audience        string // the older spelling of the same
	Scope           string
	// Registered tells whether a resource is managed here: then a client needs to have been granted something of it.
	Registered func(identifier string) (bool, error)
	// Refusal is the error code for a resource that the client has nothing of: InvalidTarget or AccessDenied.
	Refusal string
}

// Granted is what a token will say, and how long and by which signature as far as the resource decides that.
type Granted struct {
	Audience        string
	Scope           string
	Directory       *token.Directory
	Alg             string
	LifetimeSeconds *int64
}

// Type is a grant type: its name and what it decides.
type Type struct {
	Name   string
	Decide func(Asked) (Granted, error)
}

// Types lists the grant types that work.
var Types = []Type{
	{models.GrantClientCredentials, ClientCredentials},
}

// Find gives a grant type by its name.
func Find(name string) (Type, bool) {
	for _, t := range Types {
		if t.Name == name {
			return t, true
		}
	}
	return Type{}, false
}
