package logto

import (
	"encoding/json"
	"slices"

	"gatehouse/models"
)

// The settings of a connector are the options of a connection under other names. Options that this document has no name for belong
// to other faces: they are not shown here, and a write here leaves them as they are.

// configNames are our names for the settings of all connectors.
var configNames = map[string]string{"clientId": "client_id", "clientSecret": "client_secret", "authorizationEndpoint": "authorization_endpoint",
	"tokenEndpoint": "token_endpoint", "userInfoEndpoint": "userinfo_endpoint", "tokenEndpointAuthMethod": "token_endpoint_auth_method",
	"teamId": "team_id", "keyId": "key_id", "tenantId": "tenant_domain", "x509Certificate": "signingCert", "idpMetadataXml": "metadataXml",
	"accountSID": "twilio_sid", "authToken": "twilio_token", "fromMessagingServiceSID": "messaging_service_sid"}

// ownNames are those of single factories.
var ownNames = map[string]map[string]string{
	"apple-universal": {"privateKey": "client_secret"},
	"wechat-web":      {"appId": "client_id", "appSecret": "client_secret"}, "wechat-native": {"appId": "client_id", "appSecret": "client_secret"},
	"feishu-web": {"appId": "client_id", "appSecret": "client_secret"}, "wecom-universal": {"corpId": "client_id", "appSecret": "client_secret"},
	"alipay-web": {"appId": "client_id"}, "alipay-native": {"appId": "client_id"},
}

// optionName is our name for a setting of a factory.
func (f factory) optionName(key string) string {
	if ours, ok := ownNames[f.id][key]; ok {
		return ours
	}
	if ours, ok := configNames[key]; ok {
		return ours
	}
	return key
}

// storedConfig lists the settings that were written here beyond those of the form.
const storedConfig = "logto.config_members"

// keys are the settings that this document knows of a connection, by our names for them.
func (f factory) keys(c models.Connection) map[string]string {
	out := map[string]string{}
	for _, item := range f.items {
		out[f.optionName(item.Key)] = item.Key
	}
	var more []string
	_ = json.Unmarshal(c.Stored[storedConfig], &more)
	for _, key := range more {
		out[f.optionName(key)] = key
	}
	return out
}

// config shows the options of a connection as settings.
func (f factory) config(c models.Connection) map[string]any {
	out := map[string]any{}
	for ours, key := range f.keys(c) {
		if value, ok := c.Options[ours]; ok {
			out[key] = value
		}
	}
	return out
}

// options are the options of a connection after its settings were written: what this document does not know of stays.
func (f factory) options(c models.Connection, config map[string]any) (options map[string]any, members json.RawMessage) {
	known, options := f.keys(c), map[string]any{}
	for name, value := range c.Options {
		if _, ours := known[name]; !ours {
			options[name] = value
		}
	}
	form := []string{}
	for _, item := range f.items {
		form = append(form, item.Key)
	}
	more := []string{}
	for _, key := range sortedKeys(config) {
		options[f.optionName(key)] = config[key]
		if !slices.Contains(form, key) {
			more = append(more, key)
		}
	}
	members, _ = json.Marshal(more)
	return options, members
}

// checkConfig refuses settings that the factory's connectors cannot work with.
// Faults: connector.invalid_config.
func (f factory) checkConfig(config map[string]any) error {
	for _, item := range f.items {
		value, there := config[item.Key]
		if !there || value == nil || value == "" {
			if item.Required {
				return refuse("connector.invalid_config", "The setting "+item.Key+" needs a value.")
			}
			continue
		}
		if want := item.wants(value); want != "" {
			return refuse("connector.invalid_config", "The setting "+item.Key+" must be "+want+".")
		}
	}
	return nil
}

// wants says what a setting must be, when a value is not that.
func (i formItem) wants(value any) string {
	switch i.Type {
	case "Text", "MultilineText", "Select":
		if _, ok := value.(string); !ok {
			return "a string"
		}
	case "Number":
		if _, ok := value.(float64); !ok {
			return "a number"
		}
	case "Switch":
		if _, ok := value.(bool); !ok {
			return "true or false"
		}
	case "MultiSelect":
		if _, ok := value.([]any); !ok {
			return "an array"
		}
	}
	return ""
}
