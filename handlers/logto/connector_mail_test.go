package logto_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/handlers/logto"
	"gatehouse/models"
)

// postbox is an SMTP server (RFC 5321) of this process, without TLS.
type postbox struct {
	net.Listener
	mu   sync.Mutex
	got  []string
	deny bool
}

func openPostbox(t *testing.T) *postbox {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &postbox{Listener: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *postbox) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 post")
	var mail strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		mail.WriteString(line)
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); {
		case verb == "EHLO":
			say("250-post\r\n250 AUTH PLAIN")
		case verb == "AUTH":
			say("235 welcome")
		case verb == "RCPT" && p.deny:
			say("550 nobody of this name")
		case verb == "DATA":
			say("354 go on")
			for line != ".\r\n" && err == nil {
				line, err = in.ReadString('\n')
				mail.WriteString(line)
			}
			p.mu.Lock()
			p.got = append(p.got, mail.String())
			p.mu.Unlock()
			say("250 kept")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (p *postbox) config() object {
	a := p.Addr().(*net.TCPAddr)
	return object{"host": "127.0.0.1", "port": a.Port, "ignoreTLS": true, "auth": object{"type": "login", "user": "post", "pass": "p4ss-of-the-post"}, "fromEmail": "login@example.com",
		"templates": []object{{"usageType": "Generic", "contentType": "text/plain", "subject": "Your code", "content": "It is {{code}}."}}}
}

const smtpID = "simple-mail-transfer-protocol"

// A connector is tried with settings that are not stored: a real message arrives, with the connector's own text.
func TestAMailConnectorIsTried(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		post := openPostbox(t)
		at, body := "/api/connectors/"+smtpID+"/test", object{"email": "you@example.com", "config": post.config()}
		w.do(204, "POST", at, body)
		if len(post.got) != 1 || !strings.Contains(post.got[0], "you@example.com") || !strings.Contains(post.got[0], "Subject: Your code") || !strings.Contains(post.got[0], "It is 123456.") {
			t.Fatalf("arrived: %q", post.got)
		}
		w.do(200, "PUT", texts, object{"templates": []any{object{"languageTag": "en", "templateType": "Generic", "details": object{"subject": "Written", "content": "<b>{{code}}</b>", "sendFrom": "{{application.name}}", "replyTo": "Help"}}}})
		w.do(204, "POST", at, body)
		if len(post.got) != 2 || !strings.Contains(post.got[1], "Subject: Written") || !strings.Contains(post.got[1], `From: "Example application" <login@example.com>`) || !strings.Contains(post.got[1], `Reply-To: "Help" <login@example.com>`) {
			t.Errorf("the text that was written goes before the connector's: %q", post.got[1:])
		}
		post.deny = true
		if got := w.refused(400, "connector.general", "POST", at, body); !strings.Contains(got.Message, "nobody of this name") {
			t.Errorf("%v", got)
		}
		for name, wrong := range map[string]any{"fromEmail": "nobody", "host": "not a host", "port": "x", "templates": []object{{"usageType": "Generic", "subject": "{% nothing %}", "content": "x"}}} {
			config := post.config()
			config[name] = wrong
			if got := w.refused(400, "connector.invalid_config", "POST", at, object{"email": "you@example.com", "config": config}); !strings.Contains(got.Message, name) {
				t.Errorf("%s: %v", name, got)
			}
		}
		if list := w.do(200, "GET", "/api/connectors", nil).rows(); len(list) != 0 {
			t.Errorf("stored: %v", list)
		}
		w.refused(400, "connector.not_implemented", "POST", "/api/connectors/postmark-mail/test", object{"email": "you@example.com", "config": object{"serverToken": "t", "fromEmail": "a@example.com"}})
	})
}

// What a mail connector says is who delivers mail, for every face; it goes with the connector, and no other way.
func TestAMailConnectorDelivers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := models.System(t.Context())
		delivers := func() string {
			p, err := w.dialect.Mails.GetProvider(ctx, struct{}{})
			if models.IsFault(err, models.NotFound) {
				return ""
			}
			must(t, err)
			return strings.Join(append([]string{p.Name, p.Host, p.User, p.From, p.Protection}, p.SecretNames...), " ")
		}
		post := openPostbox(t)
		made := w.do(200, "POST", "/api/connectors", object{"connectorId": smtpID, "config": post.config()})
		one := "/api/connectors/" + made.text("id")
		if got := delivers(); got != "smtp 127.0.0.1 post login@example.com none smtp_pass" {
			t.Errorf("%q", got)
		}
		config := post.config()
		config["fromEmail"], config["ignoreTLS"] = "other@example.com", false
		w.do(200, "PATCH", one, object{"config": config})
		if got := delivers(); got != "smtp 127.0.0.1 post other@example.com starttls smtp_pass" {
			t.Errorf("%q", got)
		}
		config["auth"] = object{"type": "oauth2", "user": "post"}
		w.refused(400, "connector.invalid_config", "PATCH", one, object{"config": config})
		config["auth"], config["fromEmail"] = post.config()["auth"], "nobody"
		w.refused(400, "connector.invalid_config", "PATCH", one, object{"config": config})
		if got := dig(w.do(200, "GET", one, nil), "config", "fromEmail"); got != "other@example.com" {
			t.Errorf("half written: %v", got)
		}
		w.do(200, "POST", "/api/connectors", object{"connectorId": "sendgrid-email-service", "config": object{"apiKey": "k", "fromEmail": "a@example.com", "fromName": "Shop"}})
		if got := delivers(); got != `sendgrid   "Shop" <a@example.com>  api_key` {
			t.Errorf("%q", got)
		}
		last := w.do(200, "POST", "/api/connectors", object{"connectorId": "postmark-mail", "config": object{"serverToken": "t", "fromEmail": "a@example.com"}})
		if got := delivers(); got != "" {
			t.Errorf("nothing is sent through what cannot be sent through: %q", got)
		}
		w.do(204, "DELETE", "/api/connectors/"+last.text("id"), nil)
		again := w.do(200, "POST", "/api/connectors", object{"connectorId": smtpID, "config": post.config()})
		w.do(204, "DELETE", "/api/connectors/"+again.text("id"), nil)
		if got := delivers(); got != "" {
			t.Errorf("left: %q", got)
		}
	})
}

// TestSecretsOfConnectorsAreSealed: whatever the catalogue calls confidential is sealed and told to those alone who may read secrets.
func TestSecretsOfConnectorsAreSealed(t *testing.T) {
	for option, setting := range logto.Confidential() {
		if _, secrets, _ := models.SplitSecrets(map[string]any{option: "value"}); secrets["/"+option] != "value" {
			t.Errorf("%s is stored in clear as %s", setting, option)
		}
	}
}
