package logto

const later = "Acts at the account pages, which come later."

var phraseCoverage = []Line{{Member: "translation", State: Enforced, Note: "Phrases that the hosted pages have are shown there; others are kept."}}

var templateCoverage = []Line{{Member: "templates", State: Enforced}, {Member: "subject", State: Enforced}, {Member: "content", State: Enforced},
	{Member: "contentType", State: Enforced}, {Member: "replyTo", State: Enforced}, {Member: "sendFrom", State: Enforced}}

var configCoverage = []Line{
	{Member: "signInExperienceCustomized", State: Stored}, {Member: "organizationCreated", State: Stored},
	{Member: "developmentTenantMigrationNotification", State: Stored}, {Member: "checkedChargeNotification", State: Stored},
	{Member: "enabledExtendedClaims", State: Stored, Note: atAuthorization}, {Member: "ttl", State: Stored, Note: atSignIn},
	{Member: "signingKeyAlgorithm", State: Enforced}, {Member: "rotationGracePeriod", State: Enforced, Note: "0 only: a rotation over this API signs at once."},
}

var accountCoverage = []Line{
	{Member: "enabled", State: Stored, Note: later}, {Member: "fields", State: Stored, Note: later}, {Member: "webauthnRelatedOrigins", State: Stored, Note: later},
	{Member: "deleteAccountUrl", State: Stored, Note: later}, {Member: "customCss", State: Stored, Note: later}, {Member: "profileFields", State: Stored, Note: later},
}

var captchaCoverage = []Line{{Member: "config", State: Stored, Note: atSignIn}}

var fieldCoverage = []Line{
	{Member: "name", State: Stored, Note: atSignIn}, {Member: "type", State: Stored, Note: atSignIn}, {Member: "label", State: Stored, Note: atSignIn},
	{Member: "description", State: Stored, Note: atSignIn}, {Member: "required", State: Stored, Note: atSignIn}, {Member: "config", State: Stored, Note: atSignIn},
	{Member: "order", State: Stored, Note: atSignIn},
}

var domainCoverage = []Line{{Member: "domain", State: Enforced, Note: "Proven by a TXT record; active when the server was started with it as an origin."},
	{Member: "staleDays", State: Enforced}, {Member: "verificationFiles", State: Stored, Note: "Kept, not served yet."}}
