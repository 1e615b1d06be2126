package experience

import (
	"gatehouse/views/hosted"
)

// Sample fills a step of a look with made-up people and codes: what the preview shows, of the draft and of the published
// version alike. Fields that a real sign-in would fill are filled with examples; nothing else differs.
func Sample(look *hosted.Look, step hosted.Step, words *hosted.Words) hosted.Page {
	p := hosted.Page{Look: look, Words: words, Step: step, Action: "/sign-in", Identifier: "ada.lindqvist@post.example",
		Client: hosted.Client{Name: "Storefront"}, Digits: 6, Minutes: look.Experience.Codes.ExpiresSeconds / 60, Sent: "email", TrustDays: 30}
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
