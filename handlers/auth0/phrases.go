package auth0

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"gatehouse/views/hosted"
)

// phraseHome is a text of the document that the hosted pages have, and the name of its phrase. To is the document's word for the
// address that a code went to, which is named by its kind.
type phraseHome struct{ Prompt, Screen, Text, Phrase, To string }

// mostPhrase is how many characters a phrase may have.
const mostPhrase = 500

var phraseHomes = homes(map[string]map[string]string{
	"login-id login-id": {"pageTitle": "sign_in.page", "title": "sign_in.title", "description": "sign_in.lede", "buttonText": "continue",
		"footerLinkText": "sign_in.register", "passkeyButtonText": "sign_in.passkey", "emailPlaceholder": "identifier.email",
		"phonePlaceholder": "identifier.phone", "usernameOnlyPlaceholder": "identifier.username", "usernamePlaceholder": "identifier.email_username",
		"phoneOrEmailPlaceholder": "identifier.email_phone", "phoneOrUsernamePlaceholder": "identifier.phone_username",
		"phoneOrUsernameOrEmailPlaceholder": "identifier.any"},
	"login-password login-password": {"pageTitle": "password.page", "title": "password.title", "passwordPlaceholder": "password.label",
		"forgotPasswordText": "password.forgot", "buttonText": "password.submit", "wrong-credentials": "password.wrong"},
	"signup-id signup-id": {"pageTitle": "register.page", "title": "register.title", "description": "register.lede",
		"loginActionLinkText": "register.sign_in"},
	"signup-password signup-password": {"passwordPlaceholder": "register.password", "buttonText": "register.submit"},
	"reset-password reset-password-request": {"pageTitle": "forgot.page", "title": "forgot.title", "descriptionEmail": "forgot.lede",
		"buttonText": "forgot.submit", "backToLoginLinkText": "forgot.remembered"},
	"consent consent": {"pageTitle": "consent.page", "title": "consent.title", "acceptButtonText": "consent.allow", "declineButtonText": "consent.deny"},
	"email-identifier-challenge email-identifier-challenge": {"pageTitle": "code.page", "description": "code.lede_email", "buttonText": "code.submit",
		"placeholder": "code.label", "resendActionText": "code.again", "invalid-code": "code.wrong"},
	"phone-identifier-challenge phone-identifier-challenge": {"description": "code.lede_phone"},
	"mfa-otp mfa-otp-challenge":                             {"pageTitle": "mfa.page", "description": "mfa.lede"},
})

func homes(table map[string]map[string]string) (all []phraseHome) {
	for at, texts := range table {
		prompt, screen, _ := strings.Cut(at, " ")
		for text, phrase := range texts {
			home := phraseHome{Prompt: prompt, Screen: screen, Text: text, Phrase: phrase, To: "email"}
			if phrase == "code.lede_phone" {
				home.To = "phone_number"
			}
			all = append(all, home)
		}
	}
	return all
}

// phrasesOf are the texts of a prompt that have a home. A language whose name the pages write otherwise has none.
func phrasesOf(in customTextOf) (out []phraseHome) {
	if tag, err := language.Parse(in.Language); err != nil || tag.String() != in.Language {
		return nil
	}
	for _, home := range phraseHomes {
		if home.Prompt == in.Prompt {
			out = append(out, home)
		}
	}
	return out
}

// variables pairs the document's values with ours.
func (p phraseHome) variables() [][2]string {
	return [][2]string{{"${clientName}", "{client}"}, {"${companyName}", "{name}"}, {"${" + p.To + "}", "{to}"}}
}

// toPhrase writes a text as a phrase, and tells whether it can be one: of the values in it, the phrase must know every one.
func (p phraseHome) toPhrase(lang, text string) (string, bool) {
	phrase, rest := text, text
	for _, v := range p.variables() {
		phrase, rest = strings.ReplaceAll(phrase, v[0], v[1]), strings.ReplaceAll(rest, v[0], "")
	}
	if strings.ContainsAny(rest, "{}") || utf8.RuneCountInString(phrase) > mostPhrase {
		return "", false
	}
	known := hosted.Placeholders(lang, p.Phrase)
	for _, name := range hosted.PlaceholdersIn(phrase) {
		if !slices.Contains(known, name) {
			return "", false
		}
	}
	return phrase, true
}

// fromPhrase is the way back.
func (p phraseHome) fromPhrase(phrase string) string {
	for _, v := range p.variables() {
		phrase = strings.ReplaceAll(phrase, v[1], v[0])
	}
	return phrase
}
