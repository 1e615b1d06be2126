package connections

import (
	"context"
	"maps"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/connections"
	"gatehouse/web"
)

// Change is what a form does to a connection, for dialects that say it in their words. Before is nil for one that is new; secrets
// that are said are masked.
type Change struct {
	Before *models.Connection
	After  models.Connection
}

func (p Console) tellNew(_ context.Context, in views.Form) (web.Told, error) {
	create := creation(in)
	create.Options.V = masked(create.Options.V)
	after := models.Connection{Name: create.Name, Strategy: create.Strategy, DisplayName: create.DisplayName.V, Enabled: true, Options: create.Options.V}
	return web.Told{About: "What Add connection will send. Nothing is added yet.", Form: "connection", Op: Change{After: after},
		Calls: []web.Call{web.NativeCall("POST", "/rest/v1/connections", create)}}, nil
}

func (p Console) tellSave(ctx context.Context, in views.Form) (web.Told, error) {
	c, err := p.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return web.Told{}, err
	}
	what, err := update(c, in)
	if err != nil {
		return web.Told{}, err
	}
	after := c
	what.apply(&after)
	if what.Options.Set {
		said := masked(what.Options.V)
		what.Options.V, after.Options = said, maps.Clone(after.Options)
		maps.Copy(after.Options, said)
		maps.DeleteFunc(after.Options, func(_ string, v any) bool { return v == nil })
	}
	return web.Told{About: "What Save changes will send. Nothing is saved yet.", Form: "connection", Op: Change{&c, after},
		Calls: []web.Call{web.NativeCall("PATCH", "/rest/v1/connections/:id", what)}}, nil
}

// masked hides the secrets among options.
func masked(options map[string]any) map[string]any {
	plain, secrets, cleared := models.SplitSecrets(options)
	for at := range secrets {
		secrets[at] = models.Masked
	}
	out := models.JoinSecrets(plain, secrets)
	for _, at := range cleared {
		out[strings.TrimPrefix(at, "/")] = nil
	}
	return out
}
