package logto

import "gatehouse/models"

// Types and platforms of connectors, in the document's words.
const (
	typeEmail  = "Email"
	typeSMS    = "Sms"
	typeSocial = "Social"

	platformUniversal = "Universal"
	platformWeb       = "Web"
	platformNative    = "Native"
)

// factory is an implementation of a connector: who is on the other side, and what it needs to know.
type factory struct {
	id, target, name, about string
	kind, platform, icon    string
	strategy                string // ours
	standard, tokens        bool   // any provider of a protocol; keeps the provider's tokens
	items                   []formItem
}

// formItem is one setting of a connector.
type formItem struct {
	Type         string       `json:"type"`
	Key          string       `json:"key"`
	Label        string       `json:"label"`
	Placeholder  string       `json:"placeholder,omitempty"`
	Required     bool         `json:"required,omitempty"`
	Description  string       `json:"description,omitempty"`
	Confidential bool         `json:"isConfidential,omitempty"`
	Default      any          `json:"defaultValue,omitempty"`
	Options      []selectItem `json:"selectItems,omitempty"`
}

type selectItem struct {
	Value string `json:"value"`
	Title string `json:"title,omitempty"`
}

func textItem(key, label string) formItem {
	return formItem{Type: "Text", Key: key, Label: label, Required: true}
}

func secretItem(key, label string) formItem {
	return formItem{Type: "Text", Key: key, Label: label, Required: true, Confidential: true}
}

// optionalItem makes a setting one that may be left out.
func optionalItem(item formItem) formItem {
	item.Required = false
	return item
}

func typedItem(kind string, item formItem) formItem {
	item.Type = kind
	return item
}

var scopeItem = formItem{Type: "Text", Key: "scope", Label: "Scope", Description: "What is asked for beyond the usual, with spaces between."}

// registeredItems are the settings of a provider that knows us by an id and a secret.
func registeredItems(more ...formItem) []formItem {
	return append([]formItem{textItem("clientId", "Client ID"), secretItem("clientSecret", "Client secret"), scopeItem}, more...)
}

// appItems are those of providers that speak of an app instead.
func appItems(more ...formItem) []formItem {
	return append([]formItem{textItem("appId", "App ID"), secretItem("appSecret", "App secret")}, more...)
}

var promptsItem = formItem{Type: "MultiSelect", Key: "prompts", Label: "Prompts", Description: "When the provider asks again.",
	Options: []selectItem{{Value: "none"}, {Value: "consent"}, {Value: "select_account"}}}

func socialFactory(id, target, name, platform, strategy string, items []formItem) factory {
	return factory{id: id, target: target, name: name, about: "Sign in with " + name + ".", kind: typeSocial, platform: platform, strategy: strategy, icon: target, items: items}
}

func messageFactory(kind, id, name, strategy string, items ...formItem) factory {
	return factory{id: id, target: id, name: name, about: "Sends messages through " + name + ".", kind: kind, strategy: strategy, icon: "message", items: items}
}

// storingFactory makes a factory one whose connectors may keep the provider's tokens.
func storingFactory(f factory) factory { f.tokens = true; return f }

// genericFactory makes a factory one for any provider of a protocol; each of its connectors names its target.
func genericFactory(f factory) factory { f.standard = true; return f }

var templatesItem = formItem{Type: "Json", Key: "templates", Label: "Templates", Required: false, Description: "A list of messages, each with usageType, subject and content."}

var deliveryItems = []formItem{textItem("endpoint", "Endpoint"), optionalItem(textItem("authorization", "Authorization header"))}

// factories is the catalogue. What sends messages comes last.
var factories = []factory{
	storingFactory(socialFactory("google-universal", "google", "Google", platformUniversal, models.StrategyGoogle, registeredItems(promptsItem))),
	socialFactory("apple-universal", "apple", "Apple", platformUniversal, models.StrategyApple, []formItem{textItem("clientId", "Services ID"), optionalItem(textItem("teamId", "Team ID")),
		optionalItem(textItem("keyId", "Key ID")), optionalItem(typedItem("MultilineText", secretItem("privateKey", "Private key"))), scopeItem}),
	storingFactory(socialFactory("facebook-universal", "facebook", "Facebook", platformUniversal, models.StrategyFacebook, registeredItems())),
	storingFactory(socialFactory("github-universal", "github", "GitHub", platformUniversal, "github", registeredItems())),
	storingFactory(socialFactory("azuread-universal", "azuread", "Microsoft", platformUniversal, "waad", registeredItems(optionalItem(textItem("cloudInstance", "Cloud instance")), optionalItem(textItem("tenantId", "Tenant ID")), promptsItem))),
	storingFactory(socialFactory("linkedin-universal", "linkedin", "LinkedIn", platformUniversal, "linkedin", registeredItems())),
	storingFactory(socialFactory("x-universal", "x", "X", platformUniversal, "twitter", registeredItems())),
	storingFactory(socialFactory("discord-universal", "discord", "Discord", platformUniversal, "discord", registeredItems())),
	storingFactory(socialFactory("gitlab-universal", "gitlab", "GitLab", platformUniversal, "gitlab", registeredItems())),
	storingFactory(socialFactory("slack-universal", "slack", "Slack", platformUniversal, "slack", registeredItems())),
	storingFactory(socialFactory("amazon-universal", "amazon", "Amazon", platformUniversal, "amazon", registeredItems())),
	socialFactory("line-universal", "line", "LINE", platformUniversal, models.StrategyLINE, registeredItems()),
	socialFactory("huggingface-universal", "huggingface", "Hugging Face", platformUniversal, "huggingface", registeredItems()),
	socialFactory("kakao-universal", "kakao", "Kakao", platformUniversal, "kakao", registeredItems()),
	socialFactory("naver-universal", "naver", "Naver", platformUniversal, "naver", registeredItems()),
	socialFactory("patreon-universal", "patreon", "Patreon", platformUniversal, "patreon", registeredItems()),
	socialFactory("xiaomi-universal", "xiaomi", "Xiaomi", platformUniversal, "xiaomi", registeredItems()),
	socialFactory("wechat-web", "wechat", "WeChat", platformWeb, "wechat", appItems(scopeItem)),
	socialFactory("wechat-native", "wechat", "WeChat", platformNative, "wechat", appItems(optionalItem(textItem("universalLinks", "Universal links")))),
	socialFactory("wecom-universal", "wecom", "WeCom", platformUniversal, "wecom", []formItem{textItem("corpId", "Company ID"), secretItem("appSecret", "App secret"), textItem("agentId", "Agent ID"), scopeItem}),
	socialFactory("alipay-web", "alipay", "Alipay", platformWeb, "alipay", []formItem{textItem("appId", "App ID"), typedItem("MultilineText", secretItem("privateKey", "Private key")), textItem("signType", "Signature type"), textItem("charset", "Character set")}),
	socialFactory("alipay-native", "alipay", "Alipay", platformNative, "alipay", []formItem{textItem("appId", "App ID"), typedItem("MultilineText", secretItem("privateKey", "Private key")), textItem("signType", "Signature type")}),
	socialFactory("dingtalk-web", "dingtalk", "DingTalk", platformWeb, "dingtalk", registeredItems()),
	socialFactory("feishu-web", "feishu", "Feishu", platformWeb, "feishu", appItems()),
	storingFactory(genericFactory(socialFactory("oauth2", "oauth2", "OAuth 2.0", platformUniversal, models.StrategyOAuth2, registeredItems(textItem("authorizationEndpoint", "Authorization endpoint"),
		textItem("tokenEndpoint", "Token endpoint"), textItem("userInfoEndpoint", "User info endpoint"), optionalItem(textItem("tokenEndpointAuthMethod", "How we authenticate")),
		optionalItem(typedItem("Json", textItem("profileMap", "Profile mapping"))), optionalItem(typedItem("Json", textItem("customConfig", "Further parameters"))))))),
	storingFactory(genericFactory(socialFactory("oidc", "oidc", "OpenID Connect", platformUniversal, models.StrategyOIDC, registeredItems(textItem("authorizationEndpoint", "Authorization endpoint"),
		textItem("tokenEndpoint", "Token endpoint"), optionalItem(typedItem("Json", textItem("idTokenVerificationConfig", "How ID tokens are verified"))),
		optionalItem(typedItem("Json", textItem("authRequestOptionalConfig", "Further request parameters"))), optionalItem(typedItem("Json", textItem("customConfig", "Further parameters"))))))),
	genericFactory(socialFactory("saml", "saml", "SAML", platformUniversal, models.StrategySAML, []formItem{textItem("entityID", "Entity ID"), textItem("signInEndpoint", "Sign-in endpoint"),
		typedItem("MultilineText", textItem("x509Certificate", "Certificate")), typedItem("MultilineText", textItem("idpMetadataXml", "Metadata")), textItem("assertionConsumerServiceUrl", "Assertion consumer service URL"),
		optionalItem(typedItem("Switch", textItem("signAuthnRequest", "Sign requests"))), optionalItem(typedItem("Json", textItem("profileMap", "Profile mapping")))})),

	messageFactory(typeEmail, "simple-mail-transfer-protocol", "a mail server (SMTP)", models.StrategyEmail, textItem("host", "Host"), typedItem("Number", textItem("port", "Port")),
		typedItem("Json", textItem("auth", "Authentication")), textItem("fromEmail", "Sender"), optionalItem(textItem("replyTo", "Answers go to")), optionalItem(typedItem("Switch", textItem("secure", "TLS from the start"))), templatesItem),
	messageFactory(typeEmail, "sendgrid-email-service", "SendGrid", models.StrategyEmail, secretItem("apiKey", "API key"), textItem("fromEmail", "Sender"), optionalItem(textItem("fromName", "Sender's name")), templatesItem),
	messageFactory(typeEmail, "mailgun-email", "Mailgun", models.StrategyEmail, textItem("domain", "Domain"), secretItem("apiKey", "API key"), textItem("from", "Sender"), optionalItem(textItem("endpoint", "Endpoint")), optionalItem(typedItem("Json", textItem("deliveries", "Deliveries")))),
	messageFactory(typeEmail, "postmark-mail", "Postmark", models.StrategyEmail, secretItem("serverToken", "Server token"), textItem("fromEmail", "Sender"), templatesItem),
	messageFactory(typeEmail, "aws-ses-mail", "Amazon SES", models.StrategyEmail, textItem("accessKeyId", "Access key ID"), secretItem("accessKeySecret", "Access key secret"), textItem("region", "Region"), textItem("emailAddress", "Sender"), templatesItem),
	messageFactory(typeEmail, "aliyun-direct-mail", "Alibaba Cloud mail", models.StrategyEmail, textItem("accessKeyId", "Access key ID"), secretItem("accessKeySecret", "Access key secret"), textItem("accountName", "Account name"), optionalItem(textItem("fromAlias", "Sender's name")), templatesItem),
	messageFactory(typeEmail, "http-email", "a service of your own (HTTP)", models.StrategyEmail, deliveryItems...),
	messageFactory(typeSMS, "twilio-short-message-service", "Twilio", models.StrategySMS, textItem("accountSID", "Account SID"), secretItem("authToken", "Auth token"), textItem("fromMessagingServiceSID", "Messaging service SID"), templatesItem),
	messageFactory(typeSMS, "vonage-sms", "Vonage", models.StrategySMS, textItem("apiKey", "API key"), secretItem("apiSecret", "API secret"), textItem("brandName", "Sender"), templatesItem),
	messageFactory(typeSMS, "aliyun-short-message-service", "Alibaba Cloud SMS", models.StrategySMS, textItem("accessKeyId", "Access key ID"), secretItem("accessKeySecret", "Access key secret"), textItem("signName", "Signature"), templatesItem),
	messageFactory(typeSMS, "tencent-short-message-service", "Tencent Cloud SMS", models.StrategySMS, textItem("accessKeyId", "Access key ID"), secretItem("accessKeySecret", "Access key secret"), textItem("signName", "Signature"), textItem("sdkAppId", "SDK app ID"), textItem("region", "Region"), templatesItem),
	messageFactory(typeSMS, "gatewayapi-sms", "GatewayAPI", models.StrategySMS, textItem("endpoint", "Endpoint"), secretItem("apiToken", "API token"), textItem("sender", "Sender"), templatesItem),
	messageFactory(typeSMS, "http-sms", "a service of your own (HTTP)", models.StrategySMS, deliveryItems...),
}

// factoryOf finds a factory by its id.
func factoryOf(id string) (factory, bool) {
	for _, f := range factories {
		if f.id == id {
			return f, true
		}
	}
	return factory{}, false
}

// connectorFactory is the factory that a connection is made of: the one that was chosen, or the first of its strategy. Connections of
// other kinds, and those of single applications, are no connectors.
func connectorFactory(c models.Connection) (factory, bool) {
	if c.ApplicationID != nil {
		return factory{}, false
	}
	if f, ok := factoryOf(c.Factory); ok {
		return f, true
	}
	for _, f := range factories {
		if f.strategy == c.Strategy {
			return f, true
		}
	}
	return factory{}, false
}

// connectorStrategies are the strategies that have a factory.
func connectorStrategies() []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range factories {
		if !seen[f.strategy] {
			seen[f.strategy] = true
			out = append(out, f.strategy)
		}
	}
	return out
}
