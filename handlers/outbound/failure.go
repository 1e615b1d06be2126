package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"

	"gatehouse/models"
)

// Reasons of failures: stable words, for programs and delivery logs.
const (
	BadURL         = "bad_url"
	NotHTTPS       = "not_https"
	PrivateAddress = "private_address"
	Unresolvable   = "unresolvable"
	Unreachable    = "unreachable"
	TimedOut       = "timed_out"
	BadCertificate = "bad_certificate"
	TooLarge       = "response_too_large"
	Redirected     = "too_many_redirects"
	Broken         = "broken_response"
)

// Failure is why a call had no answer. Text may be shown to whoever configured the address: it tells nothing of our networks.
type Failure struct {
	Reason string
	Text   string
	err    error // for the log
}

// Error is for the log: the reason with what lies under it.
func (f *Failure) Error() string {
	if f.err != nil {
		return f.Reason + ": " + f.err.Error()
	}
	return f.Reason
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.err }

// Fault is the failure as something the caller of an operation may know of.
func (f *Failure) Fault() *models.Fault {
	return &models.Fault{Code: models.Unavailable, Reason: f.Reason, Text: f.Text}
}

func fail(reason, text string, err error) *Failure { return &Failure{reason, text, err} }

func unreachable(ctx context.Context, host string, err error) *Failure {
	var timeout net.Error
	if ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
		return fail(TimedOut, host+" did not answer in time.", err)
	}
	return fail(Unreachable, host+" does not accept connections at this port.", err)
}

// explain turns what net/http says into a Failure.
func explain(ctx context.Context, u *url.URL, err error) error {
	var f *Failure
	var timeout net.Error
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(context.Cause(ctx), context.Canceled):
		return fmt.Errorf("call %s: %w", u.Host, context.Canceled)
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return fail(TimedOut, u.Host+" did not answer in time.", err)
	case errors.As(err, &cert), errors.As(err, &unknown):
		return fail(BadCertificate, "The certificate of "+u.Host+" cannot be trusted: it is expired, for another name, or of an unknown authority.", err)
	}
	return fail(Broken, u.Host+" did not answer as a web server does.", err)
}
