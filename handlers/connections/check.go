package connections

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"gatehouse/models"
)

// Limits of a connection.
const (
	maxOptions  = 256 << 10 // bytes of JSON: scripts of a custom database are among them
	maxRealms   = 10
	maxMetadata = 10
	maxClients  = 1000 // in one list; more are enabled step by step
)

var (
	nameForm = regexp.MustCompile(`^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$`)
	idForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
)

// endpoints are the options that hold an address.
var endpoints = []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "discovery_url", "end_session_endpoint",
	"authorizationURL", "tokenURL", "requestTokenURL", "accessTokenURL", "userAuthorizationURL", "signInEndpoint", "signOutEndpoint",
	"metadataUrl", "adfs_server", "gateway_url"}

// check is what makes a connection valid.
func check(c models.Connection, said Fields) error {
	var k models.Check
	k.That(idForm.MatchString(c.ID), "id", "not_an_id", "An id has 1 to 128 letters, digits, hyphens and underscores.")
	k.Length("name", c.Name, 1, 128)
	k.That(c.Name == "" || nameForm.MatchString(c.Name), "name", "not_a_name", "Use letters, digits and single hyphens, beginning and ending with a letter or digit.")
	k.Length("display_name", c.DisplayName, 0, 128)
	k.That(!strings.ContainsAny(c.DisplayName, "<>\x00\n\r"), "display_name", "not_allowed", "A name cannot hold < or > or line breaks.")
	k.Length("factory", c.Factory, 0, 128)
	if k.That(c.Strategy != "", "strategy", "required", "Choose who answers on the other side.") {
		_, known := models.FindStrategy(c.Strategy)
		k.That(known, "strategy", "not_allowed", fmt.Sprintf("%q is no strategy that we know.", c.Strategy))
	}
	checkOptions(&k, c.Options)
	if p, _ := FindPreset(c.Strategy); p.Issuer == "{issuer}" {
		checkAddress(&k, c.Options, "issuer") // its discovery document is below it; elsewhere an issuer is any name
	}
	checkAround(&k, c)
	if said.Clients.Set {
		k.That(len(said.Clients.V) <= maxClients, "enabled_clients", "too_many", "Name at most 1,000 clients at once.")
	}
	return k.Err()
}

func checkOptions(k *models.Check, options map[string]any) {
	raw, err := json.Marshal(options)
	k.That(err == nil && len(raw) <= maxOptions, "options", "too_large", "Options hold at most 256 KiB of JSON.")
	for _, name := range endpoints {
		checkAddress(k, options, name)
	}
}

func checkAddress(k *models.Check, options map[string]any, name string) {
	value, there := options[name]
	if !there || value == nil || value == "" {
		return
	}
	text, ok := value.(string)
	if k.That(ok, "options."+name, "wrong_type", "This must be a string.") && name != "adfs_server" {
		k.That(address(text), "options."+name, "not_a_url", "Give a complete address such as https://login.example.com/path.")
	}
}

// address tells whether a text is an absolute http or https address.
func address(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http") && len(text) <= 2048 && !strings.ContainsAny(text, " \t\r\n\\<>\"")
}

func checkAround(k *models.Check, c models.Connection) {
	k.That(len(c.Realms) <= maxRealms, "realms", "too_many", "A connection has at most 10 realms.")
	for i, r := range c.Realms {
		k.Length(fmt.Sprintf("realms[%d]", i), r, 1, 128)
		k.That(!strings.ContainsAny(r, " <>\x00\t\r\n"), fmt.Sprintf("realms[%d]", i), "not_a_realm", "A realm has no spaces and no < or >.")
	}
	k.That(len(c.Metadata) <= maxMetadata, "metadata", "too_many", "Metadata has at most 10 members.")
	for name, value := range c.Metadata {
		k.Length("metadata."+name, value, 0, 255)
		k.That(name != "" && len([]rune(name)) <= 255, "metadata", "not_a_name", "The name of a member has 1 to 255 characters.")
	}
}
