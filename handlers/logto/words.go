package logto

// words translates between the spelling of the document and the product's.
type words map[string]string

// ours gives the product's word for one of the document's, and the word itself where there is no other.
func (w words) ours(wire string) string {
	if word, ok := w[wire]; ok {
		return word
	}
	return wire
}

// wire gives the document's word, empty where it has none.
func (w words) wire(ours string) string {
	for wire, word := range w {
		if word == ours {
			return wire
		}
	}
	return ""
}

// each translates a list; words that the document does not have are left out.
func (w words) each(ours []string) []string {
	out := []string{}
	for _, word := range ours {
		if wire := w.wire(word); wire != "" {
			out = append(out, wire)
		}
	}
	return out
}

var (
	modeWords      = words{"SignIn": "sign_in", "Register": "register", "SignInAndRegister": "sign_in_and_register"}
	agreementWords = words{"Automatic": "automatic", "ManualRegistrationOnly": "manual_at_registration", "Manual": "manual"}
	secondaryWords = words{"username": "username", "email": "email", "phone": "phone", "emailOrPhone": "email_or_phone"}
	forgotWords    = words{"EmailVerificationCode": "email", "PhoneVerificationCode": "phone"}
	factorWords    = words{"Totp": "totp", "WebAuthn": "passkey", "BackupCode": "backup_code", "EmailVerificationCode": "email_code",
		"PhoneVerificationCode": "sms_code"}
	policyWords = words{"UserControlled": "user_controlled", "Mandatory": "mandatory", "PromptOnlyAtSignIn": "prompt_at_sign_in",
		"PromptAtSignInAndSignUp": "prompt_at_sign_in_and_sign_up", "NoPrompt": "no_prompt",
		"PromptAtSignInAndSignUpMandatory": "prompt_at_sign_in_and_sign_up_mandatory", "PromptOnlyAtSignInMandatory": "prompt_at_sign_in_mandatory"}
	organizationWords = words{"NoPrompt": "no_prompt", "Mandatory": "mandatory"}
)

// translated gives each word of a list in the product's spelling.
func translated(w words, wire []string) []string {
	out := make([]string, len(wire))
	for i, word := range wire {
		out[i] = w.ours(word)
	}
	return out
}
