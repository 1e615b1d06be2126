package auth0

import (
	"context"
	"encoding/json"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// brandingIn is a change of how the hosted pages look. Colours, pictures and font have their home in the experience's branding; a
// background that is no plain colour, and how identifiers are shown, are kept beside.
type brandingIn struct {
	Colors      opt[brandingColors] `json:"colors,omitzero" rule:"minprops=1"`
	FaviconURL  opt[string]         `json:"favicon_url,omitzero" rule:"nullable" pattern:"^https://[^\\s]+$"`
	LogoURL     opt[string]         `json:"logo_url,omitzero" rule:"nullable" pattern:"^https://[^\\s]+$"`
	Identifiers opt[identifiers]    `json:"identifiers,omitzero" rule:"minprops=1"`
	Font        opt[brandingFont]   `json:"font,omitzero" rule:"minprops=1"`
}

type brandingColors struct {
	Primary    opt[string]          `json:"primary,omitzero" rule:"nullable" pattern:"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"`
	Background opt[json.RawMessage] `json:"page_background,omitzero" rule:"nullable"`
}

type brandingFont struct {
	URL opt[string] `json:"url,omitzero" rule:"nullable" pattern:"^https://[^\\s]+$"`
}

type identifiers struct {
	LoginDisplay    opt[string]       `json:"login_display,omitzero" enum:"unified,separate"`
	OTPAutocomplete opt[bool]         `json:"otp_autocomplete,omitzero"`
	PhoneDisplay    opt[phoneDisplay] `json:"phone_display,omitzero" rule:"minprops=1"`
}

type phoneDisplay struct {
	Masking    string `json:"masking" rule:"required" enum:"show_all,hide_country_code,mask_digits"`
	Formatting string `json:"formatting" rule:"required" enum:"regional,international"`
}

// brandingKept is what of it has no home elsewhere.
type brandingKept struct {
	Background  opt[json.RawMessage] `json:"page_background,omitzero"` // an object, such as a gradient
	Identifiers opt[identifiers]     `json:"identifiers,omitzero"`
}

// brandingOut is what is answered; what nobody set is left out.
type brandingOut struct {
	Colors      *colorsOut       `json:"colors,omitempty"`
	FaviconURL  string           `json:"favicon_url,omitempty"`
	LogoURL     string           `json:"logo_url,omitempty"`
	Identifiers opt[identifiers] `json:"identifiers,omitzero"`
	Font        *fontOut         `json:"font,omitempty"`
}

type colorsOut struct {
	Primary    string          `json:"primary,omitempty"`
	Background json.RawMessage `json:"page_background,omitempty"`
}

type fontOut struct {
	URL string `json:"url"`
}

const brandingKind = "branding_settings"

var brandingNames = names{"branding.primary_color": "colors.primary", "branding.background_color": "colors.page_background",
	"branding.favicon_url": "favicon_url", "branding.logo_url": "logo_url", "branding.font_url": "font.url"}

// CheckShape adds what the background may be: a colour, or an object.
func (b *brandingIn) CheckShape(c *models.Check) {
	raw := b.Colors.V.Background
	if !b.Colors.Set || !raw.Set || raw.Null || isObject(raw.V) {
		return
	}
	text, ok := plain(raw.V)
	_, color := sixDigits(text)
	c.That(ok && color, "colors.page_background", "not_a_color", "Use a colour such as #0f5f47, or an object.")
}

// plain reads a JSON text.
func plain(raw json.RawMessage) (string, bool) {
	var text *string
	if json.Unmarshal(raw, &text) != nil || text == nil {
		return "", false
	}
	return *text, true
}

// sixDigits writes a colour of three, four, six or eight hexadecimal digits as #rrggbb; what it says of transparency goes.
func sixDigits(color string) (string, bool) {
	digits, ok := strings.CutPrefix(color, "#")
	if !ok || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return "", false
	}
	switch len(digits) {
	case 3, 4:
		return "#" + strings.Repeat(digits[:1], 2) + strings.Repeat(digits[1:2], 2) + strings.Repeat(digits[2:3], 2), true
	case 6, 8:
		return "#" + digits[:6], true
	}
	return "", false
}

// branding is the change of the experience's branding: nil takes an override away.
func (b brandingIn) branding() map[string]any {
	out := map[string]any{}
	put := func(o opt[string], name string) {
		switch {
		case o.Null:
			out[name] = nil
		case o.Set:
			out[name] = o.V
		}
	}
	put(b.FaviconURL, "favicon_url")
	put(b.LogoURL, "logo_url")
	put(b.Font.V.URL, "font_url")
	colors := b.Colors.V
	if c, ok := sixDigits(colors.Primary.V); ok {
		colors.Primary.V = c
	}
	put(colors.Primary, "primary_color")
	if colors.Background.Set {
		text, _ := plain(colors.Background.V)
		color, ok := sixDigits(text)
		put(opt[string]{Set: true, Null: !ok, V: color}, "background_color")
	}
	return out
}

// kept is the change of what has no home elsewhere. A plain background takes an object's place.
func (b brandingIn) kept() brandingKept {
	k := brandingKept{Background: b.Colors.V.Background, Identifiers: b.Identifiers}
	if k.Background.Set && !isObject(k.Background.V) {
		k.Background = models.Null[json.RawMessage]()
	}
	return k
}

// shownBranding joins the two. A background colour that another face set since wins over an object that is kept.
func shownBranding(b models.Branding, k brandingKept) brandingOut {
	out := brandingOut{FaviconURL: address(b.FaviconURL), LogoURL: address(b.LogoURL), Identifiers: k.Identifiers}
	colors := colorsOut{Primary: b.Primary, Background: k.Background.V}
	if b.Background != "" {
		colors.Background, _ = json.Marshal(b.Background)
	}
	if colors.Primary != "" || len(colors.Background) > 0 {
		out.Colors = &colors
	}
	if b.FontURL != "" {
		out.Font = &fontOut{b.FontURL}
	}
	return out
}

// address leaves out a picture that stands in the settings itself: the document knows addresses only.
func address(picture string) string {
	if strings.HasPrefix(picture, "https://") {
		return picture
	}
	return ""
}

func (d Dialect) brandingRoutes() []web.Route {
	return []web.Route{
		op("GET", "/branding", "read:branding", web.Do(d.Face(), 200, d.getBranding)),
		op("PATCH", "/branding", "update:branding", web.Do(d.Face(), 200, d.patchBranding)),
	}
}

func (d Dialect) getBranding(ctx context.Context, _ web.None) (brandingOut, error) {
	k, err := documents.Load(ctx, d.Documents, only(brandingKind), brandingKept{})
	if err != nil {
		return brandingOut{}, err
	}
	e, err := d.look(ctx)
	return shownBranding(e.Branding, k), err
}

func (d Dialect) patchBranding(ctx context.Context, in brandingIn) (out brandingOut, err error) {
	if isEmpty(in) {
		return out, tooFew()
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		if err := d.publish(ctx, experience.Sections{Branding: section(in.branding())}, brandingNames); err != nil {
			return err
		}
		if change := in.kept(); !isEmpty(change) {
			k, err := documents.Load(ctx, d.Documents, only(brandingKind), brandingKept{})
			if err != nil {
				return err
			}
			if change.Background.Set { // an object takes the place of another as a whole
				k.Background = opt[json.RawMessage]{}
			}
			if k, err = laid(k, change); err != nil {
				return err
			}
			if _, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: only(brandingKind), Body: k}); err != nil {
				return err
			}
		}
		out, err = d.getBranding(ctx, web.None{})
		return err
	})
	return out, err
}
