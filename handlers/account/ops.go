// Package account is how administrators sign in, and what they may change about themselves: password, authenticator app,
// recovery codes, sessions. Who is an administrator at all is its neighbour, handlers/administrators.
package account

import (
	"context"
	"encoding/base64"
	"time"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
)

// TicketLifetime is how long the second step of a sign-in may follow the first, and TicketTries how often it may be tried.
const (
	TicketLifetime = 5 * time.Minute
	TicketTries    = 5
)

// Ops are the things that somebody can do to sign in, and with the own account.
type Ops struct {
	DB        models.DB
	Vault     *models.Vault
	Now       func() time.Time
	Passwords *models.Passwords
	Admins    administrators.Ops
	// Settled is closed once the administrator that the environment names is there; nil when nothing is to wait for.
	Settled <-chan struct{}
}

// New makes the operations next to those of administrators.
func New(admins administrators.Ops) Ops {
	return Ops{DB: admins.DB, Vault: admins.Vault, Now: models.Now, Passwords: admins.Passwords, Admins: admins}
}

// SignInIn is the first step of a sign-in. Code may come along: it is the way through a lock for whoever has a second factor.
type SignInIn struct {
	Email    string        `json:"-" form:"email"`
	Password models.Secret `json:"-" form:"password"`
	Code     models.Secret `json:"-" form:"code"`
	Next     string        `json:"-" form:"next" query:"next"`
}

// SignedIn is the outcome of a step: the administrator, or, when a second step is due, the ticket for it.
type SignedIn struct {
	Administrator models.Administrator
	Ticket        string
}

// SignIn judges address and password. Whoever has a second factor gets a ticket for the next step and nothing else.
// Faults: Unauthenticated (sign_in_failed), RateLimited (sign_in_locked), Unavailable (too_many_sign_ins); each is the same
// whether or not there is such an account.
func (o Ops) SignIn(ctx context.Context, in SignInIn) (SignedIn, error) {
	if o.Settled != nil {
		select {
		case <-o.Settled:
		case <-ctx.Done():
		}
	}
	who, err := administrators.ByEmail(ctx, o.DB.Read, in.Email)
	if err != nil && !models.IsFault(err, models.NotFound) {
		return SignedIn{}, err
	}
	try, err := o.begin(ctx, who, o.nobody(in.Email), !in.Code.Empty())
	if err != nil {
		return SignedIn{}, err
	}
	outdated, reason, err := o.judge(ctx, who, in)
	switch {
	case err != nil:
		return SignedIn{}, try.failed(ctx, err)
	case reason != "":
		return SignedIn{}, try.lost(ctx, reason, notRight())
	case try.locked && !who.SecondFactor(): // right, but a password alone does not pass a lock, and nobody hears that it was right
		return SignedIn{}, try.lost(ctx, "locked", notRight())
	case who.SecondFactor() && in.Code.Empty():
		return o.ticket(ctx, try)
	}
	return SignedIn{Administrator: who}, try.won(ctx, o.rehash(ctx, who, in.Password, outdated), models.Secret{})
}

// judge tells why a sign-in is refused, or nothing. It hashes once, whoever asks for whomever.
func (o Ops) judge(ctx context.Context, who models.Administrator, in SignInIn) (outdated bool, reason string, err error) {
	ok, outdated, err := o.Passwords.Verify(ctx, who.PasswordHash, in.Password)
	switch {
	case err != nil:
		return false, "", err
	case who.ID == "":
		return false, "unknown_account", nil
	case !ok:
		return false, "wrong_password", nil
	case who.Disabled:
		return false, "disabled", nil
	}
	if who.SecondFactor() && !in.Code.Empty() {
		ok, err := o.secondFactor(ctx, who, in.Code)
		if err != nil || !ok {
			return false, "wrong_code", err
		}
	}
	return outdated, "", nil
}

// rehash gives the password's hash with today's parameters, or nothing when the stored one has them.
func (o Ops) rehash(ctx context.Context, who models.Administrator, password models.Secret, outdated bool) string {
	if !outdated {
		return ""
	}
	hash, err := o.Passwords.Hash(ctx, password)
	if err != nil {
		return "" // the old one still opens; the next sign-in tries again
	}
	return hash
}

// ticket remembers that the password was right, on the server, and gives the browser a random name for that.
func (o Ops) ticket(ctx context.Context, try attempt) (SignedIn, error) {
	token, now := models.RandomToken(), o.Now()
	row := models.PendingSignIn{Hash: models.HashToken(token), AdministratorID: try.who.ID, ExpiresAt: now.Add(TicketLifetime)}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if _, err := tx.Write.NewDelete().Model((*models.PendingSignIn)(nil)).Where("expires_at < ?", now).Exec(ctx); err != nil {
			return err
		}
		if err := administrators.Still(ctx, tx, try.who); err != nil {
			return err
		}
		if _, err := tx.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return try.refund(ctx, tx)
	})
	return SignedIn{Administrator: try.who, Ticket: token}, try.overtaken(ctx, err)
}

// CodeIn is the second step of a sign-in.
type CodeIn struct {
	Ticket models.Secret `json:"-" form:"ticket"`
	Code   models.Secret `json:"-" form:"code"`
	Next   string        `json:"-" form:"next"`
}

// SecondStep judges the code of an authenticator app, or a recovery code, for a ticket of the first step.
// Faults: Unauthenticated (ticket_expired, wrong_code), RateLimited (sign_in_locked).
func (o Ops) SecondStep(ctx context.Context, in CodeIn) (SignedIn, error) {
	who, err := o.redeem(ctx, in.Ticket)
	if err != nil {
		return SignedIn{}, err
	}
	try, err := o.begin(ctx, who, "", true)
	if err != nil {
		return SignedIn{}, err
	}
	ok, err := o.secondFactor(ctx, who, in.Code)
	switch {
	case err != nil:
		return SignedIn{}, try.failed(ctx, err)
	case !ok:
		return SignedIn{}, try.lost(ctx, "wrong_code", wrongCode())
	}
	return SignedIn{Administrator: who}, try.won(ctx, "", in.Ticket)
}

// redeem counts a try of a ticket and gives its administrator.
func (o Ops) redeem(ctx context.Context, ticket models.Secret) (models.Administrator, error) {
	now, hash := o.Now(), models.HashToken(ticket.Reveal())
	res, err := o.DB.Write.NewUpdate().Model((*models.PendingSignIn)(nil)).Set("tries = tries + 1").Where("hash = ?", hash).
		Where("tries < ?", TicketTries).Where("expires_at > ?", now).Exec(ctx)
	if err := models.Touched(res, err, "sign_in"); models.IsFault(err, models.NotFound) {
		return models.Administrator{}, ticketExpired()
	} else if err != nil {
		return models.Administrator{}, err
	}
	var row models.PendingSignIn
	if err := o.DB.Write.NewSelect().Model(&row).Where("hash = ?", hash).Scan(ctx); err != nil {
		return models.Administrator{}, models.Found(err, "sign_in")
	}
	who, err := administrators.One(ctx, o.DB.Read, row.AdministratorID)
	if models.IsFault(err, models.NotFound) || who.Disabled {
		return models.Administrator{}, ticketExpired()
	}
	return who, err
}

// useTicket ends a ticket; of two sign-ins with one, the second finds none. An empty one stands for a sign-in of one step.
func useTicket(ctx context.Context, tx models.DB, ticket models.Secret) error {
	if ticket.Empty() {
		return nil
	}
	res, err := tx.Write.NewDelete().Model((*models.PendingSignIn)(nil)).Where("hash = ?", models.HashToken(ticket.Reveal())).Exec(ctx)
	if err := models.Touched(res, err, "sign_in"); !models.IsFault(err, models.NotFound) {
		return err
	}
	return ticketExpired()
}

func ticketExpired() error {
	return &models.Fault{Code: models.Unauthenticated, Reason: "ticket_expired", Text: "That took too long or too many tries. Begin again with your password."}
}

// ConfirmIn proves again who somebody is who is signed in.
type ConfirmIn struct {
	Password models.Secret `json:"-" form:"password"`
	Code     models.Secret `json:"-" form:"code"`
	Next     string        `json:"-" form:"next" query:"next"`
}

// Confirm judges password and second factor of the signed-in administrator at once. The caller starts a session anew.
// Faults: Unauthenticated (sign_in_failed, wrong_code), RateLimited (sign_in_locked).
func (o Ops) Confirm(ctx context.Context, in ConfirmIn) (models.Administrator, error) {
	who, err := o.me(ctx)
	if err != nil {
		return who, err
	}
	try, err := o.begin(ctx, who, "", who.SecondFactor() && !in.Code.Empty())
	if err != nil {
		return who, err
	}
	outdated, reason, err := o.judge(ctx, who, SignInIn{Password: in.Password, Code: in.Code})
	if err != nil {
		return who, try.failed(ctx, err)
	}
	if reason == "" && who.SecondFactor() && in.Code.Empty() {
		reason = "wrong_code"
	}
	if reason == "wrong_code" {
		return who, try.lost(ctx, reason, wrongCode())
	}
	if reason != "" {
		return who, try.lost(ctx, reason, notRight())
	}
	return who, try.won(ctx, o.rehash(ctx, who, in.Password, outdated), models.Secret{})
}

// me reads the administrator who asks. Faults: Unauthenticated.
func (o Ops) me(ctx context.Context) (models.Administrator, error) {
	actor := models.ActorFrom(ctx)
	if actor.Kind != models.ActorAdministrator {
		return models.Administrator{}, &models.Fault{Code: models.Unauthenticated, Reason: "not_signed_in", Text: "Sign in first."}
	}
	return administrators.One(ctx, o.DB.Read, actor.ID)
}

// nobody names an address without an account in the counters, so that the address itself is stored nowhere.
func (o Ops) nobody(email string) string {
	return "?" + base64.RawURLEncoding.EncodeToString(o.Vault.MAC(models.KeyHash, "sign_in", models.EmailKey(email))[:18])
}
