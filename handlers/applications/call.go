package applications

import (
	"encoding/json"
	"strconv"

	"gatehouse/models"
	views "gatehouse/views/applications"
	"gatehouse/views/ui"
)

// Dialect shows what a form would do as another API spells it. Nil or an empty Call stands for what it cannot say.
type Dialect struct {
	Name   string
	Create func(CreateIn) Call
	Update func(before, after models.Application) Call
}

// Call is one operation on the wire. Body is marshalled; nil for none.
type Call struct {
	Verb, Path string
	Body       any
}

// native spells the operations as this package's own routes do.
var native = Dialect{Name: "Native",
	Create: func(in CreateIn) Call { return Call{"POST", "/rest/v1/applications", said(in)} },
	Update: func(before, after models.Application) Call {
		return Call{"PATCH", "/rest/v1/applications/" + before.ID, changed(before, after)}
	}}

// said is an input without what the caller left unsaid.
func said(in any) any {
	raw, err := json.Marshal(in)
	if err != nil {
		return nil
	}
	var out map[string]any
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return without(out)
}

func without(in map[string]any) map[string]any {
	for k, v := range in {
		switch v := v.(type) {
		case nil:
			delete(in, k)
		case string:
			if v == "" {
				delete(in, k)
			}
		case map[string]any:
			in[k] = without(v)
		}
	}
	return in
}

// changed is what an update has to say: the fields whose values differ.
func changed(before, after models.Application) map[string]any {
	var diff map[string]struct {
		After json.RawMessage `json:"after"`
	}
	if json.Unmarshal(models.Diff(before, after), &diff) != nil {
		return map[string]any{}
	}
	now, _ := json.Marshal(after)
	var values map[string]json.RawMessage
	_ = json.Unmarshal(now, &values)
	out := map[string]any{}
	for name := range diff {
		if name != "custom_domain_status" { // follows from the domain
			out[name] = values[name]
		}
	}
	return out
}

func (p Pages) spellCreate(in CreateIn) ui.Calls {
	out := ui.Calls{Form: "create", To: views.ListURL + "/new", About: "What Create application will send. Nothing is created yet.", Scope: "application.create"}
	for _, d := range p.dialects() {
		if d.Create != nil {
			out.Calls = append(out.Calls, spell(d.Name, d.Create(in), ""))
		}
	}
	return out
}

func (p Pages) spellUpdate(before, after models.Application) ui.Calls {
	out := ui.Calls{Form: "settings", To: views.URL(before.ID, views.TabSettings, "call"), About: "What Save changes will send. Nothing is saved yet.", Scope: "application.update"}
	for _, d := range p.dialects() {
		call := Call{}
		if d.Update != nil {
			call = d.Update(before, after)
		}
		version := ""
		if d.Name == native.Name {
			version = strconv.FormatInt(before.Version, 10)
		}
		out.Calls = append(out.Calls, spell(d.Name, call, version))
	}
	return out
}

func (p Pages) dialects() []Dialect { return append([]Dialect{native}, p.Dialects...) }

// spell writes a call in the words of an API.
func spell(name string, c Call, version string) ui.Spelled {
	if c.Verb == "" {
		return ui.Spelled{Name: name, Absent: "The " + name + " API has no words for this."}
	}
	body := ""
	if c.Body != nil {
		raw, _ := json.MarshalIndent(c.Body, "", "  ")
		body = string(raw)
	}
	return ui.Spelled{Name: name, Request: ui.Request{Verb: c.Verb, Path: c.Path, Body: body, Version: version}}
}
