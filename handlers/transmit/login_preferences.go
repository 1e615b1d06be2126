package transmit

import (
	"encoding/json"
	"reflect"

	"gatehouse/models"
)

// authMethods is the login preferences of an application, method by method: one that is there is on. The same types read and
// write, because what is written is what is read back.
type authMethods struct {
	Google      *socialConfiguration   `json:"google,omitempty"`
	Facebook    *socialConfiguration   `json:"facebook,omitempty"`
	Email       *emailConfiguration    `json:"email,omitempty"`
	EmailOTP    *emailOTPConfiguration `json:"email_otp,omitempty"`
	Apple       *appleConfiguration    `json:"apple,omitempty"`
	SMS         *smsConfiguration      `json:"sms,omitempty"`
	WebAuthn    *socialConfiguration   `json:"webauthn,omitempty"`
	WebAuthnAPI *webauthnConfiguration `json:"webauthn_api,omitempty"`
	LINE        *socialConfiguration   `json:"line,omitempty"`
	Password    *passwordConfiguration `json:"password,omitempty"`
	TOTP        *totpConfiguration     `json:"totp,omitempty"`
	Push        *pushConfiguration     `json:"push,omitempty"`
	TikTok      *socialConfiguration   `json:"tiktok,omitempty"`
	PIN         *pinConfiguration      `json:"pin_authenticator,omitempty"`
	Face        *faceConfiguration     `json:"face,omitempty"`
}

type socialConfiguration struct {
	ClientID     string    `json:"clientId" rule:"required"`
	ClientSecret *string   `json:"clientSecret,omitempty"`
	RedirectURIs *[]string `json:"redirectUris,omitempty"`
}

type appleConfiguration struct {
	socialConfiguration
	AppleTeamID string `json:"appleTeamId" rule:"required"`
	KeyID       string `json:"keyId" rule:"required"`
}

type message struct {
	PrimaryColor string  `json:"primaryColor" rule:"required"`
	From         *string `json:"from,omitempty"`
	Subject      *string `json:"subject,omitempty"`
}

type emailConfiguration struct {
	ExpiresIn    float64 `json:"expiresIn" rule:"required,min=0"`
	LinksPerUser float64 `json:"linksPerUser" rule:"required,min=0"`
	Message      message `json:"message" rule:"required"`
}

type smsConfiguration struct {
	ExpiresIn           float64  `json:"expiresIn" rule:"required,min=0"`
	LockoutDuration     *float64 `json:"lockoutDuration,omitempty" rule:"min=0"`
	MaxFailures         float64  `json:"maxFailures" rule:"required,min=1,max=20,whole"`
	CodeLength          *float64 `json:"codeLength,omitempty" rule:"min=4,max=8,whole"`
	CrossClientsAllowed *bool    `json:"crossClientsAllowed,omitempty"`
}

type emailOTPConfiguration struct {
	smsConfiguration
	Message message `json:"message" rule:"required"`
}

// lockout is how guessing at one method is slowed.
type lockout struct {
	FailuresExpireIn *float64       `json:"failuresExpireIn,omitempty" rule:"min=1,max=525600"`
	LockoutTiers     *[]lockoutTier `json:"lockoutTiers,omitempty"`
}

type lockoutTier struct {
	Attempts float64 `json:"attempts" rule:"required,min=1,whole"`
	Duration float64 `json:"duration" rule:"required,min=1,max=525600"`
}

// olderLockout is the deprecated way to say one tier.
type olderLockout struct {
	MaxFailures     *float64 `json:"maxFailures,omitempty" rule:"min=1,max=20,whole"`
	LockoutDuration *float64 `json:"lockoutDuration,omitempty" rule:"min=0"`
}

type webauthnConfiguration struct {
	lockout
	olderLockout
	RPID                   string    `json:"rpId" rule:"required"`
	RPWebOrigins           *[]string `json:"rpWebOrigins,omitempty"`
	RPMobileOrigins        *[]string `json:"rpMobileOrigins,omitempty"`
	ReplaceExistingPasskey *bool     `json:"replaceExistingPasskey,omitempty"`
	AllowSyncedPasskeys    *bool     `json:"allowSyncedPasskeys,omitempty"`
	EnforceAttestation     *bool     `json:"enforceAttestation,omitempty"`
	AttestationType        *string   `json:"attestationType,omitempty" enum:"none,indirect,direct"`
	AAGUIDAllowList        *[]string `json:"aaguidAllowList,omitempty"`
	AAGUIDBlockList        *[]string `json:"aaguidBlockList,omitempty"`
	RPOrigin               *string   `json:"rpOrigin,omitempty"`
	RPOrigins              *[]string `json:"rpOrigins,omitempty"`
}

type passwordConfiguration struct {
	lockout
	ResetValidityMinutes       float64  `json:"resetValidityMinutes" rule:"required,min=5,max=60"`
	PasswordComplexity         float64  `json:"passwordComplexity" rule:"required,min=1,max=5,whole"`
	PasswordMinLength          float64  `json:"passwordMinLength" rule:"required,min=5,max=14,whole"`
	BlockPreviousPasswords     float64  `json:"blockPreviousPasswords" rule:"required,min=0,max=20,whole"`
	CheckHIBP                  *bool    `json:"checkHibp,omitempty"`
	CheckDictionary            *bool    `json:"checkDictionary,omitempty"`
	PasswordExpiresIn          float64  `json:"passwordExpiresIn" rule:"required,min=1,max=1096"`
	IgnoreExpiration           *bool    `json:"ignoreExpiration,omitempty"`
	MaxPasswordFailures        *float64 `json:"maxPasswordFailures,omitempty" rule:"min=1,max=20,whole"`
	PasswordSuspensionDuration *float64 `json:"passwordSuspensionDuration,omitempty" rule:"min=1,max=525600"`
	TempPasswordValidityHours  *float64 `json:"tempPasswordValidityHours,omitempty" rule:"min=1,max=8760"`
	Message                    message  `json:"message" rule:"required"`
	RequireMFA                 *bool    `json:"requireMFA,omitempty"`
	CodeLength                 *float64 `json:"codeLength,omitempty" rule:"min=4,max=8,whole"`
	NotifyOnPasswordUpdate     *bool    `json:"notifyOnPasswordUpdate,omitempty"`
}

type totpConfiguration struct {
	lockout
	olderLockout
	Algorithm      *string  `json:"algorithm,omitempty" enum:"sha1,sha256,sha512"`
	Digits         *float64 `json:"digits,omitempty"`
	Period         *float64 `json:"period,omitempty" rule:"min=1"`
	Window         *float64 `json:"window,omitempty" rule:"min=0"`
	Issuer         *string  `json:"issuer,omitempty"`
	MaxTOTPPerUser *float64 `json:"maxTotpPerUser,omitempty" rule:"min=1,max=50,whole"`
}

type pushConfiguration struct {
	APN apnKeys           `json:"apn,omitzero"`
	FCM *fcmConfiguration `json:"fcm,omitempty"`
}

type apnConfiguration struct {
	Key          string `json:"key" rule:"required"`
	KeyID        string `json:"keyId" rule:"required"`
	TeamID       string `json:"teamId" rule:"required"`
	Bundle       string `json:"bundle" rule:"required"`
	IsProduction *bool  `json:"isProduction,omitempty"`
}

// apnKeys is one key or a list of them; a caller reads back the form that it wrote.
type apnKeys struct{ Value any }

// TypeOf tells the walk which of the two forms was sent.
func (apnKeys) TypeOf(value any) reflect.Type {
	if _, list := value.([]any); list {
		return reflect.TypeFor[[]apnConfiguration]()
	}
	return reflect.TypeFor[apnConfiguration]()
}

// MarshalJSON writes the form that was given.
func (k apnKeys) MarshalJSON() ([]byte, error) { return json.Marshal(k.Value) }

type fcmConfiguration struct {
	Key json.RawMessage `json:"key" rule:"required,object"`
}

type pinConfiguration struct {
	lockout
	olderLockout
}

type faceConfiguration struct {
	lockout
	olderLockout
	SaveImageEmbedding *bool `json:"saveImageEmbedding,omitempty"`
}

// loginPreferences is how applications show them.
type loginPreferences struct {
	AuthMethods authMethods `json:"auth_methods"`
}

// check adds the rules that stand between members.
func (m authMethods) check(c *models.Check) {
	if w := m.WebAuthnAPI; w != nil {
		c.That(w.AAGUIDAllowList == nil || w.AAGUIDBlockList == nil || len(*w.AAGUIDAllowList) == 0 || len(*w.AAGUIDBlockList) == 0,
			"webauthn_api.aaguidBlockList", "excludes_allow_list", "Give aaguidAllowList or aaguidBlockList, not both.")
	}
	if t := m.TOTP; t != nil && t.Digits != nil {
		c.That(*t.Digits == 6 || *t.Digits == 8, "totp.digits", "not_allowed", "Use 6 or 8.")
	}
}
