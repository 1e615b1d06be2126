// Package experience is the sign-in experience: its settings in layers, their drafts, publishing with merge, history, the
// phrases of the hosted pages, and the login preferences that the Transmit dialect reads and writes. What is drawn from it is
// in views/hosted; the editor is in views/experience.
package experience

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/handlers/connections"
	"gatehouse/models"
	"gatehouse/views/applications"
)

// cacheName is the cache of laid-over experiences.
const cacheName = models.CacheExperience

// Ops are the things that can be done with the sign-in experience.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
	// Tenant reads the tenant: settings.Ops.Current in the program, which keeps it in memory.
	Tenant func(ctx context.Context) (models.Tenant, error)

	// Head is what the pages of an application show above their tabs: applications.Ops.Head in the program.
	Head func(ctx context.Context, applicationID string) (applications.Head, error)

	// Guessable knows the passwords that guessing begins with, in lower case; nil knows none.
	Guessable func(password string) bool

	// Usernames gives the username of every person by id; nil while no people are managed here.
	Usernames func(ctx context.Context) (map[string]string, error)

	own  connections.Ops // the rows of connections
	live *models.Cache[Live]
}

// New makes the operations with their cache.
func New(db models.DB, vault *models.Vault) Ops {
	o := Ops{DB: db, Vault: vault, Now: models.Now, own: connections.New(db, vault), live: models.NewCache[Live](db.Caches, cacheName, 2048)}
	o.Tenant, o.Head = o.readTenant, o.readHead
	return o
}

func (o Ops) readTenant(ctx context.Context) (models.Tenant, error) {
	var t models.Tenant
	err := o.DB.Read.NewSelect().Model(&t).Where("id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return t, models.Found(err, "tenant")
}

// readHead is the plain form of Head: the application without what other features know of it.
func (o Ops) readHead(ctx context.Context, applicationID string) (applications.Head, error) {
	h := applications.Head{App: models.Application{ID: applicationID}, Now: o.Now()}
	err := o.DB.Read.NewSelect().Model(&h.App).WherePK().Scan(ctx)
	return h, models.Found(err, "application")
}

// In is the same operations inside a transaction.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// ScopeIn names a layer: the tenant's, or with an application that application's.
type ScopeIn struct {
	ApplicationID string `path:"id" json:"-" doc:"The application whose overlay is meant."`
}

// View is a layer as it is published.
type View struct {
	Version   int64             `json:"version" doc:"Number of the published version; 0 before the first."`
	Settings  models.Experience `json:"settings" doc:"What is in effect: the layers below with this one laid over."`
	Overrides map[string]any    `json:"overrides" doc:"What this layer sets itself."`
	UpdatedAt *time.Time        `json:"updated_at"`
	UpdatedBy string            `json:"updated_by"`

	Overlay models.Overlay    `json:"-"`
	Below   models.Experience `json:"-"` // what shows where this layer sets nothing
}

// Get reads a layer as it is published.
// Faults: NotFound (application).
func (o Ops) Get(ctx context.Context, in ScopeIn) (View, error) {
	if err := o.may(ctx, "experience.read", in); err != nil {
		return View{}, err
	}
	return o.view(ctx, in)
}

func (o Ops) view(ctx context.Context, in ScopeIn) (View, error) {
	s, err := o.load(ctx, in)
	if err != nil {
		return View{}, err
	}
	return s.view()
}

// may judges the actor and makes sure that the application exists.
func (o Ops) may(ctx context.Context, action string, in ScopeIn) error {
	if err := models.Need(ctx, action, in.ApplicationID, "application"); err != nil {
		return err
	}
	return o.exists(ctx, in)
}

// PatchIn changes settings: a value sets, null takes the override away, absent leaves alone.
type PatchIn struct {
	ScopeIn
	Sections
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
}

// Sections are the settings as callers nest them. A section may be null, which clears all of it.
type Sections struct {
	Methods     json.RawMessage `json:"methods,omitempty" doc:"How people prove who they are."`
	SignUp      json.RawMessage `json:"sign_up,omitempty" doc:"Whether and how accounts come into being."`
	Codes       json.RawMessage `json:"codes,omitempty" doc:"Life of one-time codes."`
	Password    json.RawMessage `json:"password,omitempty" doc:"Password rules."`
	Lockout     json.RawMessage `json:"lockout,omitempty" doc:"How guessing is slowed."`
	MFA         json.RawMessage `json:"mfa,omitempty" doc:"Second factors."`
	Passkey     json.RawMessage `json:"passkey,omitempty" doc:"Sign-in with a passkey."`
	Branding    json.RawMessage `json:"branding,omitempty" doc:"Colours, logo, layout."`
	Content     json.RawMessage `json:"content,omitempty" doc:"What the pages link to."`
	Languages   json.RawMessage `json:"languages,omitempty" doc:"Languages on offer."`
	Phrases     json.RawMessage `json:"phrases,omitempty" doc:"Texts that replace built-in ones, by language, then by name."`
	CustomCSS   json.RawMessage `json:"custom_css,omitempty" doc:"A stylesheet after the built-in one."`
	Preferences json.RawMessage `json:"preferences,omitempty" doc:"Further settings of single methods."`
}

// Patches tells the OpenAPI document what the sections are parts of.
func (Sections) Patches() any { return models.Experience{} }

// body is the settings that the caller spoke of.
func (s Sections) body() map[string]json.RawMessage {
	all := map[string]json.RawMessage{"methods": s.Methods, "sign_up": s.SignUp, "codes": s.Codes, "password": s.Password,
		"lockout": s.Lockout, "mfa": s.MFA, "passkey": s.Passkey, "branding": s.Branding, "content": s.Content,
		"languages": s.Languages, "phrases": s.Phrases, "custom_css": s.CustomCSS, "preferences": s.Preferences}
	for name, raw := range all {
		if raw == nil {
			delete(all, name)
		}
	}
	return all
}

// Patch changes a layer and publishes at once, as a new version: what a dialect's write does.
// Faults: NotFound (application), Invalid (by path), Stale (Version).
func (o Ops) Patch(ctx context.Context, in PatchIn) (View, error) {
	if err := o.may(ctx, "experience.update", in.ScopeIn); err != nil {
		return View{}, err
	}
	change, err := readChange(in.body())
	if err != nil {
		return View{}, err
	}
	return o.publishDirect(ctx, in.ScopeIn, in.Version, change)
}

// change is what a caller asks of a layer: paths set, and paths cleared.
type change struct {
	set     models.Overlay
	cleared []string
}

func (c change) on(o models.Overlay) models.Overlay { return o.Without(c.cleared).With(c.set) }

func readChange(body map[string]json.RawMessage) (change, error) {
	set, cleared, wrong := models.Flatten(body)
	var c models.Check
	for _, w := range wrong {
		c.Add(w.Path, w.Reason, w.Text)
	}
	return change{set, cleared}, c.Err()
}

func (o Ops) publishDirect(ctx context.Context, in ScopeIn, want models.Opt[int64], ch change) (View, error) {
	var out View
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		s, err := o.In(tx).load(ctx, in)
		if err != nil {
			return err
		}
		if err := s.fresh(ctx, want); err != nil {
			return err
		}
		out, err = o.In(tx).publish(ctx, s, ch.on(s.layer.Settings), 0)
		return err
	})
	return out, err
}
