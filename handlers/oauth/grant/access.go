package grant

import (
	"slices"
	"strings"

	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// Access is what a client was granted of one resource that is managed here, and how tokens for it are made.
type Access struct {
	Identifier      string
	Alg             string
	LifetimeSeconds *int64
	Scope           string // all that was granted, as a token says it
	held            map[string]bool
}

// NewAccess prepares what was granted, so that a request need not.
func NewAccess(a models.Access) *Access {
	out := &Access{Identifier: a.Identifier, Alg: a.SigningAlg, LifetimeSeconds: a.LifetimeSeconds, held: make(map[string]bool, len(a.Scopes))}
	names := make([]string, len(a.Scopes))
	for i, s := range a.Scopes {
		names[i], out.held[s.Name] = s.Name, true
	}
	out.Scope = strings.Join(names, " ")
	return out
}

// Narrow gives those scopes that are asked for and granted; asking for none asks for all.
func (a *Access) Narrow(asked string) string {
	switch {
	case a == nil:
		return ""
	case asked == "" || asked == a.Scope:
		return a.Scope
	}
	return strings.Join(a.Still(asked), " ")
}

// Still gives those scopes of a text that are granted.
func (a *Access) Still(scope string) []string {
	if a == nil {
		return nil
	}
	var out []string
	for _, s := range token.Scopes(scope) {
		if a.held[s] {
			out = append(out, s)
		}
	}
	return out
}

// Has tells whether a scope is granted.
func (a *Access) Has(scope string) bool { return a != nil && a.held[scope] }

// signature refuses a resource whose tokens nobody here can sign: its owner would verify them with another kind of key.
func (a *Access) signature(p *Party) error {
	if a.Alg == "" || p.Alg != "" || slices.Contains(models.Algs, a.Alg) {
		return nil
	}
	return Fail(InvalidTarget, "The resource "+a.Identifier+" asks for "+a.Alg+" signatures, which this server does not make. Choose RS256, PS256, ES256 or EdDSA for it.")
}
