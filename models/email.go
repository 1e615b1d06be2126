package models

import (
	"encoding/json"
	"strings"
)

// Kinds of the documents that outgoing mail is configured by. The provider's key is OneDocument; a template's is EmailTemplate.Key.
const (
	KindEmailProvider = "email_provider"
	KindEmailTemplate = "email_template"
)

// EmailLanguage is the language of templates that were written by a face that knows none.
const EmailLanguage = "en"

// Purposes of mails: what each is sent for. A template is the text of one, in one language.
const (
	EmailSignInCode        = "sign_in_code"
	EmailVerify            = "verify_email"
	EmailVerifyCode        = "verify_email_code" // also the code at registration
	EmailResetPassword     = "reset_password"
	EmailResetPasswordCode = "reset_password_code"
	EmailWelcome           = "welcome"
	EmailBlockedAccount    = "blocked_account"
	EmailStolenCredentials = "stolen_credentials"
	EmailMFAEnrollment     = "mfa_enrollment"
	EmailMFACode           = "mfa_code"
	EmailBindMFA           = "bind_mfa"
	EmailInvitation        = "invitation"
	EmailChangePassword    = "change_password"
	EmailPasswordReset     = "password_reset"
	EmailAsyncApproval     = "async_approval"
	EmailPermission        = "permission_code"
	EmailBindIdentifier    = "bind_identifier"
	EmailGeneric           = "generic"
)

// EmailPurposes is every purpose, in the order in which they are shown. Mails to administrators are none of them: whoever wrote
// their text could send the link in it elsewhere.
var EmailPurposes = []string{EmailSignInCode, EmailVerify, EmailVerifyCode, EmailResetPassword, EmailResetPasswordCode, EmailWelcome,
	EmailBlockedAccount, EmailStolenCredentials, EmailMFAEnrollment, EmailMFACode, EmailBindMFA, EmailInvitation, EmailChangePassword,
	EmailPasswordReset, EmailAsyncApproval, EmailPermission, EmailBindIdentifier, EmailGeneric}

// EmailTemplate is the text of a mail in one language: the body of a document of KindEmailTemplate. Subject and Body are Liquid.
type EmailTemplate struct {
	ID          string `json:"id"` // 21 characters, for faces that name templates by id
	Purpose     string `json:"purpose"`
	Language    string `json:"language"` // BCP 47
	Enabled     bool   `json:"enabled"`  // a disabled one is kept, and the built-in text is sent
	From        string `json:"from"`     // empty: the provider's
	ReplyTo     string `json:"reply_to"`
	Subject     string `json:"subject"`
	Body        string `json:"body"`
	ContentType string `json:"content_type"` // text/html or text/plain
	Syntax      string `json:"syntax"`       // liquid

	ResultURL              string      `json:"result_url"` // where the link of the mail leads on to
	URLLifetimeSeconds     json.Number `json:"url_lifetime_seconds,omitempty"`
	IncludeEmailInRedirect *bool       `json:"include_email_in_redirect,omitempty"`

	Stored map[string]json.RawMessage `json:"stored,omitempty"` // members of a dialect that nothing else reads, such as "auth0.from"
}

// Key is the key of the template's document.
func (t EmailTemplate) Key() string { return EmailTemplateKey(t.Purpose, t.Language) }

// EmailTemplateKey is the key of the document that holds the text for a purpose in a language.
func EmailTemplateKey(purpose, language string) string {
	return purpose + "." + strings.ToLower(language)
}

// EmailSMTP is the provider's name for a mail server of one's own.
const EmailSMTP = "smtp"

// EmailProviders are the names of providers that can be stored.
var EmailProviders = []string{EmailSMTP, "sendgrid", "mandrill", "sparkpost", "resend", "mailgun", "ses", "azure_cs", "ms365", "custom"}

// How a connection to a mail server is protected.
const (
	EmailSTARTTLS = "starttls" // begins in clear and must turn to TLS
	EmailTLS      = "tls"      // from the first byte
	EmailNoTLS    = "none"     // within opened networks only
)

// EmailProvider is who delivers mail: the body of the one document of KindEmailProvider. Its secrets are EmailSecrets, sealed
// beside it.
type EmailProvider struct {
	Name        string                     `json:"name"` // one of EmailProviders
	Enabled     bool                       `json:"enabled"`
	From        string                     `json:"from"` // default sender: "Name <address>" or an address
	ReplyTo     string                     `json:"reply_to"`
	Host        string                     `json:"host"` // of smtp
	Port        int64                      `json:"port"`
	User        string                     `json:"user"`
	Protection  string                     `json:"protection"`            // of smtp: EmailSTARTTLS, EmailTLS or EmailNoTLS
	Credentials map[string]json.RawMessage `json:"credentials,omitempty"` // members of the vendor's that are no secrets: region, domain, accessKeyId
	Settings    json.RawMessage            `json:"settings,omitempty"`    // of the vendor, given back as written
	Texts       []EmailTemplate            `json:"texts,omitempty"`       // that came with the provider: sent where nobody wrote one
	Stored      map[string]json.RawMessage `json:"stored,omitempty"`
}

// EmailSecrets are the secrets of a provider, by the vendor's names: smtp_pass, api_key, secretAccessKey, connectionString,
// clientSecret.
type EmailSecrets map[string]Secret

// SMTPPassword is the name of the mail server's password in EmailSecrets.
const SMTPPassword = "smtp_pass"

// Secret is the form in which they are sealed; none is the empty secret.
func (s EmailSecrets) Secret() Secret {
	if len(s) == 0 {
		return Secret{}
	}
	open := map[string]string{}
	for name, value := range s {
		open[name] = value.Reveal()
	}
	text, _ := json.Marshal(open)
	return NewSecret(string(text))
}

// ReadEmailSecrets opens what Secret made.
func ReadEmailSecrets(s Secret) EmailSecrets {
	out := EmailSecrets{}
	_ = json.Unmarshal([]byte(s.Reveal()), &out) // the empty secret holds none
	return out
}
