package setup

import (
	"context"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// ManagementClient makes the first management application, whose client has the id and secret that the environment names. A
// client that is there already is left as it is: whoever retired its secret does not get it back at the next start.
func ManagementClient(apps applications.Ops) func(ctx context.Context, id string, secret models.Secret) error {
	return func(ctx context.Context, id string, secret models.Secret) error {
		_, err := apps.Clients.Get(ctx, clients.OneIn{ID: id})
		if err == nil || !models.IsFault(err, models.NotFound) {
			return err
		}
		in := applications.CreateIn{Kind: models.KindManagement, Client: clients.CreateIn{ID: id, Secret: secret}}
		in.Name = models.Some("Bootstrap management")
		_, err = apps.Create(ctx, in)
		if models.IsFault(err, models.Conflict) {
			return nil // another node was faster
		}
		return err
	}
}
