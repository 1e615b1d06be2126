package auth0

import "gatehouse/web"

type customScripts struct {
	web.Open
	Login          opt[string] `json:"login" rule:"min=1"`
	GetUser        opt[string] `json:"get_user" rule:"min=1"`
	Delete         opt[string] `json:"delete" rule:"min=1"`
	ChangePassword opt[string] `json:"change_password" rule:"min=1"`
	Verify         opt[string] `json:"verify" rule:"min=1"`
	Create         opt[string] `json:"create" rule:"min=1"`
	ChangeUsername opt[string] `json:"change_username" rule:"min=1"`
	ChangeEmail    opt[string] `json:"change_email" rule:"min=1"`
	ChangePhone    opt[string] `json:"change_phone_number" rule:"min=1"`
}

type enabled struct {
	Enabled opt[bool] `json:"enabled"`
}

type authenticationMethods struct {
	Password opt[struct {
		Enabled opt[bool]   `json:"enabled"`
		API     opt[string] `json:"api_behavior" enum:"required,optional"`
		Signup  opt[string] `json:"signup_behavior" enum:"allow,block"`
	}] `json:"password"`
	Passkey  opt[enabled] `json:"passkey"`
	EmailOTP opt[enabled] `json:"email_otp"`
	PhoneOTP opt[enabled] `json:"phone_otp"`
}

type passkeyOptions struct {
	ChallengeUI opt[string] `json:"challenge_ui" enum:"both,autofill,button"`
	Progressive opt[bool]   `json:"progressive_enrollment_enabled"`
	Local       opt[bool]   `json:"local_enrollment_enabled"`
}

type passwordComplexity struct {
	MinLength opt[int64] `json:"min_length" rule:"min=1,max=128"`
}

type passwordHistory struct {
	Enable bool       `json:"enable" rule:"required"`
	Size   opt[int64] `json:"size" rule:"min=0,max=24"`
}

type switched struct {
	Enable bool `json:"enable" rule:"required"`
}

type passwordDictionary struct {
	Enable     bool          `json:"enable" rule:"required"`
	Dictionary opt[[]string] `json:"dictionary" rule:"max=50"`
}

// upstream is a parameter that is handed on to the provider: as it came, or a fixed value.
type upstream struct {
	Alias opt[string] `json:"alias" enum:"acr_values,audience,client_id,display,id_token_hint,login_hint,max_age,prompt,resource,response_mode,response_type,ui_locales"`
	Value opt[string] `json:"value"`
}

type gateway struct {
	web.Open
	Method   string      `json:"method" rule:"required"`
	Subject  opt[string] `json:"subject"`
	Audience string      `json:"audience" rule:"required"`
	Secret   string      `json:"secret" rule:"required"`
	Base64   opt[bool]   `json:"secret_base64_encoded"`
}

type federatedTokens struct {
	Active opt[bool] `json:"active"`
}

type passwordOptions struct {
	Complexity opt[struct {
		MinLength  opt[int64]    `json:"min_length" rule:"min=1,max=72"`
		Types      opt[[]string] `json:"character_types" enum:"uppercase,lowercase,number,special"`
		Rule       opt[string]   `json:"character_type_rule" enum:"all,three_of_four"`
		Identical  opt[string]   `json:"identical_characters" enum:"allow,block"`
		Sequential opt[string]   `json:"sequential_characters" enum:"allow,block"`
		TooLong    opt[string]   `json:"max_length_exceeded" enum:"truncate,error"`
	}] `json:"complexity"`
	Dictionary opt[struct {
		Active  opt[bool]     `json:"active"`
		Custom  opt[[]string] `json:"custom" rule:"max=50"`
		Default opt[string]   `json:"default" enum:"en_10k,en_100k"`
	}] `json:"dictionary"`
	History opt[struct {
		Active opt[bool]  `json:"active"`
		Size   opt[int64] `json:"size" rule:"min=1,max=24"`
	}] `json:"history"`
	ProfileData opt[struct {
		Active  opt[bool]     `json:"active"`
		Blocked opt[[]string] `json:"blocked_fields" rule:"max=100"`
	}] `json:"profile_data"`
}
