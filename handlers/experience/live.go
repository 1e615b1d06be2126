package experience

import (
	"context"
	"strconv"

	"gatehouse/models"
	"gatehouse/views/hosted"
)

// Live is the published experience of the tenant or of one application, ready for drawing.
type Live struct {
	*hosted.Look
	number int64 // of the tenant's layer
}

// Live gives what people see now. An application that sets nothing shows the tenant's.
func (o Ops) Live(ctx context.Context, in ScopeIn) (Live, error) {
	tenant, err := o.live.Get(ctx, models.ActorFrom(ctx).TenantID, func(ctx context.Context, _ string) (Live, error) {
		return o.loadLive(ctx, ScopeIn{})
	})
	if err != nil || in.ApplicationID == "" {
		return tenant, err
	}
	return o.live.Get(ctx, liveKey(in, tenant.number), func(ctx context.Context, _ string) (Live, error) {
		return o.loadLive(ctx, in)
	})
}

// liveKey holds the number of the tenant's version, so that publishing that one ends the entries of every application.
func liveKey(in ScopeIn, tenantNumber int64) string {
	return in.ApplicationID + "@" + strconv.FormatInt(tenantNumber, 10)
}

func (o Ops) loadLive(ctx context.Context, in ScopeIn) (Live, error) {
	s, err := o.load(ctx, in)
	if err != nil {
		return Live{}, err
	}
	full, err := s.layer.Settings.Over(s.below)
	if err != nil {
		return Live{}, err
	}
	look, err := o.look(ctx, in, full)
	return Live{look, s.layer.Number}, err
}

// look makes settings ready for drawing: the one way for what is published and for a draft.
func (o Ops) look(ctx context.Context, in ScopeIn, e models.Experience) (*hosted.Look, error) {
	offered, err := o.offered(ctx, in, e.Methods.Connections)
	if err != nil {
		return nil, err
	}
	return hosted.NewLook(e, offered), nil
}

// offered is the connections of a sign-in page, in the order of the settings.
func (o Ops) offered(ctx context.Context, in ScopeIn, ids []string) ([]hosted.Connection, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := o.reachable(ctx, in.ApplicationID)
	if err != nil {
		return nil, err
	}
	byID := map[string]models.Connection{}
	for _, k := range known {
		byID[k.ID] = k
	}
	var out []hosted.Connection
	for _, id := range ids {
		if k, ok := byID[id]; ok && k.Enabled {
			out = append(out, hosted.Connection{ID: k.ID, Strategy: k.Strategy, Name: k.Title()})
		}
	}
	return out, nil
}

// Connections lists what a layer may offer: the tenant's connections, and with an application its own.
// Faults: NotFound (application).
func (o Ops) Connections(ctx context.Context, in ScopeIn) ([]models.Connection, error) {
	if err := o.may(ctx, "experience.read", in); err != nil {
		return nil, err
	}
	return o.reachable(ctx, in.ApplicationID)
}

// reachable is the connections that sign people in: the tenant's, and with an application its own.
func (o Ops) reachable(ctx context.Context, applicationID string) ([]models.Connection, error) {
	return o.own.In(o.DB).Reachable(ctx, applicationID)
}

// forget drops what the cache holds of a layer that is about to change.
func (o Ops) forget(ctx context.Context, in ScopeIn) error {
	tenant, err := o.layer(ctx, models.ActorFrom(ctx).TenantID)
	if err != nil {
		return err
	}
	if in.ApplicationID == "" {
		o.DB.Drop(cacheName, models.ActorFrom(ctx).TenantID)
		return nil
	}
	o.DB.Drop(cacheName, liveKey(in, tenant.Number))
	return nil
}

// Stylesheet finds a custom stylesheet by the hash in its address.
// Faults: NotFound (stylesheet).
func (o Ops) Stylesheet(ctx context.Context, hash string) (string, error) {
	if len(hash) != 32 {
		return "", models.Missing("stylesheet")
	}
	return o.stylesheet(ctx, hash)
}

// DraftLook makes the draft ready for drawing, by the same way as what is published.
// Faults: NotFound (application).
func (o Ops) DraftLook(ctx context.Context, in ScopeIn) (*hosted.Look, error) {
	d, err := o.Draft(ctx, in)
	if err != nil {
		return nil, err
	}
	return o.look(ctx, in, d.Settings)
}
