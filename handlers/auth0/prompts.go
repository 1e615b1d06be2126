package auth0

import (
	"gatehouse/models"
	"gatehouse/web"
)

// promptSettings are settings of all prompts. The hosted pages ask for the identifier first.
type promptSettings struct {
	Experience      opt[string] `json:"universal_login_experience,omitzero" enum:"new,classic"`
	IdentifierFirst opt[bool]   `json:"identifier_first,omitzero" rule:"nullable"`
	WebAuthn        opt[bool]   `json:"webauthn_platform_first_factor,omitzero" rule:"nullable"`
}

// Scopes of prompts.
const (
	readPrompts   = "read:prompts"
	updatePrompts = "update:prompts"
)

var promptDefaults = vendorSettings[promptSettings]{Kind: "prompt_settings", Least: true,
	Defaults: promptSettings{models.Some("new"), models.Some(true), models.Some(false)}}

func (d Dialect) promptRoutes() []web.Route {
	return promptDefaults.routes(d, "/prompts", readPrompts, updatePrompts)
}
