// Package handlers joins the features: this file is the only list of them. It builds each with what it needs, mounts its
// routes, and starts its work in the background.
package handlers

import (
	"context"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

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
	Now            func() time.Time // nil for the clock

	AdminEmail      string
	AdminPassword   models.Secret
	BootstrapID     string
	BootstrapSecret models.Secret
}

// App is the built program: a server and what runs beside it.
type App struct {
	Server  *web.Server
	Config  Config
	openapi []byte
	after   []func(ctx context.Context) // run once the server listens, each in a goroutine of its own
	close   []func(ctx context.Context) error
	running sync.WaitGroup
}

// Build makes every feature and mounts its routes. The database is migrated already.
func Build(ctx context.Context, c Config) (*App, error) {
	a := &App{Config: c}
	var err error
	a.Server, err = web.New(web.Options{Version: c.Version, URL: c.URL, Aliases: c.Aliases, TrustedProxies: c.TrustedProxies,
		Log: c.Log, DB: c.DB, Vault: c.Vault, Ready: c.Ready, Decorate: a.decorate})
	if err != nil {
		return nil, err
	}
	routes := []web.Route{
		{"GET", "/rest/v1/openapi.json", web.Public, web.ServeOpenAPI(&a.openapi)},
		{"GET", "/", web.Public, web.Raw(web.Console, func(_ context.Context, r *web.Request) error { return r.Next("/console") })},
	}
	if err := a.Server.Mount(routes...); err != nil {
		return nil, err
	}
	a.openapi = web.OpenAPI(a.Server.Routes(), c.Version)
	return a, nil
}

// decorate adds to every console page what only features know.
func (a *App) decorate(ctx context.Context, c *ui.Chrome) {}

// Start begins the background work; it ends with ctx.
func (a *App) Start(ctx context.Context) {
	for _, work := range a.after {
		a.running.Go(func() { work(ctx) })
	}
}

// Stop waits for the background work, whose context must have ended, and writes what is still counted in memory.
func (a *App) Stop(ctx context.Context) error {
	a.running.Wait()
	for _, done := range a.close {
		if err := done(ctx); err != nil {
			return err
		}
	}
	return nil
}
