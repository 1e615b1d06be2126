// Package setup makes the first administrator: through a page that opens with a one-time link, or, headless, from the
// environment. Once there is an administrator it is closed for good.
package setup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
)

// LinkLifetime is how long the printed link works; a restart prints another, nodes that start together print the same.
const LinkLifetime = 24 * time.Hour

// Line begins the line that tells where setup is; the setup page names it too.
const Line = "Set up Gatehouse: "

// Headless is what the environment may say so that nobody needs a browser.
type Headless struct {
	Email        string
	Password     models.Secret
	ClientID     string
	ClientSecret models.Secret
}

// Ops are the things that can be done before there is an administrator.
type Ops struct {
	DB       models.DB
	Now      func() time.Time
	Admins   administrators.Ops
	Headless Headless
	Database string // for the page: "SQLite in ./data"
	// Client makes the first management application with a client of this id and secret, unless there is such a client.
	Client func(ctx context.Context, id string, secret models.Secret) error

	closed  *atomic.Bool
	settled chan struct{}
}

// New makes the operations next to those of administrators.
func New(admins administrators.Ops, headless Headless) Ops {
	return Ops{DB: admins.DB, Now: models.Now, Admins: admins, Headless: headless, closed: new(atomic.Bool), settled: make(chan struct{})}
}

// Open tells whether there is no administrator yet and setup is how one is made. That never becomes true again, so the
// database is not asked any more once it was false.
func (o Ops) Open(ctx context.Context) bool {
	if o.closed.Load() {
		return false
	}
	some, err := administrators.Any(ctx, o.DB.Read)
	if err != nil {
		return false // whoever asks meets the database's fault at the next step
	}
	if some {
		o.closed.Store(true)
	}
	return !some
}

// Settled is closed once Bootstrap is through: a sign-in that comes before it waits for the administrator to be there.
func (o Ops) Settled() <-chan struct{} { return o.settled }

// Begin makes the management client that the environment names, and gives the address to print when nobody administers the server yet and the
// environment names nobody either; else it is empty. Settings that Bootstrap could not use are told now, before the server listens.
func (o Ops) Begin(ctx context.Context, origin string) (string, error) {
	if err := o.checkHeadless(); err != nil {
		return "", err
	}
	ctx = models.System(ctx)
	if o.Headless.ClientID != "" && o.Client != nil {
		if err := o.Client(ctx, o.Headless.ClientID, o.Headless.ClientSecret); err != nil {
			return "", fmt.Errorf("make the management client of GATEHOUSE_BOOTSTRAP_CLIENT_ID: %w", err)
		}
	}
	if o.Headless.Email != "" {
		o.closed.Store(true)
		return "", nil
	}
	if !o.Open(ctx) {
		return "", nil
	}
	var token string
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) (err error) {
		token, err = o.Admins.SetupLink(ctx, tx, o.Now(), LinkLifetime)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make the setup link: %w", err)
	}
	return origin + "/setup?token=" + url.QueryEscape(token), nil
}

const clientIDCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

func (o Ops) checkHeadless() error {
	h := o.Headless
	if (h.Email == "") != h.Password.Empty() {
		return errors.New("GATEHOUSE_ADMIN_EMAIL and GATEHOUSE_ADMIN_PASSWORD go together: give both or neither")
	}
	if (h.ClientID == "") != h.ClientSecret.Empty() {
		return errors.New("GATEHOUSE_BOOTSTRAP_CLIENT_ID and GATEHOUSE_BOOTSTRAP_CLIENT_SECRET go together: give both or neither")
	}
	if strings.Trim(h.ClientID, clientIDCharacters) != "" || len(h.ClientID) > 64 {
		return errors.New("GATEHOUSE_BOOTSTRAP_CLIENT_ID takes up to 64 letters, digits and the signs . _ -")
	}
	if h.Email == "" {
		return nil
	}
	var c models.Check
	administrators.CheckEmail(&c, h.Email)
	administrators.CheckPassword(&c, "password", h.Password, "", h.Email)
	if f, ok := models.AsFault(c.Err()); ok {
		return fmt.Errorf("GATEHOUSE_ADMIN_%s: %s", map[string]string{"email": "EMAIL", "password": "PASSWORD"}[f.Fields[0].Name], f.Fields[0].Text)
	}
	return nil
}

// Bootstrap makes the first administrator that the environment names, unless there is one. The password's hash takes its time,
// so it runs once the server listens; doing it again changes nothing.
func (o Ops) Bootstrap(ctx context.Context) error {
	defer close(o.settled)
	if o.Headless.Email == "" {
		return nil
	}
	ctx = models.System(ctx)
	if some, err := administrators.Any(ctx, o.DB.Read); err != nil || some {
		return err
	}
	hash, err := o.Admins.Passwords.Hash(ctx, o.Headless.Password)
	if err != nil {
		return fmt.Errorf("make the first administrator: %w", err)
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		_, err := o.Admins.First(ctx, tx, administrators.InviteIn{Email: o.Headless.Email, Name: "Owner"}, hash)
		return err
	})
	if models.IsFault(err, models.NotFound) || models.IsFault(err, models.Conflict) {
		return nil // another node was faster
	}
	return err
}

// PageIn is the link that somebody opened.
type PageIn struct {
	Token models.Secret `json:"-" query:"token"`
}

// State is what the setup page needs to know.
type State struct {
	Token models.Secret
	Right bool // the token is the one that was printed
	Until time.Time
}

// Look tells whether the link opens setup.
// Faults: NotFound (setup_done) once there is an administrator.
func (o Ops) Look(ctx context.Context, in PageIn) (State, error) {
	if !o.Open(ctx) {
		return State{}, done()
	}
	link, err := administrators.FindLink(ctx, o.DB, models.LinkSetup, in.Token.Reveal(), o.Now())
	if models.IsFault(err, models.NotFound) {
		return State{Token: in.Token}, nil
	}
	return State{Token: in.Token, Right: err == nil, Until: link.ExpiresAt}, err
}

// CreateIn is the first administrator.
type CreateIn struct {
	Token    models.Secret `json:"-" form:"token"`
	Name     string        `json:"-" form:"name"`
	Email    string        `json:"-" form:"email"`
	Password models.Secret `json:"-" form:"password"`
}

// Create makes the first administrator, an owner, and uses the link up.
// Faults: Invalid, Forbidden (wrong_setup_link), NotFound (setup_done).
func (o Ops) Create(ctx context.Context, in CreateIn) (models.Administrator, error) {
	state, err := o.Look(ctx, PageIn{in.Token})
	if err != nil {
		return models.Administrator{}, err
	}
	if !state.Right {
		return models.Administrator{}, &models.Fault{Code: models.Forbidden, Reason: "wrong_setup_link", Text: "Setup opens only with the link that was printed last. Look at the terminal of the server."}
	}
	var c models.Check
	administrators.CheckName(&c, in.Name)
	administrators.CheckEmail(&c, in.Email)
	if administrators.CheckPassword(&c, "password", in.Password, in.Name, in.Email); c.Err() != nil {
		return models.Administrator{}, c.Err()
	}
	hash, err := o.Admins.Passwords.Hash(ctx, in.Password)
	if err != nil {
		return models.Administrator{}, err
	}
	var row models.Administrator
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := administrators.UseLink(ctx, tx, models.LinkSetup, in.Token.Reveal(), o.Now()); err != nil {
			return done()
		}
		if row, err = o.Admins.First(ctx, tx, administrators.InviteIn{Email: in.Email, Name: in.Name}, hash); err != nil {
			return err
		}
		return administrators.SignedIn(ctx, tx, row, o.Now())
	})
	if err == nil {
		o.closed.Store(true)
	}
	return row, err
}

func done() error {
	return &models.Fault{Code: models.NotFound, Reason: "setup_done", Text: "This server is set up already. Sign in."}
}
