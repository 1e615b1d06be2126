package models

import (
	"time"

	"github.com/uptrace/bun"
)

// Experience is everything that decides how people sign in and what they see while they do: the settings of all layers laid
// over the built-in ones. Each setting is a leaf with a path of its own ("branding.primary_color"), by which layers override it,
// drafts are merged and the audit log tells of it.
type Experience struct {
	Methods   SignInMethods  `json:"methods"`
	SignUp    SignUp         `json:"sign_up"`
	Codes     CodePolicy     `json:"codes"`
	Password  PasswordPolicy `json:"password"`
	Lockout   Lockout        `json:"lockout"`
	MFA       MFA            `json:"mfa"`
	Passkey   PasskeySignIn  `json:"passkey"`
	Branding  Branding       `json:"branding"`
	Content   Content        `json:"content"`
	Languages Languages      `json:"languages"`
	// Phrases replace built-in texts: by language tag, then by the name of the phrase. Every phrase is a leaf.
	Phrases   map[string]map[string]string `json:"phrases,omitempty"`
	CustomCSS string                       `json:"custom_css" doc:"A stylesheet that comes after the built-in one. At most 64 KiB; no @import and no address outside."`
	// Preferences are what the login preferences of the Transmit dialect say beyond the settings above, method by method.
	Preferences AuthMethods `json:"preferences"`
}

// Identifiers by which people are known.
const (
	IdentifierUsername = "username"
	IdentifierEmail    = "email"
	IdentifierPhone    = "phone"
)

// SignInMethods is how people prove who they are. The order of Identifiers is the order in which they are offered.
type SignInMethods struct {
	Identifiers      []IdentifierMethod `json:"identifiers"`
	Connections      []string           `json:"connections" doc:"Ids of the connections offered, in their order."`
	EnterpriseSSO    bool               `json:"enterprise_sso" doc:"People whose e-mail domain belongs to a connection are sent there."`
	ForgotPassword   []string           `json:"forgot_password" enum:"email,phone" doc:"Where a code to reset a password may go."`
	LinkAccounts     bool               `json:"link_accounts" doc:"An outside account joins the account with the same verified e-mail."`
	SkipRequired     bool               `json:"skip_required_identifiers" doc:"Signing up through a connection does not ask for the identifiers of sign-up."`
	CaptchaEnabled   bool               `json:"captcha"`
	Username         UsernamePolicy     `json:"username"`
	BlockDisposable  bool               `json:"block_disposable_email"`
	BlockSubaddress  bool               `json:"block_subaddressing" doc:"Refuse ada+tag@example.com when signing up."`
	EmailAllowlist   []string           `json:"email_allowlist"`
	EmailBlocklist   []string           `json:"email_blocklist"`
	UnknownSessionTo string             `json:"unknown_session_url" doc:"Where a hosted page sends people who arrive without a sign-in in progress. Empty: it explains itself."`
}

// IdentifierMethod is one identifier and the proofs that go with it.
type IdentifierMethod struct {
	Identifier    string `json:"identifier" enum:"username,email,phone"`
	Password      bool   `json:"password"`
	Code          bool   `json:"verification_code" doc:"A one-time code by e-mail or text message."`
	Link          bool   `json:"magic_link" doc:"A one-time link by e-mail."`
	PasswordFirst bool   `json:"password_first" doc:"With both: the password is asked first."`
}

// UsernamePolicy is what a username may look like.
type UsernamePolicy struct {
	CaseSensitive bool `json:"case_sensitive"`
	MinLength     int  `json:"min_length"`
	MaxLength     int  `json:"max_length"`
	Lowercase     bool `json:"lowercase"`
	Uppercase     bool `json:"uppercase"`
	Numbers       bool `json:"numbers"`
	Underscore    bool `json:"underscore"`
}

// Modes of a hosted page.
const (
	ModeBoth     = "sign_in_and_register"
	ModeSignIn   = "sign_in"
	ModeRegister = "register"
)

// SignUp is whether and how accounts come into being on the hosted pages.
type SignUp struct {
	Mode        string                `json:"mode" enum:"sign_in_and_register,sign_in,register"`
	Identifiers []string              `json:"identifiers" enum:"username,email,phone" doc:"Each is asked for."`
	Secondary   []SecondaryIdentifier `json:"secondary_identifiers"`
	Password    bool                  `json:"password" doc:"A password is chosen at sign-up."`
	Verify      bool                  `json:"verify" doc:"E-mail and phone are verified before the account exists."`
	Profile     []string              `json:"profile_fields" doc:"Further questions, by claim name."`
}

// SecondaryIdentifier is a further identifier asked for at sign-up; identifier may also be "email_or_phone".
type SecondaryIdentifier struct {
	Identifier string `json:"identifier" enum:"username,email,phone,email_or_phone"`
	Verify     bool   `json:"verify"`
}

// CodePolicy is the life of one-time codes.
type CodePolicy struct {
	ExpiresSeconds int `json:"expires_seconds" doc:"60 to 3600."`
	Attempts       int `json:"attempts" doc:"Wrong tries before a code is dead, 1 to 20."`
}

// Levels of password strength, weakest first.
var PasswordLevels = []string{"none", "low", "fair", "good", "excellent"}

// PasswordPolicy is what a password must and must not be: the union of what the dialects can say.
type PasswordPolicy struct {
	MinLength        int      `json:"min_length" doc:"5 to 128."`
	MaxLength        int      `json:"max_length" doc:"Up to 256."`
	MinClasses       int      `json:"min_classes" doc:"How many of lower case, upper case, digits and symbols must occur, 1 to 4."`
	Level            string   `json:"level" enum:"none,low,fair,good,excellent" doc:"Strength asked for."`
	RejectWords      []string `json:"reject_words" doc:"Words that may not occur."`
	RejectDictionary bool     `json:"reject_dictionary" doc:"Refuse common passwords."`
	RejectPwned      bool     `json:"reject_pwned" doc:"Refuse passwords known from breaches."`
	RejectUserInfo   bool     `json:"reject_user_info" doc:"Refuse passwords that hold the person's name or address."`
	RejectRepetition bool     `json:"reject_repetition" doc:"Refuse repetitions and sequences such as aaaa and 1234."`
	History          int      `json:"history" doc:"How many earlier passwords may not come back, 0 to 24."`
	Expires          bool     `json:"expires"`
	ExpiresAfterDays int      `json:"expires_after_days" doc:"1 to 1096; counts only while passwords expire."`
	ResetMinutes     int      `json:"reset_minutes" doc:"How long a reset link works, 5 to 60."`
}

// Lockout is how guessing is slowed. A tier counts failures since the last success; the last tier repeats.
type Lockout struct {
	Tiers                 []LockoutTier `json:"tiers"`
	FailuresExpireMinutes int           `json:"failures_expire_minutes" doc:"After this long without a failure the count begins anew, 1 to 525600."`
}

// LockoutTier pauses an account after a number of failures. No minutes: until an administrator unblocks it.
type LockoutTier struct {
	Attempts int  `json:"attempts"`
	Minutes  *int `json:"minutes"`
}

// Second factors.
var MFAFactors = []string{"totp", "passkey", "backup_code", "email_code", "sms_code", "push"}

// MFAPolicies say when a second factor is asked for.
var MFAPolicies = []string{"no_prompt", "user_controlled", "prompt_at_sign_in", "prompt_at_sign_in_and_sign_up",
	"prompt_at_sign_in_mandatory", "prompt_at_sign_in_and_sign_up_mandatory", "mandatory"}

// MFA is the second factor.
type MFA struct {
	Factors              []string `json:"factors" enum:"totp,passkey,backup_code,email_code,sms_code,push"`
	Policy               string   `json:"policy" enum:"no_prompt,user_controlled,prompt_at_sign_in,prompt_at_sign_in_and_sign_up,prompt_at_sign_in_mandatory,prompt_at_sign_in_and_sign_up_mandatory,mandatory"`
	OrganizationRequired string   `json:"organization_policy" enum:"no_prompt,mandatory" doc:"For members of organizations that require a second factor."`
	Adaptive             bool     `json:"adaptive" doc:"Ask only where the sign-in looks unusual."`
}

// PasskeySignIn is sign-in with a passkey instead of a password.
type PasskeySignIn struct {
	Enabled  bool `json:"enabled"`
	Button   bool `json:"button" doc:"A button of its own on the first page."`
	Autofill bool `json:"autofill" doc:"Offer passkeys in the identifier field."`
}

// Branding is the look of the hosted pages. Colours are #rrggbb; an empty one is the built-in colour.
type Branding struct {
	DisplayName    string `json:"display_name" doc:"What people sign in to. Empty: the name of the tenant."`
	Primary        string `json:"primary_color" doc:"Buttons and links, light theme."`
	DarkPrimary    string `json:"dark_primary_color" doc:"Buttons and links, dark theme."`
	Background     string `json:"background_color" doc:"Page background, light theme."`
	DarkBackground string `json:"dark_background_color" doc:"Page background, dark theme."`
	DarkMode       bool   `json:"dark_mode" doc:"Follow the visitor's dark theme."`
	LogoURL        string `json:"logo_url" doc:"https, or a data: image of at most 64 KiB."`
	DarkLogoURL    string `json:"dark_logo_url"`
	FaviconURL     string `json:"favicon_url"`
	DarkFaviconURL string `json:"dark_favicon_url"`
	Font           string `json:"font" enum:"inter,system,serif,rounded,mono"`
	FontURL        string `json:"font_url" doc:"A font by address; stored, not loaded by the built-in pages."`
	Layout         string `json:"layout" enum:"split,card"`
	Corners        string `json:"corners" enum:"square,soft,round"`
	HideCredit     bool   `json:"hide_credit" doc:"No mention of the product in the foot of a page."`
}

// Content is what the hosted pages link to.
type Content struct {
	TermsURL     string `json:"terms_url"`
	PrivacyURL   string `json:"privacy_url"`
	Agreement    string `json:"agreement" enum:"automatic,manual_at_registration,manual" doc:"Whether terms are agreed to by continuing, or by a box."`
	SupportEmail string `json:"support_email"`
	SupportURL   string `json:"support_url"`
}

// Languages are those that the hosted pages speak.
type Languages struct {
	Default    string   `json:"default" doc:"BCP 47."`
	AutoDetect bool     `json:"auto_detect" doc:"Follow the visitor's browser."`
	Enabled    []string `json:"enabled" doc:"BCP 47 tags on offer."`
}

// DefaultExperience is what a tenant has that never set anything.
func DefaultExperience() Experience {
	minutes := func(n int) *int { return &n }
	return Experience{
		Methods: SignInMethods{
			Identifiers:    []IdentifierMethod{{Identifier: IdentifierEmail, Password: true, PasswordFirst: true}},
			ForgotPassword: []string{IdentifierEmail}, LinkAccounts: true,
			Username: UsernamePolicy{CaseSensitive: true, MinLength: 1, MaxLength: 128, Lowercase: true, Uppercase: true, Numbers: true, Underscore: true},
		},
		SignUp: SignUp{Mode: ModeBoth, Identifiers: []string{IdentifierEmail}, Password: true, Verify: true},
		Codes:  CodePolicy{ExpiresSeconds: 600, Attempts: 5},
		Password: PasswordPolicy{MinLength: 8, MaxLength: 256, MinClasses: 1, Level: "none", RejectDictionary: true, RejectUserInfo: true,
			ExpiresAfterDays: 90, ResetMinutes: 15},
		Lockout:   Lockout{Tiers: []LockoutTier{{5, minutes(1)}, {10, minutes(15)}, {20, minutes(60)}}, FailuresExpireMinutes: 60},
		MFA:       MFA{Policy: "user_controlled", OrganizationRequired: "no_prompt"},
		Branding:  Branding{DarkMode: true, Font: "inter", Layout: "split", Corners: "soft"},
		Content:   Content{Agreement: "automatic"},
		Languages: Languages{Default: "en", AutoDetect: true, Enabled: []string{"en", "es", "ar"}},
	}
}

// ExperienceLayer is what one layer sets, as published: the tenant's (no application) or one application's. Its id is the
// tenant's or the application's. A layer without a row sets nothing and is version 0.
type ExperienceLayer struct {
	bun.BaseModel `bun:"table:experience_layers,alias:el"`

	ID            string    `bun:"id,pk"`
	TenantID      string    `bun:"tenant_id"`
	ApplicationID *string   `bun:"application_id"`
	Settings      Overlay   `bun:"settings,type:text"`
	Number        int64     `bun:"number"` // of the published version
	UpdatedAt     time.Time `bun:"updated_at"`
	UpdatedBy     string    `bun:"updated_by"`
}

// ExperienceVersion is one published state of a layer, kept for ever.
type ExperienceVersion struct {
	bun.BaseModel `bun:"table:experience_versions,alias:ev"`

	LayerID   string    `bun:"layer_id,pk" json:"-"`
	Number    int64     `bun:"number,pk" json:"number"`
	Settings  Overlay   `bun:"settings,type:text" json:"-"`
	CSSHash   string    `bun:"css_hash" json:"-"` // of custom_css, so that a stylesheet is found by its address
	Restored  int64     `bun:"restored" json:"restored_from,omitempty" doc:"The version that this one brought back."`
	Face      string    `bun:"face" json:"face" doc:"Which API or page published it."`
	CreatedBy string    `bun:"created_by" json:"created_by"`
	CreatedAt time.Time `bun:"created_at" json:"created_at"`
}

// ExperienceDraft is an unpublished state of a layer. Base is the version that it was begun from.
type ExperienceDraft struct {
	bun.BaseModel `bun:"table:experience_drafts,alias:ed"`

	LayerID   string    `bun:"layer_id,pk"`
	Base      int64     `bun:"base"`
	Settings  Overlay   `bun:"settings,type:text"`
	CSSHash   string    `bun:"css_hash"`
	Version   int64     `bun:"version"` // of the row
	UpdatedBy string    `bun:"updated_by"`
	UpdatedAt time.Time `bun:"updated_at"`
}
