package keys

import (
	"encoding/json"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/models"
)

func checkCreate(in CreateIn) (models.SigningKey, error) {
	row := models.SigningKey{Name: strings.TrimSpace(in.Name), Alg: in.Alg, Source: models.KeyGenerated}
	if row.Alg == "" {
		row.Alg = models.AlgES256
	}
	var c models.Check
	c.Length("name", row.Name, 0, 100)
	c.OneOf("alg", row.Alg, models.Algs...)
	return row, c.Err()
}

func checkOwnName(name string, c *models.Check) string {
	name = strings.TrimSpace(name)
	c.Length("name", name, 1, 100)
	return name
}

func checkUpdate(in UpdateOwnIn) error {
	var c models.Check
	if in.Name.Set {
		checkOwnName(in.Name.V, &c)
	}
	if in.Status.Set {
		if c.That(in.Status.V != "", "status", "required", "This field needs a value.") {
			c.OneOf("status", in.Status.V, models.KeySigning, models.KeyValidating, models.KeyDisabled)
		}
	}
	return c.Err()
}

// PublicKeys checks a set of public keys that somebody else signs with (RFC 7517 section 5), such as a client's jwks: asymmetric
// keys only, no private parts, no kid twice. What is wrong is said about field.
func PublicKeys(raw json.RawMessage, field string, c *models.Check) jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	if json.Unmarshal(raw, &set) != nil {
		c.Add(field, "invalid_jwks", `This is not a key set: write {"keys": [...]} with public JWKs.`)
		return set
	}
	seen := map[string]bool{}
	for _, key := range set.Keys {
		switch {
		case !key.Valid() || !key.IsPublic():
			c.Add(field, "private_key", "A key set holds public keys only: leave out d and every other private member.")
		case key.KeyID != "" && seen[key.KeyID]:
			c.Add(field, "kid_twice", "Two keys of this set have the same kid.")
		}
		seen[key.KeyID] = true
	}
	return set
}
