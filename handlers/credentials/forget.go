package credentials

import (
	"context"
	"fmt"

	"gatehouse/models"
)

// ForgetValues drops the sealed values of every secret of the tenant; the keyed hashes stay, so clients go on. It belongs to the
// change of the settings that turns write-once on.
func (o Ops) ForgetValues(ctx context.Context) error {
	_, err := o.DB.Write.NewUpdate().Model((*models.Credential)(nil)).Set("sealed = NULL").
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("sealed IS NOT NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget stored secrets: %w", err)
	}
	o.DB.Drop(cacheName, models.EveryEntry)
	return nil
}
