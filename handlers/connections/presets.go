package connections

import (
	"strings"

	"gatehouse/models"
)

// Preset is what we know of a provider before anybody configures it.
type Preset struct {
	Strategy  string
	Issuer    string   // its discovery document is below this; {option} stands for an option
	Authorize string   // the endpoints of a provider without discovery
	Token     string   //
	UserInfo  string   //
	Scope     string   // what a sign-in needs
	Needs     []string // options without which it cannot work
	Register  string   // where clients are registered with the provider
	About     string   // for the page of creation
}

// oauth are the options of every provider that knows us by a client_id.
var oauth = []string{"client_id"}

// Presets are the providers that need no more than our registration with them.
var Presets = []Preset{
	{Strategy: "google", Issuer: "https://accounts.google.com", Authorize: "https://accounts.google.com/o/oauth2/v2/auth", Token: "https://oauth2.googleapis.com/token",
		Scope: "openid email profile", Needs: oauth, Register: "https://console.cloud.google.com/apis/credentials", About: "Google accounts, private and Workspace."},
	{Strategy: "apple", Issuer: "https://appleid.apple.com", Authorize: "https://appleid.apple.com/auth/authorize", Token: "https://appleid.apple.com/auth/token",
		Scope: "name email", Needs: []string{"client_id", "team_id", "key_id"}, Register: "https://developer.apple.com/account/resources/identifiers/list/serviceId", About: "Required of apps in Apple's store that offer other accounts."},
	{Strategy: "facebook", Authorize: "https://www.facebook.com/v23.0/dialog/oauth", Token: "https://graph.facebook.com/v23.0/oauth/access_token", UserInfo: "https://graph.facebook.com/v23.0/me",
		Scope: "public_profile email", Needs: oauth, Register: "https://developers.facebook.com/apps", About: "Facebook accounts."},
	{Strategy: "github", Authorize: "https://github.com/login/oauth/authorize", Token: "https://github.com/login/oauth/access_token", UserInfo: "https://api.github.com/user",
		Scope: "read:user user:email", Needs: oauth, Register: "https://github.com/settings/developers", About: "For tools that developers use."},
	{Strategy: "windowslive", Issuer: "https://login.microsoftonline.com/consumers/v2.0", Authorize: "https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize",
		Scope: "openid email profile", Needs: oauth, Register: "https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps", About: "Private Microsoft accounts."},
	{Strategy: "linkedin", Issuer: "https://www.linkedin.com/oauth", Authorize: "https://www.linkedin.com/oauth/v2/authorization", Token: "https://www.linkedin.com/oauth/v2/accessToken",
		Scope: "openid profile email", Needs: oauth, Register: "https://www.linkedin.com/developers/apps", About: "Professional profiles."},
	{Strategy: "twitter", Authorize: "https://x.com/i/oauth2/authorize", Token: "https://api.x.com/2/oauth2/token", UserInfo: "https://api.x.com/2/users/me",
		Scope: "users.read tweet.read", Needs: oauth, Register: "https://developer.x.com/en/portal/dashboard", About: "Accounts of X, once Twitter."},
	{Strategy: "discord", Issuer: "https://discord.com", Authorize: "https://discord.com/oauth2/authorize", Token: "https://discord.com/api/oauth2/token", UserInfo: "https://discord.com/api/users/@me",
		Scope: "identify email", Needs: oauth, Register: "https://discord.com/developers/applications", About: "Communities and games."},
	{Strategy: "gitlab", Issuer: "https://gitlab.com", Authorize: "https://gitlab.com/oauth/authorize", Token: "https://gitlab.com/oauth/token",
		Scope: "openid email profile", Needs: oauth, Register: "https://gitlab.com/-/user_settings/applications", About: "Accounts of gitlab.com; for a server of your own use OpenID Connect."},
	{Strategy: "slack", Issuer: "https://slack.com", Authorize: "https://slack.com/openid/connect/authorize", Token: "https://slack.com/api/openid.connect.token",
		Scope: "openid email profile", Needs: oauth, Register: "https://api.slack.com/apps", About: "Members of Slack workspaces."},
	{Strategy: "line", Issuer: "https://access.line.me", Authorize: "https://access.line.me/oauth2/v2.1/authorize", Token: "https://api.line.me/oauth2/v2.1/token",
		Scope: "openid profile email", Needs: oauth, Register: "https://developers.line.biz/console", About: "Common in Japan, Taiwan and Thailand."},
	{Strategy: "tiktok", Authorize: "https://www.tiktok.com/v2/auth/authorize/", Token: "https://open.tiktokapis.com/v2/oauth/token/", UserInfo: "https://open.tiktokapis.com/v2/user/info/",
		Scope: "user.info.basic", Needs: oauth, Register: "https://developers.tiktok.com/apps", About: "TikTok accounts."},
	{Strategy: "amazon", Authorize: "https://www.amazon.com/ap/oa", Token: "https://api.amazon.com/auth/o2/token", UserInfo: "https://api.amazon.com/user/profile",
		Scope: "profile", Needs: oauth, Register: "https://developer.amazon.com/loginwithamazon/console/site/lwa/overview.html", About: "Accounts of Amazon shoppers."},
	{Strategy: "paypal", Issuer: "https://www.paypal.com", Scope: "openid email profile", Needs: oauth, Register: "https://developer.paypal.com/dashboard/applications", About: "Verified payers."},
	{Strategy: "yahoo", Issuer: "https://api.login.yahoo.com", Authorize: "https://api.login.yahoo.com/oauth2/request_auth", Token: "https://api.login.yahoo.com/oauth2/get_token",
		Scope: "openid email profile", Needs: oauth, Register: "https://developer.yahoo.com/apps", About: "Yahoo accounts."},
	{Strategy: "salesforce", Issuer: "https://login.salesforce.com", Scope: "openid email profile", Needs: oauth, Register: "https://help.salesforce.com", About: "People of a Salesforce organization."},
	{Strategy: "oidc", Issuer: "{issuer}", Scope: "openid email profile", Needs: []string{"client_id", "issuer"}, About: "Any provider with a discovery document."},
	{Strategy: "okta", Issuer: "https://{domain}", Scope: "openid email profile", Needs: []string{"client_id", "domain"}, About: "An Okta organization."},
	{Strategy: "waad", Issuer: "https://login.microsoftonline.com/{tenant_domain}/v2.0", Scope: "openid email profile", Needs: []string{"client_id", "tenant_domain"},
		Register: "https://entra.microsoft.com", About: "People of a Microsoft Entra directory."},
	{Strategy: "google-apps", Issuer: "https://accounts.google.com", Scope: "openid email profile", Needs: []string{"client_id", "tenant_domain"},
		Register: "https://console.cloud.google.com/apis/credentials", About: "One Google Workspace domain."},
	{Strategy: "samlp", About: "Any SAML 2.0 identity provider, by its metadata."},
	{Strategy: "oauth2", Needs: []string{"client_id", "authorization_endpoint", "token_endpoint"}, Scope: "", About: "A provider without discovery: give its endpoints."},
	{Strategy: "auth0", About: "People and passwords kept on this server."},
	{Strategy: "email", About: "A code or link by e-mail."},
	{Strategy: "sms", About: "A code by text message."},
}

// FindPreset gives what is known of a strategy.
func FindPreset(strategy string) (Preset, bool) {
	for _, p := range Presets {
		if p.Strategy == strategy {
			return p, true
		}
	}
	return Preset{}, false
}

// Discovery is the address of the provider's discovery document, empty when it has none or an option is missing.
func (p Preset) Discovery(c models.Connection) string {
	if at := c.OptionText("discovery_url"); at != "" {
		return at
	}
	issuer := p.Issuer
	for _, name := range []string{"issuer", "domain", "tenant_domain"} {
		value := strings.TrimSuffix(strings.TrimPrefix(c.OptionText(name), "https://"), "/")
		if name == "issuer" {
			value = strings.TrimSuffix(c.OptionText(name), "/")
		}
		if strings.Contains(issuer, "{"+name+"}") && value == "" {
			return ""
		}
		issuer = strings.ReplaceAll(issuer, "{"+name+"}", value)
	}
	if issuer == "" {
		return ""
	}
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

// AuthorizationEndpoint is where people are sent to sign in: an option, or the provider's own.
func (p Preset) AuthorizationEndpoint(c models.Connection) string {
	if at := c.OptionText("authorization_endpoint", "authorizationURL", "userAuthorizationURL"); at != "" {
		return at
	}
	return p.Authorize
}

// TokenEndpoint is where codes are redeemed: an option, or the provider's own.
func (p Preset) TokenEndpoint(c models.Connection) string {
	if at := c.OptionText("token_endpoint", "tokenURL", "accessTokenURL"); at != "" {
		return at
	}
	return p.Token
}
