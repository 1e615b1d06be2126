// Gatehouse is an identity control plane in one binary: administrators manage applications, clients, secrets and the sign-in
// experience in a console and over REST, and the program enforces what they configured as an OAuth 2.0 provider.
//
// This file reads the configuration, opens the database, builds the server, runs it and drains it.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"gatehouse/handlers"
	"gatehouse/migrations"
	"gatehouse/models"
	"gatehouse/web"
)

// version is set by the build (-ldflags "-X main.version=1.2.3").
var version = "dev"

// database is the part of the configuration that every command needs.
type database struct {
	Data          string `help:"Folder of the database, the master key and the local certificate authority." env:"GATEHOUSE_DATA" default:"./data" type:"path"`
	DatabaseURL   string `help:"postgres:// address; without it an embedded SQLite database in the data folder." env:"GATEHOUSE_DATABASE_URL" placeholder:"URL"`
	MasterKeyFile string `help:"File of the master key, one version a line; <data>/master.key when absent, made on first start." env:"GATEHOUSE_MASTER_KEY_FILE" placeholder:"FILE"`
	MasterKey     string `help:"The master key itself." env:"GATEHOUSE_MASTER_KEY" hidden:""`
}

type serve struct {
	database       `embed:""`
	Listen         string   `help:"Address of the plain HTTP listener." env:"GATEHOUSE_LISTEN" default:"127.0.0.1:8080"`
	TLSListen      string   `name:"tls-listen" help:"Address of the TLS listener, or off." env:"GATEHOUSE_TLS_LISTEN" default:"127.0.0.1:8443"`
	TLSCert        string   `name:"tls-cert" help:"PEM certificate chain; a local authority makes one when absent." env:"GATEHOUSE_TLS_CERT" placeholder:"FILE"`
	TLSKey         string   `name:"tls-key" help:"PEM key of the certificate." env:"GATEHOUSE_TLS_KEY" placeholder:"FILE"`
	URL            string   `help:"Public origin; it follows --listen when absent." env:"GATEHOUSE_URL" placeholder:"URL"`
	Alias          []string `help:"Further public origins." env:"GATEHOUSE_ALIASES" placeholder:"URL" sep:","`
	TrustedProxies []string `help:"Networks of proxies whose X-Forwarded-For counts." env:"GATEHOUSE_TRUSTED_PROXIES" placeholder:"CIDR"`
	AllowOutbound  []string `help:"Private networks that outgoing calls may reach, also without TLS." env:"GATEHOUSE_ALLOW_OUTBOUND" placeholder:"CIDR"`
	MetricsListen  string   `help:"Address of metrics and profiling; off when absent." env:"GATEHOUSE_METRICS_LISTEN" placeholder:"ADDR"`
	LogLevel       string   `help:"debug, info, warn or error." env:"GATEHOUSE_LOG_LEVEL" default:"info" enum:"debug,info,warn,error"`

	AdminEmail            string `env:"GATEHOUSE_ADMIN_EMAIL" hidden:""`
	AdminPassword         string `env:"GATEHOUSE_ADMIN_PASSWORD" hidden:""`
	BootstrapClientID     string `env:"GATEHOUSE_BOOTSTRAP_CLIENT_ID" hidden:""`
	BootstrapClientSecret string `env:"GATEHOUSE_BOOTSTRAP_CLIENT_SECRET" hidden:""`
}

type commands struct {
	Serve       serve       `cmd:"" default:"withargs" help:"Run the server (the default)."`
	Migrate     migrate     `cmd:"" help:"Bring the database schema up to date and stop."`
	Backup      backup      `cmd:"" help:"Write a consistent copy of the embedded database to FILE, also while the server runs."`
	Restore     restore     `cmd:"" help:"Replace the embedded database by the copy in FILE; the server must not run."`
	Healthcheck healthcheck `cmd:"" help:"Ask a running server whether it is ready."`
	AuditVerify auditVerify `cmd:"" help:"Check that no entry of the audit log was removed, altered or reordered."`
	Rekey       rekey       `cmd:"" help:"Wrap the data keys with a new version of the master key."`
	Version     versionOf   `cmd:"" help:"Print the version."`
}

func main() {
	var c commands
	k := kong.Parse(&c, kong.Name("gatehouse"), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("Identity control plane: applications, clients, secrets and the sign-in experience."))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "gatehouse: "+err.Error())
		os.Exit(1)
	}
}

type versionOf struct{}

// Run prints the version.
func (versionOf) Run() error {
	fmt.Println("gatehouse " + version)
	return nil
}

// store is an opened, migrated database with its keys.
type store struct {
	db     models.DB
	vault  *models.Vault
	master models.MasterKeys
}

// open opens the database and brings its schema up to date.
func (d database) open(ctx context.Context) (store, error) {
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return store{}, fmt.Errorf("make the data folder: %w", err)
	}
	db, err := models.Open(ctx, d.Data, d.DatabaseURL)
	if err != nil {
		return store{}, err
	}
	if _, err := migrations.Up(ctx, db.Write, db.Postgres); err != nil {
		_ = db.Close()
		return store{}, err
	}
	master, err := d.masterKeys()
	if err != nil {
		_ = db.Close()
		return store{}, err
	}
	vault, err := models.OpenVault(ctx, db, master)
	if err != nil {
		_ = db.Close()
		return store{}, err
	}
	return store{db, vault, master}, nil
}

func (d database) keyFile() string {
	if d.MasterKeyFile != "" {
		return d.MasterKeyFile
	}
	return filepath.Join(d.Data, "master.key")
}

func (d database) masterKeys() (models.MasterKeys, error) {
	if d.MasterKey != "" {
		return models.EnvMasterKeys(d.MasterKey)
	}
	return models.FileMasterKeys(d.keyFile()), nil
}

// Run serves until a signal says to stop: then it takes no more connections, answers what came, and closes the database.
func (s serve) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	log := logger(s.LogLevel)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300) // the live heap is a few MiB: collecting it less often is most of the cost of a small request
	}
	opened, err := s.open(ctx)
	if err != nil {
		return err
	}
	listeners, err := s.listeners()
	if err != nil {
		_ = opened.db.Close()
		return err
	}
	c, err := s.config(opened, listeners, log)
	if err != nil {
		_ = opened.db.Close()
		return err
	}
	app, err := handlers.Build(ctx, c)
	if err != nil {
		_ = opened.db.Close()
		return err
	}
	work, cancel := context.WithCancel(context.Background())
	defer cancel()
	failed := app.Server.Serve(listeners...)
	log.Info("serving", "url", c.URL, "secure", secureOrigin(c.Aliases), "version", version, "listen", s.Listen, "tls_listen", s.TLSListen, "database", kind(opened.db))
	app.Start(work)
	s.watch(work, opened, log)
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	log.Info("stopping")
	return errors.Join(err, drain(app, cancel, opened.db))
}

// drain ends the server within ten seconds: no new connections, open requests answered, counters written, log folded in.
func drain(app *handlers.App, cancel context.CancelFunc, db models.DB) error {
	ctx, done := context.WithTimeout(context.Background(), 9*time.Second)
	defer done()
	err := app.Server.Shutdown(ctx)
	cancel()
	return errors.Join(err, app.Stop(ctx), db.Close())
}

func (s serve) config(o store, ls []net.Listener, log *slog.Logger) (handlers.Config, error) {
	origin, aliases := s.origins(ls)
	proxies, err := networks("--trusted-proxies", s.TrustedProxies)
	if err != nil {
		return handlers.Config{}, err
	}
	outbound, err := networks("--allow-outbound", s.AllowOutbound)
	if err != nil {
		return handlers.Config{}, err
	}
	return handlers.Config{
		Version: version, URL: origin, Aliases: aliases, TrustedProxies: proxies, AllowOutbound: outbound, Log: log, DB: o.db, Vault: o.vault, Master: o.master,
		DatabaseURL: s.DatabaseURL, DataFolder: s.Data, AdminEmail: s.AdminEmail, AdminPassword: models.NewSecret(s.AdminPassword),
		BootstrapID: s.BootstrapClientID, BootstrapSecret: models.NewSecret(s.BootstrapClientSecret), Printed: os.Stdout,
		Ready: func(ctx context.Context) error {
			n, err := migrations.Pending(ctx, o.db.Read)
			if err == nil && n > 0 {
				err = fmt.Errorf("%d migrations are not done", n)
			}
			return err
		},
	}, nil
}

// origins gives the public origin and the aliases: the origin follows the listener when nobody named one, and the TLS
// listener's localhost origin is always an alias.
func (s serve) origins(ls []net.Listener) (origin string, aliases []string) {
	aliases = append(aliases, s.Alias...)
	origin = strings.TrimRight(s.URL, "/")
	for i, scheme := range []string{"http", "https"} {
		if i >= len(ls) || ls[i] == nil {
			continue
		}
		_, port, _ := net.SplitHostPort(ls[i].Addr().String())
		local := (&url.URL{Scheme: scheme, Host: "localhost:" + port}).String()
		if origin == "" {
			origin = local
		}
		aliases = append(aliases, local, (&url.URL{Scheme: scheme, Host: "127.0.0.1:" + port}).String())
	}
	return origin, aliases
}

// listeners opens the ports before anything else begins, so that a taken one is the first thing that is said.
func (s serve) listeners() ([]net.Listener, error) {
	plain, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	if s.TLSListen == "off" {
		return []net.Listener{plain}, nil
	}
	config, err := web.TLSConfig(s.Data, s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, errors.Join(err, plain.Close())
	}
	secure, err := net.Listen("tcp", s.TLSListen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen on %s with TLS (--tls-listen off does without): %w", s.TLSListen, err), plain.Close())
	}
	return []net.Listener{plain, tls.NewListener(secure, config)}, nil
}

// watch runs what belongs to the process and not to a feature: cache news and, when asked for, metrics.
func (s serve) watch(ctx context.Context, o store, log *slog.Logger) {
	var listen func(context.Context, func())
	if o.db.Postgres {
		listen = models.Listen(s.DatabaseURL)
	}
	go o.db.Caches.Watch(ctx, o.db, listen)
	if s.MetricsListen != "" {
		go func() {
			if err := web.ServeMetrics(ctx, s.MetricsListen); err != nil {
				log.Error("metrics", "error", err)
			}
		}()
	}
}

// secureOrigin is the origin of the TLS listener.
func secureOrigin(aliases []string) string {
	for _, a := range aliases {
		if strings.HasPrefix(a, "https://localhost:") {
			return a
		}
	}
	return ""
}

func kind(db models.DB) string {
	if db.Postgres {
		return "postgresql"
	}
	return "sqlite"
}

func logger(level string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // kong has checked the word
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}

func networks(flag string, texts []string) (out []*net.IPNet, err error) {
	for _, t := range texts {
		_, n, err := net.ParseCIDR(strings.TrimSpace(t))
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a network such as 10.0.0.0/8", flag, t)
		}
		out = append(out, n)
	}
	return out, nil
}

type migrate struct {
	database `embed:""`
}

// Run brings the schema up to date.
func (m migrate) Run() error {
	o, err := m.open(context.Background())
	if err != nil {
		return err
	}
	fmt.Println("The schema is up to date.")
	return o.db.Close()
}

type backup struct {
	database `embed:""`
	File     string `arg:"" help:"Where the copy goes; it must not exist." type:"path"`
}

// Run copies the database while it is in use.
func (b backup) Run() error {
	if b.DatabaseURL != "" {
		return errors.New("backup copies the embedded database; for PostgreSQL use pg_dump")
	}
	return models.Backup(context.Background(), b.Data, b.File)
}

type restore struct {
	database `embed:""`
	File     string `arg:"" help:"A copy made by backup." type:"existingfile"`
}

// Run puts a copy in the place of the database.
func (r restore) Run() error {
	if r.DatabaseURL != "" {
		return errors.New("restore replaces the embedded database; for PostgreSQL use pg_restore on what pg_dump wrote")
	}
	return models.Restore(context.Background(), r.Data, r.File)
}

type healthcheck struct {
	Listen string `help:"Address of the server." env:"GATEHOUSE_LISTEN" default:"127.0.0.1:8080"`
}

// Run asks /readyz.
func (h healthcheck) Run() error {
	client := &http.Client{Timeout: 3 * time.Second}
	res, err := client.Get("http://" + h.Listen + "/readyz")
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
	fmt.Print(string(body))
	if res.StatusCode != 200 {
		return fmt.Errorf("the server answers %d", res.StatusCode)
	}
	return nil
}

type rekey struct {
	database `embed:""`
}

// Run adds a version to the key file and wraps the data keys with it. Servers that run read the file again by themselves.
func (r rekey) Run() error {
	if r.MasterKey != "" {
		return errors.New("the master key is given by GATEHOUSE_MASTER_KEY: put a second version after a comma there, restart the servers, then run rekey with --master-key-file")
	}
	ctx := context.Background()
	o, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer o.db.Close()
	file := models.FileMasterKeys(r.keyFile())
	v, err := file.AddVersion()
	if err != nil {
		return err
	}
	n, err := models.Rekey(models.System(ctx), o.db, file)
	if err != nil {
		return err
	}
	fmt.Printf("%d data keys are wrapped by version %d of the master key in %s. Keep the older lines until every backup made before has expired.\n", n, v, r.keyFile())
	return nil
}

type auditVerify struct {
	database `embed:""`
}

// Run walks the audit log and says what is wrong with it; a log that is not what was sealed ends the command with an error.
func (a auditVerify) Run() error {
	ctx := context.Background()
	o, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer o.db.Close()
	r, err := models.Verify(ctx, o.db, o.vault)
	if err != nil {
		return err
	}
	fmt.Printf("%d entries are sealed, %d checkpoints, %d details erased.\n", r.Sealed, r.Checkpoints, r.Erased)
	if r.Unsealed > 0 {
		fmt.Printf("%d entries since %s are not sealed yet: a running server does that within a second.\n", r.Unsealed, r.OldestWaits.Format(time.RFC3339))
	}
	for _, p := range r.Problems {
		fmt.Printf("sequence %d: %s: %s %s\n", p.Seq, p.Kind, p.Text, p.ID)
	}
	if !r.Sound() {
		return fmt.Errorf("the audit log is not what was sealed: %d problems", len(r.Problems)+r.MoreProblems)
	}
	fmt.Println("Nothing was removed, altered or reordered.")
	return nil
}
