package experience

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gatehouse/models"
)

// connectionsPath is the setting that lists the connections on offer.
const connectionsPath = "methods.connections"

// Withdraw stops offering a connection that is being deleted, in every layer and draft that names it, in the transaction of
// that. What was published before becomes a new version, so that the history stays true.
func (o Ops) Withdraw(ctx context.Context, tx models.DB, connectionID string) error {
	to, like := o.In(tx), "%\""+connectionID+"\"%"
	var layers []models.ExperienceLayer
	err := tx.Write.NewSelect().Model(&layers).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("settings LIKE ?", like).Scan(ctx)
	if err != nil {
		return fmt.Errorf("find offers of connection %s: %w", connectionID, err)
	}
	for _, l := range layers {
		next, ok := without(l.Settings, connectionID)
		if !ok {
			continue
		}
		in := ScopeIn{}
		if l.ApplicationID != nil {
			in.ApplicationID = *l.ApplicationID
		}
		s, err := to.load(ctx, in)
		if err != nil {
			return err
		}
		if _, err := to.commit(ctx, s, next, 0); err != nil {
			return err
		}
	}
	return to.withdrawDrafts(ctx, like, connectionID)
}

func (o Ops) withdrawDrafts(ctx context.Context, like, connectionID string) error {
	var drafts []models.ExperienceDraft
	if err := o.DB.Write.NewSelect().Model(&drafts).Where("settings LIKE ?", like).Scan(ctx); err != nil {
		return fmt.Errorf("find drafts that offer connection %s: %w", connectionID, err)
	}
	for _, d := range drafts {
		next, ok := without(d.Settings, connectionID)
		if !ok {
			continue
		}
		d.Settings, d.Version, d.UpdatedAt = next, d.Version+1, o.Now()
		if err := o.writeDraft(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// without gives settings that no longer name the connection, and whether they did.
func without(settings models.Overlay, connectionID string) (models.Overlay, bool) {
	var ids []string
	if json.Unmarshal(settings[connectionsPath], &ids) != nil || !slices.Contains(ids, connectionID) {
		return settings, false
	}
	rest := slices.DeleteFunc(ids, func(id string) bool { return id == connectionID })
	next := maps.Clone(settings)
	next[connectionsPath], _ = json.Marshal(rest)
	return next, true
}
