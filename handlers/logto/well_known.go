package logto

import (
	"context"
	"maps"
	"slices"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// What sign-in pages may know before anybody has signed in. These routes are public, so they read on the server's behalf.

func (d Dialect) wellKnownRoutes(f web.Face) []web.Route {
	const at = "/api/.well-known"
	return []web.Route{
		{"GET", at + "/sign-in-exp", web.Public, web.Do(f, 200, d.publicExp).With(doc("well-known", "Read what sign-in pages show"))},
		{"GET", at + "/experience", web.Public, web.Do(f, 200, d.publicExp).With(doc("well-known", "Read what sign-in pages show"))},
		{"GET", at + "/phrases", web.Public, web.Do(f, 200, d.publicPhrases).With(doc("well-known", "Read the phrases of sign-in pages"))},
	}
}

// publicIn says who asks: the application that people are to sign in to.
type publicIn struct {
	AppID          string `query:"appId" json:"-"`
	OrganizationID string `query:"organizationId" json:"-"`
}

// publicExp is the sign-in experience with what a page needs to draw it.
type publicExpOut struct {
	signInExpOut
	SocialConnectors    []socialConnector `json:"socialConnectors"`
	SSOConnectors       []ssoConnector    `json:"ssoConnectors"`
	ForgotPassword      forgotPassword    `json:"forgotPassword"`
	IsDevelopmentTenant bool              `json:"isDevelopmentTenant"`
	CaptchaConfig       *captchaPublic    `json:"captchaConfig,omitempty"`
	CustomProfileFields []profileFieldOut `json:"customProfileFields"`
	ProfileFieldCatalog []profileFieldOut `json:"customProfileFieldCatalog"`
}

// socialConnector is an outside account on offer.
type socialConnector struct {
	ID       string            `json:"id"`
	Target   string            `json:"target"`
	Name     map[string]string `json:"name"`
	Logo     string            `json:"logo"`
	LogoDark *string           `json:"logoDark"`
	Platform *string           `json:"platform"`
}

// ssoConnector is an enterprise source on offer.
type ssoConnector struct {
	ID   string `json:"id"`
	Name string `json:"connectorName"`
	Logo string `json:"logo"`
}

type forgotPassword struct {
	Phone bool `json:"phone"`
	Email bool `json:"email"`
}

func (d Dialect) publicExp(ctx context.Context, in publicIn) (out publicExpOut, err error) {
	ctx = models.System(ctx)
	scope, err := d.scopeOf(ctx, in.AppID)
	if err != nil {
		return out, err
	}
	v, err := d.Experience.Get(ctx, scope)
	if err != nil {
		return out, err
	}
	if out.signInExpOut, err = d.shownExp(ctx, scope, v); err != nil {
		return out, err
	}
	known, err := d.Experience.Connections(ctx, scope)
	m := v.Settings.Methods
	out.EmailBlocklistPolicy, out.ForgotPasswordMethods = nil, nil
	out.SocialConnectors, out.SSOConnectors = offered(m.Connections, known), enterprise(m, known)
	out.ForgotPassword = forgotPassword{slices.Contains(m.ForgotPassword, models.IdentifierPhone), slices.Contains(m.ForgotPassword, models.IdentifierEmail)}
	if err == nil {
		out.CustomProfileFields, out.ProfileFieldCatalog, err = d.askedFields(ctx, v.Settings.SignUp.Profile)
	}
	if err == nil && m.CaptchaEnabled {
		out.CaptchaConfig, err = d.publicCaptcha(ctx)
	}
	return out, err
}

// scopeOf is the layer of an application; one that is not known sees the tenant's.
func (d Dialect) scopeOf(ctx context.Context, appID string) (experience.ScopeIn, error) {
	if appID == "" {
		return experience.ScopeIn{}, nil
	}
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: appID})
	if models.IsFault(err, models.NotFound) {
		return experience.ScopeIn{}, nil
	}
	return experience.ScopeIn{ApplicationID: c.ApplicationID}, err
}

// enterprise is the sources of people's employers, when people are sent there by their e-mail domain.
func enterprise(m models.SignInMethods, known []models.Connection) []ssoConnector {
	out := []ssoConnector{}
	for _, c := range known {
		if m.EnterpriseSSO && c.Enabled && c.Kind() == models.ConnectionEnterprise {
			out = append(out, ssoConnector{ID: c.ID, Name: c.Title()})
		}
	}
	return out
}

func offered(ids []string, known []models.Connection) []socialConnector {
	out := []socialConnector{}
	for _, id := range ids {
		for _, c := range known {
			if c.ID == id && c.Enabled && (c.Kind() == models.ConnectionSocial || c.Factory != "") {
				out = append(out, socialConnector{ID: c.ID, Target: connectionTarget(c), Name: map[string]string{"en": c.Title()}})
			}
		}
	}
	return out
}

// phrasesIn says which language is wanted; without it the browser's is followed as far as the experience allows.
type phrasesIn struct {
	Language string `query:"lng" json:"-"`
	Accept   string `header:"Accept-Language" json:"-"`
}

// phrasesOut is a tree of phrases in one language.
type phrasesOut struct {
	language string
	tree     map[string]any
}

func (p phrasesOut) answer(r *web.Request, status int) error {
	r.Fiber().Set("Content-Language", p.language)
	r.Fiber().Vary("Accept-Language")
	return r.JSON(status, p.tree)
}

func (d Dialect) publicPhrases(ctx context.Context, in phrasesIn) (out phrasesOut, err error) {
	ctx = models.System(ctx)
	live, err := d.Experience.Live(ctx, experience.ScopeIn{})
	if err != nil {
		return out, err
	}
	out.language = live.WordsFor(in.Language, in.Accept).Language
	v, err := d.Experience.GetPhrases(ctx, experience.PhrasesIn{Language: out.language})
	if err != nil {
		return out, err
	}
	kept, err := documents.Load(ctx, d.Documents, documents.Ref{Kind: kindPhrases, Key: out.language}, keptPhrases{})
	out.tree = unflatten(inEffect(v.Phrases, kept))
	return out, err
}

// inEffect is every phrase by its path: ours under their own names and under those that the document has for them, and over these
// what was written here.
func inEffect(phrases []experience.Phrase, kept keptPhrases) map[string]string {
	out, ours := map[string]string{}, map[string]string{}
	for _, p := range phrases {
		out[p.Key], ours[p.Key] = p.Text, p.Text
	}
	for path, key := range phraseHomes {
		if text, ok := ours[key]; ok {
			out[path] = text
		}
	}
	for key, path := range kept.Names {
		if text, ok := ours[key]; ok {
			out[path] = text
		}
	}
	maps.Copy(out, kept.Texts)
	return out
}

func plant(into map[string]any, path []string, text string) bool {
	for _, step := range path[:len(path)-1] {
		next, there := into[step]
		if !there {
			next = map[string]any{}
			into[step] = next
		}
		inner, ok := next.(map[string]any)
		if !ok {
			return false
		}
		into = inner
	}
	if _, there := into[path[len(path)-1]]; there {
		return false
	}
	into[path[len(path)-1]] = text
	return true
}
