// Package handlers joins the features: this file is the only list of them. It builds each with what it needs, mounts its
// routes, and starts its work in the background.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"gatehouse/handlers/access"
	"gatehouse/handlers/account"
	"gatehouse/handlers/administrators"
	"gatehouse/handlers/applications"
	"gatehouse/handlers/auth0"
	"gatehouse/handlers/certificates"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/connections"
	"gatehouse/handlers/credentials"
	"gatehouse/handlers/documents"
	"gatehouse/handlers/domains"
	"gatehouse/handlers/events"
	"gatehouse/handlers/experience"
	"gatehouse/handlers/explorer"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/logto"
	"gatehouse/handlers/mails"
	"gatehouse/handlers/oauth"
	"gatehouse/handlers/outbound"
	"gatehouse/handlers/outbox"
	"gatehouse/handlers/overview"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/handlers/search"
	"gatehouse/handlers/settings"
	"gatehouse/handlers/setup"
	"gatehouse/handlers/transmit"
	"gatehouse/handlers/uploads"
	"gatehouse/handlers/webhooks"
	"gatehouse/models"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// Config is what the features need to know of how the program was started.
type Config struct {
	Version        string
	URL            string
	Aliases        []string
	TrustedProxies []*net.IPNet
	Log            *slog.Logger
	DB             models.DB
	Vault          *models.Vault
	Master         models.MasterKeys
	DatabaseURL    string // empty on SQLite
	DataFolder     string
	AllowOutbound  []*net.IPNet // private networks that outgoing calls may reach
	Printed        io.Writer    // where the one-time setup line goes, beside the log
	Ready          func(ctx context.Context) error

	AdminEmail      string
	AdminPassword   models.Secret
	BootstrapID     string
	BootstrapSecret models.Secret
}

// App is the built program: a server and what runs beside it.
type App struct {
	Server *web.Server
	Config Config
	features
	openapi []byte
	after   []func(ctx context.Context) // run once the server listens, each in a goroutine of its own
	close   []func(ctx context.Context) error
	running sync.WaitGroup
}

// features is every feature, from what others use to what uses others.
type features struct {
	outbound     *outbound.Client
	usages       *models.Usages
	settings     settings.Ops
	documents    documents.Ops
	domains      domains.Ops
	ring         *keys.Ring
	keys         keys.Ops
	oauth        *oauth.Engine
	apis         resources.Ops
	roles        roles.Ops
	grants       grants.Ops
	clients      clients.Ops
	applications applications.Ops
	experience   experience.Ops
	connections  connections.Ops
	events       events.Ops
	overview     overview.Ops
	transmit     transmit.Dialect
	logto        logto.Dialect
	auth0        auth0.Dialect
	search       search.Ops

	outbox         outbox.Ops
	administrators administrators.Ops
	account        account.Ops
	setup          setup.Ops
	webhooks       webhooks.Ops
	mails          mails.Ops
}

// Build makes every feature and mounts its routes. The database is migrated already.
func Build(ctx context.Context, c Config) (*App, error) {
	a := &App{Config: c}
	a.resources()
	if err := a.begin(models.System(ctx)); err != nil {
		return nil, err
	}
	var err error
	a.Server, err = web.New(web.Options{Version: c.Version, URL: c.URL, Aliases: c.Aliases, TrustedProxies: c.TrustedProxies,
		Log: c.Log, DB: c.DB, Vault: c.Vault, Ready: c.Ready, Decorate: a.decorate, Accounts: a.administrators, SetupOpen: a.setup.Open, Tokens: a.oauth, Spellers: a.spellers()})
	if err != nil {
		return nil, err
	}
	for _, prefix := range oauth.Prefixes {
		a.Server.Answers(prefix, oauth.Face{})
	}
	a.Server.Answers(transmit.Prefix, a.transmit.Face())
	a.Server.Answers(logto.Prefix, a.logto.Face())
	a.Server.Answers(auth0.Prefix, a.auth0.Face())
	if err := a.Server.Mount(a.routes()...); err != nil {
		return nil, err
	}
	a.openapi = web.OpenAPI(a.Server.Routes(), c.Version)
	a.logto.Describe(a.Server.Routes(), c.Version)
	return a, nil
}

// resources makes the features, each with what it needs.
func (a *App) resources() {
	db, vault := a.Config.DB, a.Config.Vault
	a.outbound = outbound.New(outbound.Options{Allow: a.Config.AllowOutbound})
	a.usages = models.NewUsages(db, models.Now)
	a.settings = settings.New(db)
	a.documents = documents.New(db, vault)
	a.documents.Governed = []string{certificates.Kind, keys.KindCookieKey}
	a.domains = domains.New(a.documents, a.Config.serves)
	a.ring = keys.NewRing(db, vault)
	a.keys = keys.Ops{DB: db, Vault: vault, Now: models.Now}
	a.oauth = oauth.New(oauth.Options{DB: db, Vault: vault, Ring: a.ring, Usages: a.usages, Tenant: a.settings.Current,
		Outbound: a.outbound, URL: a.Config.URL, Aliases: a.Config.Aliases, Registered: a.registered,
		Scopes: map[string]func([]string) models.Actions{models.FaceAuth0: auth0.Actions}})
	a.access()
	certificates := certificates.New(a.documents)
	a.clients = clients.New(db, vault)
	a.clients.Cleanup = append(a.clients.Cleanup, certificates.DeleteOf)
	a.applications = applications.New(db, vault, a.clients)
	a.experience = experience.New(db, vault)
	a.experience.Tenant, a.experience.Head = a.settings.Current, a.applications.Head
	a.experience.Guessable = administrators.Guessable
	a.connections = connections.New(db, vault)
	a.connections.Outside, a.connections.Glance = connections.Through(a.outbound), connections.Look(a.outbound)
	a.connections.Tenant, a.connections.Cleanup = a.settings.Current, append(a.connections.Cleanup, a.experience.Withdraw)
	a.connections.Cleanup = append(a.connections.Cleanup, func(ctx context.Context, tx models.DB, id string) error { return a.logto.Undeliver(ctx, tx, id) })
	a.events = events.New(db, vault, models.Now)
	a.search = search.Ops{DB: db, Vault: vault, Events: a.events}
	a.overview = overview.New(db, vault, a.events, a.Config.URL, models.Now)
	a.applications.Cleanup = append(a.applications.Cleanup, func(ctx context.Context, tx models.DB, id string) error {
		return a.keys.In(tx).DeleteAllOwn(ctx, id)
	})
	a.transmit = transmit.Dialect{DB: db, Applications: a.applications, Clients: a.clients, Keys: a.keys, Experience: a.experience,
		Tenant: a.settings.Current}
	a.outbox = outbox.New(db, vault)
	a.mails = mails.New(a.documents, a.outbox, a.outbound)
	a.mails.Tenant, a.outbox.Delivers = a.settings.Current, a.mails.Delivers
	a.webhooks = webhooks.New(db, vault, a.outbound)
	a.webhooks.Speakers, a.webhooks.Data = []webhooks.Speaker{logto.HookSpeaker{}}, a.told
	a.logto = logto.Dialect{DB: db, Applications: a.applications, Clients: a.clients, Keys: a.keys, Experience: a.experience, Documents: a.documents,
		Certificates: certificates,
		Roles:        a.roles,
		Resources:    a.apis,
		Grants:       a.grants,
		Webhooks:     a.webhooks,
		Connections:  a.connections,
		Domains:      a.domains,
		Events:       a.events,
		Mails:        a.mails,
		Uploads:      uploads.New(db),
		Cookies:      keys.Cookies{Documents: a.documents, Now: models.Now},
	}.Prepared()
	a.auth0 = auth0.New(auth0.Dialect{DB: db, Vault: vault, Applications: a.applications, Clients: a.clients, Documents: a.documents, Events: a.events,
		Keys:        a.keys,
		Ring:        a.ring,
		Resources:   a.apis,
		Grants:      a.grants,
		Settings:    a.settings,
		Connections: a.connections,
		Domains:     a.domains,
		Experience:  a.experience,
		Mails:       a.mails,
		Host:        a.Config.host(),
	})
	a.people()
	sealer := models.Sealer{DB: db, Vault: vault, Now: models.Now, Log: a.Config.Log}
	sealer.AtOnce()
	a.after = append(a.after, models.NewClock(db, a.Config.Log).Run, a.connections.SealLeft, a.usages.Run, a.ring.Run, sealer.Run, func(ctx context.Context) { webhooks.NewWorker(a.webhooks, a.Config.Log).Run(ctx) },
		mails.Worker{Ops: a.mails, Log: a.Config.Log}.Run)
	a.close = append(a.close, a.usages.Flush)
}

// people makes what administrators sign in with, and how the first of them comes to be.
func (a *App) people() {
	c := a.Config
	a.administrators = administrators.New(c.DB, c.Vault, models.NewPasswords(), a.outbox)
	a.account = account.New(a.administrators)
	a.setup = setup.New(a.administrators, setup.Headless{Email: c.AdminEmail, Password: c.AdminPassword, ClientID: c.BootstrapID, ClientSecret: c.BootstrapSecret})
	a.setup.Database, a.setup.Client = c.database(), setup.ManagementClient(a.applications)
	a.account.Settled = a.setup.Settled()
	a.settings.Facts = c.facts()
	a.settings.Forget = func(ctx context.Context, tx models.DB) error { return a.clients.Credentials.In(tx).ForgetValues(ctx) }
}

// told reads the object of an event as it is now, for webhooks whose dialect puts it into their bodies; nil when it is gone.
func (a *App) told(ctx context.Context, e models.Event) any {
	ctx = models.System(ctx)
	switch e.Type {
	case "role.created", "role.updated":
		if row, err := a.roles.Get(ctx, roles.OneIn{ID: e.ObjectID}); err == nil {
			return row
		}
	case "role.scopes_changed":
		if held, err := a.roles.ListScopes(ctx, roles.OneIn{ID: e.ObjectID}); err == nil {
			return held
		}
	case "scope.created", "scope.updated":
		found, _, err := a.apis.ScopesByID(ctx, []string{e.ObjectID})
		if row, ok := found[e.ObjectID]; ok && err == nil {
			return row
		}
	}
	return nil
}

// facts are what the settings page tells of how the server runs.
func (c Config) facts() settings.Facts {
	f := settings.Facts{Version: c.Version, URL: c.URL, Aliases: c.Aliases, Database: c.database(), Data: filepath.Base(c.DataFolder)}
	if ca := filepath.Join(c.DataFolder, "ca.pem"); c.DataFolder != "" {
		if _, err := os.Stat(ca); err == nil {
			f.CA = func() ([]byte, error) { return os.ReadFile(ca) }
		}
	}
	return f
}

// database says in words where the data is.
func (c Config) database() string {
	if c.DatabaseURL != "" {
		return "PostgreSQL"
	}
	return "SQLite in ./" + filepath.Base(c.DataFolder)
}

// serves tells whether a host name is one of the origins that the server was started with.
func (c Config) serves(host string) bool {
	return slices.ContainsFunc(append([]string{c.URL}, c.Aliases...), func(origin string) bool {
		u, err := url.Parse(origin)
		return err == nil && strings.EqualFold(u.Hostname(), host)
	})
}

// host is the name under which the server is reached first.
func (c Config) host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// begin writes what an empty database needs before the first answer.
func (a *App) begin(ctx context.Context) error {
	if err := errors.Join(a.settings.Ensure(ctx), a.ring.Prepare(ctx)); err != nil {
		return err
	}
	if err := a.ensureAccess(ctx); err != nil {
		return err
	}
	link, err := a.setup.Begin(ctx, a.Config.URL)
	a.after = append(a.after, func(ctx context.Context) { a.welcome(ctx, link) }, rest)
	return err
}

// welcome makes what the environment names for the first start, or prints the link that opens setup: beside the log, because the
// log holds no secrets.
func (a *App) welcome(ctx context.Context, link string) {
	if err := a.setup.Bootstrap(ctx); err != nil && ctx.Err() == nil {
		a.Config.Log.Error("first start", "error", err)
	}
	if link != "" && a.Config.Printed != nil {
		_, _ = fmt.Fprintln(a.Config.Printed, setup.Line+link)
	}
}

// calm is when starting is over: keys are made and what the environment named is there.
const calm = time.Second

// rest gives the system back what only starting needed: a password hash alone takes 19 MiB that nobody needs again soon.
func rest(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(calm):
		debug.FreeOSMemory()
		settle()
	}
}

// routes lists every route of the program.
func (a *App) routes() []web.Route {
	routes := []web.Route{
		{"GET", "/rest/v1/openapi.json", web.Public, web.ServeOpenAPI(&a.openapi)},
		{"GET", "/", web.Public, web.Raw(web.Console, func(_ context.Context, r *web.Request) error { return r.Next("/console") })},
	}
	for _, more := range [][]web.Route{
		a.setup.Routes(),
		a.account.Routes(),
		a.administrators.Routes(),
		a.settings.Routes(),
		a.documents.Routes(),
		a.domains.Routes(),
		a.outbox.Routes(),
		a.applications.Routes(),
		applications.Pages{Ops: a.applications, Tenant: a.settings.Current}.Routes(),
		a.experience.Routes(),
		a.connections.Routes(),
		connections.Console{Ops: a.connections, Choices: a.clients.Choices}.Routes(),
		a.clients.Routes(),
		a.clients.Credentials.Routes(),
		clients.Console{Ops: a.clients, Head: clients.HeadOf(a.applications.Head)}.Routes(),
		credentials.Console{Ops: a.clients.Credentials, Head: credentials.HeadOf(a.applications.Head)}.Routes(),
		a.events.Routes(),
		a.events.Pages(a.applications.Head),
		a.overview.Routes(),
		a.search.Routes(),
		a.oauth.Routes(),
		a.transmit.Routes(),
		a.logto.Routes(),
		a.auth0.Routes(),
		a.keys.Routes(),
		a.apis.Routes(),
		a.roles.Routes(),
		a.grants.Routes(),
		a.webhooks.Routes(),
		a.mails.Routes(),
		access.Pages{Resources: a.apis, Roles: a.roles, Grants: a.grants, Clients: a.clients, Head: a.applications.Head}.Routes(),
		a.explorer().Routes(),
	} {
		routes = append(routes, more...)
	}
	return routes
}

// decorate adds to every console page what only features know.
func (a *App) decorate(ctx context.Context, c *ui.Chrome) {
	if tenant, err := a.settings.Current(ctx); err == nil {
		c.TenantName = tenant.Name
	}
	c.Healthy = a.overview.Healthy(ctx)
}

// Start begins the background work; it ends with ctx.
func (a *App) Start(ctx context.Context) {
	ctx = models.System(ctx)
	for _, work := range a.after {
		a.running.Go(func() { work(ctx) })
	}
}

// Stop waits for the background work, whose context must have ended, and writes what is still counted in memory.
func (a *App) Stop(ctx context.Context) error {
	a.running.Wait()
	var errs []error
	for _, done := range a.close {
		errs = append(errs, done(models.System(ctx)))
	}
	return errors.Join(errs...)
}

// explorer is the page over the management APIs that are mounted.
func (a *App) explorer() explorer.Explorer {
	return explorer.Explorer{Server: func() *web.Server { return a.Server }, Faces: []explorer.Face{
		{Name: models.FaceNative, Label: "Native", Prefix: "/rest/v1", Audience: a.Config.URL + "/rest/v1"},
		{Name: models.FaceAuth0, Label: "Auth0", Prefix: auth0.Prefix, Audience: a.Config.URL + auth0.Prefix + "/"},
		{Name: models.FaceLogto, Label: "Logto", Prefix: logto.Prefix, Audience: "https://default.logto.app/api"},
		{Name: models.FaceTransmit, Label: "Transmit", Prefix: transmit.Prefix, Audience: a.Config.URL + "/cis"},
	}}
}

// spellers are the dialects that can say what a form of the console does.
func (a *App) spellers() []web.Speller {
	return []web.Speller{
		{Name: "Auth0", Say: a.auth0.Say},
		{Name: "Logto", Say: a.logto.Say},
		{Name: "Transmit", Say: a.transmit.Say},
	}
}
