package credentials

import (
	"context"
	"fmt"

	"gatehouse/models"
)

// ForgetValues drops the sealed values of every secret of the tenant; the keyed hashes stay, so clients go on. Answers that were kept
// for a request that comes again hold such values as well, so they go too. It belongs to the change of the settings that turns
// write-once on.
func (o Ops) ForgetValues(ctx context.Context) error {
	_, err := o.DB.Write.NewUpdate().Model((*models.Credential)(nil)).Set("sealed = NULL").
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("sealed IS NOT NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget stored secrets: %w", err)
	}
	if _, err := o.DB.Write.NewDelete().Table("idempotency_keys").Where("status <> 0").Exec(ctx); err != nil {
		return fmt.Errorf("forget kept answers: %w", err)
	}
	o.DB.Drop(cacheName, models.EveryEntry)
	return nil
}
