package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
)

// tier says for how long nothing is judged after so many failures in a row.
type tier struct {
	failures int64
	lock     time.Duration
}

// Tiers, the highest first. A source may fail more often than one account from it, or else the second factor could never pass
// the account's lock without meeting the source's (SECURITY: a stranger at the next desk locks himself, not the owner).
var (
	accountTiers = []tier{{20, time.Hour}, {10, 15 * time.Minute}, {5, time.Minute}}
	sourceTiers  = []tier{{80, time.Hour}, {40, 15 * time.Minute}, {20, time.Minute}}
	mailTiers    = []tier{{3, 15 * time.Minute}}
)

// accountMost is how many failures in a row one account takes from all sources together (NIST SP 800-63B-4 section 3.2.2 allows
// 100). After that only sources from which somebody signed in to it before are judged, so that strangers cannot lock it.
const accountMost = 90

// How long counters are remembered.
const (
	failuresKept = 24 * time.Hour
	sourcesKept  = 30 * 24 * time.Hour
)

// attempt is one try to prove who somebody is. It is counted as a failure before it is judged, so that of many at once no more
// are judged than the tiers allow, and taken back when it succeeds.
type attempt struct {
	o             Ops
	who           models.Administrator // no ID: there is no such account
	pair, account string               // keys of the counters
	taken         []counter            // what was counted, as it was then
	locked        bool                 // a password alone does not open now
}

// begin counts an attempt. nobody names the account in the counters when there is none; withCode says that the attempt brings a
// second factor, which passes a lock of the account but never one of the source.
// Faults: RateLimited (sign_in_locked).
func (o Ops) begin(ctx context.Context, who models.Administrator, nobody string, withCode bool) (attempt, error) {
	name, source := who.ID, Source(models.RequestFrom(ctx).IP)
	if name == "" {
		name = nobody
	}
	a := attempt{o: o, who: who, pair: "p:" + name + "|" + source, account: "a:" + name}
	var refused error
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) (err error) {
		refused, err = a.count(ctx, tx, "s:"+source, withCode)
		return err
	})
	if err == nil {
		err = refused // after the commit: what was counted stays counted
	}
	return a, err
}

func (a *attempt) count(ctx context.Context, tx models.DB, source string, withCode bool) (refused, err error) {
	now := a.o.Now()
	here, err := count(ctx, tx, source, sourceTiers, now)
	if err != nil || !here.counted {
		return lockedFault(here.wait(now)), err
	}
	pair, err := count(ctx, tx, a.pair, accountTiers, now)
	if a.locked = !pair.counted; err != nil || a.locked && !withCode {
		return lockedFault(pair.wait(now)), err
	}
	all, err := count(ctx, tx, a.account, nil, now)
	if a.taken = []counter{here, all}; !a.locked {
		a.taken = append(a.taken, pair)
	}
	if err == nil && all.Failures > accountMost && pair.SucceededAt.IsZero() {
		return lockedFault(time.Hour), nil
	}
	return nil, err
}

// Source is the part of an address that one person holds: an IPv4 address, or the /64 network of an IPv6 one.
func Source(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap()
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// counter is a row of the table of attempts after it was counted up, or as it is while locked.
type counter struct {
	bun.BaseModel `bun:"table:sign_in_attempts,alias:t"`

	Key         string    `bun:"key,pk"`
	Failures    int64     `bun:"failures"`
	LockedUntil time.Time `bun:"locked_until,nullzero"`
	SucceededAt time.Time `bun:"succeeded_at,nullzero"`
	LastAt      time.Time `bun:"last_at"`
	counted     bool
}

func (c counter) wait(now time.Time) time.Duration { return max(0, c.LockedUntil.Sub(now)) }

// count adds one failure to a counter unless it is locked, in one statement, and locks it where a tier begins.
func count(ctx context.Context, tx models.DB, key string, tiers []tier, now time.Time) (counter, error) {
	old := now.Add(-failuresKept)
	lock, args := "CASE WHEN t.last_at < ? THEN NULL", []any{key, now, old, old}
	for _, step := range tiers {
		lock += fmt.Sprintf(" WHEN t.failures + 1 >= %d THEN ?", step.failures)
		args = append(args, now.Add(step.lock))
	}
	row := counter{counted: true}
	err := tx.Write.NewRaw(`INSERT INTO sign_in_attempts AS t (key, failures, last_at) VALUES (?, 1, ?)
		ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN t.last_at < ? THEN 1 ELSE t.failures + 1 END,
			locked_until = `+lock+` ELSE t.locked_until END, last_at = ?
		WHERE t.locked_until IS NULL OR t.locked_until <= ?
		RETURNING key, failures, locked_until, succeeded_at, last_at`, append(args, now, now)...).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		row.counted = false
		err = tx.Write.NewSelect().Model(&row).Where("key = ?", key).Scan(ctx)
	}
	if err != nil {
		return row, fmt.Errorf("count attempts: %w", err)
	}
	return row, nil
}

// lockedFault is what a locked person hears: the same for a right and a wrong password, and for an account that does not exist.
func lockedFault(wait time.Duration) error {
	minutes, unit := int((wait+time.Minute-1)/time.Minute), "minutes"
	if minutes == 1 {
		unit = "minute"
	}
	return &models.Fault{Code: models.RateLimited, Reason: "sign_in_locked", RetryAfter: wait,
		Text: fmt.Sprintf("Too many attempts. Wait %d %s and try again.", minutes, unit)}
}

// lost leaves the attempt counted, records why it was refused, and gives the fault that the person hears.
func (a attempt) lost(ctx context.Context, reason string, heard error) error {
	e := models.Event{Type: "administrator.sign_in_failed", Outcome: "failure", Reason: reason, ObjectKind: "administrator",
		ObjectID: a.who.ID, ObjectName: a.who.Name}
	err := models.InTx(ctx, a.o.DB, func(ctx context.Context, tx models.DB) error { return models.Record(ctx, tx, e) })
	if err != nil {
		return err
	}
	return heard
}

// notRight does not tell which part was wrong.
func notRight() error {
	return &models.Fault{Code: models.Unauthenticated, Reason: "sign_in_failed", Text: "The address or the password is not right. Letter case matters in the password."}
}

func wrongCode() error {
	return &models.Fault{Code: models.Unauthenticated, Reason: "wrong_code", Text: "This code is not right, or was used already. Wait for the next one."}
}

// failed takes the attempt back: the server could not judge it.
func (a attempt) failed(ctx context.Context, cause error) error {
	return errors.Join(cause, models.InTx(context.WithoutCancel(ctx), a.o.DB, a.refund))
}

// refund takes the attempt back without forgetting the failures before it. A lock that this attempt began ends; one that
// another began meanwhile stays.
func (a attempt) refund(ctx context.Context, tx models.DB) error {
	for _, c := range a.taken {
		q := tx.Write.NewUpdate().Model((*counter)(nil)).Set("failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END").Where("key = ?", c.Key)
		if c.LockedUntil.After(c.LastAt) {
			q = q.Set("locked_until = NULL")
		}
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("take an attempt back: %w", err)
		}
	}
	return nil
}

// won signs the administrator in: the account's failures are forgotten, the source's are not, so that an account of one's own
// does not buy more guesses at others. hash replaces the stored one unless it is empty; a ticket is used up.
func (a attempt) won(ctx context.Context, hash string, ticket models.Secret) error {
	err := models.InTx(ctx, a.o.DB, func(ctx context.Context, tx models.DB) error {
		if err := administrators.Still(ctx, tx, a.who); err != nil { // first, as whoever ends sessions holds this row first
			return err
		}
		if err := useTicket(ctx, tx, ticket); err != nil {
			return err
		}
		if err := a.refund(ctx, tx); err != nil {
			return err
		}
		if err := a.forget(ctx, tx); err != nil {
			return err
		}
		who, columns := a.who, []string(nil)
		if hash != "" {
			who.PasswordHash, columns = hash, []string{"password_hash"}
		}
		return administrators.SignedIn(ctx, tx, who, a.o.Now(), columns...)
	})
	return a.overtaken(ctx, err)
}

// overtaken records a sign-in whose account changed while it was judged.
func (a attempt) overtaken(ctx context.Context, err error) error {
	if f, ok := models.AsFault(err); ok && f.Reason == administrators.Changed {
		return a.lost(ctx, f.Reason, err)
	}
	return err
}

// forget clears the counters of the account, and what is too old to count.
func (a attempt) forget(ctx context.Context, tx models.DB) error {
	now := a.o.Now()
	_, err := tx.Write.NewUpdate().Model((*counter)(nil)).Set("failures = 0").Set("locked_until = NULL").
		Set("succeeded_at = ?", now).Where("key IN (?)", bun.In([]string{a.pair, a.account})).Exec(ctx)
	if err == nil {
		_, err = tx.Write.NewDelete().Model((*counter)(nil)).
			Where("last_at < ? OR (last_at < ? AND succeeded_at IS NULL)", now.Add(-sourcesKept), now.Add(-failuresKept)).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("forget attempts: %w", err)
	}
	return nil
}

// unlock forgets the failures of an account from every source: its owner proved to hold the mailbox.
func unlock(ctx context.Context, tx models.DB, id string) error {
	_, err := tx.Write.NewUpdate().Model((*counter)(nil)).Set("failures = 0").Set("locked_until = NULL").
		Where("key = ? OR key LIKE ?", "a:"+id, "p:"+id+"|%").Exec(ctx)
	if err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}
