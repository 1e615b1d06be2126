package connections

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/connections"
	"gatehouse/views/ui"
)

// Dialect shows what a form would do as another API spells it.
type Dialect struct {
	Name  string
	Spell func(before *models.Connection, after models.Connection) Call // before is nil for a new one
}

// Call is one operation on the wire. Body is marshalled; an empty Verb says that the API has no words for it.
type Call struct {
	Verb, Path string
	Body       any
}

// placeholder stands in a shown call for a secret: what was typed does not go into a page.
const placeholder = "$CLIENT_SECRET"

func (p Console) callNew(ctx context.Context, in views.Form) (views.New, error) {
	n, err := p.fresh(ctx, in)
	n.Name = in.Name
	if err != nil || in.Show != "call" {
		return n, err
	}
	create := creation(in)
	create.Options.V = masked(create.Options.V)
	body := map[string]any{"name": create.Name, "strategy": create.Strategy}
	if create.DisplayName.Set {
		body["display_name"] = create.DisplayName.V
	}
	if create.Options.Set {
		body["options"] = create.Options.V
	}
	after := models.Connection{Name: create.Name, Strategy: create.Strategy, DisplayName: create.DisplayName.V, Enabled: true, Options: create.Options.V}
	n.Aside = p.calls("What Add connection will send. Nothing is added yet.", views.Home+"/new/call", "connection.create",
		Call{"POST", "/rest/v1/connections", body}, nil, after)
	return n, nil
}

func (p Console) callSave(ctx context.Context, in views.Form) (views.Show, error) {
	s, err := p.show(ctx, IDIn{ID: in.ID})
	if err != nil {
		return s, err
	}
	s.Form, s.Fields = in, fields(s.Strategy, &s.Connection, in.Options())
	what, err := update(s.Connection, in)
	if f, ok := models.AsFault(err); ok {
		s.Fault = f
		return s, nil
	}
	if err != nil || in.Show != "call" {
		return s, err
	}
	body, after := map[string]any{}, s.Connection
	what.apply(&after)
	if what.DisplayName.Set {
		body["display_name"] = what.DisplayName.V
	}
	if what.Enabled.Set {
		body["enabled"] = what.Enabled.V
	}
	if what.Options.Set {
		said := masked(what.Options.V)
		body["options"], after.Options = said, maps.Clone(after.Options)
		maps.Copy(after.Options, said)
		maps.DeleteFunc(after.Options, func(_ string, v any) bool { return v == nil })
	}
	s.Aside = p.calls("What Save changes will send. Nothing is saved yet.", views.URL(in.ID, "call"), "connection.update",
		Call{"PATCH", "/rest/v1/connections/" + in.ID, body}, &s.Connection, after)
	return s, nil
}

// masked hides the secrets among options.
func masked(options map[string]any) map[string]any {
	plain, secrets, cleared := models.SplitSecrets(options)
	for at := range secrets {
		secrets[at] = placeholder
	}
	out := models.JoinSecrets(plain, secrets)
	for _, at := range cleared {
		out[strings.TrimPrefix(at, "/")] = nil
	}
	return out
}

func (p Console) calls(about, to, action string, native Call, before *models.Connection, after models.Connection) *ui.Calls {
	out := &ui.Calls{Form: "connection", To: to, About: about, Scope: action, Calls: []ui.Spelled{spelled("Native", native)}}
	for _, d := range p.Dialects {
		out.Calls = append(out.Calls, spelled(d.Name, d.Spell(before, after)))
	}
	return out
}

// spelled writes a call in the words of an API.
func spelled(name string, c Call) ui.Spelled {
	if c.Verb == "" {
		return ui.Spelled{Name: name, Absent: "The " + name + " API has no words for this."}
	}
	body, _ := json.MarshalIndent(c.Body, "", "  ")
	return ui.Spelled{Name: name, Request: ui.Request{Verb: c.Verb, Path: c.Path, Body: string(body)}}
}
