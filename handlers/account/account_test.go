package account_test

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/handlers/account"
	"gatehouse/handlers/administrators"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

const password = "seven quiet otters"

// house is everything that signs people in, with a clock that a test turns.
type house struct {
	t     testing.TB
	db    models.DB
	out   outbox.Ops
	admin administrators.Ops
	ops   account.Ops
	clock *time.Time
}

func open(t testing.TB, db models.DB, vault *models.Vault) *house {
	now := models.Now()
	h := &house{t: t, db: db, clock: &now}
	h.out = outbox.New(db, vault)
	h.admin = administrators.New(db, vault, models.NewPasswordsAt(models.Argon2{Memory: 64, Time: 1, Threads: 1}), h.out)
	h.ops = account.New(h.admin)
	tick := func() time.Time { return *h.clock }
	h.ops.Now, h.ops.Admins.Now, h.admin.Now = tick, tick, tick
	return h
}

func (h *house) later(d time.Duration) { *h.clock = h.clock.Add(d) }

// from is a request of a stranger at an address.
func (h *house) from(ip string) context.Context {
	ctx := dbtest.As(h.t, models.Actor{Kind: models.ActorAnonymous})
	return models.WithRequest(ctx, models.Request{ID: "req", IP: ip, Face: "console", Origin: "https://id.example.com"})
}

// as is a request of an administrator who signed in just now.
func (h *house) as(who models.Administrator) context.Context {
	actor := who.Actor()
	actor.AuthTime, actor.SessionID = *h.clock, "here"
	return models.WithActor(h.from("192.0.2.1"), actor)
}

// owner stores an owner with the password.
func (h *house) owner(email string) models.Administrator {
	h.t.Helper()
	return h.add(email, models.RoleOwner)
}

func (h *house) add(email, role string) models.Administrator {
	h.t.Helper()
	hash, err := h.ops.Passwords.Hash(context.Background(), models.NewSecret(password))
	if err != nil {
		h.t.Fatal(err)
	}
	now := *h.clock // a copy: the row does not move with the clock
	row := models.Administrator{ID: models.NewID(models.UserID), TenantID: models.DefaultTenant, Email: email, EmailKey: models.EmailKey(email),
		Name: "Mia " + role, Role: role, PasswordHash: hash, PasswordSetAt: &now, Version: 1, CreatedAt: *h.clock, UpdatedAt: *h.clock}
	if _, err := h.db.Write.NewInsert().Model(&row).Exec(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return row
}

func (h *house) signIn(ip, email, pass, code string) (account.SignedIn, error) {
	return h.ops.SignIn(h.from(ip), account.SignInIn{Email: email, Password: models.NewSecret(pass), Code: models.NewSecret(code)})
}

func (h *house) events(kind string) []models.Event {
	h.t.Helper()
	var rows []models.Event
	if err := h.db.Read.NewSelect().Model(&rows).Where("type = ?", kind).OrderExpr("at").Scan(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return rows
}

// enrol sets an authenticator app up and gives its secret and the recovery codes.
func (h *house) enrol(who models.Administrator) (string, []models.Secret) {
	h.t.Helper()
	e, err := h.ops.EnrolTOTP(h.as(who), struct{}{})
	if err != nil {
		h.t.Fatal(err)
	}
	codes, err := h.ops.ConfirmTOTP(h.as(who), account.ConfirmTOTPIn{Code: models.NewSecret(h.code(e.Secret.Reveal()))})
	if err != nil {
		h.t.Fatal(err)
	}
	h.later(time.Minute) // past the step that was used
	return e.Secret.Reveal(), codes
}

func (h *house) code(secret string) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		h.t.Fatal(err)
	}
	return account.Code(key, *h.clock)
}

func reason(err error) string {
	if f, ok := models.AsFault(err); ok {
		return f.Reason
	}
	return fmt.Sprint(err)
}

func TestFailuresLockAnAccountForOneSourceInTiers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := open(t, db, vault)
		h.owner("mia@example.com")
		for _, email := range []string{"Mia@Example.com", "nobody@example.com"} { // the same for an account that does not exist
			ip := "198.51.100." + fmt.Sprint(len(email))
			fail := func(n int, want string) {
				t.Helper()
				for i := range n {
					if _, err := h.signIn(ip, email, "wrong", ""); reason(err) != want {
						t.Fatalf("%s, try %d: %v, want %s", email, i+1, err, want)
					}
				}
			}
			fail(5, "sign_in_failed")
			fail(3, "sign_in_locked")
			if _, err := h.signIn(ip, email, password, ""); reason(err) != "sign_in_locked" {
				t.Fatalf("%s: a right password during the lock says %v", email, err)
			}
			h.later(time.Minute + time.Second)
			for range 5 { // each failure from here locks for a minute, until the next tier
				fail(1, "sign_in_failed")
				fail(1, "sign_in_locked")
				h.later(time.Minute + time.Second)
			}
			if _, err := h.signIn(ip, email, "wrong", ""); reason(err) != "sign_in_locked" {
				t.Fatalf("%s: the tenth failure locks for 15 minutes: %v", email, err)
			}
			h.later(25 * time.Hour) // forgotten after a day
			fail(4, "sign_in_failed")
			h.later(25 * time.Hour)
		}
		if _, err := h.signIn("198.51.100.77", "mia@example.com", password, ""); err != nil {
			t.Fatalf("another source is not locked: %v", err)
		}
	})
}

func TestASourceIsLockedWhateverItTries(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	h.owner("mia@example.com")
	for i := range 20 {
		if _, err := h.signIn("203.0.113.9", fmt.Sprintf("guess%d@example.com", i), "wrong", ""); reason(err) != "sign_in_failed" {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if _, err := h.signIn("203.0.113.9", "mia@example.com", password, ""); reason(err) != "sign_in_locked" {
		t.Errorf("the source goes on: %v", err)
	}
	if _, err := h.signIn("2001:db8:1:2::1", "mia@example.com", password, ""); err != nil {
		t.Errorf("another source: %v", err)
	}
	if account.Source("2001:db8:1:2::1") != account.Source("2001:db8:1:2:ffff::1") || account.Source("::ffff:203.0.113.9") != "203.0.113.9" {
		t.Error("an IPv6 network of one household must be one source, and a mapped address its IPv4 one")
	}
}

func TestAnOwnAccountDoesNotBuyGuessesAtOthers(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	h.owner("mia@example.com")
	h.owner("evil@example.com")
	judged := 0
	for i := range 60 {
		if _, err := h.signIn("203.0.113.9", fmt.Sprintf("victim%d@example.com", i), "guess", ""); reason(err) == "sign_in_failed" {
			judged++
		}
		_, _ = h.signIn("203.0.113.9", "evil@example.com", password, "")
	}
	if judged > 20 {
		t.Errorf("%d guesses were judged", judged)
	}
}

func TestManyAtOnceGetNoMoreGuesses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := open(t, db, vault)
		h.owner("mia@example.com")
		var all sync.WaitGroup
		for range 15 {
			all.Go(func() { _, _ = h.signIn("203.0.113.9", "mia@example.com", "wrong", "") })
		}
		all.Wait()
		if n := len(h.events("administrator.sign_in_failed")); n != 5 {
			t.Errorf("%d guesses were judged, want 5", n)
		}
	})
}

func TestAnUnknownAddressCostsWhatAKnownOneCosts(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who := h.owner("mia@example.com")
	for _, email := range []string{"mia@example.com", "nobody@example.com"} {
		before := h.ops.Passwords.Count()
		_, err := h.signIn("203.0.113.9", email, "wrong", "")
		if h.ops.Passwords.Count()-before != 1 || reason(err) != "sign_in_failed" {
			t.Errorf("%s: %d hashes, %v", email, h.ops.Passwords.Count()-before, err)
		}
	}
	rows := h.events("administrator.sign_in_failed")
	if len(rows) != 2 || rows[0].ObjectID != who.ID || rows[1].ObjectID != "" {
		t.Fatalf("%+v", rows)
	}
	if text, _ := json.Marshal(rows); strings.Contains(string(text), "nobody@") {
		t.Error("the address of somebody unknown is in the log")
	}
}

func TestADisabledAccountHearsWhatEverybodyHears(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who := h.owner("mia@example.com")
	if _, err := db.Write.ExecContext(context.Background(), "UPDATE administrators SET disabled = TRUE WHERE id = ?", who.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.signIn("203.0.113.9", "mia@example.com", password, ""); reason(err) != "sign_in_failed" {
		t.Error(err)
	}
	if rows := h.events("administrator.sign_in_failed"); len(rows) != 1 || rows[0].Reason != "disabled" {
		t.Errorf("%+v", rows)
	}
}

func TestStrangersCannotLockAnOwnerOut(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	h.owner("mia@example.com")
	if _, err := h.signIn("192.0.2.1", "mia@example.com", password, ""); err != nil {
		t.Fatal(err)
	}
	judged := 0
	for i := range 120 {
		if _, err := h.signIn(fmt.Sprintf("10.0.%d.1", i), "mia@example.com", "wrong", ""); reason(err) == "sign_in_failed" {
			judged++
		}
	}
	if judged >= 100 { // NIST SP 800-63B-4 section 3.2.2
		t.Errorf("%d guesses in a row were judged", judged)
	}
	if _, err := h.signIn("192.0.2.1", "mia@example.com", password, ""); err != nil {
		t.Errorf("where the owner signed in before: %v", err)
	}
}

func TestTheSecondFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := open(t, db, vault)
		who := h.owner("mia@example.com")
		secret, codes := h.enrol(who)
		ticket := func() models.Secret {
			t.Helper()
			out, err := h.signIn("192.0.2.1", "mia@example.com", password, "")
			if err != nil || out.Ticket == "" {
				t.Fatalf("%+v %v", out, err)
			}
			return models.NewSecret(out.Ticket)
		}
		step := func(ticket models.Secret, code string) error {
			_, err := h.ops.SecondStep(h.from("192.0.2.1"), account.CodeIn{Ticket: ticket, Code: models.NewSecret(code)})
			return err
		}
		if len(h.events("administrator.signed_in")) != 0 {
			t.Fatal("a password alone signed in")
		}
		now := h.code(secret)
		if err := step(ticket(), now); err != nil {
			t.Fatalf("a fresh code: %v", err)
		}
		if err := step(ticket(), now); reason(err) != "wrong_code" {
			t.Errorf("a code a second time: %v", err)
		}
		h.later(-30 * time.Second)
		older := h.code(secret)
		h.later(30 * time.Second)
		if err := step(ticket(), older); reason(err) != "wrong_code" {
			t.Errorf("a code older than one that was used: %v", err)
		}
		if err := step(ticket(), strings.ToUpper(codes[0].Reveal())); err != nil {
			t.Errorf("a recovery code, however it is typed: %v", err)
		}
		if err := step(ticket(), codes[0].Reveal()); reason(err) != "wrong_code" {
			t.Errorf("a recovery code a second time: %v", err)
		}
		h.later(time.Minute)
		used := ticket()
		if err := step(used, h.code(secret)); err != nil {
			t.Fatal(err)
		}
		h.later(time.Minute)
		old := ticket()
		h.later(account.TicketLifetime + time.Second)
		if err := step(old, h.code(secret)); reason(err) != "ticket_expired" {
			t.Errorf("a ticket that is too old: %v", err)
		}
		if err := step(models.NewSecret("made-up"), h.code(secret)); reason(err) != "ticket_expired" {
			t.Errorf("a ticket nobody gave: %v", err)
		}
	})
}

// SECURITY-BAR M8: of several confirmations at the same moment one counts, so that nobody keeps codes that another answer has replaced.
func TestAnAuthenticatorAppIsConfirmedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := open(t, db, vault)
		who := h.owner("mia@example.com")
		e, err := h.ops.EnrolTOTP(h.as(who), struct{}{})
		if err != nil {
			t.Fatal(err)
		}
		given, code := make([][]models.Secret, 4), models.NewSecret(h.code(e.Secret.Reveal()))
		var done sync.WaitGroup
		for i := range given {
			ctx := h.as(who)
			done.Go(func() { given[i], _ = h.ops.ConfirmTOTP(ctx, account.ConfirmTOTPIn{Code: code}) })
		}
		done.Wait()
		sets := slices.DeleteFunc(given, func(codes []models.Secret) bool { return len(codes) == 0 })
		n, err := db.Read.NewSelect().Table("administrator_recovery_codes").Count(t.Context())
		if len(sets) != 1 || int(n) != len(sets[0]) || err != nil {
			t.Errorf("%d answers with codes, %d codes stored, %v", len(sets), n, err)
		}
		if _, err := h.ops.EnrolTOTP(h.as(who), struct{}{}); reason(err) != "totp_enrolled" {
			t.Errorf("a second app: %v", err)
		}
	})
}

// SECURITY-BAR M8: of several sets at the same moment one is shown, and it is the one that counts.
func TestRecoveryCodesAreMadeOnceAtAMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := open(t, db, vault)
		who := h.owner("mia@example.com")
		h.enrol(who)
		given, faults := make([][]models.Secret, 6), make([]error, 6)
		var done sync.WaitGroup
		for i := range given {
			ctx := h.as(who)
			done.Go(func() { given[i], faults[i] = h.ops.RecoveryCodes(ctx, struct{}{}) })
		}
		done.Wait()
		var shown []models.Secret
		for i, codes := range given {
			if codes != nil && shown == nil {
				shown = codes
			} else if codes != nil || reason(faults[i]) != "codes_just_made" || !models.IsFault(faults[i], models.Conflict) {
				t.Errorf("another: %d codes, %v", len(codes), faults[i])
			}
		}
		if shown == nil {
			t.Fatal("nobody has codes")
		}
		n, err := db.Read.NewSelect().Table("administrator_recovery_codes").Where("hash = ?", models.HashToken(strings.ReplaceAll(shown[0].Reveal(), "-", ""))).Count(t.Context())
		if n != 1 || err != nil {
			t.Errorf("the codes that are shown are %d of the stored ones, %v", n, err)
		}
		h.later(6 * time.Second)
		if codes, err := h.ops.RecoveryCodes(h.as(who), struct{}{}); len(codes) != 10 || err != nil {
			t.Errorf("a moment later: %d %v", len(codes), err)
		}
	})
}

func TestATicketDiesAfterFiveTriesAndAfterUse(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	secret, _ := h.enrol(h.owner("mia@example.com"))
	out, err := h.signIn("192.0.2.1", "mia@example.com", password, "")
	if err != nil {
		t.Fatal(err)
	}
	for range account.TicketTries {
		_, err := h.ops.SecondStep(h.from("192.0.2.1"), account.CodeIn{Ticket: models.NewSecret(out.Ticket), Code: models.NewSecret("000000")})
		if reason(err) != "wrong_code" {
			t.Fatal(err)
		}
	}
	in := account.CodeIn{Ticket: models.NewSecret(out.Ticket), Code: models.NewSecret(h.code(secret))}
	if _, err := h.ops.SecondStep(h.from("192.0.2.1"), in); reason(err) != "ticket_expired" {
		t.Errorf("the sixth try: %v", err)
	}
	out, err = h.signIn("198.51.100.1", "mia@example.com", password, "")
	if err != nil {
		t.Fatal(err)
	}
	in.Ticket = models.NewSecret(out.Ticket)
	if _, err := h.ops.SecondStep(h.from("198.51.100.1"), in); err != nil {
		t.Fatal(err)
	}
	h.later(time.Minute)
	in.Code = models.NewSecret(h.code(secret))
	if _, err := h.ops.SecondStep(h.from("198.51.100.1"), in); reason(err) != "ticket_expired" {
		t.Errorf("a ticket that was used: %v", err)
	}
}

func TestASecondFactorPassesTheAccountsLockAndNeverTheSources(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	secret, _ := h.enrol(h.owner("mia@example.com"))
	h.owner("leo@example.com")
	for _, email := range []string{"mia@example.com", "leo@example.com"} {
		for range 5 {
			_, _ = h.signIn("192.0.2.1", email, "wrong", "")
		}
	}
	cases := []struct{ what, email, pass, code, want string }{
		{"a password alone", "mia@example.com", password, "", "sign_in_locked"},
		{"a wrong password with a right code", "mia@example.com", "wrong", h.code(secret), "sign_in_failed"},
		{"a right password with a wrong code, in the same words", "mia@example.com", password, "000000", "sign_in_failed"},
		{"a right password and a code of an account without a second factor, in the same words", "leo@example.com", password, "000000", "sign_in_failed"},
	}
	for _, c := range cases {
		if _, err := h.signIn("192.0.2.1", c.email, c.pass, c.code); reason(err) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if _, err := h.signIn("192.0.2.1", "mia@example.com", password, h.code(secret)); err != nil {
		t.Errorf("both right: %v", err)
	}
	for i := range 30 {
		_, _ = h.signIn("192.0.2.1", fmt.Sprintf("x%d@example.com", i), "wrong", "")
	}
	h.later(30 * time.Second)
	if _, err := h.signIn("192.0.2.1", "mia@example.com", password, h.code(secret)); reason(err) != "sign_in_locked" {
		t.Errorf("a locked source with a second factor: %v", err)
	}
}

func TestSecondFactorsNeedARecentSignIn(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who := h.owner("mia@example.com")
	ctx := h.as(who)
	h.later(models.RecentSignIn + time.Second)
	_, enrol := h.ops.EnrolTOTP(ctx, struct{}{})
	_, remove := h.ops.RemoveTOTP(ctx, struct{}{})
	_, codes := h.ops.RecoveryCodes(ctx, struct{}{})
	for what, err := range map[string]error{"enrol": enrol, "remove": remove, "codes": codes} {
		if reason(err) != "recent_sign_in_needed" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestRemovingTheAppEndsItsCodes(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who := h.owner("mia@example.com")
	_, codes := h.enrol(who)
	fresh, err := h.ops.RecoveryCodes(h.as(who), struct{}{})
	if err != nil || len(fresh) != len(codes) {
		t.Fatalf("%d codes: %v", len(fresh), err)
	}
	if _, err := h.signIn("192.0.2.1", "mia@example.com", password, codes[1].Reveal()); reason(err) != "sign_in_failed" {
		t.Errorf("a code of the set before: %v", err)
	}
	if _, err := h.ops.RemoveTOTP(h.as(who), struct{}{}); err != nil {
		t.Fatal(err)
	}
	out, err := h.signIn("192.0.2.1", "mia@example.com", password, "")
	if err != nil || out.Ticket != "" {
		t.Errorf("%+v %v", out, err)
	}
	left, err := db.Read.NewSelect().Model((*models.RecoveryCode)(nil)).Count(context.Background())
	if err != nil || left != 0 {
		t.Errorf("%d codes are left, %v", left, err)
	}
}

func TestConfirmNeedsBoth(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who := h.owner("mia@example.com")
	secret, _ := h.enrol(who)
	who, err := administrators.One(context.Background(), db.Read, who.ID)
	if err != nil {
		t.Fatal(err)
	}
	try := func(pass, code string) string {
		_, err := h.ops.Confirm(h.as(who), account.ConfirmIn{Password: models.NewSecret(pass), Code: models.NewSecret(code)})
		return reason(err)
	}
	if got := try(password, ""); got != "wrong_code" {
		t.Error("a password alone:", got)
	}
	if got := try("wrong", h.code(secret)); got != "sign_in_failed" {
		t.Error("a wrong password:", got)
	}
	if got := try(password, h.code(secret)); got != "<nil>" {
		t.Error("both:", got)
	}
}

func TestAnOldHashIsMadeAgainAtTheNextSignIn(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who := h.owner("mia@example.com")
	const weak = "$argon2id$v=19$m=1024,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
	ctx := context.Background()
	if _, err := db.Write.ExecContext(ctx, "UPDATE administrators SET password_hash = ? WHERE id = ?", weak+account.WeakKey(password), who.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.signIn("192.0.2.1", "mia@example.com", password, ""); err != nil {
		t.Fatal(err)
	}
	after, err := administrators.One(ctx, db.Read, who.ID)
	if err != nil || !strings.HasPrefix(after.PasswordHash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("%s %v", after.PasswordHash, err)
	}
	if _, err := h.signIn("192.0.2.1", "mia@example.com", password, ""); err != nil {
		t.Error(err)
	}
}

// link finds the newest link in the outbox.
func (h *house) link(template string) string {
	h.t.Helper()
	page, err := h.out.List(dbtest.Context(h.t), outbox.ListIn{Template: template})
	if err != nil || len(page.Items) == 0 {
		h.t.Fatalf("no message %s: %v", template, err)
	}
	var data struct{ Link, Token string }
	if err := json.Unmarshal(page.Items[0].Data, &data); err != nil || !strings.HasPrefix(data.Link, "https://id.example.com/console/") {
		h.t.Fatalf("%s %v", page.Items[0].Data, err)
	}
	if !strings.Contains(page.Items[0].Text, data.Link) || !strings.Contains(page.Items[0].HTML, data.Token) {
		h.t.Error("the mail does not hold its link")
	}
	return data.Token
}

func TestAResetLinkWorksOnceAndKeepsTheSecondFactor(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who := h.owner("mia@example.com")
	h.enrol(who)
	session := models.ConsoleSession{IDHash: "open", AdministratorID: who.ID, CreatedAt: *h.clock, AuthAt: *h.clock, LastSeenAt: *h.clock, ExpiresAt: h.clock.Add(time.Hour)}
	if _, err := db.Write.NewInsert().Model(&session).Exec(context.Background()); err != nil {
		t.Fatal(err)
	}
	ask := func() string {
		t.Helper()
		if _, err := h.ops.Forgot(h.from("192.0.2.1"), account.ForgotIn{Email: " MIA@example.com "}); err != nil {
			t.Fatal(err)
		}
		h.later(time.Second)
		return h.link("administrator_password_reset")
	}
	reset := func(token, pass string) string {
		_, err := h.ops.Reset(h.from("192.0.2.1"), account.NewPasswordIn{Token: models.NewSecret(token), Password: models.NewSecret(pass)})
		return reason(err)
	}
	first, second := ask(), ask()
	if got := reset(first, "eleven loud otters"); got != "link_not_found" {
		t.Error("an older link:", got)
	}
	if got := reset(second, "short"); got != "invalid_input" {
		t.Error("a short password:", got)
	}
	if got := reset(second, "eleven loud otters"); got != "<nil>" {
		t.Error("the link, after a refused password:", got)
	}
	if got := reset(second, "twelve loud otters"); got != "link_not_found" {
		t.Error("a second time:", got)
	}
	if out, err := h.signIn("192.0.2.1", "mia@example.com", "eleven loud otters", ""); err != nil || out.Ticket == "" {
		t.Errorf("the second factor is skipped: %+v %v", out, err)
	}
	if n, _ := db.Read.NewSelect().Model((*models.ConsoleSession)(nil)).Count(context.Background()); n != 0 {
		t.Error("a session went on")
	}
	third := ask()
	h.later(administrators.ResetLifetime)
	if got := reset(third, "thirteen loud otters"); got != "link_not_found" {
		t.Error("after 15 minutes:", got)
	}
}

func TestForgottenPasswordsAnswerTheSameForEverybody(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	h.owner("mia@example.com")
	for i := range 5 {
		for _, email := range []string{"mia@example.com", "nobody@example.com"} {
			if _, err := h.ops.Forgot(h.from("192.0.2.1"), account.ForgotIn{Email: email}); err != nil {
				t.Errorf("%s %d: %v", email, i, err)
			}
		}
	}
	page, err := h.out.List(dbtest.Context(t), outbox.ListIn{})
	if err != nil || len(page.Items) != 3 {
		t.Errorf("%d mails in a quarter of an hour, want 3: %v", len(page.Items), err)
	}
}

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	who, ctx := h.owner("mia@example.com"), context.Background()
	for _, id := range []string{"here", "there"} {
		s := models.ConsoleSession{IDHash: id, AdministratorID: who.ID, CreatedAt: *h.clock, AuthAt: *h.clock, LastSeenAt: *h.clock, ExpiresAt: h.clock.Add(time.Hour)}
		if _, err := db.Write.NewInsert().Model(&s).Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	change := func(current, next string) error {
		_, err := h.ops.ChangePassword(h.as(who), account.ChangePasswordIn{Current: models.NewSecret(current), New: models.NewSecret(next)})
		return err
	}
	for _, c := range []struct{ what, current, next, field string }{
		{"a wrong current password", "wrong", "eleven loud otters", "current"},
		{"a short one", password, "otters", "new"},
		{"a common one", password, "Password123!", "new"},
		{"one character over and over", password, "aaaaaaaaaaaa", "new"},
		{"the address", password, "mia@example.com", "new"},
		{"257 characters", password, strings.Repeat("ab", 128) + "c", "new"},
	} {
		f, ok := models.AsFault(change(c.current, c.next))
		if !ok || len(f.Fields) == 0 || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.what, f)
		}
	}
	if err := change(password, "eleven loud otters"); err != nil {
		t.Fatal(err)
	}
	left, err := h.admin.SessionsOf(ctx, who.ID)
	if err != nil || len(left) != 1 || left[0].IDHash != "here" {
		t.Errorf("%+v %v", left, err)
	}
}

// RFC 4226 appendix D and RFC 6238 appendix B (their last six digits).
func TestCodesFollowTheStandard(t *testing.T) {
	key := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"} {
		if got := account.Code(key, time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}
