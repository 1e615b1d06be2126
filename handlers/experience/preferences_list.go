package experience

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// LoginPreferencesOf is LoginPreferences for a page of applications, by application id, in a handful of queries whatever their
// number. The caller has read the applications on behalf of the same actor.
func (o Ops) LoginPreferencesOf(ctx context.Context, applicationIDs []string) (map[string]models.AuthMethods, error) {
	out := make(map[string]models.AuthMethods, len(applicationIDs))
	if len(applicationIDs) == 0 {
		return out, nil
	}
	tenant, err := o.view(ctx, ScopeIn{})
	if err != nil {
		return nil, err
	}
	layers, connections, err := o.ofApplications(ctx, applicationIDs)
	if err != nil {
		return nil, err
	}
	shared, err := o.reachable(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, id := range applicationIDs {
		in, settings := ScopeIn{ApplicationID: id}, tenant.Settings
		if err := models.Need(ctx, "experience.read", id, "application"); err != nil {
			return nil, err
		}
		if layer, ok := layers[id]; ok {
			if settings, err = layer.Over(settings); err != nil {
				return nil, err
			}
		}
		m, reveal := methodsOf(settings), false
		if own := connections[id]; len(own) > 0 {
			if reveal, err = o.reveals(ctx, in); err != nil {
				return nil, err
			}
		}
		if err := o.showConnections(connections[id], shared, reveal, settings, &m); err != nil {
			return nil, err
		}
		out[id] = m
	}
	return out, nil
}

// ofApplications reads what single applications set over their tenant.
func (o Ops) ofApplications(ctx context.Context, ids []string) (map[string]models.Overlay, map[string][]models.Connection, error) {
	var layers []models.ExperienceLayer
	if err := o.DB.Read.NewSelect().Model(&layers).Where("application_id IN (?)", bun.In(ids)).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("read experiences of applications: %w", err)
	}
	rows, err := o.own.In(o.DB).OwnOf(ctx, ids...)
	if err != nil {
		return nil, nil, err
	}
	overlays, connections := map[string]models.Overlay{}, map[string][]models.Connection{}
	for _, l := range layers {
		overlays[l.ID] = l.Settings
	}
	for _, c := range rows {
		connections[*c.ApplicationID] = append(connections[*c.ApplicationID], c)
	}
	return overlays, connections, nil
}
