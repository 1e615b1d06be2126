package logto

const (
	atAuthorization = "Acts at the authorization endpoint, which comes later."
	atSignIn        = "Acts at hosted sign-in, which comes later."
	atSAML          = "Acts at the SAML identity provider, which comes later."
	noHome          = "Has no home in the product yet."
)

var applicationCoverage = []Line{
	{Member: "name", State: Enforced},
	{Member: "description", State: Enforced},
	{Member: "type", State: Enforced, Note: "Chosen for good; decides grants and client authentication."},
	{Member: "oidcClientMetadata", State: Stored, Note: atAuthorization},
	{Member: "customClientMetadata", State: Stored, Note: "allowTokenExchange and isDeviceFlow decide grants; lifetimes of ID and refresh tokens act later."},
	{Member: "customData", State: Stored, Note: "Texts are the client's metadata, which other dialects share."},
	{Member: "isThirdParty", State: Stored, Note: atAuthorization},
	{Member: "protectedAppMetadata", State: Stored, Note: "The proxy in front of a protected application is not part of this server."},
	{Member: "appLevelAccessControlEnabled", State: Stored, Note: atSignIn},
	{Member: "isAdmin", State: Enforced, Note: "The role that opens this API."},
}

var secretCoverage = []Line{{Member: "name", State: Enforced}, {Member: "expiresAt", State: Enforced}}

var samlCoverage = []Line{
	{Member: "name", State: Enforced}, {Member: "description", State: Enforced}, {Member: "customData", State: Stored},
	{Member: "attributeMapping", State: Stored, Note: atSAML}, {Member: "entityId", State: Enforced, Note: "Unique in the tenant."},
	{Member: "acsUrl", State: Stored, Note: atSAML}, {Member: "encryption", State: Stored, Note: atSAML},
	{Member: "nameIdFormat", State: Enforced, Note: "In the metadata."}, {Member: "appLevelAccessControlEnabled", State: Stored, Note: atSignIn},
	{Member: "lifeSpanInYears", State: Enforced}, {Member: "active", State: Enforced, Note: "In the metadata."},
}

var lookCoverage = []Line{
	{Member: "color", State: Enforced, Note: "On the hosted pages."}, {Member: "branding", State: Enforced}, {Member: "customCss", State: Enforced},
	{Member: "termsOfUseUrl", State: Enforced}, {Member: "privacyPolicyUrl", State: Enforced}, {Member: "displayName", State: Enforced},
}

var experienceCoverage = []Line{
	{Member: "color", State: Enforced, Note: "On the hosted pages."}, {Member: "branding", State: Enforced}, {Member: "hideLogtoBranding", State: Enforced},
	{Member: "languageInfo", State: Enforced}, {Member: "termsOfUseUrl", State: Enforced}, {Member: "privacyPolicyUrl", State: Enforced},
	{Member: "agreeToTermsPolicy", State: Enforced}, {Member: "customCss", State: Enforced}, {Member: "supportEmail", State: Enforced},
	{Member: "supportWebsiteUrl", State: Enforced}, {Member: "signIn", State: Stored, Note: atSignIn}, {Member: "signUp", State: Stored, Note: atSignIn},
	{Member: "socialSignIn", State: Stored, Note: atSignIn}, {Member: "socialSignInConnectorTargets", State: Stored, Note: atSignIn},
	{Member: "signInMode", State: Stored, Note: atSignIn}, {Member: "customContent", State: Stored, Note: noHome},
	{Member: "customUiAssets", State: Stored, Note: noHome}, {Member: "customUiCsp", State: Stored, Note: noHome},
	{Member: "passwordPolicy", State: Enforced, Note: "Judged at check-password; sign-up comes later."}, {Member: "mfa", State: Stored, Note: atSignIn},
	{Member: "adaptiveMfa", State: Stored, Note: atSignIn}, {Member: "singleSignOnEnabled", State: Stored, Note: atSignIn},
	{Member: "unknownSessionRedirectUrl", State: Stored, Note: atSignIn}, {Member: "captchaPolicy", State: Stored, Note: atSignIn},
	{Member: "sentinelPolicy", State: Stored, Note: atSignIn}, {Member: "emailBlocklistPolicy", State: Stored, Note: atSignIn},
	{Member: "verificationCodePolicy", State: Stored, Note: atSignIn}, {Member: "forgotPasswordMethods", State: Stored, Note: atSignIn},
	{Member: "passkeySignIn", State: Stored, Note: atSignIn}, {Member: "signUpProfileFields", State: Stored, Note: atSignIn},
	{Member: "passwordExpiration", State: Stored, Note: atSignIn}, {Member: "usernamePolicy", State: Stored, Note: atSignIn},
}

var resourceCoverage = []Line{
	{Member: "name", State: Enforced},
	{Member: "indicator", State: Enforced, Note: "Chosen for good."},
	{Member: "accessTokenTtl", State: Enforced, Note: "A lifetime of the client wins; no token lives longer than a day."},
	{Member: "isDefault", State: Enforced, Note: "The tenant's default audience."},
}

var scopeCoverage = []Line{{Member: "name", State: Enforced}, {Member: "description", State: Enforced}}

var roleCoverage = []Line{
	{Member: "name", State: Enforced},
	{Member: "description", State: Enforced},
	{Member: "type", State: Enforced, Note: "Roles for people act once people are managed here."},
	{Member: "isDefault", State: Stored, Note: "New people come later."},
	{Member: "scopeIds", State: Enforced},
	{Member: "applicationIds", State: Enforced},
	{Member: "roleIds", State: Enforced},
}

var consentCoverage = []Line{
	{Member: "resourceScopes", State: Stored, Note: atAuthorization},
	{Member: "organizationResourceScopes", State: Stored, Note: atAuthorization},
	{Member: "organizationScopes", State: Stored, Note: "Ids are kept as given: organizations come later."},
	{Member: "userScopes", State: Stored, Note: atAuthorization},
}

var hookCoverage = []Line{
	{Member: "name", State: Enforced}, {Member: "enabled", State: Enforced},
	{Member: "events", State: Enforced, Note: "Roles and scopes change here already; users, organizations and sign-ins come later."},
	{Member: "event", State: Enforced, Note: "The older spelling of one event."},
	{Member: "config", State: Enforced, Note: "Address, headers, and 0 to 10 retries."},
	{Member: "createdAt", State: Stored, Note: "Shown; the audit log has the server's own date."},
}
