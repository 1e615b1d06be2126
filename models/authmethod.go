package models

// AuthMethods are the login preferences of one application, method by method: a method that is not nil is on. Numbers keep the
// unit of their name; a nil number was never said. What a setting of the experience says too (password rules, lockout) is
// kept here as it was given and read back through the setting, so that both always agree. Secrets are never part of the stored
// form: connections hold them, sealed.
type AuthMethods struct {
	Email    *EmailLinkMethod `json:"email,omitempty"`
	EmailOTP *EmailCodeMethod `json:"email_otp,omitempty"`
	SMS      *SMSCodeMethod   `json:"sms,omitempty"`
	Password *PasswordMethod  `json:"password,omitempty"`
	TOTP     *TOTPMethod      `json:"totp,omitempty"`
	Passkey  *PasskeyMethod   `json:"passkey,omitempty"`
	Push     *PushMethod      `json:"push,omitempty"`
	PIN      *PINMethod       `json:"pin,omitempty"`
	Face     *FaceMethod      `json:"face,omitempty"`
	Google   *SocialMethod    `json:"-"`
	Facebook *SocialMethod    `json:"-"`
	Apple    *SocialMethod    `json:"-"`
	LINE     *SocialMethod    `json:"-"`
	TikTok   *SocialMethod    `json:"-"`
	WebAuthn *SocialMethod    `json:"-"` // an older document's account with a passkey service: kept, and not offered
}

// SocialMethod is a sign-in with an outside account: a connection of the application.
type SocialMethod struct {
	ClientID     string
	ClientSecret Secret
	RedirectURIs []string // nil: not said
	TeamID       string   // Apple
	KeyID        string   // Apple
}

// MessageSettings are the look of a mail.
type MessageSettings struct {
	PrimaryColor string  `json:"primary_color"`
	From         *string `json:"from,omitempty"`
	Subject      *string `json:"subject,omitempty"`
}

// EmailLinkMethod signs people in by a link in a mail.
type EmailLinkMethod struct {
	ExpiresMinutes float64         `json:"expires_minutes"`
	LinksPerUser   float64         `json:"links_per_user"`
	Message        MessageSettings `json:"message"`
}

// EmailCodeMethod signs people in by a code in a mail.
type EmailCodeMethod struct {
	ExpiresMinutes float64         `json:"expires_minutes"`
	MaxFailures    float64         `json:"max_failures"`
	LockoutMinutes *float64        `json:"lockout_minutes,omitempty"`
	CodeLength     *float64        `json:"code_length,omitempty"`
	CrossClients   *bool           `json:"cross_clients,omitempty"`
	Message        MessageSettings `json:"message"`
}

// SMSCodeMethod signs people in by a code in a text message.
type SMSCodeMethod struct {
	ExpiresMinutes float64  `json:"expires_minutes"`
	MaxFailures    float64  `json:"max_failures"`
	LockoutMinutes *float64 `json:"lockout_minutes,omitempty"`
	CodeLength     *float64 `json:"code_length,omitempty"`
	CrossClients   *bool    `json:"cross_clients,omitempty"`
}

// MethodLockout is how guessing at one method is slowed. The two numbers are the older way to say one tier.
type MethodLockout struct {
	FailuresExpireMinutes *float64            `json:"failures_expire_minutes,omitempty"`
	Tiers                 []MethodLockoutTier `json:"tiers,omitempty"`
	MaxFailures           *float64            `json:"max_failures,omitempty"`
	LockoutMinutes        *float64            `json:"lockout_minutes,omitempty"`
}

// MethodLockoutTier pauses a method after a number of failures.
type MethodLockoutTier struct {
	Attempts float64 `json:"attempts"`
	Minutes  float64 `json:"minutes"`
}

// PasswordMethod signs people in by password.
type PasswordMethod struct {
	Lockout         MethodLockout   `json:"lockout"`
	ResetMinutes    float64         `json:"reset_minutes"`
	Complexity      float64         `json:"complexity"` // 1 to 5, the place of the level in PasswordLevels
	MinLength       float64         `json:"min_length"`
	History         float64         `json:"history"`
	CheckPwned      *bool           `json:"check_pwned,omitempty"`
	CheckDictionary *bool           `json:"check_dictionary,omitempty"`
	ExpiresDays     float64         `json:"expires_days"`
	NeverExpires    *bool           `json:"never_expires,omitempty"`
	TemporaryHours  *float64        `json:"temporary_hours,omitempty"`
	Message         MessageSettings `json:"message"`
	ResetNeedsMFA   *bool           `json:"reset_needs_mfa,omitempty"`
	CodeLength      *float64        `json:"code_length,omitempty"`
	NotifyOnUpdate  *bool           `json:"notify_on_update,omitempty"`
}

// TOTPMethod is a code from an authenticator application (RFC 6238).
type TOTPMethod struct {
	Lockout    MethodLockout `json:"lockout"`
	Algorithm  *string       `json:"algorithm,omitempty"`
	Digits     *float64      `json:"digits,omitempty"`
	Period     *float64      `json:"period_seconds,omitempty"`
	Window     *float64      `json:"window,omitempty"`
	Issuer     *string       `json:"issuer,omitempty"`
	MaxPerUser *float64      `json:"max_per_user,omitempty"`
}

// PasskeyMethod is a passkey (W3C WebAuthn).
type PasskeyMethod struct {
	Lockout            MethodLockout `json:"lockout"`
	RPID               string        `json:"rp_id"`
	WebOrigins         []string      `json:"web_origins,omitempty"`
	MobileOrigins      []string      `json:"mobile_origins,omitempty"`
	Origin             *string       `json:"origin,omitempty"`  // older spelling
	Origins            []string      `json:"origins,omitempty"` // older spelling
	ReplaceExisting    *bool         `json:"replace_existing,omitempty"`
	AllowSynced        *bool         `json:"allow_synced,omitempty"`
	EnforceAttestation *bool         `json:"enforce_attestation,omitempty"`
	Attestation        *string       `json:"attestation,omitempty"`
	AllowedModels      []string      `json:"allowed_models,omitempty"` // AAGUIDs
	BlockedModels      []string      `json:"blocked_models,omitempty"`
}

// PushMethod is an approval on a phone. Keys are connections of the application.
type PushMethod struct {
	APNs     []APNsKey `json:"-"`
	APNsList bool      `json:"apns_list"` // the caller wrote a list, and reads one back
	FCM      *FCMKey   `json:"-"`
}

// APNsKey lets the server send notices through Apple.
type APNsKey struct {
	Key        Secret
	KeyID      string
	TeamID     string
	Bundle     string
	Production *bool
}

// FCMKey is a service account for Firebase, as its JSON text.
type FCMKey struct{ Key Secret }

// PINMethod is a PIN in the vendor's mobile library.
type PINMethod struct {
	Lockout MethodLockout `json:"lockout"`
}

// FaceMethod is a face in the vendor's mobile library.
type FaceMethod struct {
	Lockout       MethodLockout `json:"lockout"`
	SaveEmbedding *bool         `json:"save_embedding,omitempty"`
}
