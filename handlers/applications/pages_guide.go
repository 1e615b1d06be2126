package applications

import (
	"context"
	"net/url"
	"time"

	"gatehouse/handlers/guides"
	"gatehouse/models"
	views "gatehouse/views/applications"
	"gatehouse/views/ui"
)

// guideIn is what the address of a guide says.
type guideIn struct {
	ID    string `path:"id"`
	Lang  string `query:"lang"`
	PM    string `query:"pm"`
	Until int64  `query:"until"` // when the page stops asking for the first token
}

// listening is how long a page asks by itself: long enough to follow a guide, and an end to a forgotten one.
const listening = 15 * time.Minute

func (p Pages) guide(ctx context.Context, in guideIn) (views.Guide, error) {
	return p.read(ctx, in, "")
}

// read gives the guide of an application's default client, with a secret where that was made just now.
func (p Pages) read(ctx context.Context, in guideIn, secret string) (views.Guide, error) {
	h, err := p.Head(ctx, in.ID)
	if err != nil {
		return views.Guide{}, err
	}
	c, err := p.client(ctx, h.App)
	if err != nil {
		return views.Guide{}, err
	}
	f := guides.For(h.App, c)
	v := guides.Of(origin(ctx), f, h.App, c)
	v.Secret = secret
	text := guides.Read(f, v)
	g := views.Guide{Head: h, SignsIn: f.SignsIn, Next: f.Next, Assistant: text.Assistant, Values: values(c, v)}
	g.Installs = block("install", "Install command", text.Installs, in.PM, v, func(id string) string { return tabURL(in, "pm", id) })
	g.Code = block("code", "Code", text.Code, in.Lang, v, func(id string) string { return tabURL(in, "lang", id) })
	if text.Env.Text != "" {
		g.Env = ui.CodeOpts{ID: "env", Label: "Environment file", File: text.Env.File, Text: text.Env.Text, Lang: "env", Fills: v.Fills(), Save: text.Env.File}
	}
	g.Run = chosen(text.Code, in.Lang).Run
	g.Live, err = p.live(ctx, h, in.Until)
	return g, err
}

// tabURL is the address of the guide with another tab chosen.
func tabURL(in guideIn, name, value string) string {
	q := url.Values{}
	for k, v := range map[string]string{"lang": in.Lang, "pm": in.PM} {
		if v != "" {
			q.Set(k, v)
		}
	}
	q.Set(name, value)
	return views.URL(in.ID) + "?" + q.Encode()
}

// chosen is the snippet of a tab, the first when there is no such tab.
func chosen(list []guides.Snippet, id string) guides.Snippet {
	for _, s := range list {
		if s.ID == id {
			return s
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return guides.Snippet{}
}

func block(id, label string, list []guides.Snippet, current string, v guides.Values, href func(id string) string) ui.CodeOpts {
	now := chosen(list, current)
	c := ui.CodeOpts{ID: id, Label: label + ", " + now.Label, Text: now.Text, Lang: now.Lang, Fills: v.Fills(), Save: now.File}
	for _, s := range list {
		c.Tabs = append(c.Tabs, ui.Tab{Label: s.Label, Href: href(s.ID), Current: s.ID == now.ID})
	}
	return c
}

// values are what any library asks for.
func values(c models.Client, v guides.Values) []views.Value {
	if c.Protocol == models.ProtocolSAML {
		return present(views.Value{Label: "Entity ID of the service provider", Text: c.SAML.EntityID}, views.Value{Label: "ACS URL", Text: c.SAML.ACSURL},
			views.Value{Label: "Client ID", Text: c.ID})
	}
	out := []views.Value{{Label: "Issuer", Text: v.Issuer}, {Label: "Issuer, Auth0 shape", Text: v.Origin + "/"}, {Label: "Client ID", Text: c.ID}}
	for i, uri := range c.RedirectURIs {
		if i == 3 {
			break
		}
		out = append(out, views.Value{Label: "Redirect URI", Text: uri})
	}
	return append(out, present(views.Value{Label: "Token endpoint", Text: v.TokenEndpoint}, views.Value{Label: "Discovery document", Text: v.Issuer + "/.well-known/openid-configuration"})...)
}

func present(list ...views.Value) []views.Value {
	var out []views.Value
	for _, v := range list {
		if v.Text != "" {
			out = append(out, v)
		}
	}
	return out
}

// live tells whether a token was issued, and until when the page goes on asking.
func (p Pages) live(ctx context.Context, h views.Head, until int64) (views.Live, error) {
	l := views.Live{ApplicationID: h.App.ID, CreatedAt: h.App.CreatedAt, SAML: h.Profile == models.ProfileSAML, Now: h.Now, Until: h.Now.Add(listening)}
	if asked := time.Unix(until, 0); until > 0 && asked.Before(l.Until) {
		l.Until = asked
	}
	uses, err := p.used(ctx, h.App.ID)
	if err != nil {
		return l, err
	}
	u := uses[h.App.ID]
	l.LastUsed, l.LastIP, l.Count = u.LastUsedAt, u.LastIP, u.Count
	return l, nil
}
