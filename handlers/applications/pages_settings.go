package applications

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/applications"
	"gatehouse/web"
)

// settingsIn is the form of an application's settings.
type settingsIn struct {
	ID      string            `path:"id" json:"-"`
	Version models.Opt[int64] `json:"-" form:"version"`
	Was     string            `json:"-" form:"was"` // what every field said when the form was drawn, as a digest
	views.Form
}

func (p Pages) settings(ctx context.Context, in IDIn) (views.Settings, error) {
	h, err := p.Head(ctx, in.ID)
	if err != nil {
		return views.Settings{}, err
	}
	offered, err := p.Clients.Choices(ctx, false)
	return views.Settings{Head: h, Form: views.FormOf(h.App), Languages: Languages, Clients: offered}, err
}

// fields reads what was typed. Faults: Invalid (invite_email_expiration_minutes, custom_data).
func (in settingsIn) fields() (Fields, error) {
	var c models.Check
	f := in.Form
	minutes, err := strconv.ParseInt(strings.TrimSpace(f.InviteEmailExpirationMin), 10, 64)
	c.That(err == nil, "invite_email_expiration_minutes", "wrong_type", "Use a whole number of minutes.")
	data := map[string]any{}
	if text := strings.TrimSpace(f.CustomData); text != "" {
		c.That(json.Unmarshal([]byte(text), &data) == nil, "custom_data", "not_json", "This is not a JSON object. Check its quotes, commas and braces.")
	}
	return Fields{
		Name: models.Some(f.Name), Description: models.Some(f.Description), Owner: models.Some(strings.TrimSpace(f.Owner)), LogoURI: models.Some(strings.TrimSpace(f.LogoURI)),
		Tags: models.Some(split(f.Tags, ",")), SigningKeyEnabled: models.Some(f.SigningKeyEnabled), AllowPublicSignup: models.Some(f.AllowPublicSignup),
		LoginURI: models.Some(strings.TrimSpace(f.LoginURI)), HubCentralized: models.Some(f.HubCentralized), HubLoginURI: models.Some(strings.TrimSpace(f.HubLoginURI)),
		RefreshInvalidation: models.Some(models.RefreshInvalidation{OnSuspension: f.OnSuspension, OnPasswordReset: f.OnPasswordReset, OnRoleUpdate: f.OnRoleUpdate}),
		InviteMemberURI:     models.Some(strings.TrimSpace(f.InviteMemberURI)), InviteClientID: models.Some(strings.TrimSpace(f.InviteClientID)),
		InviteJourneyID: models.Some(strings.TrimSpace(f.InviteJourneyID)), InviteEmailExpirationMinutes: models.Some(minutes), Language: models.Some(f.Language),
		Subdomain: models.Some(strings.TrimSpace(f.Subdomain)), CustomDomain: models.Some(strings.TrimSpace(f.CustomDomain)),
		PasswordSharingGroupID: models.Some(strings.TrimSpace(f.PasswordSharingGroupID)), ServiceProviders: models.Some(split(f.ServiceProviders, "\n")),
		CustomData: models.Some(data),
	}, c.Err()
}

// split makes a list of text with separators, without empty items.
func split(text, sep string) []string {
	out := []string{}
	for _, item := range strings.Split(text, sep) {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// update is the form as the operation takes it. A form without a version is refused: it could not tell that it is old.
func (in settingsIn) update(before models.Application) (UpdateIn, error) {
	f, err := in.fields()
	out := UpdateIn{ID: in.ID, Version: in.Version, Fields: f}
	if !in.Version.Set || in.Version.Null {
		out.Version = models.Some(int64(-1))
	}
	if before.Kind == models.KindManagement {
		out.Faces = models.Some(split(strings.Join(in.ManagementFaces, ","), ","))
	}
	same(before, &out)
	return out, err
}

// same leaves empty what was empty: a form cannot tell no list from an empty one, and that is no change.
func same(before models.Application, in *UpdateIn) {
	if len(in.Tags.V) == 0 && len(before.Tags) == 0 {
		in.Tags.Set = false
	}
	if len(in.ServiceProviders.V) == 0 && len(before.ServiceProviders) == 0 {
		in.ServiceProviders.Set = false
	}
	if len(in.CustomData.V) == 0 && len(before.CustomData) == 0 {
		in.CustomData.Set = false
	}
	// A browser sends text areas with \r\n.
	in.Description.V = strings.ReplaceAll(in.Description.V, "\r\n", "\n")
}

func (p Pages) save(ctx context.Context, in settingsIn) (models.Application, error) {
	before, err := p.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return before, err
	}
	what, err := in.update(before)
	if err != nil {
		return before, err
	}
	after, err := p.Update(ctx, what)
	if err == nil && after.Version != before.Version {
		web.FlashText(ctx, after.Name+" saved")
	}
	return after, err
}

func afterSave(in settingsIn, _ models.Application) string {
	return views.URL(in.ID, views.TabSettings)
}

// redrawSettings draws the form again with what was typed, or, when somebody else saved first, asks what to keep.
func (p Pages) redrawSettings(ctx context.Context, in settingsIn, fault *models.Fault) (templ.Component, error) {
	s, err := p.settings(ctx, IDIn{ID: in.ID})
	if err != nil {
		return nil, err
	}
	if fault != nil && fault.Code == models.Stale {
		return views.MergePage(views.MergeOf(s.Head, in.Form, in.Was)), nil
	}
	s.Form, s.Fault = in.Form, fault
	return views.SettingsPage(s), nil
}
