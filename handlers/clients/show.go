package clients

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/clients"
	"gatehouse/views/ui"
)

// showIn asks a page to show the call that its form would make. Draft holds what was typed, so that the tabs of the drawer
// are plain links; nothing in it is secret.
type showIn struct {
	API   string `query:"api" json:"-"` // native, transmit
	Lang  string `query:"lang" json:"-"`
	Draft string `query:"draft" json:"-"`
}

// maxDraft keeps the address of the page within what every browser and proxy takes.
const maxDraft = 6000

// draftOf writes changes for an address.
func draftOf(diff map[string]json.RawMessage) (string, bool) {
	raw, _ := json.Marshal(diff)
	draft := base64.RawURLEncoding.EncodeToString(raw)
	return draft, len(draft) <= maxDraft
}

// said are the changes of the draft; one that cannot be read says nothing.
func (in showIn) said() (s Settings) {
	raw, err := base64.RawURLEncoding.DecodeString(in.Draft)
	if err != nil || json.Unmarshal(raw, &s) != nil {
		return Settings{}
	}
	return s
}

// href is the page with its drawer on another dialect or language.
func (in showIn) href(page, api, lang string) string {
	q := url.Values{"api": {api}, "lang": {lang}}
	if in.Draft != "" {
		q.Set("draft", in.Draft)
	}
	return page + "?" + q.Encode()
}

// call is the drawer of a page, nil when it was not asked for.
func (c Console) call(client models.Client, said Settings, in showIn, f views.Form, created bool) *ui.ApiCall {
	if in.API == "" {
		return nil
	}
	page := views.URL(client.ID, "settings")
	if created {
		page = views.ListURL(client.ApplicationID, "new")
	}
	or(&in.Lang, "curl")
	call, version := c.spelled(client, said, &in), ""
	if call.Verb == "" {
		call = native(client, said, created)
		if in.API = models.FaceNative; !created {
			version = strconv.FormatInt(client.Version, 10)
		}
	}
	text, highlight := ui.Request{Verb: call.Verb, Path: call.Path, Body: pretty(call.Body), Version: version}.Code(in.Lang)
	out := &ui.ApiCall{About: "What saving this page will send.", Close: in.href(page, "", in.Lang), Verb: call.Verb, Path: call.Path, Scope: call.Scope,
		Docs: "/rest/v1/openapi.json", Warn: warn(client, said), Call: ui.CodeOpts{ID: "call", Label: "call", Text: text, Lang: highlight}}
	for _, l := range ui.RequestLanguages {
		out.Call.Tabs = append(out.Call.Tabs, ui.Tab{Label: l.Label, Href: in.href(page, in.API, l.Value), Current: l.Value == in.Lang})
	}
	out.Dialects = c.dialects(page, in)
	if in.API == models.FaceNative && !created {
		out.Answer = ui.CodeOpts{ID: "answer", Label: "answer", File: "200 OK", Note: `ETag "` + strconv.FormatInt(client.Version+1, 10) + `"`, Lang: "json", Text: pretty(answer(client, said))}
	}
	return out
}

// spelled is the call in the dialect that was asked for; without a verb when it is none of these.
func (c Console) spelled(client models.Client, said Settings, in *showIn) Call {
	for _, d := range c.Dialects {
		if d.Name == in.API {
			return d.Call(draft(client, said))
		}
	}
	return Call{}
}

func (c Console) dialects(page string, in showIn) []ui.Tab {
	tabs := []ui.Tab{{Label: "Native", Href: in.href(page, models.FaceNative, in.Lang), Current: in.API == models.FaceNative}}
	for _, d := range c.Dialects {
		tabs = append(tabs, ui.Tab{Label: d.Label, Href: in.href(page, d.Name, in.Lang), Current: in.API == d.Name})
	}
	return tabs
}

// native is the call to the native API.
func native(client models.Client, said Settings, created bool) Call {
	if !created {
		return Call{Verb: "PATCH", Path: "/rest/v1/clients/" + url.PathEscape(client.ID), Body: said, Scope: "client.update"}
	}
	body := struct {
		Protocol string `json:"protocol"`
		Settings
	}{client.Protocol, said}
	return Call{Verb: "POST", Path: "/rest/v1/applications/" + url.PathEscape(client.ApplicationID) + "/clients", Body: body, Scope: "client.create"}
}

// answer is what the native API would tell of the change: the client, of which only what changes is shown.
func answer(client models.Client, said Settings) map[string]any {
	out := map[string]any{"id": client.ID, "version": client.Version + 1}
	raw, _ := json.Marshal(said)
	_ = json.Unmarshal(raw, &out)
	return out
}

// draft is a client as the changes would leave it.
func draft(client models.Client, said Settings) models.Client {
	said.apply(&client)
	fill(&client)
	follow(&client, said)
	return client
}

// warn says what the API would find wrong with the changes.
func warn(client models.Client, said Settings) string {
	client = draft(client, said)
	fault, bad := models.AsFault(check(&client, said))
	if !bad {
		return ""
	}
	names := make([]string, len(fault.Fields))
	for i, f := range fault.Fields {
		names[i] = f.Name
	}
	return "The API would answer 422 and name " + strings.Join(names, ", ") + "."
}

func pretty(body any) string {
	if body == nil {
		return ""
	}
	raw, err := json.MarshalIndent(body, "", "  ")
	if err != nil || string(raw) == "null" {
		return ""
	}
	return string(raw)
}
