package mails

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/documents"
	"gatehouse/handlers/outbound"
	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

// mailServer is a real SMTP server (RFC 5321) in this process, with STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954).
type mailServer struct {
	net.Listener
	tls    *tls.Config
	roots  *x509.CertPool
	always bool // TLS from the first byte
	mu     sync.Mutex
	refuse string // the answer to RCPT, when it is refused
	mails  []received
}

type received struct {
	from, to, data, user, password string
	secure                         bool
}

func newMailServer(t *testing.T, always bool) *mailServer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	s := &mailServer{always: always, roots: x509.NewCertPool(), tls: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}}
	s.roots.AddCert(cert)
	s.Listener, err = net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	go func() {
		for {
			conn, err := s.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

func (s *mailServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	m := received{}
	if s.always {
		conn, m.secure = tls.Server(conn, s.tls), true
	}
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 mail ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			if m.secure {
				say("250-mail\r\n250 AUTH PLAIN")
			} else {
				say("250-mail\r\n250-AUTH PLAIN\r\n250 STARTTLS")
			}
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, s.tls)
			in, m.secure = bufio.NewReader(conn), true
		case "AUTH":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			parts := strings.Split(string(raw), "\x00")
			m.user, m.password = parts[1], parts[2]
			say("235 welcome")
		case "MAIL":
			m.from = rest
			say("250 ok")
		case "RCPT":
			s.mu.Lock()
			refuse := s.refuse
			s.mu.Unlock()
			if refuse != "" {
				say(refuse)
				continue
			}
			m.to = rest
			say("250 ok")
		case "DATA":
			say("354 go on")
			var data strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil || l == ".\r\n" {
					break
				}
				data.WriteString(l)
			}
			m.data = data.String()
			s.mu.Lock()
			s.mails = append(s.mails, m)
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *mailServer) got() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.mails...)
}

func (s *mailServer) port() int64 { return int64(s.Addr().(*net.TCPAddr).Port) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is outgoing mail with a clock that a test turns.
type world struct {
	Worker
	box outbox.Ops // as features have it
	ctx context.Context
	now time.Time
}

func newWorld(t *testing.T, db models.DB, vault *models.Vault, allow string) *world {
	t.Helper()
	w := &world{ctx: dbtest.Context(t), now: models.Now()}
	clock := func() time.Time { return w.now }
	_, network, err := net.ParseCIDR(allow)
	must(t, err)
	box := outbox.New(db, vault)
	box.Now = clock
	o := New(documents.New(db, vault), box, outbound.New(outbound.Options{Allow: []*net.IPNet{network}}))
	o.Now = clock
	o.Tenant = func(context.Context) (models.Tenant, error) { return models.Tenant{Name: "Fernway"}, nil }
	w.Worker, w.box = Worker{o, slog.New(slog.DiscardHandler)}, box
	w.box.Delivers = o.Delivers
	return w
}

func (w *world) through(t *testing.T, s *mailServer, protection string) Provider {
	t.Helper()
	w.roots = s.roots
	out, err := w.PutProvider(w.ctx, ProviderIn{From: models.Some("Fernway <login@example.com>"), ReplyTo: models.Some("help@example.com"), Host: models.Some("127.0.0.1"), Port: models.Some(s.port()),
		Protection: models.Some(protection), User: models.Some("mailer"), Password: models.Some(models.NewSecret("p4ssword"))})
	must(t, err)
	return out
}

func (w *world) write(t *testing.T, to string) {
	t.Helper()
	must(t, models.InTx(w.ctx, w.Documents.DB, func(ctx context.Context, tx models.DB) error {
		return w.box.In(tx).Send(ctx, outbox.Message{Channel: models.ChannelEmail, To: to, Template: "verification_code", Subject: "Your code: 123456 ✓", Text: "Your code is 123456.\n", HTML: "<p>Your code is <b>123456</b>.</p>"})
	}))
}

func (w *world) turn(t *testing.T) {
	t.Helper()
	_, err := w.Once(models.System(w.ctx))
	must(t, err)
}

func (w *world) newest(t *testing.T) models.OutboxMessage {
	t.Helper()
	page, err := w.box.List(w.ctx, outbox.ListIn{})
	must(t, err)
	return page.Items[0]
}

func TestMailIsDeliveredThroughTheServer(t *testing.T) {
	for _, protection := range []string{models.EmailSTARTTLS, models.EmailTLS, models.EmailNoTLS} {
		t.Run(protection, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
				w, s := newWorld(t, db, vault, "127.0.0.0/8"), newMailServer(t, protection == models.EmailTLS)
				w.through(t, s, protection)
				w.write(t, "mia@example.org")
				w.turn(t)
				got := s.got()
				if len(got) != 1 {
					t.Fatalf("%d mails arrived: %+v", len(got), w.newest(t))
				}
				m := got[0]
				if m.user != "mailer" || m.password != "p4ssword" || m.secure != (protection != models.EmailNoTLS) || !strings.Contains(m.from, "<login@example.com>") || !strings.Contains(m.to, "<mia@example.org>") {
					t.Errorf("%+v", m)
				}
				for _, part := range []string{"Subject: =?UTF-8?", "To: <mia@example.org>", "Reply-To: <help@example.com>", `From: "Fernway" <login@example.com>`, "multipart/alternative", "Your code is 123456.", "<b>123456</b>"} {
					if !strings.Contains(m.data, part) {
						t.Errorf("the mail has no %q:\n%s", part, m.data)
					}
				}
				if row := w.newest(t); row.Delivery != models.MailSent || row.SentAt == nil || row.Attempts != 1 {
					t.Errorf("%+v", row)
				}
				w.turn(t)
				if len(s.got()) != 1 {
					t.Error("a mail that was sent was sent again")
				}
			})
		})
	}
}

func TestWithoutAProviderMailStaysInTheOutbox(t *testing.T) {
	db, vault := dbtest.Open(t)
	w, s := newWorld(t, db, vault, "127.0.0.0/8"), newMailServer(t, false)
	w.write(t, "before@example.org")
	w.through(t, s, models.EmailSTARTTLS)
	w.turn(t)
	if len(s.got()) != 0 || w.newest(t).Delivery != models.MailKept {
		t.Errorf("what was written before is delivered: %+v", w.newest(t))
	}
	w.write(t, "pending@example.org")
	_, err := w.PutProvider(w.ctx, ProviderIn{Enabled: models.Some(false)})
	must(t, err)
	w.turn(t)
	if m := w.newest(t); len(s.got()) != 0 || m.Delivery != models.MailKept || m.Attempts != 0 {
		t.Errorf("switched off: %+v", m)
	}
}

func TestAMailIsTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w, s := newWorld(t, db, vault, "127.0.0.0/8"), newMailServer(t, false)
		w.through(t, s, models.EmailSTARTTLS)
		s.refuse = "451 come back later"
		w.write(t, "mia@example.org")
		for range attempts - 1 {
			w.turn(t)
			m := w.newest(t)
			if m.Delivery != models.MailPending || m.NextAt == nil || !m.NextAt.After(w.now) || !strings.Contains(m.Error, "come back later") {
				t.Fatalf("%+v", m)
			}
			w.now = *m.NextAt
		}
		w.turn(t)
		if m := w.newest(t); m.Delivery != models.MailFailed || m.Attempts != attempts {
			t.Errorf("%+v", m)
		}
		s.mu.Lock()
		s.refuse = "550 no such mailbox"
		s.mu.Unlock()
		w.now = w.now.Add(time.Second)
		w.write(t, "nobody@example.org")
		w.turn(t)
		if m := w.newest(t); m.Delivery != models.MailFailed || m.Attempts != 1 {
			t.Errorf("a mailbox that does not exist is tried again: %+v", m)
		}
	})
}

// A process that dies while it sends has the next one send again; two at once do not.
func TestAMailSurvivesAKill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w, s := newWorld(t, db, vault, "127.0.0.0/8"), newMailServer(t, false)
		w.through(t, s, models.EmailSTARTTLS)
		w.write(t, "mia@example.org")
		if _, ok, err := w.Outbox.Take(models.System(w.ctx), 30*time.Second); err != nil || !ok { // and dies
			t.Fatal(ok, err)
		}
		w.turn(t)
		if len(s.got()) != 0 {
			t.Error("another worker sent what is taken")
		}
		w.now = w.now.Add(31 * time.Second)
		w.turn(t)
		if len(s.got()) != 1 {
			t.Errorf("%d arrived", len(s.got()))
		}
	})
}

func TestAMailServerInAPrivateNetworkIsNotReached(t *testing.T) {
	db, vault := dbtest.Open(t)
	w, s := newWorld(t, db, vault, "10.0.0.0/8"), newMailServer(t, false)
	w.through(t, s, models.EmailSTARTTLS)
	out, err := w.Test(w.ctx, TestIn{To: "mia@example.org"})
	if err != nil || out.Delivered || out.Reason != outbound.PrivateAddress {
		t.Errorf("%+v %v", out, err)
	}
}

func TestAPasswordDoesNotTravelToAServerThatCannotProveItself(t *testing.T) {
	db, vault := dbtest.Open(t)
	w, s := newWorld(t, db, vault, "127.0.0.0/8"), newMailServer(t, false)
	w.through(t, s, models.EmailSTARTTLS)
	w.roots = nil
	out, err := w.Test(w.ctx, TestIn{To: "mia@example.org"})
	if err != nil || out.Delivered || out.Reason != outbound.BadCertificate || len(s.got()) != 0 {
		t.Errorf("%+v %v", out, err)
	}
}

func TestThePasswordIsSealedAndNotShown(t *testing.T) {
	db, vault := dbtest.Open(t)
	w, s := newWorld(t, db, vault, "127.0.0.0/8"), newMailServer(t, false)
	out := w.through(t, s, models.EmailSTARTTLS)
	if len(out.SecretNames) != 1 || !out.Delivers {
		t.Errorf("%+v", out)
	}
	_, err := w.PutProvider(w.ctx, ProviderIn{From: models.Some("other@example.com")})
	must(t, err)
	if test, err := w.Test(w.ctx, TestIn{To: "mia@example.org"}); err != nil || !test.Delivered || s.got()[0].password != "p4ssword" {
		t.Errorf("a change without a password loses it: %+v %v", test, err)
	}
	shown, _ := json.Marshal(out)
	var rows, events []string
	must(t, db.Read.NewRaw("SELECT body || sealed_secret FROM documents").Scan(w.ctx, &rows))
	must(t, db.Read.NewRaw("SELECT detail FROM events WHERE detail IS NOT NULL").Scan(w.ctx, &events))
	if all := string(shown) + strings.Join(rows, "") + strings.Join(events, ""); strings.Contains(all, "p4ssword") {
		t.Error(all)
	}
}

func TestWhatIsWrongWithAProviderIsNamed(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	from := models.Some("a@example.com")
	for _, c := range []struct {
		what, field string
		in          ProviderIn
	}{
		{"no sender", "from", ProviderIn{Host: models.Some("h")}},
		{"another line in the sender", "from", ProviderIn{Host: models.Some("h"), From: models.Some("a@example.com\r\nBcc: b@example.com")}},
		{"no server", "host", ProviderIn{From: from}},
		{"a server with a path", "host", ProviderIn{From: from, Host: models.Some("h/x")}},
		{"a port too large", "port", ProviderIn{From: from, Host: models.Some("h"), Port: models.Some[int64](70000)}},
		{"another protection", "protection", ProviderIn{From: from, Host: models.Some("h"), Protection: models.Some("ssl3")}},
		{"a user without a password", "password", ProviderIn{From: from, Host: models.Some("h"), User: models.Some("u")}},
		{"another provider", "name", ProviderIn{From: from, Name: models.Some("pigeon")}},
		{"a vendor without its key", "api_key", ProviderIn{From: from, Name: models.Some("sendgrid")}},
	} {
		_, err := w.PutProvider(w.ctx, c.in)
		f, ok := models.AsFault(err)
		if !ok || f.Code != models.Invalid || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if _, err := w.GetProvider(w.ctx, struct{}{}); !models.IsFault(err, models.NotFound) {
		t.Errorf("something was stored: %v", err)
	}
}

func TestAVendorIsSpokenToThroughItsMailServer(t *testing.T) {
	secrets := models.EmailSecrets{apiKey: models.NewSecret("k")}
	for name, host := range map[string]string{"sendgrid": "smtp.sendgrid.net", "resend": "smtp.resend.com", "sparkpost": "smtp.eu.sparkpostmail.com"} {
		s, ok := relay(models.EmailProvider{Name: name, Credentials: map[string]json.RawMessage{"region": json.RawMessage(`"eu"`)}}, secrets)
		if !ok || s.host != host || s.password.Reveal() != "k" || s.protection != models.EmailSTARTTLS {
			t.Errorf("%s: %s %v", name, s.host, ok)
		}
	}
	for _, name := range []string{"ses", "mailgun", "custom", ""} {
		if _, ok := relay(models.EmailProvider{Name: name}, secrets); ok {
			t.Errorf("%q has no mail server that we know", name)
		}
	}
	if s, ok := relay(models.EmailProvider{Name: "smtp", Host: "h", Port: 465}, nil); !ok || s.protection != models.EmailTLS {
		t.Errorf("port 465 without a word on TLS: %+v", s)
	}
}

func TestATemplateReplacesTheBuiltInText(t *testing.T) {
	db, vault := dbtest.Open(t)
	w, s := newWorld(t, db, vault, "127.0.0.0/8"), newMailServer(t, false)
	w.through(t, s, models.EmailSTARTTLS)
	put := TemplateIn{Purpose: models.EmailVerifyCode, Language: "en", Subject: "Code {{ code }} for {{ tenant.name }}", From: "codes@example.com",
		Body: "<p>{% if user.name %}Hello {{ user.name | escape }}{% endif %}: <b>{{ code }}</b></p>"}
	_, err := w.PutTemplate(w.ctx, put)
	must(t, err)
	out, err := w.Test(w.ctx, TestIn{To: "mia@example.org", Purpose: models.EmailVerifyCode, Lang: "de"})
	if err != nil || !out.Delivered {
		t.Fatalf("%+v %v", out, err)
	}
	for _, part := range []string{"Subject: Code 123456 for Fernway", "From: <codes@example.com>", "Hello Alex Example: <b>123456</b>"} {
		if got := s.got()[0].data; !strings.Contains(got, part) {
			t.Errorf("no %q in\n%s", part, got)
		}
	}
	admin := models.OutboxMessage{Template: models.EmailVerifyCode, Privileged: true, OutboxBody: models.OutboxBody{Text: "built in"}}
	if got := w.Compose(w.ctx, admin, "en", nil); got.Text != "built in" {
		t.Error("a mail to an administrator was rewritten: whoever writes its text could take its link")
	}
	put.Body = "{% for x in y %}{{ x }}{% endfor %}"
	_, err = w.PutTemplate(w.ctx, put)
	if f, ok := models.AsFault(err); !ok || f.Fields[0].Name != "body" || !strings.Contains(f.Fields[0].Text, "line 1") {
		t.Errorf("%v", err)
	}
	must(t, w.DeleteTemplate(w.ctx, TemplateRef{models.EmailVerifyCode, "en"}))
	if list, err := w.ListTemplates(w.ctx, struct{}{}); err != nil || len(list.Items) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestOnlyThoseWhoMaySeeAndChangeMail(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	nobody := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "c"})
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
	_, read := w.GetProvider(nobody, struct{}{})
	_, write := w.PutProvider(viewer, ProviderIn{From: models.Some("a@example.com"), Host: models.Some("h")})
	_, test := w.Test(viewer, TestIn{To: "a@example.com"})
	_, text := w.PutTemplate(viewer, TemplateIn{Purpose: models.EmailGeneric, Language: "en", Subject: "s", Body: "b"})
	for what, err := range map[string]error{"read": read, "write": write, "test": test, "text": text} {
		if !models.IsFault(err, models.Forbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
