package mails

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"gatehouse/handlers/outbound"
	"gatehouse/models"
)

// smtpTime is how long one message may take, from the connection to the last answer.
const smtpTime = 20 * time.Second

const apiKey = "api_key"

// roots are the authorities that mail servers' certificates are checked against; nil is the system's. For tests.
type roots = *x509.CertPool

// server is a mail server and how to speak to it.
type server struct {
	host, user, protection string
	port                   int64
	password               models.Secret
}

// relays are the mail servers of vendors that take their API key as a password, as their documents say.
var relays = map[string]server{
	"sendgrid":  {host: "smtp.sendgrid.net", user: "apikey"},
	"mandrill":  {host: "smtp.mandrillapp.com", user: "gatehouse"}, // any name will do
	"sparkpost": {host: "smtp.sparkpostmail.com", user: "SMTP_Injection"},
	"resend":    {host: "smtp.resend.com", user: "resend"},
}

// relay is the mail server of a provider, if it has one that we can speak to.
func relay(p models.EmailProvider, secrets models.EmailSecrets) (server, bool) {
	if s, ok := relays[p.Name]; ok {
		if string(p.Credentials["region"]) == `"eu"` && p.Name == "sparkpost" {
			s.host = "smtp.eu.sparkpostmail.com"
		}
		s.port, s.protection, s.password = 587, models.EmailSTARTTLS, secrets[apiKey]
		return s, true
	}
	s := server{host: p.Host, user: p.User, protection: p.Protection, port: p.Port, password: secrets[models.SMTPPassword]}
	if s.port == 0 {
		s.port = 587
	}
	if s.protection == "" { // written by a dialect that does not say: what the port stands for
		s.protection = models.EmailSTARTTLS
		if s.port == 465 {
			s.protection = models.EmailTLS
		}
	}
	return s, p.Name == models.EmailSMTP && p.Host != ""
}

// letter is one message as it travels.
type letter struct {
	from, replyTo, to, subject, text, html string
	id                                     string
}

// send hands a letter to a mail server.
func (o Ops) send(ctx context.Context, s server, l letter) error {
	msg, err := l.message(s.host)
	if err != nil {
		return &Failure{"bad_message", err.Error(), true}
	}
	client, err := o.client(s)
	if err != nil {
		return &Failure{"bad_provider", err.Error(), true}
	}
	ctx, cancel := context.WithTimeout(ctx, smtpTime)
	defer cancel()
	return explain(ctx, client.DialAndSendWithContext(ctx, msg))
}

func (o Ops) client(s server) (*mail.Client, error) {
	settings := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: o.roots}
	options := []mail.Option{mail.WithPort(int(s.port)), mail.WithTimeout(smtpTime), mail.WithTLSConfig(settings), mail.WithDialContextFunc(o.dial(s, settings))}
	auth := mail.SMTPAuthAutoDiscover
	switch s.protection {
	case models.EmailNoTLS:
		options, auth = append(options, mail.WithTLSPolicy(mail.NoTLS)), mail.SMTPAuthPlainNoEnc
	case models.EmailTLS:
		options, auth = append(options, mail.WithSSL()), mail.SMTPAuthPlain
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.user != "" {
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(s.user), mail.WithPassword(s.password.Reveal()))
	}
	return mail.NewClient(s.host, options...)
}

// dial opens the connection through the one guarded way out. Without TLS it reaches opened networks only.
func (o Ops) dial(s server, settings *tls.Config) mail.DialContextFunc {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		if s.protection == models.EmailNoTLS {
			ctx = outbound.Plain(ctx)
		}
		conn, err := o.Out.DialContext(ctx, network, net.JoinHostPort(s.host, strconv.FormatInt(s.port, 10)))
		if err != nil || s.protection != models.EmailTLS {
			return conn, err
		}
		secured := tls.Client(conn, settings)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return secured, nil
	}
}

func (l letter) message(host string) (*mail.Msg, error) {
	m := mail.NewMsg()
	m.SetDate()
	m.SetMessageIDWithValue(l.id + "@" + host) // the same when it is sent again
	m.Subject(l.subject)
	err := errors.Join(m.From(l.from), m.To(l.to))
	if l.replyTo != "" {
		err = errors.Join(err, m.ReplyTo(l.replyTo))
	}
	switch {
	case l.text != "" && l.html != "":
		m.SetBodyString(mail.TypeTextPlain, l.text)
		m.AddAlternativeString(mail.TypeTextHTML, l.html)
	case l.html != "":
		m.SetBodyString(mail.TypeTextHTML, l.html)
	default:
		m.SetBodyString(mail.TypeTextPlain, l.text)
	}
	return m, err
}

// Failure is why a message was not handed over. Text is what the mail server or the way to it said.
type Failure struct {
	Reason string
	Text   string
	Final  bool // trying again would not help
}

// Error is the reason with what it means.
func (f *Failure) Error() string { return f.Reason + ": " + f.Text }

// explain turns what the mail library says into a Failure.
func explain(ctx context.Context, err error) error {
	var out *outbound.Failure
	var cert *tls.CertificateVerificationError
	var sent *mail.SendError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &out):
		return &Failure{out.Reason, out.Text, false}
	case errors.As(err, &cert):
		return &Failure{outbound.BadCertificate, "The certificate of the mail server cannot be trusted.", false}
	case ctx.Err() != nil:
		return &Failure{outbound.TimedOut, "The mail server did not answer in time.", false}
	case errors.Is(err, smtp.ErrUnencrypted):
		return &Failure{"not_encrypted", "The mail server does not turn to TLS, so the password was not sent.", false}
	case errors.As(err, &sent):
		return &Failure{"refused", cut(fmt.Sprint(err)), !sent.IsTemp()}
	}
	return &Failure{"refused", cut(err.Error()), false}
}

func cut(text string) string {
	if r := []rune(text); len(r) > 300 {
		return string(r[:300])
	}
	return text
}
