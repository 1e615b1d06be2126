// Gatehouse is an identity control plane in one binary: administrators manage applications, clients, secrets and the sign-in
// experience in a console and over REST, and the program enforces what they configured as an OAuth 2.0 provider.
//
// This file reads the configuration, opens the database, builds the server, runs it and drains it.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
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
	"slices"
	"strings"
	"syscall"
	"time"

	"gatehouse/handlers"
	"gatehouse/migrations"
	"gatehouse/models"
	"gatehouse/web"
)

// version is set by the build (-ldflags "-X main.version=1.2.3").
var version = "dev"

// database is the part of the configuration that every command needs.
type database struct{ Data, DatabaseURL, MasterKeyFile, MasterKey string }

func (d *database) flags(f *options) {
	f.text(&d.Data, "data", "GATEHOUSE_DATA", "./data", "Folder of the database, the master key and the local certificate authority.")
	f.text(&d.DatabaseURL, "database-url", "GATEHOUSE_DATABASE_URL", "", "postgres:// address; without it an embedded SQLite database in the data folder.")
	f.text(&d.MasterKeyFile, "master-key-file", "GATEHOUSE_MASTER_KEY_FILE", "", "File of the master key, one version a line; <data>/master.key when absent, made on first start.")
	d.MasterKey = os.Getenv("GATEHOUSE_MASTER_KEY") // by environment only: a command line can be read by every user of a machine
}

type serve struct {
	database
	Listen, TLSListen, TLSCert, TLSKey, URL, MetricsListen, LogLevel string
	Alias, TrustedProxies, AllowOutbound                             []string
}

func (s *serve) flags(f *options) {
	f.text(&s.Listen, "listen", "GATEHOUSE_LISTEN", "127.0.0.1:8080", "Address of the plain HTTP listener.")
	f.text(&s.TLSListen, "tls-listen", "GATEHOUSE_TLS_LISTEN", "127.0.0.1:8443", "Address of the TLS listener, or off.")
	f.text(&s.TLSCert, "tls-cert", "GATEHOUSE_TLS_CERT", "", "PEM certificate chain; a local authority makes one when absent.")
	f.text(&s.TLSKey, "tls-key", "GATEHOUSE_TLS_KEY", "", "PEM key of the certificate.")
	f.text(&s.URL, "url", "GATEHOUSE_URL", "", "Public origin; it follows --listen when absent.")
	f.list(&s.Alias, "alias", "GATEHOUSE_ALIASES", "Further public origins.")
	f.list(&s.TrustedProxies, "trusted-proxies", "GATEHOUSE_TRUSTED_PROXIES", "Networks (CIDR) of proxies whose X-Forwarded-For counts.")
	f.list(&s.AllowOutbound, "allow-outbound", "GATEHOUSE_ALLOW_OUTBOUND", "Private networks (CIDR) that outgoing calls may reach, also without TLS.")
	f.text(&s.MetricsListen, "metrics-listen", "GATEHOUSE_METRICS_LISTEN", "", "Address of metrics and profiling; off when absent.")
	f.text(&s.LogLevel, "log-level", "GATEHOUSE_LOG_LEVEL", "info", "debug, info, warn or error.")
	s.database.flags(f)
}

// options are the flags of one command, each with its twin in the environment. The standard library's flags do here: a richer
// package finds its commands by reflection, for which the linker keeps every method of the program, a fifth of the binary.
type options struct{ *flag.FlagSet }

func (f *options) text(to *string, name, env, otherwise, usage string) {
	f.StringVar(to, name, otherwise, usage+" $"+env)
	if v := os.Getenv(env); v != "" {
		*to = v // not as the default: help would print what the environment holds
	}
}

// list may be given several times, or once with commas. On the command line it replaces what the environment says.
func (f *options) list(to *[]string, name, env, usage string) {
	if v := os.Getenv(env); v != "" {
		*to = strings.Split(v, ",")
	}
	said := false
	f.Func(name, usage+" $"+env, func(v string) error {
		if !said {
			*to, said = nil, true
		}
		*to = append(*to, strings.Split(v, ",")...)
		return nil
	})
}

// command is one word of the program: what it reads and does. A file is an argument that it needs.
type command struct {
	name, file, help string
	flags            func(*options)
	run              func(file string) error
}

func commands() []command {
	var s serve
	var m migrate
	var b backup
	var r restore
	var h healthcheck
	var a auditVerify
	var k rekey
	return []command{
		{"serve", "", "Run the server (the default).", s.flags, func(string) error { return s.Run() }},
		{"migrate", "", "Bring the database schema up to date and stop.", m.flags, func(string) error { return m.Run() }},
		{"backup", "FILE", "Write a consistent copy of the embedded database to FILE, also while the server runs.", b.flags, b.Run},
		{"restore", "FILE", "Replace the embedded database by the copy in FILE; the server must not run.", r.flags, r.Run},
		{"healthcheck", "", "Ask a running server whether it is ready.", h.flags, func(string) error { return h.Run() }},
		{"audit-verify", "", "Check that no entry of the audit log was removed, altered or reordered.", a.flags, func(string) error { return a.Run() }},
		{"rekey", "", "Wrap the data keys with a new version of the master key.", k.flags, func(string) error { return k.Run() }},
		{"version", "", "Print the version.", func(*options) {}, func(string) error {
			_, err := fmt.Println("gatehouse " + version)
			return err
		}},
	}
}

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "gatehouse: "+err.Error())
		os.Exit(1)
	}
}

// run finds the command, reads its flags in any order with its arguments, and does it.
func run(args []string) error {
	all, name := commands(), "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		usage(all)
		return fmt.Errorf("there is no command %q", name)
	}
	c, f := all[i], &options{flag.NewFlagSet("gatehouse "+name, flag.ContinueOnError)}
	c.flags(f)
	f.Usage = func() {
		if usage(all); name != "serve" || len(args) > 0 {
			fmt.Fprintf(f.Output(), "\ngatehouse %s\n", strings.TrimSpace(name+" "+c.file))
			f.PrintDefaults()
		}
	}
	var files []string
	for {
		if err := f.Parse(args); err != nil {
			return err
		}
		if f.NArg() == 0 {
			break
		}
		files, args = append(files, f.Arg(0)), f.Args()[1:]
	}
	switch {
	case c.file == "" && len(files) > 0:
		return fmt.Errorf("%s takes no argument %q", name, files[0])
	case c.file != "" && len(files) != 1:
		return fmt.Errorf("%s needs one %s", name, c.file)
	case c.file != "":
		return c.run(files[0])
	}
	return c.run("")
}

func usage(all []command) {
	fmt.Fprintln(os.Stderr, "Identity control plane: applications, clients, secrets and the sign-in experience.\n\nUsage: gatehouse [command] [flags]")
	for _, c := range all {
		fmt.Fprintf(os.Stderr, "  %-14s %s\n", strings.TrimSpace(c.name+" "+c.file), c.help)
	}
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

// mostHeap is where the collector begins to work harder, in bytes. The whole process is to stay below 512 MiB.
const mostHeap = 320 << 20

// Run serves until a signal says to stop: then it takes no more connections, answers what came, and closes the database.
func (s serve) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	log, err := logger(s.LogLevel)
	if err != nil {
		return err
	}
	slog.SetDefault(log) // what is told by the way is told in the same form
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300) // the live heap is a few MiB: collecting it less often is most of the cost of a small request
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(mostHeap) // but several files of 20 MiB at once leave more behind than that may grow to
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
	log.Info("serving", "url", c.URL, "secure", secureOrigin(c.Aliases), "version", version, "listen", addressOf(listeners, 0), "tls_listen", addressOf(listeners, 1), "database", kind(opened.db))
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
		DatabaseURL: s.DatabaseURL, DataFolder: s.Data, AdminEmail: os.Getenv("GATEHOUSE_ADMIN_EMAIL"), AdminPassword: secretEnv("GATEHOUSE_ADMIN_PASSWORD"),
		BootstrapID: os.Getenv("GATEHOUSE_BOOTSTRAP_CLIENT_ID"), BootstrapSecret: secretEnv("GATEHOUSE_BOOTSTRAP_CLIENT_SECRET"), Printed: os.Stdout,
		Ready: func(ctx context.Context) error {
			n, err := migrations.Pending(ctx, o.db.Read)
			if err == nil && n > 0 {
				err = fmt.Errorf("%d migrations are not done", n)
			}
			return err
		},
	}, nil
}

// addressOf is where a listener listens, which its flag does not tell where that leaves the port to the system.
func addressOf(ls []net.Listener, i int) string {
	if i >= len(ls) || ls[i] == nil {
		return "off"
	}
	return ls[i].Addr().String()
}

func secretEnv(name string) models.Secret { return models.NewSecret(os.Getenv(name)) }

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

func logger(level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level: %q is not debug, info, warn or error", level)
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l})), nil
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

type migrate struct{ database }

// Run brings the schema up to date.
func (m migrate) Run() error {
	o, err := m.open(context.Background())
	if err != nil {
		return err
	}
	fmt.Println("The schema is up to date.")
	return o.db.Close()
}

type backup struct{ database }

// Run copies the database while it is in use into a file that must not exist.
func (b *backup) Run(file string) error {
	if b.DatabaseURL != "" {
		return errors.New("backup copies the embedded database; for PostgreSQL use pg_dump")
	}
	return models.Backup(context.Background(), b.Data, file)
}

type restore struct{ database }

// Run puts a copy, made by backup, in the place of the database.
func (r *restore) Run(file string) error {
	if r.DatabaseURL != "" {
		return errors.New("restore replaces the embedded database; for PostgreSQL use pg_restore on what pg_dump wrote")
	}
	return models.Restore(context.Background(), r.Data, file)
}

type healthcheck struct{ Listen string }

func (h *healthcheck) flags(f *options) {
	f.text(&h.Listen, "listen", "GATEHOUSE_LISTEN", "127.0.0.1:8080", "Address of the server.")
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

type rekey struct{ database }

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

type auditVerify struct{ database }

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
