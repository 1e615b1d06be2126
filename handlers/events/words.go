package events

import (
	"strings"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// word is how one type of event is told. Say follows the actor's name; {object} in it stands for the object's name.
type word struct {
	Label string   // short, as the list shows it: "Secret shown"
	Say   string   // "looked at the secret {object}"
	State ui.State // the colour of its dot; failures are always bad
}

// words is every type of event that has words of its own. A feature that records a new type adds its line here; without one the
// type itself is turned into words. Danger is what takes something away or shows something that was hidden.
var words = map[string]word{
	"application.created": {"Application created", "created the application {object}", ui.StateOK},
	"application.updated": {"Application updated", "changed the application {object}", ui.StateInfo},
	"application.deleted": {"Application deleted", "deleted the application {object}", ui.StateWarn},

	"client.created":           {"Client created", "created the client {object}", ui.StateOK},
	"client.updated":           {"Client updated", "changed the client {object}", ui.StateInfo},
	"client.deleted":           {"Client deleted", "deleted the client {object}", ui.StateWarn},
	"client.made_default":      {"Default client changed", "made {object} the default client", ui.StateInfo},
	"client.wildcards_allowed": {"Wildcards allowed", "allowed wildcards in the redirect URIs of {object}", ui.StateWarn},

	"secret.created":            {"Secret created", "created the secret {object}", ui.StateOK},
	"secret.updated":            {"Secret updated", "changed the secret {object}", ui.StateInfo},
	"secret.revealed":           {"Secret shown", "looked at the secret {object}", ui.StateWarn},
	"secret.rotated":            {"Secret rotated", "rotated the secret {object}", ui.StateOK},
	"secret.rotation_started":   {"Rotation started", "began to rotate the secret {object}", ui.StateInfo},
	"secret.rotation_finished":  {"Rotation finished", "finished rotating the secret {object}", ui.StateOK},
	"secret.rotation_cancelled": {"Rotation cancelled", "cancelled the rotation of the secret {object}", ui.StateInfo},
	"secret.retired":            {"Secret retired", "retired the secret {object}", ui.StateInfo},
	"secret.revoked":            {"Secret retired", "retired the secret {object}", ui.StateWarn},
	"secret.deleted":            {"Secret deleted", "deleted the secret {object}", ui.StateWarn},
	"secret.expired":            {"Secret expired", "let the secret {object} expire", ui.StateWarn},
	"public_key.created":        {"Public key added", "added the public key {object}", ui.StateOK},
	"public_key.deleted":        {"Public key deleted", "deleted the public key {object}", ui.StateWarn},
	"certificate.created":       {"Certificate added", "added the certificate {object}", ui.StateOK},
	"certificate.deleted":       {"Certificate deleted", "deleted the certificate {object}", ui.StateWarn},

	"resource.created":     {"API registered", "registered the API {object}", ui.StateOK},
	"resource.updated":     {"API updated", "changed the API {object}", ui.StateInfo},
	"resource.deleted":     {"API deleted", "deleted the API {object}", ui.StateWarn},
	"scope.created":        {"Scope added", "added the scope {object}", ui.StateOK},
	"scope.updated":        {"Scope updated", "changed the scope {object}", ui.StateInfo},
	"scope.deleted":        {"Scope deleted", "deleted the scope {object}", ui.StateWarn},
	"role.created":         {"Role created", "created the role {object}", ui.StateOK},
	"role.updated":         {"Role updated", "changed the role {object}", ui.StateInfo},
	"role.deleted":         {"Role deleted", "deleted the role {object}", ui.StateWarn},
	"role.scopes_changed":  {"Role's scopes changed", "changed the scopes of the role {object}", ui.StateInfo},
	"role.assigned":        {"Role given", "gave a role to {object}", ui.StateInfo},
	"role.unassigned":      {"Role taken", "took a role from {object}", ui.StateWarn},
	"client_grant.created": {"Access granted", "granted a client access to {object}", ui.StateOK},
	"client_grant.updated": {"Access changed", "changed a client's access to {object}", ui.StateInfo},
	"client_grant.deleted": {"Access taken back", "took a client's access to {object} back", ui.StateWarn},

	"connection.created":     {"Connection created", "created the connection {object}", ui.StateOK},
	"connection.updated":     {"Connection updated", "changed the connection {object}", ui.StateInfo},
	"connection.tested":      {"Connection tested", "tested the connection {object}", ui.StateInfo},
	"connection_key.created": {"Connection keys created", "made the first keys of the connection {object}", ui.StateOK},
	"connection_key.rotated": {"Connection keys rotated", "rotated the keys of the connection {object}", ui.StateInfo},
	"connection.deleted":     {"Connection deleted", "deleted the connection {object}", ui.StateWarn},

	"experience.published":       {"Experience published", "published {object}", ui.StateOK},
	"experience.restored":        {"Experience restored", "restored an earlier version of {object}", ui.StateOK},
	"experience.draft_changed":   {"Draft changed", "changed the draft of {object}", ui.StateInfo},
	"experience.draft_updated":   {"Draft changed", "changed the draft of {object}", ui.StateInfo},
	"experience.draft_discarded": {"Draft discarded", "discarded the draft of {object}", ui.StateInfo},

	"key.created":   {"Key created", "created the signing key {object}", ui.StateOK},
	"key.updated":   {"Key updated", "changed the signing key {object}", ui.StateInfo},
	"key.promoted":  {"Key promoted", "began to sign with the key {object}", ui.StateOK},
	"key.replaced":  {"Key replaced", "stopped signing with the key {object}", ui.StateInfo},
	"key.retired":   {"Key retired", "retired the signing key {object}", ui.StateInfo},
	"key.deleted":   {"Key deleted", "deleted the signing key {object}", ui.StateWarn},
	"key.rewrapped": {"Master key changed", "wrapped the data keys with {object}", ui.StateOK},

	"administrator.signed_in":                {"Sign-in", "signed in to the console", ui.StateOK},
	"administrator.signed_out":               {"Sign-out", "signed out of the console", ui.StateInfo},
	"administrator.sign_in_failed":           {"Sign-in failed", "could not sign in to the console", ui.StateBad},
	"administrator.locked":                   {"Sign-in locked", "was kept out of the console after too many tries", ui.StateBad},
	"administrator.confirmed":                {"Identity confirmed", "confirmed who they are", ui.StateOK},
	"administrator.created":                  {"Administrator created", "created the administrator {object}", ui.StateOK},
	"administrator.invited":                  {"Administrator invited", "invited {object} as an administrator", ui.StateOK},
	"administrator.updated":                  {"Administrator updated", "changed the administrator {object}", ui.StateInfo},
	"administrator.deleted":                  {"Administrator deleted", "removed the administrator {object}", ui.StateWarn},
	"administrator.session_ended":            {"Session ended", "ended a session of {object}", ui.StateInfo},
	"administrator.password_changed":         {"Password changed", "changed the password of {object}", ui.StateInfo},
	"administrator.password_reset_requested": {"Password reset asked for", "asked for a password reset of {object}", ui.StateInfo},
	"administrator.second_factor_added":      {"Second factor added", "added a second factor to {object}", ui.StateOK},
	"administrator.second_factor_removed":    {"Second factor removed", "removed the second factor of {object}", ui.StateWarn},

	"upload.created": {"File sent", "sent the file {object}", ui.StateOK},
	"upload.deleted": {"File deleted", "deleted the file {object}", ui.StateWarn},

	"webhook.created":     {"Webhook created", "added the webhook {object}", ui.StateOK},
	"webhook.updated":     {"Webhook updated", "changed the webhook {object}", ui.StateInfo},
	"webhook.deleted":     {"Webhook deleted", "deleted the webhook {object}", ui.StateWarn},
	"webhook.key_rotated": {"Webhook key rotated", "rotated the signing key of the webhook {object}", ui.StateOK},
	"webhook.tested":      {"Webhook tested", "sent a test to the webhook {object}", ui.StateInfo},
	"webhook.resent":      {"Webhook resent", "sent events again to the webhook {object}", ui.StateInfo},

	"email_provider.created": {"Mail provider added", "added the mail provider", ui.StateOK},
	"email_provider.updated": {"Mail provider changed", "changed the mail provider", ui.StateInfo},
	"email_provider.deleted": {"Mail provider removed", "removed the mail provider", ui.StateWarn},
	"email_template.created": {"Mail text added", "wrote the mail text {object}", ui.StateOK},
	"email_template.updated": {"Mail text changed", "changed the mail text {object}", ui.StateInfo},
	"email_template.deleted": {"Mail text deleted", "deleted the mail text {object}", ui.StateWarn},
	"custom_domain.created":  {"Domain added", "added the domain {object}", ui.StateOK},
	"custom_domain.updated":  {"Domain changed", "changed the domain {object}", ui.StateInfo},
	"custom_domain.deleted":  {"Domain deleted", "deleted the domain {object}", ui.StateWarn},

	"setup.completed":  {"Setup completed", "set Gatehouse up", ui.StateOK},
	"settings.updated": {"Settings updated", "changed the settings of {object}", ui.StateInfo},
	"event.exported":   {"Audit log exported", "exported events as {object}", ui.StateInfo},

	"token.issued":  {"Token issued", "got a token for {object}", ui.StateOK},
	"token.refused": {"Token refused", "asked for a token as {object} and was refused", ui.StateBad},
	"token.revoked": {"Token revoked", "revoked a token of {object}", ui.StateInfo},
}

// families are the nouns that the list can be narrowed to, in the order of its menu.
var families = []ui.Option{
	{Value: "application.*", Label: "Applications"}, {Value: "client.*", Label: "Clients"},
	{Value: "secret.*,public_key.*,certificate.*", Label: "Secrets and keys of clients"}, {Value: "token.*", Label: "Tokens"},
	{Value: "connection.*", Label: "Connections"}, {Value: "experience.*", Label: "Sign-in experience"}, {Value: "key.*", Label: "Signing keys"},
	{Value: SignIns, Label: "Console sign-ins"}, {Value: "administrator.*", Label: "Administrators"},
	{Value: "webhook.*", Label: "Webhooks"}, {Value: "settings.*,setup.*", Label: "Settings"}, {Value: "event.*", Label: "Exports of this log"},
}

// SignIns are the types of sign-ins to the console, as the type filter takes them.
const SignIns = "administrator.signed_in,administrator.sign_in_failed,administrator.locked"

// wordOf finds or makes the words of a type.
func wordOf(kind string) word {
	if w, ok := words[kind]; ok {
		return w
	}
	noun, verb, _ := strings.Cut(kind, ".")
	noun, verb = spaced(noun), spaced(verb)
	w := word{Label: capital(strings.TrimSpace(noun + " " + verb)), State: ui.StateInfo}
	for _, bad := range []string{"failed", "refused", "denied", "locked"} {
		if strings.HasSuffix(verb, bad) {
			w.State = ui.StateBad
		}
	}
	first, _, more := strings.Cut(verb, " ")
	if strings.HasSuffix(first, "ed") && !more {
		w.Say = verb + " the " + noun + " {object}"
	} else {
		w.Say = "caused " + strings.TrimSpace(noun+" "+verb) + " of {object}"
	}
	return w
}

// reasons tell why something failed. Others are told by their own word.
var reasons = map[string]string{
	"invalid_client":         "Unknown client or wrong secret",
	"invalid_credentials":    "Wrong e-mail address or password",
	"wrong_password":         "Wrong password",
	"wrong_code":             "Wrong code",
	"unknown_account":        "No such administrator",
	"locked":                 "Locked after too many tries",
	"account_changed":        "The account changed meanwhile",
	"disabled":               "Disabled",
	"client_disabled":        "The client is disabled",
	"application_disabled":   "The application is disabled",
	"secret_expired":         "The secret has expired",
	"unauthorized_client":    "The client may not use this grant",
	"unsupported_grant_type": "This grant is not supported",
	"invalid_scope":          "A scope that the client may not have",
	"invalid_target":         "An audience that the client may not have",
	"invalid_grant":          "The grant is not valid",
	"invalid_request":        "The request was not complete",
	"missing_permission":     "Permission missing",
}

// faceNames tell where a request came through.
var faceNames = map[string]string{
	"console": "Console", models.FaceNative: "REST API", models.FaceTransmit: "Transmit API", models.FaceAuth0: "Auth0 API",
	models.FaceLogto: "Logto API", "oauth": "Token endpoint", "command": "Command line", "": "The server itself",
}

func orWords(table map[string]string, key string) string {
	if text, ok := table[key]; ok {
		return text
	}
	return capital(spaced(key))
}

func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
