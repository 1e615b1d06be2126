package connections

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// OwnOf lists the connections of applications' own, in their places. Its callers have judged the actor for the applications.
func (o Ops) OwnOf(ctx context.Context, applicationIDs ...string) ([]models.Connection, error) {
	var rows []models.Connection
	if len(applicationIDs) == 0 {
		return rows, nil
	}
	err := o.DB.Read.NewSelect().Model(&rows).Where("cn.application_id IN (?)", bun.In(applicationIDs)).Order("strategy", "position").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read connections of applications: %w", err)
	}
	return rows, nil
}

// Reachable lists the connections that sign people in: the tenant's, and with an application its own. Its callers have judged
// the actor.
func (o Ops) Reachable(ctx context.Context, applicationID string) ([]models.Connection, error) {
	var rows []models.Connection
	err := o.DB.Read.NewSelect().Model(&rows).Where("cn.tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("cn.application_id IS NULL OR cn.application_id = ?", applicationID).
		Where("cn.strategy NOT IN (?)", bun.In(models.ServiceStrategies)).Order("created_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	return rows, nil
}

// Own is a connection that an application's own settings ask for.
type Own struct {
	ApplicationID string
	Strategy      string
	Position      int
	DisplayName   string
	Settings      models.ConnectionSettings
	Secret        models.Secret
}

// PutOwn stores what is wanted over the connection in its place, before, or as a new one. Its callers have judged the actor
// for the application and are in a transaction.
func (o Ops) PutOwn(ctx context.Context, before *models.Connection, w Own) (models.Connection, error) {
	if before == nil {
		return o.addOwn(ctx, w)
	}
	held, err := o.Vault.OpenOptions(*before)
	if err != nil {
		return *before, err
	}
	// A caller who may not read secrets sends back none: the one that is held stays, while it is of the same account.
	had := before.Settings()
	keeps := w.Secret.Empty() && had.ClientID == w.Settings.ClientID && had.KeyID == w.Settings.KeyID
	moved := !keeps && held[models.MainSecret] != w.Secret.Reveal()
	if !moved && sameJSON(had, w.Settings) {
		return *before, nil
	}
	after := *before
	after.Options, after.Version, after.UpdatedAt = w.Settings.Over(before.Options), before.Version+1, o.Now()
	if moved {
		held = w.secrets(held)
	}
	if err := o.update(ctx, before.Version, &after, held); err != nil {
		return after, err
	}
	return after, o.record(ctx, "connection.updated", before, &after, change{secret: moved})
}

func (o Ops) addOwn(ctx context.Context, w Own) (models.Connection, error) {
	id, now := models.NewID(models.ObjectID), o.Now()
	c := models.Connection{ID: id, TenantID: models.ActorFrom(ctx).TenantID, ApplicationID: &w.ApplicationID, Strategy: w.Strategy, Name: w.Strategy + "-" + id,
		DisplayName: w.DisplayName, Enabled: true, Position: w.Position, Options: w.Settings.Over(nil), Realms: []string{}, Version: 1, CreatedAt: now, UpdatedAt: now}
	secrets := w.secrets(map[string]string{})
	if err := o.insert(ctx, &c, secrets); err != nil {
		return c, err
	}
	return c, o.record(ctx, "connection.created", nil, &c, change{secret: len(secrets) > 0})
}

// secrets are those held with the main one replaced.
func (w Own) secrets(held map[string]string) map[string]string {
	delete(held, models.MainSecret)
	if !w.Secret.Empty() {
		held[models.MainSecret] = w.Secret.Reveal()
	}
	return held
}
