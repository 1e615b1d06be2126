package auth0

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"gatehouse/models"
)

// documented are the strategies of the document, by our words. Providers that it has no word for are what they are besides:
// social connections of the generic kind.
var documented = map[string]string{models.StrategyGoogle: "google-oauth2"}

var documentWords = strings.Fields("ad adfs amazon apple dropbox bitbucket auth0-oidc auth0 baidu bitly box custom daccount dwolla email evernote-sandbox " +
	"evernote exact facebook fitbit github google-apps instagram ip line linkedin oauth1 oauth2 office365 oidc okta paypal paypal-sandbox pingfederate " +
	"planningcenter salesforce-community salesforce-sandbox salesforce samlp sharepoint shopify shop sms soundcloud thirtysevensignals twitter untappd " +
	"vkontakte waad weibo windowslive wordpress yahoo yandex auth0-adldap")

func init() {
	for _, word := range documentWords {
		documented[word] = word
	}
}

// strategyShown is the document's word for a strategy.
func strategyShown(ours string) string {
	if word, ok := documented[ours]; ok {
		return word
	}
	return models.StrategyOAuth2
}

// strategyIn is our word for a strategy of the document.
func strategyIn(word string) string {
	if word == documented[models.StrategyGoogle] {
		return models.StrategyGoogle
	}
	return word
}

// strategiesIn are our words for a filter of the document.
func strategiesIn(words []string) []string {
	var out []string
	for _, word := range words {
		out = append(out, strategyIn(word))
		if word != models.StrategyOAuth2 {
			continue
		}
		for _, s := range models.Strategies {
			if _, ok := documented[s.ID]; !ok && s.Kind != models.ConnectionService {
				out = append(out, s.ID)
			}
		}
	}
	return out
}

// optionNames are our names for options that the document calls otherwise, by strategy.
var optionNames = map[string]map[string]string{models.StrategyApple: {"kid": "key_id", "app_secret": "client_secret"}}

// optionsIn gives options under our names.
func optionsIn(strategy string, options map[string]any) map[string]any {
	return renamed(options, optionNames[strategy])
}

// optionsShown gives options under the document's names.
func optionsShown(c models.Connection) map[string]any {
	back := map[string]string{}
	for theirs, ours := range optionNames[c.Strategy] {
		back[ours] = theirs
	}
	return renamed(c.Options, back)
}

func renamed(options map[string]any, names map[string]string) map[string]any {
	out := make(map[string]any, len(options))
	for name, value := range options {
		if other, ok := names[name]; ok {
			name = other
		}
		out[name] = value
	}
	return out
}

// databaseDefaults are the options of a new database where its maker said nothing, as they were recorded. The one about changing
// passwords is what tools write that send the document's defaults.
const databaseDefaults = `{"mfa":{"active":true,"return_enroll_settings":true},"passwordPolicy":"good","brute_force_protection":true,"strategy_version":2,
"disable_self_service_change_password":false,
"passkey_options":{"challenge_ui":"both","local_enrollment_enabled":true,"progressive_enrollment_enabled":true},
"authentication_methods":{"password":{"enabled":true,"api_behavior":"required","signup_behavior":"allow"},"passkey":{"enabled":false}}}`

// withDefaults lays what was said over the defaults of a strategy.
func withDefaults(strategy string, said map[string]any) map[string]any {
	out := map[string]any{}
	switch strategy {
	case models.StrategyDatabase:
		_ = json.Unmarshal([]byte(databaseDefaults), &out)
	case models.StrategyEmail, models.StrategySMS:
		out["brute_force_protection"], out["disable_signup"] = true, false
	}
	maps.Copy(out, said)
	return out
}

// listed tells whether a word is one of the document's filter.
func listed(word string) bool {
	return word == documented[models.StrategyGoogle] || slices.Contains(documentWords, word)
}
