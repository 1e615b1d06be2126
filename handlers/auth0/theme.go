package auth0

import (
	"context"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// A tenant has one theme at most. It is kept as it was written; what of it the hosted pages draw is laid over the experience's
// branding, and read back from there, so that a change made elsewhere shows here.

const (
	themeKind  = "theme"
	themeIDLen = 32
)

// themeOut is a theme with its id: what is kept, and what is answered.
type themeOut struct {
	themeIn
	ThemeID string `json:"themeId"`
}

type themeIDIn struct {
	ThemeID string `path:"themeId" json:"-"`
}

type patchThemeIn struct {
	themeIDIn
	themeIn
}

// unnamedTheme is the name of a theme that was given none.
const unnamedTheme = "Unnamed Theme"

// themeWords pairs words of the document with ours.
type themeWords [][2]string

var (
	corners = themeWords{{"pill", "round"}, {"rounded", "soft"}, {"sharp", "square"}}
	layouts = themeWords{{"center", "card"}, {"left", "split"}, {"right", "split"}}
)

func (w themeWords) ours(word string) string {
	for _, pair := range w {
		if pair[0] == word {
			return pair[1]
		}
	}
	return ""
}

// theirs keeps a word that still says what ours says, and else gives the first that does.
func (w themeWords) theirs(kept, ours string) string {
	if w.ours(kept) == ours {
		return kept
	}
	for _, pair := range w {
		if pair[1] == ours {
			return pair[0]
		}
	}
	return kept
}

// branding is what of a theme the hosted pages draw. What it leaves empty it does not speak of.
func (t themeIn) branding() map[string]any {
	out := map[string]any{"corners": corners.ours(t.Borders.Buttons), "layout": layouts.ours(t.Background.Layout)}
	out["primary_color"], _ = sixDigits(t.Colors.Primary)
	out["background_color"], _ = sixDigits(t.Background.Color)
	if t.Widget.LogoURL != "" {
		out["logo_url"] = t.Widget.LogoURL
	}
	if t.Fonts.URL != "" {
		out["font_url"] = t.Fonts.URL
	}
	return out
}

var themeNames = names{"branding.primary_color": "colors.primary_button", "branding.background_color": "page_background.background_color",
	"branding.logo_url": "widget.logo_url", "branding.font_url": "fonts.font_url"}

// drawn is a theme as the hosted pages draw it now.
func (t themeOut) drawn(b models.Branding) themeOut {
	t.Borders.Buttons = corners.theirs(t.Borders.Buttons, b.Corners)
	t.Background.Layout = layouts.theirs(t.Background.Layout, b.Layout)
	t.Colors.Primary = stillColor(t.Colors.Primary, b.Primary)
	t.Background.Color = stillColor(t.Background.Color, b.Background)
	if logo := address(b.LogoURL); logo != "" || t.Widget.LogoURL != "" {
		t.Widget.LogoURL = logo
	}
	if b.FontURL != "" || t.Fonts.URL != "" {
		t.Fonts.URL = b.FontURL
	}
	return t
}

// stillColor keeps a colour that is the one in effect, whatever it says of transparency. A built-in colour has no name here.
func stillColor(kept, now string) string {
	if same, _ := sixDigits(kept); same == now || now == "" {
		return kept
	}
	return now
}

// undone takes the overrides away that a theme made and that nobody changed since.
func (t themeIn) undone(b models.Branding) map[string]any {
	now := map[string]string{"corners": b.Corners, "layout": b.Layout, "primary_color": b.Primary, "background_color": b.Background,
		"logo_url": b.LogoURL, "font_url": b.FontURL}
	out := map[string]any{}
	for name, value := range t.branding() {
		if now[name] == value {
			out[name] = nil
		}
	}
	return out
}

func (d Dialect) themeRoutes() []web.Route {
	f := d.Face()
	byDefault := func(ctx context.Context, _ web.None) (themeOut, error) { return d.readTheme(ctx, "") }
	byID := func(ctx context.Context, in themeIDIn) (themeOut, error) { return d.readTheme(ctx, in.ThemeID) }
	return []web.Route{
		op("POST", "/branding/themes", "update:branding", web.Do(f, 200, d.createTheme)),
		op("GET", "/branding/themes/default", "read:branding", web.Do(f, 200, byDefault)),
		op("GET", "/branding/themes/:themeId", "read:branding", web.Do(f, 200, byID)),
		op("PATCH", "/branding/themes/:themeId", "update:branding", web.Do(f, 200, d.patchTheme)),
		op("DELETE", "/branding/themes/:themeId", "delete:branding", web.Do0(f, 204, d.deleteTheme)),
	}
}

// keptTheme reads the theme as it was written. It must have this id, unless none is named.
func (d Dialect) keptTheme(ctx context.Context, id string) (themeOut, error) {
	t, err := documents.Load(ctx, d.Documents, only(themeKind), themeOut{})
	if err == nil && (t.ThemeID == "" || id != "" && id != t.ThemeID) {
		err = models.Missing(themeKind)
	}
	return t, err
}

// readTheme reads the theme as it is drawn.
func (d Dialect) readTheme(ctx context.Context, id string) (themeOut, error) {
	t, err := d.keptTheme(ctx, id)
	if err != nil {
		return t, err
	}
	e, err := d.look(ctx)
	return t.drawn(e.Branding), err
}

func (d Dialect) createTheme(ctx context.Context, in themeIn) (themeOut, error) {
	out := themeOut{in, models.NewID(themeIDLen)}
	if out.DisplayName == "" {
		out.DisplayName = unnamedTheme
	}
	err := d.within(ctx, func(ctx context.Context, d Dialect) error {
		_, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: only(themeKind), Body: out, Mode: documents.CreateOnly})
		if models.IsFault(err, models.Conflict) {
			return &models.Fault{Code: models.Conflict, Reason: "theme_exists", Text: "There was an error updating branding settings: The theme already exists"}
		}
		if err != nil {
			return err
		}
		return d.publish(ctx, experience.Sections{Branding: section(in.branding())}, themeNames)
	})
	return out, err
}

func (d Dialect) patchTheme(ctx context.Context, in patchThemeIn) (out themeOut, err error) {
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		before, err := d.keptTheme(ctx, in.ThemeID)
		if err != nil {
			return err
		}
		out = themeOut{in.themeIn, before.ThemeID}
		if out.DisplayName == "" {
			out.DisplayName = before.DisplayName
		}
		change := out.branding()
		if before.Widget.LogoURL != "" && out.Widget.LogoURL == "" {
			change["logo_url"] = nil
		}
		if before.Fonts.URL != "" && out.Fonts.URL == "" {
			change["font_url"] = nil
		}
		if _, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: only(themeKind), Body: out, Mode: documents.UpdateOnly}); err != nil {
			return err
		}
		return d.publish(ctx, experience.Sections{Branding: section(change)}, themeNames)
	})
	return out, err
}

func (d Dialect) deleteTheme(ctx context.Context, in themeIDIn) error {
	return d.within(ctx, func(ctx context.Context, d Dialect) error {
		t, err := d.keptTheme(ctx, in.ThemeID)
		if err != nil {
			return err
		}
		if err := d.Documents.Delete(ctx, only(themeKind)); err != nil {
			return err
		}
		e, err := d.look(ctx)
		if err != nil {
			return err
		}
		return d.publish(ctx, experience.Sections{Branding: section(t.undone(e.Branding))}, themeNames)
	})
}
