package applications

import (
	"context"
	"encoding/json"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/applications"
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

func (p Pages) spellCreate(ctx context.Context, in CreateIn) views.Calls {
	out := views.Calls{Form: "create", To: views.ListURL + "/new", About: "What Create application will send. Nothing is created yet.", Scope: "application.create"}
	for _, d := range p.dialects() {
		call := Call{}
		if d.Create != nil {
			call = d.Create(in)
		}
		out.Calls = append(out.Calls, spell(ctx, d.Name, call, ""))
	}
	return out
}

func (p Pages) spellUpdate(ctx context.Context, before, after models.Application) views.Calls {
	out := views.Calls{Form: "settings", To: views.URL(before.ID, views.TabSettings, "call"), About: "What Save changes will send. Nothing is saved yet.", Scope: "application.update"}
	for _, d := range p.dialects() {
		call := Call{}
		if d.Update != nil {
			call = d.Update(before, after)
		}
		version := ""
		if d.Name == native.Name {
			version = versionTag(before.Version)
		}
		out.Calls = append(out.Calls, spell(ctx, d.Name, call, version))
	}
	return out
}

func (p Pages) dialects() []Dialect { return append([]Dialect{native}, p.Dialects...) }

// spell writes a call as a curl command that can be pasted.
func spell(ctx context.Context, name string, c Call, ifMatch string) views.Call {
	if c.Verb == "" {
		return views.Call{Name: name, Absent: "The " + name + " API has no words for this."}
	}
	at := origin(ctx) + c.Path
	lines := []string{"curl --request " + c.Verb, "  --header \"Authorization: Bearer $TOKEN\""}
	if ifMatch != "" {
		lines = append(lines, "  --header 'If-Match: "+ifMatch+"'")
	}
	if c.Body != nil {
		body, _ := json.MarshalIndent(c.Body, "  ", "  ")
		lines = append(lines, "  --header 'Content-Type: application/json'", "  --data "+shellQuote(string(body)))
	}
	lines = append(lines, "  "+shellQuote(at))
	return views.Call{Name: name, Verb: c.Verb, Path: c.Path, Curl: strings.Join(lines, " \\\n"), Fills: []string{at}}
}

// shellQuote makes one word of a shell command of any text.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
