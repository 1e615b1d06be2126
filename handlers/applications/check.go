package applications

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"gatehouse/handlers/guides"
	"gatehouse/models"
)

// apply writes what the caller said into the row.
func (f Fields) apply(a *models.Application) {
	f.Name.To(&a.Name)
	f.Description.To(&a.Description)
	f.LogoURI.To(&a.LogoURI)
	f.Owner.To(&a.Owner)
	f.Tags.To(&a.Tags)
	f.Disabled.To(&a.Disabled)
	f.AllowPublicSignup.To(&a.AllowPublicSignup)
	f.LoginURI.To(&a.LoginURI)
	f.Hub.To(&a.Hub)
	f.HubCentralized.To(&a.Hub.Centralized)
	f.HubLoginURI.To(&a.Hub.LoginURI)
	f.SigningKeyEnabled.To(&a.SigningKeyEnabled)
	f.InviteMemberURI.To(&a.InviteMemberURI)
	f.InviteClientID.To(&a.InviteClientID)
	f.InviteJourneyID.To(&a.InviteJourneyID)
	f.InviteEmailExpirationMinutes.To(&a.InviteEmailExpirationMinutes)
	f.Subdomain.To(&a.Subdomain)
	f.Language.To(&a.Language)
	f.PasswordSharingGroupID.To(&a.PasswordSharingGroupID)
	f.ServiceProviders.To(&a.ServiceProviders)
	f.RefreshInvalidation.To(&a.RefreshInvalidation)
	f.CustomData.To(&a.CustomData)
	if f.CustomDomain.Set && f.CustomDomain.V != a.CustomDomain {
		a.CustomDomain, a.CustomDomainStatus = strings.ToLower(f.CustomDomain.V), ""
		if a.CustomDomain != "" {
			a.CustomDomainStatus = "pending"
		}
	}
	a.Name, a.Description = strings.TrimSpace(a.Name), strings.TrimSpace(a.Description)
}

var (
	label  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
)

// mostName is how many characters a name has at most.
const mostName = 100

// Languages are those that mails and text messages can have.
var Languages = []string{"en", "es", "pt", "fr", "ja", "fr-CA", "ar"}

// check is what makes an application valid. before is nil for a new one.
func check(a models.Application, before *models.Application) error {
	var c models.Check
	c.Length("name", a.Name, 1, mostName)
	c.That(!strings.ContainsAny(a.Name, "<>\x00\n\r"), "name", "not_allowed", "A name cannot hold < or > or line breaks.")
	c.Length("description", a.Description, 0, 500)
	c.OneOf("kind", a.Kind, models.KindStandard, models.KindManagement)
	c.OneOf("language", a.Language, Languages...)
	if before == nil { // an older version may have known another one
		c.OneOf("framework", a.Framework, guides.IDs()...)
	}
	c.Length("owner", a.Owner, 0, 100)
	c.Length("password_sharing_group_id", a.PasswordSharingGroupID, 0, 100)
	c.Length("invite_journey_id", a.InviteJourneyID, 0, 255)
	c.Length("invite_client_id", a.InviteClientID, 0, 100)
	c.Range("invite_email_expiration_minutes", a.InviteEmailExpirationMinutes, 1, 525_600)
	checkURL(&c, "logo_uri", a.LogoURI, true)
	checkURL(&c, "login_uri", a.LoginURI, false)
	checkURL(&c, "invite_member_uri", a.InviteMemberURI, false)
	checkURL(&c, "hub.login_uri", a.Hub.LoginURI, false)
	c.That(a.Subdomain == "" || label.MatchString(a.Subdomain), "subdomain", "not_a_label", "Use lower-case letters, digits and hyphens, at most 63.")
	c.That(a.CustomDomain == "" || domain.MatchString(a.CustomDomain) && len(a.CustomDomain) <= 253, "custom_domain", "not_a_domain", "Give a host name such as login.example.com, without https://.")
	checkLists(&c, a)
	checkManagement(&c, a)
	return c.Err()
}

func checkLists(c *models.Check, a models.Application) {
	c.That(len(a.Tags) <= 20, "tags", "too_many", "An application has at most 20 tags.")
	for _, t := range a.Tags {
		c.That(len([]rune(t)) <= 40, "tags", "too_long", "A tag has at most 40 characters.")
	}
	c.That(len(a.ServiceProviders) <= 1000, "service_providers", "too_many", "At most 1,000 service providers.")
	raw, err := json.Marshal(a.CustomData)
	c.That(err == nil && len(raw) <= 64<<10, "custom_data", "too_large", "Custom data holds at most 64 KiB of JSON.")
}

func checkManagement(c *models.Check, a models.Application) {
	if a.Kind != models.KindManagement {
		c.That(len(a.ManagementFaces) == 0, "management_faces", "not_management", "Only an application of kind management is granted management APIs.")
		return
	}
	for _, f := range a.ManagementFaces {
		c.OneOf("management_faces", f, models.Faces...)
	}
	c.That(!a.AllowPublicSignup, "allow_public_signup", "is_management", "A management application signs nobody up.")
}

// checkURL wants an absolute https address, or http on a loopback host; images may be data: URIs of a bitmap.
func checkURL(c *models.Check, name, value string, image bool) {
	if value == "" {
		return
	}
	if image && strings.HasPrefix(value, "data:") {
		ok := strings.HasPrefix(value, "data:image/png;base64,") || strings.HasPrefix(value, "data:image/jpeg;base64,") || strings.HasPrefix(value, "data:image/webp;base64,")
		c.That(ok && len(value) <= 64<<10, name, "not_an_image", "A data: image must be PNG, JPEG or WebP and at most 64 KiB.")
		return
	}
	u, err := url.Parse(value)
	ok := err == nil && models.HostOf(u) && u.User == nil && len(value) <= 2048 && !strings.ContainsAny(value, " \t\r\n\\<>\"")
	if !c.That(ok, name, "not_a_url", "Give a complete address such as https://app.example.com/path.") {
		return
	}
	c.That(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()), name, "not_https", "Use https, or http on a loopback address for development.")
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
}
