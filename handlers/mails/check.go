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
	in.Name.To(&row.Name)
	in.Enabled.To(&row.Enabled)
	in.From.To(&row.From)
	in.ReplyTo.To(&row.ReplyTo)
	in.Host.To(&row.Host)
	in.Port.To(&row.Port)
	in.User.To(&row.User)
	in.Protection.To(&row.Protection)
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
		c.That(row.User == "" || !secrets[models.SMTPPassword].Empty(), "password", "required", "A user name needs its password.")
	case vendor:
		c.That(!secrets[apiKey].Empty(), apiKey, "required", "This provider needs its API key.")
	}
	return c.Err()
}

// Address tells whether a text is one sender: an address, perhaps with a name.
func Address(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && len(text) <= 320 && len(a.Address) <= 254 && !strings.ContainsAny(text, "\r\n")
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
