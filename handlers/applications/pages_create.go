package applications

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/a-h/templ"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/guides"
	"gatehouse/models"
	views "gatehouse/views/applications"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// choose draws the page of creation for the framework of its address.
func (p Pages) choose(ctx context.Context, in views.NewForm) (views.New, error) {
	f, ok := guides.Find(in.Framework)
	if !ok {
		f, _ = guides.Find(guides.Default)
	}
	in.Framework, in.Address = f.ID, address(f, in.Address)
	n := views.New{NewForm: in, Groups: groups(), Title: f.Words, SAML: f.Protocol == models.ProtocolSAML, SignsIn: f.SignsIn,
		RedirectURI: f.RedirectURI(in.Address), LogoutURI: f.LogoutURI(in.Address)}
	if f.Address != "" {
		n.AddressLabel, n.AddressHelp = "Development address", "You add the others in its settings."
	}
	if f.AddressLabel != "" {
		n.AddressLabel, n.AddressHelp = f.AddressLabel, "People return to the app through it after signing in."
	}
	var err error
	n.Made, err = p.made(ctx, f, in)
	return n, err
}

// address is what was typed, or the framework's own when that was the example of another one.
func address(f guides.Framework, typed string) string {
	typed = strings.TrimSpace(typed)
	for _, other := range guides.Frameworks {
		if typed == other.Address {
			return f.Address
		}
	}
	return typed
}

var tints = map[string]string{guides.GroupWeb: "k2", guides.GroupSPA: "k1", guides.GroupNative: "k4", guides.GroupService: "k5"}

func groups() []views.ChoiceGroup {
	out := make([]views.ChoiceGroup, len(guides.Groups))
	for i, g := range guides.Groups {
		out[i] = views.ChoiceGroup{Name: g.Name, About: g.About}
		for _, f := range guides.Frameworks {
			if f.Group == g.ID {
				out[i].Choices = append(out[i].Choices, views.Choice{ID: f.ID, Name: f.Name, About: f.About, Letters: f.Letters, Icon: f.Icon, Tint: tints[g.ID]})
			}
		}
	}
	return out
}

// made says what Create will store, read from the defaults that it will use.
func (p Pages) made(ctx context.Context, f guides.Framework, in views.NewForm) ([]string, error) {
	c := clients.Defaults(protocol(f), f.Profile)
	lines := []string{"Application with one client"}
	if f.Kind == models.KindManagement {
		lines = []string{"Management application with one client", "Access to all four management APIs"}
	}
	if c.Protocol == models.ProtocolSAML {
		return append(lines, "SAML 2.0 service provider", "People are named by their e-mail address (NameID)"), nil
	}
	tenant, err := p.Tenant(ctx)
	if err != nil {
		return nil, err
	}
	if c.Confidential() && clients.UsesSecret(c.TokenEndpointAuthMethod) {
		lines = append(lines, "One secret, shown once, no expiry", authentication(c.TokenEndpointAuthMethod))
	} else {
		lines = append(lines, "No secret: what runs there cannot keep one")
	}
	lines = append(lines, grants(c)...)
	if f.Profile == models.ProfileSPA && webOrigin(in.Address) != "" {
		lines = append(lines, "Browser calls from "+webOrigin(in.Address)+" (CORS)")
	}
	return append(lines, "ES256 access tokens, "+views.Duration(time.Duration(tenant.AccessTokenLifetimeSeconds)*time.Second)), nil
}

func authentication(method string) string {
	switch method {
	case models.AuthSecretAny:
		return "Authenticates with HTTP Basic or in the body"
	case models.AuthSecretBasic:
		return "Authenticates with HTTP Basic"
	case models.AuthSecretPost:
		return "Authenticates in the body"
	}
	return "Authenticates with " + method
}

func grants(c models.Client) []string {
	var lines []string
	for _, g := range c.GrantTypes {
		switch g {
		case models.GrantCode:
			lines = append(lines, "Authorization code with PKCE (S256)")
		case models.GrantClientCredentials:
			lines = append(lines, "Client credentials")
		case models.GrantRefresh:
			text := "Refresh tokens"
			if c.RefreshToken.Rotate {
				text += " that rotate"
			}
			if most := c.RefreshToken.AbsoluteSeconds; most != nil {
				text += ", " + views.Duration(time.Duration(*most)*time.Second)
			}
			lines = append(lines, text)
		default:
			lines = append(lines, g)
		}
	}
	return lines
}

func protocol(f guides.Framework) string {
	if f.Protocol != "" {
		return f.Protocol
	}
	return models.ProtocolOIDC
}

// createIn is what the form asks the operation for.
func createIn(in views.NewForm) (CreateIn, error) {
	f, ok := guides.Find(in.Framework)
	if !ok {
		var c models.Check
		c.Add("framework", "not_allowed", "Choose a framework.")
		return CreateIn{}, c.Err()
	}
	out := CreateIn{Kind: f.Kind, Framework: f.ID, Fields: Fields{Name: models.Some(in.Name)}, Client: clients.CreateIn{Protocol: protocol(f)}}
	if owner := strings.TrimSpace(in.Owner); owner != "" {
		out.Owner = models.Some(owner)
	}
	s := &out.Client.Settings
	s.Profile = models.Some(f.Profile)
	if uri := f.RedirectURI(in.Address); uri != "" {
		s.RedirectURIs = models.Some([]string{uri})
	}
	if uri := f.LogoutURI(in.Address); uri != "" {
		s.PostLogoutRedirectURIs = models.Some([]string{uri})
	}
	if o := webOrigin(strings.TrimSpace(in.Address)); o != "" && f.Profile == models.ProfileSPA {
		s.AllowedOrigins = models.Some([]string{o})
	}
	if f.Protocol == models.ProtocolSAML {
		saml := clients.Defaults(models.ProtocolSAML, f.Profile).SAML
		saml.EntityID, saml.ACSURL = strings.TrimSpace(in.EntityID), strings.TrimSpace(in.ACSURL)
		s.SAML = models.Some(saml)
	}
	return out, nil
}

func (p Pages) create(ctx context.Context, in views.NewForm) (CreateOut, error) {
	what, err := createIn(in)
	if err != nil {
		return CreateOut{}, err
	}
	return p.Create(ctx, what)
}

func (p Pages) redrawNew(ctx context.Context, in views.NewForm, fault *models.Fault) (templ.Component, error) {
	n, err := p.choose(ctx, in)
	n.Fault = fault
	return views.Create(n), err
}

// created leads to the guide. A secret is shown on this very answer, which nobody stores and no address leads to.
func (p Pages) created(r *web.Request, _ views.NewForm, out CreateOut) error {
	if out.Secret == nil {
		web.FlashText(r.Context(), out.Name+" created")
		return r.Next(views.URL(out.ID))
	}
	g, err := p.read(r.Context(), guideIn{ID: out.ID}, out.Secret.Value)
	if err != nil {
		return err
	}
	g.Secret = secret(out, g)
	return r.Render(200, views.GuidePage(g))
}

func secret(out CreateOut, g views.Guide) *ui.SecretOpts {
	raw, _ := json.MarshalIndent(map[string]string{"client_id": out.Client.ID, "client_secret": out.Secret.Value}, "", "  ")
	return &ui.SecretOpts{Title: "Secret of " + out.Name, Value: out.Secret.Value, Env: g.Env.Text, JSON: string(raw), File: g.Env.File, DoneTo: views.URL(out.ID)}
}
