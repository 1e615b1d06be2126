package experience

import (
	"context"
	"slices"

	"gatehouse/models"
	"gatehouse/views/hosted"
)

// PreviewIn says which page to draw.
type PreviewIn struct {
	ScopeIn
	Step     string // one of hosted.Steps; sign_in when empty
	Language string // BCP 47; the default when empty
	Theme    string // light or dark; as the visitor's system when empty
}

// Preview is a page of the draft, with made-up people and codes in it.
// Faults: NotFound (application), Invalid (step, theme).
func (o Ops) Preview(ctx context.Context, in PreviewIn) (hosted.Page, error) {
	var c models.Check
	if in.Step == "" {
		in.Step = string(hosted.SignIn)
	}
	c.That(slices.Contains(hosted.Steps, hosted.Step(in.Step)), "step", "not_allowed", "There is no such step.")
	c.OneOf("theme", in.Theme, "light", "dark")
	if err := c.Err(); err != nil {
		return hosted.Page{}, err
	}
	look, err := o.DraftLook(ctx, in.ScopeIn)
	if err != nil {
		return hosted.Page{}, err
	}
	tenant, err := o.Tenant(ctx)
	if err != nil {
		return hosted.Page{}, err
	}
	page := Sample(look, tenant.Name, hosted.Step(in.Step), look.WordsFor(in.Language, ""))
	page.Theme = in.Theme
	return page, nil
}

// Sample fills a step of a look with made-up people and codes. Fields that a real sign-in would fill are filled with examples;
// nothing else differs from the page that people see.
func Sample(look *hosted.Look, tenant string, step hosted.Step, words *hosted.Words) hosted.Page {
	p := hosted.Page{Look: look, Name: look.Title(tenant), Words: words, Step: step, Action: "/sign-in", Identifier: "ada.lindqvist@post.example",
		Client: hosted.Client{Name: "Storefront"}, Digits: 6, Minutes: max(1, look.Experience.Codes.ExpiresSeconds/60), Sent: "email", TrustDays: 30}
	switch step {
	case hosted.Password:
		p.Faults = []hosted.Fault{{Field: "password", Text: words.T("password.wrong") + " " + words.N("password.tries", 4)}}
	case hosted.Consent:
		p.Client = hosted.Client{Name: "Trailmates", Owner: "Trailmates Ltd", Domain: "trailmates.example", ThirdParty: true, PrivacyURL: "https://trailmates.example/privacy"}
		p.Scopes = words.ScopeLines([]string{"profile", "email", "offline_access"}, func(s string) string { return s })
	case hosted.Forgot, hosted.Register:
		p.Identifier = ""
	case hosted.Error:
		p.Reference = "9f2c1a7e"
	}
	return p
}
