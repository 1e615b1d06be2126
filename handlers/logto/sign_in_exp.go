package logto

import "encoding/json"

// signInExpIn is a change of the sign-in experience. Each member is replaced as a whole; what is absent stays.
type signInExpIn struct {
	Color                     opt[colorWire]          `json:"color"`
	Branding                  opt[brandingWire]       `json:"branding"`
	HideBranding              opt[bool]               `json:"hideLogtoBranding"`
	LanguageInfo              opt[languageInfo]       `json:"languageInfo"`
	TermsOfUseURL             opt[string]             `json:"termsOfUseUrl" rule:"nullable,max=2048"`
	PrivacyPolicyURL          opt[string]             `json:"privacyPolicyUrl" rule:"nullable,max=2048"`
	AgreeToTermsPolicy        opt[string]             `json:"agreeToTermsPolicy" enum:"Automatic,ManualRegistrationOnly,Manual"`
	SignIn                    opt[signInWire]         `json:"signIn"`
	SignUp                    opt[signUpWire]         `json:"signUp"`
	SocialSignIn              opt[socialSignIn]       `json:"socialSignIn"`
	SocialTargets             opt[[]string]           `json:"socialSignInConnectorTargets"`
	SignInMode                opt[string]             `json:"signInMode" enum:"SignIn,Register,SignInAndRegister"`
	CustomCSS                 opt[string]             `json:"customCss" rule:"nullable"`
	CustomContent             opt[json.RawMessage]    `json:"customContent" rule:"object"`
	CustomUIAssets            opt[customUIAssets]     `json:"customUiAssets" rule:"nullable"`
	CustomUICSP               opt[customUICSP]        `json:"customUiCsp"`
	PasswordPolicy            opt[passwordPolicyIn]   `json:"passwordPolicy"`
	MFA                       opt[mfaWire]            `json:"mfa"`
	AdaptiveMFA               opt[enabledWire]        `json:"adaptiveMfa"`
	SingleSignOnEnabled       opt[bool]               `json:"singleSignOnEnabled"`
	SupportEmail              opt[string]             `json:"supportEmail" rule:"nullable"`
	SupportWebsiteURL         opt[string]             `json:"supportWebsiteUrl" rule:"nullable,max=2048"`
	UnknownSessionRedirectURL opt[string]             `json:"unknownSessionRedirectUrl" rule:"nullable,max=2048"`
	CaptchaPolicy             opt[enabledWire]        `json:"captchaPolicy"`
	SentinelPolicy            opt[sentinelWire]       `json:"sentinelPolicy"`
	EmailBlocklistPolicy      opt[blocklistWire]      `json:"emailBlocklistPolicy"`
	VerificationCodePolicy    opt[codePolicyWire]     `json:"verificationCodePolicy"`
	ForgotPasswordMethods     opt[[]string]           `json:"forgotPasswordMethods" rule:"nullable" enum:"EmailVerificationCode,PhoneVerificationCode"`
	PasskeySignIn             opt[passkeyWire]        `json:"passkeySignIn"`
	SignUpProfileFields       opt[[]profileField]     `json:"signUpProfileFields" rule:"nullable"`
	PasswordExpiration        opt[passwordExpiration] `json:"passwordExpiration"`
	UsernamePolicy            opt[usernamePolicyIn]   `json:"usernamePolicy"`
}

type (
	colorWire struct {
		Primary     string `json:"primaryColor" rule:"required"`
		DarkMode    bool   `json:"isDarkModeEnabled" rule:"required"`
		DarkPrimary string `json:"darkPrimaryColor" rule:"required"`
	}
	brandingWire struct {
		LogoURL     string `json:"logoUrl,omitempty"`
		DarkLogoURL string `json:"darkLogoUrl,omitempty"`
		Favicon     string `json:"favicon,omitempty"`
		DarkFavicon string `json:"darkFavicon,omitempty"`
	}
	languageInfo struct {
		AutoDetect bool   `json:"autoDetect" rule:"required"`
		Fallback   string `json:"fallbackLanguage" rule:"required"`
	}
	signInWire struct {
		Methods []methodWire `json:"methods" rule:"required"`
	}
	methodWire struct {
		Identifier    string `json:"identifier" rule:"required" enum:"username,email,phone"`
		Password      bool   `json:"password" rule:"required"`
		Code          bool   `json:"verificationCode" rule:"required"`
		PasswordFirst bool   `json:"isPasswordPrimary" rule:"required"`
	}
	signUpWire struct {
		Identifiers []string        `json:"identifiers" rule:"required" enum:"username,email,phone"`
		Password    bool            `json:"password" rule:"required"`
		Verify      bool            `json:"verify" rule:"required"`
		Secondary   []secondaryWire `json:"secondaryIdentifiers,omitempty"`
	}
	secondaryWire struct {
		Identifier string `json:"identifier" rule:"required" enum:"username,email,phone,emailOrPhone"`
		Verify     bool   `json:"verify"`
	}
	socialSignIn struct {
		LinkAccounts bool `json:"automaticAccountLinking"`
		SkipRequired bool `json:"skipRequiredIdentifiers"`
	}
	customUIAssets struct {
		ID        string `json:"id" rule:"required,min=1,max=64"`
		CreatedAt int64  `json:"createdAt" rule:"required"`
	}
	customUICSP struct {
		ScriptSrc  opt[[]string] `json:"scriptSrc,omitzero"`
		ConnectSrc opt[[]string] `json:"connectSrc,omitzero"`
	}
	mfaWire struct {
		Factors      []string    `json:"factors" rule:"required" enum:"Totp,WebAuthn,BackupCode,EmailVerificationCode,PhoneVerificationCode"`
		Policy       string      `json:"policy" rule:"required" enum:"UserControlled,Mandatory,PromptOnlyAtSignIn,PromptAtSignInAndSignUp,NoPrompt,PromptAtSignInAndSignUpMandatory,PromptOnlyAtSignInMandatory"`
		Organization opt[string] `json:"organizationRequiredMfaPolicy,omitzero" enum:"NoPrompt,Mandatory"`
	}
	enabledWire struct {
		Enabled bool `json:"enabled"`
	}
	sentinelWire struct {
		MaxAttempts     opt[int64] `json:"maxAttempts,omitzero" rule:"min=1"`
		LockoutDuration opt[int64] `json:"lockoutDuration,omitzero" rule:"min=1"` // minutes
	}
	blocklistWire struct {
		Disposable bool     `json:"blockDisposableAddresses"`
		Subaddress bool     `json:"blockSubaddressing"`
		Allowlist  []string `json:"customAllowlist"`
		Blocklist  []string `json:"customBlocklist"`
	}
	codePolicyWire struct {
		Expiration opt[int64] `json:"expirationDuration,omitzero" rule:"min=1"` // seconds
		MaxRetry   opt[int64] `json:"maxRetryAttempts,omitzero" rule:"min=1"`
	}
	passkeyWire struct {
		Enabled  bool `json:"enabled"`
		Button   bool `json:"showPasskeyButton"`
		Autofill bool `json:"allowAutofill"`
	}
	profileField struct {
		Name string `json:"name" rule:"required,min=1"`
	}
	passwordExpiration struct {
		Enabled bool       `json:"enabled"`
		Days    opt[int64] `json:"validPeriodDays,omitzero" rule:"min=1"`
	}
)

// passwordPolicyIn is a password policy with everything optional; what is left out has the document's default.
type passwordPolicyIn struct {
	Length struct {
		Min opt[int64] `json:"min" rule:"min=1"`
		Max opt[int64] `json:"max" rule:"max=256"`
	} `json:"length"`
	CharacterTypes struct {
		Min opt[int64] `json:"min" rule:"min=1,max=4"`
	} `json:"characterTypes"`
	Rejects struct {
		Pwned      opt[bool] `json:"pwned"`
		Repetition opt[bool] `json:"repetitionAndSequence"`
		UserInfo   opt[bool] `json:"userInfo"`
		Words      []string  `json:"words"`
	} `json:"rejects"`
}

// usernamePolicyIn is a username policy; what is left out stays.
type usernamePolicyIn struct {
	CaseSensitive opt[bool]  `json:"caseSensitive"`
	MinLength     opt[int64] `json:"minLength" rule:"min=1"`
	MaxLength     opt[int64] `json:"maxLength" rule:"max=128"`
	Allowed       struct {
		Lowercase  opt[bool] `json:"lowercase"`
		Uppercase  opt[bool] `json:"uppercase"`
		Numbers    opt[bool] `json:"numbers"`
		Underscore opt[bool] `json:"underscore"`
	} `json:"allowedChars"`
}

// Policies as they are shown: always in full, because that is what is in effect.
type (
	passwordPolicyOut struct {
		Length         boundsOut  `json:"length"`
		CharacterTypes leastOut   `json:"characterTypes"`
		Rejects        rejectsOut `json:"rejects"`
	}
	boundsOut struct {
		Min int `json:"min"`
		Max int `json:"max"`
	}
	leastOut struct {
		Min int `json:"min"`
	}
	rejectsOut struct {
		Pwned      bool     `json:"pwned"`
		Repetition bool     `json:"repetitionAndSequence"`
		UserInfo   bool     `json:"userInfo"`
		Words      []string `json:"words"`
	}
	usernamePolicyOut struct {
		CaseSensitive bool       `json:"caseSensitive"`
		MinLength     int        `json:"minLength"`
		MaxLength     int        `json:"maxLength"`
		Allowed       allowedOut `json:"allowedChars"`
	}
	allowedOut struct {
		Lowercase  bool `json:"lowercase"`
		Uppercase  bool `json:"uppercase"`
		Numbers    bool `json:"numbers"`
		Underscore bool `json:"underscore"`
	}
)

// signInExpOut is the sign-in experience as it is shown. The public form leaves two members out.
type signInExpOut struct {
	TenantID           string       `json:"tenantId"`
	ID                 string       `json:"id"`
	Color              colorWire    `json:"color"`
	Branding           brandingWire `json:"branding"`
	HideBranding       bool         `json:"hideLogtoBranding"`
	LanguageInfo       languageInfo `json:"languageInfo"`
	TermsOfUseURL      *string      `json:"termsOfUseUrl"`
	PrivacyPolicyURL   *string      `json:"privacyPolicyUrl"`
	AgreeToTermsPolicy string       `json:"agreeToTermsPolicy"`
	SignIn             signInWire   `json:"signIn"`
	SignUp             signUpWire   `json:"signUp"`
	SocialSignIn       socialSignIn `json:"socialSignIn"`
	SocialTargets      []string     `json:"socialSignInConnectorTargets"`
	SignInMode         string       `json:"signInMode"`
	CustomCSS          *string      `json:"customCss"`
	keptMembers
	PasswordPolicy            passwordPolicyOut  `json:"passwordPolicy"`
	MFA                       mfaWire            `json:"mfa"`
	AdaptiveMFA               enabledWire        `json:"adaptiveMfa"`
	SingleSignOnEnabled       bool               `json:"singleSignOnEnabled"`
	SupportEmail              *string            `json:"supportEmail"`
	SupportWebsiteURL         *string            `json:"supportWebsiteUrl"`
	UnknownSessionRedirectURL *string            `json:"unknownSessionRedirectUrl"`
	CaptchaPolicy             enabledWire        `json:"captchaPolicy"`
	SentinelPolicy            sentinelWire       `json:"sentinelPolicy"`
	EmailBlocklistPolicy      *blocklistWire     `json:"emailBlocklistPolicy,omitempty"`
	VerificationCodePolicy    codePolicyWire     `json:"verificationCodePolicy"`
	ForgotPasswordMethods     *[]string          `json:"forgotPasswordMethods,omitempty"`
	PasskeySignIn             passkeyWire        `json:"passkeySignIn"`
	SignUpProfileFields       []profileField     `json:"signUpProfileFields"`
	PasswordExpiration        passwordExpiration `json:"passwordExpiration"`
	UsernamePolicy            usernamePolicyOut  `json:"usernamePolicy"`
}

// keptMembers have no home in the experience: they are kept in a document of their own and given back unchanged.
type keptMembers struct {
	CustomContent  json.RawMessage `json:"customContent"`
	CustomUIAssets *customUIAssets `json:"customUiAssets"`
	CustomUICSP    customUICSP     `json:"customUiCsp"`
}
