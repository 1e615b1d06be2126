package applications

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/views/faults"
	"gatehouse/views/ui"
)

// Form is the settings of an application as a person types them: text and ticks, so that what cannot be read is still there
// when the form is drawn again.
type Form struct {
	Name                     string   `json:"-" form:"name"`
	Description              string   `json:"-" form:"description"`
	Owner                    string   `json:"-" form:"owner"`
	Tags                     string   `json:"-" form:"tags"` // with commas between them
	LogoURI                  string   `json:"-" form:"logo_uri"`
	ManagementFaces          []string `json:"-" form:"management_faces"`
	SigningKeyEnabled        bool     `json:"-" form:"signing_key_enabled"`
	AllowPublicSignup        bool     `json:"-" form:"allow_public_signup"`
	LoginURI                 string   `json:"-" form:"login_uri"`
	HubCentralized           bool     `json:"-" form:"hub.is_centralized"`
	HubLoginURI              string   `json:"-" form:"hub.login_uri"`
	OnSuspension             bool     `json:"-" form:"refresh_invalidation.on_suspension"`
	OnPasswordReset          bool     `json:"-" form:"refresh_invalidation.on_password_reset"`
	OnRoleUpdate             bool     `json:"-" form:"refresh_invalidation.on_role_update"`
	InviteMemberURI          string   `json:"-" form:"invite_member_uri"`
	InviteClientID           string   `json:"-" form:"invite_client_id"`
	InviteJourneyID          string   `json:"-" form:"invite_journey_id"`
	InviteEmailExpirationMin string   `json:"-" form:"invite_email_expiration_minutes"`
	Language                 string   `json:"-" form:"language"`
	Subdomain                string   `json:"-" form:"subdomain"`
	CustomDomain             string   `json:"-" form:"custom_domain"`
	PasswordSharingGroupID   string   `json:"-" form:"password_sharing_group_id"`
	ServiceProviders         string   `json:"-" form:"service_providers"` // one a line
	CustomData               string   `json:"-" form:"custom_data"`       // JSON
}

// FormOf is the form of an application as it is stored.
func FormOf(a models.Application) Form {
	data := ""
	if len(a.CustomData) > 0 {
		raw, _ := json.MarshalIndent(a.CustomData, "", "  ")
		data = string(raw)
	}
	return Form{Name: a.Name, Description: a.Description, Owner: a.Owner, Tags: strings.Join(a.Tags, ", "), LogoURI: a.LogoURI,
		ManagementFaces: a.ManagementFaces, SigningKeyEnabled: a.SigningKeyEnabled, AllowPublicSignup: a.AllowPublicSignup, LoginURI: a.LoginURI,
		HubCentralized: a.Hub.Centralized, HubLoginURI: a.Hub.LoginURI,
		OnSuspension: a.RefreshInvalidation.OnSuspension, OnPasswordReset: a.RefreshInvalidation.OnPasswordReset, OnRoleUpdate: a.RefreshInvalidation.OnRoleUpdate,
		InviteMemberURI: a.InviteMemberURI, InviteClientID: a.InviteClientID, InviteJourneyID: a.InviteJourneyID,
		InviteEmailExpirationMin: strconv.FormatInt(a.InviteEmailExpirationMinutes, 10), Language: a.Language, Subdomain: a.Subdomain, CustomDomain: a.CustomDomain,
		PasswordSharingGroupID: a.PasswordSharingGroupID, ServiceProviders: strings.Join(a.ServiceProviders, "\n"), CustomData: data}
}

// Entry is one field of a form as plain text, for comparing and merging.
type Entry struct{ Name, Label, Value string }

// Entries lists every field in the order of the page.
func (f Form) Entries() []Entry {
	return []Entry{
		{"name", "Name", f.Name}, {"description", "Description", f.Description}, {"owner", "Owner", f.Owner}, {"tags", "Tags", f.Tags}, {"logo_uri", "Logo", f.LogoURI},
		{"management_faces", "Management APIs", strings.Join(f.ManagementFaces, ",")},
		{"signing_key_enabled", "Own signing key", tick(f.SigningKeyEnabled)},
		{"allow_public_signup", "People may sign up", tick(f.AllowPublicSignup)}, {"login_uri", "Where sign-in begins", f.LoginURI},
		{"hub.is_centralized", "Signs people in for other applications", tick(f.HubCentralized)}, {"hub.login_uri", "Sign-in page of the hub", f.HubLoginURI},
		{"refresh_invalidation.on_suspension", "End sessions on suspension", tick(f.OnSuspension)},
		{"refresh_invalidation.on_password_reset", "End sessions on password reset", tick(f.OnPasswordReset)},
		{"refresh_invalidation.on_role_update", "End sessions on role change", tick(f.OnRoleUpdate)},
		{"invite_member_uri", "Invitation page", f.InviteMemberURI}, {"invite_client_id", "Client of invitations", f.InviteClientID},
		{"invite_journey_id", "Journey of invitations", f.InviteJourneyID}, {"invite_email_expiration_minutes", "Invitation lasts", f.InviteEmailExpirationMin},
		{"language", "Language of messages", f.Language}, {"subdomain", "Subdomain", f.Subdomain}, {"custom_domain", "Own domain", f.CustomDomain},
		{"password_sharing_group_id", "Password sharing group", f.PasswordSharingGroupID}, {"service_providers", "Service providers", f.ServiceProviders},
		{"custom_data", "Custom data", f.CustomData},
	}
}

func tick(on bool) string {
	if on {
		return "true"
	}
	return ""
}

// Digest remembers what every field said when the form was drawn, a few characters each: enough to tell later who changed
// which, not enough to read.
func (f Form) Digest() string {
	var b strings.Builder
	for _, e := range f.Entries() {
		b.WriteString(mark(e.Value))
	}
	return b.String()
}

const markLength = 6

func mark(value string) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(value, "\r\n", "\n")))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:markLength]
}

// Settings is the page of an application's settings.
type Settings struct {
	Head
	Form
	Fault     *models.Fault
	Languages []string
	Clients   []ui.Option // offered by name where a client_id is asked for
}

// problems are the lines of the summary: there they stand far from their fields, so they name them.
func (s Settings) problems() []ui.Problem {
	labels := map[string]string{}
	for _, e := range s.Entries() {
		labels[e.Name] = e.Label
	}
	return named(faults.Problems(s.Fault), labels)
}

func named(problems []ui.Problem, labels map[string]string) []ui.Problem {
	for i, p := range problems {
		if label := labels[p.Field]; label != "" {
			problems[i].Text = label + ": " + p.Text
		}
	}
	return problems
}

func (s Settings) err(field string) string { return faults.At(s.Fault, field) }

func (s Settings) url() string { return URL(s.App.ID, TabSettings) }

func (s Settings) bar() templ.Component {
	return ui.SaveBar(ui.SaveBarOpts{Form: "settings", Problems: s.problems(), Calls: true, Can: "application.update"})
}

// stored is the badge of what is kept for callers but does nothing yet.
const stored = "Stored, not enforced yet"

// text is a field of one line.
func (s Settings) text(name, label, value string) ui.Input {
	return ui.Input{Name: name, Label: label, Value: value, Error: s.err(name), Autocomplete: "off"}
}

func (s Settings) on(name, label, help string, checked bool) ui.Input {
	return ui.Input{Name: name, Label: label, Help: help, Checked: checked, Error: s.err(name)}
}

func (s Settings) languages() []ui.Option {
	names := map[string]string{"en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French", "ja": "Japanese", "fr-CA": "French (Canada)", "ar": "Arabic"}
	var out []ui.Option
	for _, l := range s.Languages {
		name := names[l]
		if name == "" {
			name = l
		}
		out = append(out, ui.Option{Value: l, Label: name})
	}
	return out
}

var faces = []ui.Option{
	{Value: models.FaceNative, Label: "Gatehouse", Help: "/rest/v1: all that this console does."},
	{Value: models.FaceTransmit, Label: "Transmit", Help: "/cis/v1, for tools written for Transmit Security."},
	{Value: models.FaceAuth0, Label: "Auth0", Help: "/api/v2, for tools written for Auth0.", Badge: stored},
	{Value: models.FaceLogto, Label: "Logto", Help: "/api, for tools written for Logto.", Badge: stored},
}

func (s Settings) domainHelp() string {
	switch s.App.CustomDomainStatus {
	case "pending":
		return "Waiting to be verified. A host name such as login.example.com."
	case "verified":
		return "Verified."
	case "error":
		return "Could not be verified. Check its DNS records."
	}
	return "A host name such as login.example.com, without https://."
}
