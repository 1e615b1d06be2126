package mails

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"gatehouse/models"
)

var hostname = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$`)

// apply writes what a caller said into the provider and says what is wrong with the result.
func (in ProviderIn) apply(row *models.EmailProvider, secrets models.EmailSecrets) error {
	before := *row
	in.Name.To(&row.Name)
	in.Enabled.To(&row.Enabled)
	in.From.To(&row.From)
	in.ReplyTo.To(&row.ReplyTo)
	in.Host.To(&row.Host)
	in.Port.To(&row.Port)
	in.User.To(&row.User)
	in.Protection.To(&row.Protection)
	in.Texts.To(&row.Texts)
	in.Stored.To(&row.Stored)
	if elsewhere(before, *row) { // a stored secret goes to nobody but whom it was given for
		clear(secrets)
	}
	for name, said := range map[string]models.Opt[models.Secret]{models.SMTPPassword: in.Password, apiKey: in.APIKey} {
		switch {
		case said.Set && said.V.Empty():
			delete(secrets, name)
		case said.Set:
			secrets[name] = said.V
		}
	}
	return check(*row, secrets, true)
}

// elsewhere tells whether what is sent would go to another server, or over another protection, than before.
func elsewhere(before, after models.EmailProvider) bool {
	return before.Name != after.Name || before.Host != after.Host || before.Port != after.Port || before.Protection != after.Protection
}

// check holds a provider against the rules; native ones have a sender.
func check(row models.EmailProvider, secrets models.EmailSecrets, sends bool) error {
	var c models.Check
	if c.That(row.Name != "", "name", "required", "Choose who delivers.") {
		c.OneOf("name", row.Name, models.EmailProviders...)
	}
	c.That(row.From == "" && !sends || Address(row.From), "from", "not_an_email", "Use an address such as login@example.com, or Example <login@example.com>.")
	c.That(row.ReplyTo == "" || Address(row.ReplyTo), "reply_to", "not_an_email", "Use an address such as help@example.com.")
	c.That(oneLine(row.User, 320), "user", "not_a_text", "Use one line of at most 320 characters.")
	for name, value := range secrets {
		field := map[string]string{models.SMTPPassword: "password"}[name]
		if field == "" {
			field = name
		}
		c.That(oneLine(value.Reveal(), 4096), field, "not_a_text", "Use one line of at most 4096 characters.")
	}
	switch _, vendor := relays[row.Name]; {
	case row.Name == models.EmailSMTP:
		c.That(hostname.MatchString(row.Host), "host", "not_a_host", "Use the name of a mail server, such as smtp.example.com.")
		c.Range("port", row.Port, 1, 65535)
		c.OneOf("protection", row.Protection, models.EmailSTARTTLS, models.EmailTLS, models.EmailNoTLS)
		c.That(row.User == "" || !secrets[models.SMTPPassword].Empty(), "password", "required", "A user name needs its password; a stored one is kept for the server that it was given for.")
	case vendor:
		c.That(!secrets[apiKey].Empty(), apiKey, "required", "This provider needs its API key.")
	}
	for _, t := range row.Texts {
		checkSource(&c, "texts", t.Subject)
		checkSource(&c, "texts", t.Body)
	}
	return c.Err()
}

// Address tells whether a text is one sender: an address, perhaps with a name.
func Address(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && len(text) <= 320 && len(a.Address) <= 254 && !strings.ContainsAny(text, "\r\n")
}

// isName tells whether a text is a sender's name alone: the provider's address goes with it.
func isName(text string) bool { return oneLine(text, 200) && !strings.ContainsAny(text, "@<>") }

// tag is anything that Liquid draws.
var tag = regexp.MustCompile(`\{\{.*?\}\}|\{%.*?%\}`)

// skeleton is a source with a letter wherever Liquid would draw something.
func skeleton(source string) string { return tag.ReplaceAllString(source, "x") }

// signed is a sender as it was drawn, as long as what was drawn into it stayed a name: the values of a mail, which people choose,
// say nothing of its address.
func signed(source, drawn string) string {
	of, err := mail.ParseAddress(skeleton(source))
	switch got, bad := mail.ParseAddress(drawn); {
	case err != nil && isName(drawn):
		return drawn
	case err == nil && bad == nil && got.Address == of.Address:
		return drawn
	case err == nil && strings.Contains(source, of.Address): // unless the address itself was to be drawn
		return of.Address
	}
	return ""
}

// party is who sends or is answered: an address as it is, a name with the address of the fallback, nothing as the fallback.
func party(said, fallback string) string {
	a, err := mail.ParseAddress(fallback)
	if said == "" || !Address(said) && (err != nil || !isName(said)) {
		return fallback
	}
	if Address(said) {
		return said
	}
	return (&mail.Address{Name: said, Address: a.Address}).String()
}

func oneLine(text string, most int) bool {
	return len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func names(secrets models.EmailSecrets) []string {
	out := slices.Sorted(maps.Keys(secrets))
	if out == nil {
		out = []string{}
	}
	return out
}
