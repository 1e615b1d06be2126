package connections

import (
	"context"

	"gatehouse/models"
)

// Reveals tells whether this actor's reads of a connection carry secrets: the actor may read them, and the tenant keeps them readable.
func (o Ops) Reveals(ctx context.Context, c models.Connection) (bool, error) {
	if !models.ReadsSecrets(ctx, c.Owner()) {
		return false, nil
	}
	tenant, err := o.Tenant(ctx)
	return tenant.Secrets == "readable", err
}

// WithSecrets gives the connection with its secrets put back among the options, for dialects whose reads carry them. An actor
// who may not read secrets gets it as it is.
func (o Ops) WithSecrets(ctx context.Context, c models.Connection) (models.Connection, error) {
	ok, err := o.Reveals(ctx, c)
	if err != nil || !ok || c.SealedSecret == "" {
		return c, err
	}
	secrets, err := o.Vault.OpenOptions(c)
	if err != nil {
		return c, err
	}
	c.Options = models.JoinSecrets(c.Options, secrets)
	return c, nil
}
