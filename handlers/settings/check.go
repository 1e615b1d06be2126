package settings

import (
	"net/mail"
	"net/url"
	"strings"

	"gatehouse/models"
)

// apply gives the tenant with the changes of in, or says what is wrong with them.
func (in UpdateIn) apply(t models.Tenant) (models.Tenant, error) {
	in.Name.V = strings.TrimSpace(in.Name.V)
	in.Name.To(&t.Name)
	in.Secrets.To(&t.Secrets)
	in.TransmitEnvelope.To(&t.TransmitEnvelope)
	in.TransmitWebAuthn.To(&t.TransmitWebAuthn)
	in.DefaultAudience.To(&t.DefaultAudience)
	in.AccessTokenLifetimeSeconds.To(&t.AccessTokenLifetimeSeconds)
	in.AccessTokenAlg.To(&t.AccessTokenAlg)
	in.SupportEmail.To(&t.SupportEmail)
	in.SupportURL.To(&t.SupportURL)
	return t, check(t)
}

func check(t models.Tenant) error {
	var c models.Check
	c.Length("name", t.Name, 1, 100)
	if c.That(t.Secrets != "", "secrets", "required", "Choose readable or write-once.") {
		c.OneOf("secrets", t.Secrets, "readable", "write-once")
	}
	c.Range("access_token_lifetime_seconds", t.AccessTokenLifetimeSeconds, 60, 86400)
	c.OneOf("access_token_alg", t.AccessTokenAlg, "ES256", "RS256", "PS256", "EdDSA")
	c.That(t.DefaultAudience == "" || absolute(t.DefaultAudience), "default_audience", "not_a_uri",
		"Use an absolute URI without a fragment, such as https://api.example.com, or leave it empty.")
	c.That(t.SupportEmail == "" || address(t.SupportEmail), "support_email", "not_an_email", "Use an address such as help@example.com.")
	c.That(t.SupportURL == "" || page(t.SupportURL), "support_url", "not_a_url", "Use an address that begins with https:// or http://.")
	return c.Err()
}

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2048 && u.IsAbs() && u.Fragment == "" && (u.Host != "" || u.Opaque != "")
}

func address(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254
}

func page(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2048 && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
