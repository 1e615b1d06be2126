package auth0

import (
	"strings"

	"gatehouse/models"
)

// The document's scopes are a verb and a noun in the plural, "read:clients"; our actions a noun and a verb, "client.read".
// Most follow from each other by rule. granted holds those that do not.
var granted = map[string]models.Actions{
	"create:clients":                              {"client.create", "application.create"},
	"delete:clients":                              {"client.delete", "application.delete"},
	"read:client_summary":                         {"client.read", "client_connection.read"},
	"read:clients":                                {"client.read", "client_connection.read"},
	"read:connections":                            {"connection.read", "client_connection.read"},
	"read:client_keys":                            {"client.read", "secret.read"},
	"update:client_keys":                          {"client.update", "client.read", "secret.rotate", "credential.create", "credential.update"},
	"read:client_credentials":                     {"client.read", "credential.read", "secret.read"},
	"create:client_credentials":                   {"credential.create"},
	"update:client_credentials":                   {"client.update", "credential.update"},
	"delete:client_credentials":                   {"credential.delete"},
	"create:signing_keys":                         {"key.rotate", "key.create"},
	"update:signing_keys":                         {"key.rotate", "key.update"},
	"read:logs_users":                             {"event.read"},
	"read:stats":                                  {"stats.read"},
	"create:custom_signing_keys":                  {"custom_signing_keys.update", "custom_signing_keys.create"},
	"update:custom_signing_keys":                  {"custom_signing_keys.update", "custom_signing_keys.create"},
	"update:connections_keys":                     {"connection_key.update", "connection_key.create"},
	"read:organizations_summary":                  {"organization.read"},
	"update:client_token_vault_privileged_access": {"client.update"},

	// Where a resource of the document is several of ours, the first action is the document's own: it opens the route, and what
	// follows is what the operations behind the route need, so that a token which may write may not read through another route.
	"read:branding":   {"branding.read", "experience.read", "branding_settings.read", "theme.read", "page_template.read"},
	"update:branding": append(models.Actions{"branding.update", "experience.read", "experience.update"}, writing("branding_settings", "theme", "page_template")...),
	"delete:branding": {"branding.delete", "experience.read", "experience.update", "theme.read", "theme.delete", "page_template.read", "page_template.delete"},

	"read:prompts":   {"prompts.read", "experience.read", "prompt_settings.read", "prompt_text.read", "prompt_partials.read", "prompt_rendering.read"},
	"update:prompts": append(models.Actions{"prompts.update", "experience.read", "experience.update"}, writing("prompt_settings", "prompt_text", "prompt_partials", "prompt_rendering")...),

	"read:email_templates":   {"email_templates.read", "email_template.read"},
	"create:email_templates": {"email_templates.create", "email_template.create"},
	"update:email_templates": {"email_templates.update", "email_template.update", "email_template.read"},
	"read:email_provider":    {"emails.read", "email_provider.read"},
	"create:email_provider":  {"emails.create", "email_provider.create"},
	"update:email_provider":  {"emails.update", "email_provider.update", "email_provider.read"},
	"delete:email_provider":  {"emails.delete", "email_provider.delete"},

	"read:custom_domains":   {"custom_domains.read", "custom_domain.read"},
	"create:custom_domains": {"custom_domains.create", "custom_domain.create", "custom_domain.read", "custom_domain.update"}, // verifying is an update
	"update:custom_domains": {"custom_domains.update", "custom_domain.read", "custom_domain.update"},
	"delete:custom_domains": {"custom_domains.delete", "custom_domain.read", "custom_domain.delete"},

	"read:phone_providers":   {"phones.read", "phone_provider.read"},
	"create:phone_providers": {"phones.create", "phone_provider.create", "phone_provider.read"},
	"update:phone_providers": {"phones.update", "phone_provider.update", "phone_provider.read"},
	"read:phone_templates":   {"phone_texts.read", "phone_template.read"},
	"create:phone_templates": {"phone_texts.create", "phone_template.create", "phone_template.read"},
	"update:phone_templates": {"phone_texts.update", "phone_template.update", "phone_template.read"},

	"read:attack_protection": {"attack_protection.read", "experience.read", "bot_detection.read", "breached_password_detection.read",
		"brute_force_protection.read", "captcha_providers.read", "suspicious_ip_throttling.read"},
	"update:attack_protection": append(models.Actions{"attack_protection.update", "experience.read", "experience.update"},
		writing("bot_detection", "breached_password_detection", "brute_force_protection", "captcha_providers", "suspicious_ip_throttling")...),
}

// writing are the actions that writing documents of some kinds takes: what is changed is read first.
func writing(kinds ...string) (all models.Actions) {
	for _, kind := range kinds {
		all = append(all, kind+".read", kind+".create", kind+".update")
	}
	return all
}

// nouns are ours for the document's, where they are not its singular.
var nouns = map[string]string{
	"logs": "event", "tenant_settings": "settings", "signing_keys": "key", "resource_servers": "resource",
	"connections_keys": "connection_key", "branding": "branding", "attack_protection": "attack_protection",
	"custom_signing_keys": "custom_signing_keys",
}

// Actions are what a token with these scopes may do. Words that are no scopes of the document add nothing.
func Actions(scopes []string) models.Actions {
	var out models.Actions
	for _, s := range scopes {
		out = append(out, actionsOf(s)...)
	}
	return out
}

func actionsOf(scope string) models.Actions {
	if actions, ok := granted[scope]; ok {
		return actions
	}
	verb, noun, ok := strings.Cut(scope, ":")
	if !ok || noun == "" || !strings.Contains(" create read update delete ", " "+verb+" ") {
		return nil
	}
	return models.Actions{singular(noun) + "." + verb}
}

func singular(noun string) string {
	if ours, ok := nouns[noun]; ok {
		return ours
	}
	if stem, ok := strings.CutSuffix(noun, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(noun, "s")
}

// actionOf is the action of an operation that any of the scopes opens: the first one that all of them grant.
func actionOf(scopes string) string {
	words := strings.Fields(scopes)
	for _, action := range actionsOf(words[0]) {
		common := true
		for _, s := range words[1:] {
			common = common && actionsOf(s).Allow(action)
		}
		if common {
			return action
		}
	}
	return "" // a route without an action does not start
}
