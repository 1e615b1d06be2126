package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
)

// totpPeriod is the length of a step of an authenticator app (RFC 6238 section 4.1).
const totpPeriod = 30 * time.Second

// recoveryCodes is how many codes are made at a time, and codesApart how long a set stays before another may take its place.
const (
	recoveryCodes = 10
	codesApart    = 5 * time.Second
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// secondFactor tells whether code is of the authenticator app or a recovery code, and uses it up.
func (o Ops) secondFactor(ctx context.Context, who models.Administrator, code models.Secret) (bool, error) {
	plain := strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(code.Reveal()))
	if len(plain) != 6 {
		return o.useRecoveryCode(ctx, who, plain)
	}
	step, ok, err := o.matchStep(who, plain)
	if err != nil || !ok {
		return false, err
	}
	return o.useStep(ctx, who.ID, step)
}

// matchStep finds the step that a code belongs to: now, the one before or the one after (RFC 6238 section 5.2).
func (o Ops) matchStep(who models.Administrator, code string) (int64, bool, error) {
	secret, err := o.Vault.Open("administrators", "totp_sealed", who.ID, who.TOTPSealed)
	if err != nil {
		return 0, false, err
	}
	key, err := base32Plain.DecodeString(secret.Reveal())
	if err != nil {
		return 0, false, fmt.Errorf("read the key of an authenticator app: %w", err)
	}
	now := o.Now().Unix() / int64(totpPeriod/time.Second)
	found := int64(-1)
	for step := now - 1; step <= now+1; step++ {
		if subtle.ConstantTimeCompare([]byte(hotp(key, uint64(step))), []byte(code)) == 1 {
			found = step
		}
	}
	return found, found >= 0, nil
}

// hotp is the six-digit code of a counter (RFC 4226 section 5.3). Every app knows SHA-1; as a keyed hash it is sound here.
func hotp(key []byte, counter uint64) string {
	mac := hmac.New(sha1.New, key)
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, counter))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

// useStep accepts a step once: of two sign-ins with the same code one succeeds, and an older code never does.
func (o Ops) useStep(ctx context.Context, id string, step int64) (bool, error) {
	res, err := o.DB.Write.NewUpdate().Model((*models.Administrator)(nil)).Set("totp_last_step = ?", step).
		Where("id = ?", id).Where("totp_last_step < ?", step).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("use a code: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (o Ops) useRecoveryCode(ctx context.Context, who models.Administrator, plain string) (bool, error) {
	used := false
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		res, err := tx.Write.NewDelete().Model((*models.RecoveryCode)(nil)).Where("hash = ?", models.HashToken(plain)).
			Where("administrator_id = ?", who.ID).Exec(ctx)
		if err := models.Touched(res, err, "recovery_code"); models.IsFault(err, models.NotFound) {
			return nil
		} else if err != nil {
			return err
		}
		used = true
		return models.Record(models.WithActor(ctx, who.Actor()), tx, mine("administrator.recovery_code_used", who))
	})
	return used, err
}

// Enrolment is an authenticator app that is not confirmed yet.
type Enrolment struct {
	Administrator models.Administrator
	Secret        models.Secret // in base32, for typing
	URI           models.Secret // otpauth, for the picture
}

// EnrolTOTP makes a secret for an authenticator app. It counts only once it is confirmed with a code.
// Faults: Conflict (totp_enrolled), Forbidden (recent_sign_in_needed).
func (o Ops) EnrolTOTP(ctx context.Context, _ struct{}) (Enrolment, error) {
	who, err := o.sensitive(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	if who.SecondFactor() {
		return Enrolment{}, &models.Fault{Code: models.Conflict, Reason: "totp_enrolled", Text: "An authenticator app is set up already. Remove it first."}
	}
	raw := make([]byte, 20) // the length of the hash, as RFC 4226 section 4 recommends
	_, _ = rand.Read(raw)
	secret := models.NewSecret(base32Plain.EncodeToString(raw))
	who.TOTPSealed = o.Vault.Seal("administrators", "totp_sealed", who.ID, secret)
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		tx.Drop(models.CacheAdministrator, who.ID)
		return once(tx.Write.NewUpdate().Model(&who).Column("totp_sealed").WherePK().Where("totp_confirmed_at IS NULL").Exec(ctx))
	})
	return o.enrolment(ctx, who, secret), err
}

// once turns a write that came after another confirmation of the same account into a fault: of two at the same moment one counts, so
// that nobody keeps recovery codes that another answer has replaced.
func once(res sql.Result, err error) error {
	if err = models.Touched(res, err, "enrolment"); models.IsFault(err, models.NotFound) {
		return &models.Fault{Code: models.Conflict, Reason: "totp_enrolled",
			Text: "An authenticator app was set up a moment ago. If you do not see its recovery codes, make new ones."}
	}
	return err
}

// PendingTOTP gives the enrolment that waits for its first code.
// Faults: NotFound (enrolment), Forbidden (recent_sign_in_needed).
func (o Ops) PendingTOTP(ctx context.Context, _ struct{}) (Enrolment, error) {
	who, err := o.sensitive(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	if who.SecondFactor() || who.TOTPSealed == "" {
		return Enrolment{}, models.Missing("enrolment")
	}
	secret, err := o.Vault.Open("administrators", "totp_sealed", who.ID, who.TOTPSealed)
	return o.enrolment(ctx, who, secret), err
}

// enrolment names the account so that an app with several of them can tell this one.
func (o Ops) enrolment(ctx context.Context, who models.Administrator, secret models.Secret) Enrolment {
	host := "Gatehouse"
	if u, err := url.Parse(models.RequestFrom(ctx).Origin); err == nil && u.Host != "" {
		host = "Gatehouse " + u.Host
	}
	host = strings.ReplaceAll(host, ":", " ") // a colon parts issuer and account
	uri := "otpauth://totp/" + url.PathEscape(host+":"+who.Email) + "?secret=" + secret.Reveal() + "&issuer=" + url.PathEscape(host)
	return Enrolment{Administrator: who, Secret: secret, URI: models.NewSecret(uri)}
}

// ConfirmTOTPIn is the first code of a new authenticator app.
type ConfirmTOTPIn struct {
	Code models.Secret `json:"-" form:"code"`
}

// ConfirmTOTP switches the authenticator app on and gives the recovery codes, once.
// Faults: Invalid (code), NotFound (enrolment), Conflict (totp_enrolled), Forbidden (recent_sign_in_needed).
func (o Ops) ConfirmTOTP(ctx context.Context, in ConfirmTOTPIn) ([]models.Secret, error) {
	pending, err := o.PendingTOTP(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	who := pending.Administrator
	step, ok, err := o.matchStep(who, strings.ReplaceAll(in.Code.Reveal(), " ", ""))
	if err != nil {
		return nil, err
	}
	var c models.Check
	if c.That(ok, "code", "wrong_code", "This code is not right. Check that the clock of your phone is, and use the code that is shown now."); c.Err() != nil {
		return nil, c.Err()
	}
	now := o.Now()
	who.TOTPConfirmedAt, who.TOTPLastStep = &now, step
	return o.withCodes(ctx, who, "administrator.totp_enrolled", func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Column("totp_confirmed_at", "totp_last_step").Where("totp_confirmed_at IS NULL").Where("totp_sealed = ?", who.TOTPSealed)
	})
}

// RecoveryCodes makes new recovery codes; the old ones die.
// Faults: NotFound (enrolment), Conflict (codes_just_made), Forbidden (recent_sign_in_needed).
func (o Ops) RecoveryCodes(ctx context.Context, _ struct{}) ([]models.Secret, error) {
	who, err := o.sensitive(ctx)
	if err != nil {
		return nil, err
	}
	if !who.SecondFactor() {
		return nil, models.Missing("enrolment")
	}
	return o.withCodes(ctx, who, "administrator.recovery_codes_made", func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("totp_last_step = totp_last_step").Where("totp_confirmed_at IS NOT NULL") // holds the row: two sets at once would both count
	})
}

// withCodes writes what the update says of who, if it still applies, and a new set of recovery codes in one transaction.
func (o Ops) withCodes(ctx context.Context, who models.Administrator, kind string, update func(*bun.UpdateQuery) *bun.UpdateQuery) ([]models.Secret, error) {
	now := o.Now() // before the transaction waits for another one
	codes, rows := newCodes(who.ID, now)
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		tx.Drop(models.CacheAdministrator, who.ID)
		if err := once(update(tx.Write.NewUpdate().Model(&who).WherePK()).Exec(ctx)); err != nil {
			return err
		}
		if err := apart(ctx, tx, who.ID, now); err != nil {
			return err
		}
		if err := dropCodes(ctx, tx, who.ID); err != nil {
			return err
		}
		if _, err := tx.Write.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("store recovery codes: %w", err)
		}
		return models.Record(ctx, tx, mine(kind, who))
	})
	if err != nil {
		return nil, err // codes that count nowhere are not shown
	}
	return codes, nil
}

// apart refuses another set of codes at the moment of the last one: of several requests at once one is answered with codes, and nobody
// keeps a page of codes that another page has replaced. The clock of another node may be a little ahead.
func apart(ctx context.Context, tx models.DB, id string, now time.Time) error {
	some, err := tx.Write.NewSelect().Model((*models.RecoveryCode)(nil)).Where("administrator_id = ?", id).
		Where("created_at > ?", now.Add(-codesApart)).Where("created_at < ?", now.Add(codesApart)).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for recovery codes: %w", err)
	}
	if some {
		return &models.Fault{Code: models.Conflict, Reason: "codes_just_made",
			Text: "Recovery codes were made a moment ago, and those count. If you do not see them, wait a few seconds and make new ones."}
	}
	return nil
}

// newCodes makes codes of 140 random bits in four groups of seven.
func newCodes(id string, now time.Time) ([]models.Secret, []models.RecoveryCode) {
	var codes []models.Secret
	var rows []models.RecoveryCode
	for range recoveryCodes {
		raw := make([]byte, 18)
		_, _ = rand.Read(raw)
		plain := strings.ToLower(base32Plain.EncodeToString(raw))[:28]
		codes = append(codes, models.NewSecret(plain[:7]+"-"+plain[7:14]+"-"+plain[14:21]+"-"+plain[21:]))
		rows = append(rows, models.RecoveryCode{Hash: models.HashToken(plain), AdministratorID: id, CreatedAt: now})
	}
	return codes, rows
}

func dropCodes(ctx context.Context, tx models.DB, id string) error {
	if _, err := tx.Write.NewDelete().Model((*models.RecoveryCode)(nil)).Where("administrator_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("end recovery codes: %w", err)
	}
	return nil
}

// RemoveTOTP switches the authenticator app off; its recovery codes die with it.
// Faults: NotFound (enrolment), Forbidden (recent_sign_in_needed).
func (o Ops) RemoveTOTP(ctx context.Context, _ struct{}) (models.Administrator, error) {
	who, err := o.sensitive(ctx)
	if err != nil {
		return who, err
	}
	if who.TOTPSealed == "" {
		return who, models.Missing("enrolment")
	}
	was := who.SecondFactor()
	who.TOTPSealed, who.TOTPConfirmedAt = "", nil // the last step stays: an old code never opens a new enrolment
	return who, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := administrators.Store(ctx, tx, who, "totp_sealed", "totp_confirmed_at"); err != nil {
			return err
		}
		if err := dropCodes(ctx, tx, who.ID); err != nil || !was {
			return err
		}
		return models.Record(ctx, tx, mine("administrator.totp_removed", who))
	})
}

// sensitive reads the administrator who asks and insists on a recent sign-in.
func (o Ops) sensitive(ctx context.Context) (models.Administrator, error) {
	who, err := o.me(ctx)
	if err != nil {
		return who, err
	}
	return who, models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now())
}

func mine(kind string, who models.Administrator) models.Event {
	return models.Event{Type: kind, ObjectKind: "administrator", ObjectID: who.ID, ObjectName: who.Name}
}
