package resources

import (
	"fmt"
	"slices"
	"strings"

	"gatehouse/models"
)

// Limits, in characters and seconds.
const (
	maxName       = 200
	maxText       = 500
	maxIdentifier = 600
	maxScopeName  = 280
	maxScopes     = 1000 // of one resource
	maxLifetime   = 30 * 24 * 3600
)

// Algorithms that a resource may name; the last two are kept for tools that say them, and no token is made with them.
var algorithms = append(slices.Clone(models.Algs), "HS256", "RS512")

// Names tells the identifiers of this server's own APIs: of each, every name under which a request may ask for it.
type Names struct {
	System   map[string]string // identifier → the face that it stands for
	Reserved []string          // further identifiers that nobody may register
}

// check judges a new resource.
func (o Ops) check(r models.Resource, said Fields) error {
	var c models.Check
	c.Length("identifier", r.Identifier, 1, maxIdentifier)
	c.That(visible(r.Identifier), "identifier", "invalid_identifier", "Use visible characters without spaces, such as https://api.example.com/.")
	if _, ours := o.Names.System[r.Identifier]; (ours && r.System == "") || slices.Contains(o.Names.Reserved, r.Identifier) {
		c.Add("identifier", "reserved_identifier", "This is the name of one of this server's own APIs.")
	}
	checkFields(&c, r, said)
	return c.Err()
}

func (o Ops) checkChange(before, after models.Resource, said Fields) error {
	var c models.Check
	checkFields(&c, after, said)
	if err := c.Err(); err != nil || before.System == "" {
		return err
	}
	if said.Scopes.Set || before.Name != after.Name || after.SigningAlg == "HS256" || after.SigningAlg == "RS512" {
		return systemFault("Name and scopes of a management API are the server's own, and it signs with ES256, RS256, PS256 or EdDSA.")
	}
	return nil
}

func checkFields(c *models.Check, r models.Resource, said Fields) {
	if said.Name.Set || r.Name != r.Identifier { // a name that follows from the identifier is no second problem
		c.Length("name", r.Name, 1, maxName)
	}
	c.That(!strings.ContainsAny(r.Name, "<>"), "name", "not_allowed", "A name has no < and no >.")
	c.Length("description", r.Description, 0, maxText)
	c.OneOf("signing_alg", r.SigningAlg, algorithms...)
	for name, seconds := range map[string]*int64{"access_token_lifetime_seconds": r.AccessTokenLifetimeSeconds, "web_lifetime_seconds": r.WebLifetimeSeconds} {
		if seconds != nil {
			c.Range(name, *seconds, 0, maxLifetime)
		}
	}
	checkScopes(c, said.Scopes.V)
	if s := said.SigningSecret; s.Set && !s.V.Empty() {
		c.Length("signing_secret", s.V.Reveal(), 16, 1024)
	}
}

func checkScopes(c *models.Check, scopes []ScopeIn) {
	if !c.That(len(scopes) <= maxScopes, "scopes", "too_many", fmt.Sprintf("A resource has at most %d scopes.", maxScopes)) {
		return
	}
	seen := map[string]bool{}
	for i, s := range scopes {
		at := fmt.Sprintf("scopes[%d].", i)
		checkScope(c, at, s)
		c.That(!seen[s.Name], at+"name", "repeated", "This scope is in the list twice.")
		seen[s.Name] = true
	}
}

// checkScope judges a scope token (RFC 6749 section 3.3).
func checkScope(c *models.Check, at string, s ScopeIn) {
	c.Length(at+"name", s.Name, 1, maxScopeName)
	c.That(visible(s.Name) && !strings.ContainsAny(s.Name, `"\`), at+"name", "invalid_scope_name", "Use visible ASCII characters without space, quote and backslash, such as read:orders.")
	c.Length(at+"description", s.Description, 0, maxText)
}

// visible tells whether a text holds printable ASCII only, and no space.
func visible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}
