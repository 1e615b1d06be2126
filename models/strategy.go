package models

import "slices"

// Strategies of connections that the program itself names.
const (
	StrategyDatabase = "auth0" // people and passwords that we keep ourselves
	StrategyGoogle   = "google"
	StrategyFacebook = "facebook"
	StrategyApple    = "apple"
	StrategyLINE     = "line"
	StrategyTikTok   = "tiktok"
	StrategyOAuth2   = "oauth2"
	StrategyOIDC     = "oidc"
	StrategySAML     = "samlp"
	StrategyEmail    = "email"
	StrategySMS      = "sms"
	StrategyAPNs     = "apns" // notices through Apple
	StrategyFCM      = "fcm"  // notices through Firebase
	StrategyWebAuthn = "webauthn"
)

// Families of strategies.
const (
	ConnectionDatabase     = "database"
	ConnectionSocial       = "social"
	ConnectionEnterprise   = "enterprise"
	ConnectionPasswordless = "passwordless"
	ConnectionService      = "service"
)

// Strategy is a kind of connection: who answers on the other side.
type Strategy struct {
	ID   string
	Name string // as people know it
	Kind string
}

// Strategies is every strategy that a connection can have.
var Strategies = slices.Concat(
	family(ConnectionDatabase, StrategyDatabase, "Database"),
	family(ConnectionPasswordless, StrategyEmail, "E-mail", StrategySMS, "Text message"),
	family(ConnectionService, StrategyAPNs, "Apple push notices", StrategyFCM, "Firebase push notices", StrategyWebAuthn, "Passkey service"),
	family(ConnectionEnterprise,
		StrategyOIDC, "OpenID Connect", StrategySAML, "SAML", "okta", "Okta", "waad", "Microsoft Entra ID", "google-apps", "Google Workspace",
		"adfs", "AD FS", "ad", "Active Directory", "auth0-adldap", "LDAP", "pingfederate", "PingFederate", "office365", "Office 365",
		"auth0-oidc", "Another tenant", "sharepoint", "SharePoint", "ip", "IP address", "custom", "Custom"),
	family(ConnectionSocial,
		StrategyGoogle, "Google", StrategyApple, "Apple", StrategyFacebook, "Facebook", "github", "GitHub", "windowslive", "Microsoft account",
		"linkedin", "LinkedIn", "twitter", "X", StrategyLINE, "LINE", StrategyTikTok, "TikTok", "amazon", "Amazon", "discord", "Discord", "gitlab", "GitLab",
		"slack", "Slack", "paypal", "PayPal", "paypal-sandbox", "PayPal sandbox", "salesforce", "Salesforce", "salesforce-community", "Salesforce community",
		"salesforce-sandbox", "Salesforce sandbox", "yahoo", "Yahoo", "bitbucket", "Bitbucket", "box", "Box", "dropbox", "Dropbox",
		"shopify", "Shopify", "shop", "Shop", "wordpress", "WordPress", "yandex", "Yandex", "vkontakte", "VK", "weibo", "Weibo", "baidu", "Baidu",
		"kakao", "Kakao", "naver", "Naver", "wechat", "WeChat", "wecom", "WeCom", "alipay", "Alipay", "dingtalk", "DingTalk", "feishu", "Feishu",
		"xiaomi", "Xiaomi", "huggingface", "Hugging Face", "patreon", "Patreon", "instagram", "Instagram", "soundcloud", "SoundCloud",
		"evernote", "Evernote", "evernote-sandbox", "Evernote sandbox", "exact", "Exact", "fitbit", "Fitbit", "bitly", "Bitly", "daccount", "d Account",
		"dwolla", "Dwolla", "planningcenter", "Planning Center", "thirtysevensignals", "37signals", "untappd", "Untappd",
		StrategyOAuth2, "OAuth 2.0", "oauth1", "OAuth 1.0a"),
)

// family makes the strategies of one kind from pairs of id and name.
func family(kind string, pairs ...string) []Strategy {
	var out []Strategy
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, Strategy{ID: pairs[i], Name: pairs[i+1], Kind: kind})
	}
	return out
}

var strategyByID = func() map[string]Strategy {
	m := map[string]Strategy{}
	for _, s := range Strategies {
		m[s.ID] = s
	}
	return m
}()

// FindStrategy gives the strategy with an id.
func FindStrategy(id string) (Strategy, bool) {
	s, ok := strategyByID[id]
	return s, ok
}

// StrategiesOf lists the ids of the strategies of the kinds.
func StrategiesOf(kinds ...string) []string {
	var out []string
	for _, s := range Strategies {
		if slices.Contains(kinds, s.Kind) {
			out = append(out, s.ID)
		}
	}
	return out
}
