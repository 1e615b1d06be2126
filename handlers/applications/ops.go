// Package applications owns applications: the containers of clients. An application always has at least one client, so
// creating one goes through handlers/clients in the same transaction. Its neighbours above are the dialects and the console.
package applications

import (
	"context"
	"slices"
	"time"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/handlers/guides"
	"gatehouse/models"
)

// Ops are the things that can be done with applications.
type Ops struct {
	DB      models.DB
	Vault   *models.Vault
	Now     func() time.Time
	Clients clients.Ops
	// Cleanup removes what other features keep of an application, in the transaction that deletes it.
	Cleanup []func(ctx context.Context, tx models.DB, applicationID string) error
	cache   *models.Cache[*Entry]
	cards   *models.Cache[Card]
	totals  *models.Cache[facts]
	pages   *models.Cache[keyed]
	uses    *models.Cache[models.Usage]
}

// New makes the operations over a database.
func New(db models.DB, v *models.Vault, c clients.Ops) Ops {
	return Ops{DB: db, Vault: v, Now: models.Now, Clients: c, cache: models.NewCache[*Entry](db.Caches, cacheName, 4096),
		cards: models.NewCache[Card](db.Caches, models.CacheApplicationCard, 4096), totals: models.NewCache[facts](db.Caches, totalsName, 16),
		pages: models.NewCache[keyed](db.Caches, pagesName, pagesKept),
		uses:  models.NewBriefCache[models.Usage](db.Caches, models.CacheApplicationUse, 4096, models.UsageAge)}
}

// In gives the same operations inside a transaction.
func (o Ops) In(tx models.DB) Ops {
	o.DB, o.Clients, o.cache = tx, o.Clients.In(tx), nil // what a transaction has written, others may never see
	return o
}

// CreateIn is what a caller may say about a new application.
type CreateIn struct {
	Fields
	Kind            string   `json:"kind" form:"kind" enum:"standard,management" doc:"standard when absent."`
	Framework       string   `json:"framework" form:"framework" doc:"Which guide to follow. The client is of the kind that it needs unless a protocol or a profile says otherwise."`
	ManagementFaces []string `json:"management_faces" form:"management_faces" doc:"With kind management; all when absent."`
	Implicit        bool     `json:"-"`
	// ID is for imports and the headless bootstrap: the identifier that the application has elsewhere.
	ID string `json:"-"`
	// Client is the first client; it takes the application's name when it has none.
	Client clients.CreateIn `json:"client" form:"client"`
}

// Fields are the settings that creation and update share. Absent ones keep their defaults.
type Fields struct {
	Name                         models.Opt[string]                     `json:"name" form:"name" doc:"1 to 100 characters."`
	Description                  models.Opt[string]                     `json:"description" form:"description"`
	LogoURI                      models.Opt[string]                     `json:"logo_uri" form:"logo_uri"`
	Owner                        models.Opt[string]                     `json:"owner" form:"owner"`
	Tags                         models.Opt[[]string]                   `json:"tags" form:"tags"`
	Disabled                     models.Opt[bool]                       `json:"disabled" form:"disabled"`
	AllowPublicSignup            models.Opt[bool]                       `json:"allow_public_signup" form:"allow_public_signup"`
	LoginURI                     models.Opt[string]                     `json:"login_uri" form:"login_uri"`
	Hub                          models.Opt[models.Hub]                 `json:"hub"`
	SigningKeyEnabled            models.Opt[bool]                       `json:"signing_key_enabled" form:"signing_key_enabled"`
	InviteMemberURI              models.Opt[string]                     `json:"invite_member_uri" form:"invite_member_uri"`
	InviteClientID               models.Opt[string]                     `json:"invite_client_id" form:"invite_client_id"`
	InviteJourneyID              models.Opt[string]                     `json:"invite_journey_id" form:"invite_journey_id"`
	InviteEmailExpirationMinutes models.Opt[int64]                      `json:"invite_email_expiration_minutes" form:"invite_email_expiration_minutes"`
	Subdomain                    models.Opt[string]                     `json:"subdomain" form:"subdomain"`
	CustomDomain                 models.Opt[string]                     `json:"custom_domain" form:"custom_domain"`
	Language                     models.Opt[string]                     `json:"language" form:"language"`
	PasswordSharingGroupID       models.Opt[string]                     `json:"password_sharing_group_id" form:"password_sharing_group_id"`
	ServiceProviders             models.Opt[[]string]                   `json:"service_providers" form:"service_providers"`
	RefreshInvalidation          models.Opt[models.RefreshInvalidation] `json:"refresh_invalidation"`
	CustomData                   models.Opt[map[string]any]             `json:"custom_data"`
	HubCentralized               models.Opt[bool]                       `json:"-" form:"hub.is_centralized"` // a form spells the hub out
	HubLoginURI                  models.Opt[string]                     `json:"-" form:"hub.login_uri"`
}

// CreateOut is a new application with its first client. Secret holds the client's secret, this once.
type CreateOut struct {
	models.Application
	Client models.Client      `json:"client"`
	Secret *credentials.Value `json:"secret,omitempty"`
}

// Create stores a new application and its first client.
// Faults: Invalid, Conflict (hub_taken, and what creating a client may say).
func (o Ops) Create(ctx context.Context, in CreateIn) (CreateOut, error) {
	actor := models.ActorFrom(ctx)
	if err := models.Judge(actor, "application.create", "", "application"); err != nil {
		return CreateOut{}, err
	}
	app := fresh(in, actor, o.Now())
	if app.Kind == models.KindManagement {
		if err := models.NeedAll(ctx); err != nil {
			return CreateOut{}, err
		}
	}
	in.Fields.apply(&app)
	if err := check(app, nil); err != nil {
		return CreateOut{}, models.Together(err, o.wrongFirst(ctx, in, app))
	}
	var out CreateOut
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		first := in.first(app)
		app.DefaultClientID = first.ID
		if err := to.insert(ctx, &app); err != nil {
			return err
		}
		if err := models.Record(ctx, tx, event("application.created", app, models.Diff(nil, app))); err != nil {
			return err
		}
		made, err := to.Clients.CreateFirst(ctx, first)
		if err != nil {
			return models.Under("client.", err)
		}
		out = CreateOut{Application: app, Client: made.Client, Secret: made.Secret}
		return nil
	})
	return out, err
}

// wrongFirst is what is wrong with the first client of an application that is wrong itself, so that both are told at once. A name
// that the client takes from the application is told there.
func (o Ops) wrongFirst(ctx context.Context, in CreateIn, app models.Application) error {
	first := in.first(app)
	if !in.Client.Name.Set {
		first.Name = models.Some("-")
	}
	return models.Under("client.", o.Clients.Check(ctx, first))
}

// first is the application's first client, with what the application says of it where the caller said nothing.
func (in CreateIn) first(app models.Application) clients.CreateIn {
	c := in.Client
	c.ApplicationID = app.ID
	if c.ID == "" {
		c.ID = models.NewRowID()
	}
	if !c.Name.Set {
		c.Name = models.Some(app.Name)
	}
	f, known := guides.Find(app.Framework)
	switch {
	case c.Profile.Set:
	case app.Kind == models.KindManagement:
		c.Profile = models.Some(models.ProfileMachine)
	case known && c.Protocol == "": // a program that runs in a browser keeps no secret, whoever asks for it
		c.Protocol, c.Profile = f.Protocol, models.Some(f.Profile)
	}
	return c
}

// fresh is an application with the defaults of its kind.
func fresh(in CreateIn, actor models.Actor, now time.Time) models.Application {
	app := models.Application{
		ID: in.ID, TenantID: actor.TenantID, Kind: in.Kind, Type: "basic", Implicit: in.Implicit, Framework: in.Framework, ManagementFaces: in.ManagementFaces,
		InviteEmailExpirationMinutes: 2880, Language: "en", CreatedBy: actor.ID, Version: 1, CreatedAt: now, UpdatedAt: now,
		RefreshInvalidation: models.RefreshInvalidation{OnSuspension: true, OnPasswordReset: true, OnRoleUpdate: true},
	}
	if app.ID == "" {
		app.ID = models.NewRowID()
	}
	if app.Kind == "" {
		app.Kind = models.KindStandard
	}
	if app.Kind == models.KindManagement && len(app.ManagementFaces) == 0 {
		app.ManagementFaces = models.Faces
	}
	return app
}

// IDIn names an application by its path.
type IDIn struct {
	ID string `path:"id" json:"-"`
}

// Get gives one application. Faults: NotFound.
func (o Ops) Get(ctx context.Context, in IDIn) (models.Application, error) {
	e, err := o.entry(ctx, in.ID)
	if err != nil {
		return models.Application{}, err
	}
	return e.Row, models.Need(ctx, "application.read", e.Row.ID, "application")
}

// UpdateIn is what a caller may change. Absent fields stay.
type UpdateIn struct {
	ID      string               `path:"id" json:"-"`
	Version models.Opt[int64]    `json:"-" form:"version" header:"If-Match"`
	Faces   models.Opt[[]string] `json:"management_faces" form:"management_faces"`
	Fields
}

// Update changes an application.
// Faults: NotFound, Forbidden, Invalid, Stale (with the row as it is now), Conflict (hub_taken).
func (o Ops) Update(ctx context.Context, in UpdateIn) (models.Application, error) {
	var out models.Application
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		before, err := to.read(ctx, in.ID)
		if err != nil {
			return err
		}
		if err := models.Need(ctx, "application.update", before.ID, "application"); err != nil {
			return err
		}
		if in.Version.Set && !in.Version.Null && in.Version.V != before.Version {
			return &models.Fault{Code: models.Stale, Reason: "application_changed", Text: "Somebody changed this application after you opened it.", Current: before}
		}
		out = before
		in.apply(&out)
		if in.Faces.Set && before.Kind == models.KindManagement {
			if models.ActorFrom(ctx).ApplicationID != "" {
				return models.Denied("application.update")
			}
			if err := models.NeedAll(ctx); err != nil {
				return err
			}
			out.ManagementFaces = in.Faces.V
		}
		return to.change(ctx, before, &out)
	})
	return out, err
}

// change stores an update that says something new, with its event.
func (o Ops) change(ctx context.Context, before models.Application, after *models.Application) error {
	if err := check(*after, &before); err != nil {
		return err
	}
	detail := models.Diff(before, *after)
	if detail == nil {
		return nil
	}
	after.Version, after.UpdatedAt = before.Version+1, o.Now()
	if err := o.update(ctx, before.Version, after); err != nil {
		return err
	}
	if before.Disabled != after.Disabled || before.SigningKeyEnabled != after.SigningKeyEnabled || before.Name != after.Name || !slices.Equal(before.ManagementFaces, after.ManagementFaces) {
		if err := o.forgetClients(ctx, after.ID); err != nil {
			return err
		}
	}
	return models.Record(ctx, o.DB, event("application.updated", *after, detail))
}

// DeleteIn names the application to delete; the console asks for its name as well.
type DeleteIn struct {
	ID string `path:"id" json:"-"`
}

// Delete removes an application with its clients and all that belongs to them.
// Faults: NotFound, Forbidden.
func (o Ops) Delete(ctx context.Context, in DeleteIn) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		app, err := to.read(ctx, in.ID)
		if err != nil {
			return err
		}
		if err := models.Need(ctx, "application.delete", app.ID, "application"); err != nil {
			return err
		}
		if err := to.Clients.DeleteAll(ctx, clients.OfApplicationIn{ApplicationID: app.ID}); err != nil {
			return err
		}
		for _, clean := range o.Cleanup {
			if err := clean(ctx, tx, app.ID); err != nil {
				return err
			}
		}
		if err := to.remove(ctx, app.ID); err != nil {
			return err
		}
		return models.Record(ctx, tx, event("application.deleted", app, models.Diff(app, nil)))
	})
}

// BulkIn names several applications.
type BulkIn struct {
	IDs []string `json:"ids" form:"id" doc:"1 to 100 ids."`
}

// BulkOut tells how many were deleted.
type BulkOut struct {
	Deleted int `json:"deleted"`
}

func (in BulkIn) check() error {
	var c models.Check
	c.That(len(in.IDs) > 0, "ids", "required", "Choose at least one application.")
	c.That(len(in.IDs) <= models.PageLimit, "ids", "too_many", "Choose at most 100 applications at once.")
	return c.Err()
}

// BulkDisableOut tells how many are disabled now and were not before.
type BulkDisableOut struct {
	Disabled int `json:"disabled"`
}

// DisableAll disables several applications, all or none. Those that are disabled already stay so.
// Faults: Invalid (ids), NotFound, Forbidden.
func (o Ops) DisableAll(ctx context.Context, in BulkIn) (out BulkDisableOut, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		out.Disabled = 0
		for _, id := range in.IDs {
			before, err := o.In(tx).read(ctx, id)
			if err != nil {
				return err
			}
			if _, err := o.In(tx).Update(ctx, UpdateIn{ID: id, Fields: Fields{Disabled: models.Some(true)}}); err != nil {
				return err
			}
			if !before.Disabled {
				out.Disabled++
			}
		}
		return nil
	})
	return out, err
}

// DeleteAll deletes several applications, all or none.
// Faults: Invalid (ids), NotFound, Forbidden.
func (o Ops) DeleteAll(ctx context.Context, in BulkIn) (BulkOut, error) {
	if err := in.check(); err != nil {
		return BulkOut{}, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		for _, id := range in.IDs {
			if err := o.In(tx).Delete(ctx, DeleteIn{ID: id}); err != nil {
				return err
			}
		}
		return nil
	})
	return BulkOut{Deleted: len(in.IDs)}, err
}

func event(what string, app models.Application, detail []byte) models.Event {
	return models.Event{Type: what, ObjectKind: "application", ObjectID: app.ID, ObjectName: app.Name, ApplicationID: app.ID, Detail: detail}
}
