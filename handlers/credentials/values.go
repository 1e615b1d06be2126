package credentials

import (
	"context"

	"gatehouse/models"
)

// Held is a secret with its value, for dialects that show values on reads. The value is empty when the tenant keeps secrets
// write-once, and for a retired secret.
type Held struct {
	models.Credential
	Value models.Secret
}

// Values gives the secrets of a client with their values, the oldest first, retired ones too. It is not a reveal (PRODUCT.md
// section 4): it needs secret.read and is not audited.
// Faults: NotFound (client), Forbidden.
func (o Ops) Values(ctx context.Context, in ClientIn) ([]Held, error) {
	c, err := o.reach(ctx, "secret.read", in.ClientID)
	if err != nil {
		return nil, err
	}
	rows, err := ofClient(ctx, o.DB.Read, in.ClientID, models.CredentialSecret)
	if err != nil {
		return nil, err
	}
	out := make([]Held, len(rows))
	for i, row := range rows {
		held := Held{Credential: row}
		if row.Sealed != "" && models.ReadsSecrets(ctx, c.ApplicationID) {
			if held.Value, err = o.Vault.Open("credentials", "sealed", row.ID, row.Sealed); err != nil {
				return nil, err
			}
		}
		out[len(rows)-1-i] = held
	}
	return out, nil
}
