// Package outbound is the one way out of the server: every call to an address that somebody configured goes through it
// (webhooks, key sets, metadata, connection tests, mail). It reaches the public internet and the networks that
// the operator opened with --allow-outbound, nothing else, and it never waits or reads without a limit.
package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The limits of a call. A request may ask for less, never for more.
const (
	MaxTime     = 10 * time.Second
	MaxBody     = 1 << 20
	MaxFollowed = 3
	maxURL      = 2048
	maxHeader   = 16 << 10
)

// Resolver finds the addresses of a name.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options is what a client is made of. Only Allow is for the program; the others are for tests.
type Options struct {
	Allow    []*net.IPNet   // networks that the operator opened
	Resolver Resolver       // nil is the system's
	Roots    *x509.CertPool // nil is the system's
}

// Client calls addresses that somebody configured. It is safe for use by many at once; there is one per server.
type Client struct {
	allow    []*net.IPNet
	resolver Resolver
	http     *http.Client
}

// New makes the client.
func New(o Options) *Client {
	c := &Client{allow: o.Allow, resolver: o.Resolver}
	if c.resolver == nil {
		c.resolver = net.DefaultResolver
	}
	c.http = &http.Client{
		// What follows a redirect is decided in Do, with the limits and checks of a first request.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  nil, // of the environment: a proxy would resolve and dial for us, unchecked
			DialContext:            c.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    5 * time.Second,
			ResponseHeaderTimeout:  MaxTime,
			MaxResponseHeaderBytes: maxHeader,
			MaxIdleConnsPerHost:    2,
			MaxConnsPerHost:        10,
			IdleConnTimeout:        30 * time.Second,
			DisableCompression:     true, // the limit counts the bytes that are kept
			ForceAttemptHTTP2:      true,
		},
	}
	return c
}

// Request is one call.
type Request struct {
	Method  string // GET when empty
	URL     string
	Header  http.Header
	Body    []byte
	Timeout time.Duration // for everything together; MaxTime when zero or more
	Limit   int64         // bytes of the answer's body; MaxBody when zero or more
	Cut     bool          // keep the first Limit bytes of a longer body, instead of failing
	Follow  int           // redirects of a GET that are followed, at most MaxFollowed; an answer 3xx is given back as it is
}

// Response is an answer, whatever its status.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	URL    string // the address that answered, after redirects
}

// CheckURL tells what is wrong with an address before it is kept: http or https, a host, no user information.
// Faults: *Failure (bad_url).
func CheckURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || len(raw) > maxURL || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return nil, fail(BadURL, "Use an address such as https://example.com/path, of at most 2048 characters.", err)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fail(BadURL, "Use an address that begins with https:// or http://.", nil)
	case u.User != nil:
		return nil, fail(BadURL, "Leave user name and password out of the address; send them in a header.", nil)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fail(BadURL, "The port must be a number from 1 to 65535.", err)
		}
	}
	return u, nil
}

// Do makes a call and reads the whole answer.
// Faults: *Failure for everything that is wrong on the way; the context's error when the caller gave up.
func (c *Client) Do(ctx context.Context, r Request) (Response, error) {
	if r.Timeout <= 0 || r.Timeout > MaxTime {
		r.Timeout = MaxTime
	}
	if r.Limit <= 0 || r.Limit > MaxBody {
		r.Limit = MaxBody
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	for followed := 0; ; followed++ {
		res, next, err := c.once(ctx, r)
		if err != nil || next == "" {
			return res, err
		}
		if followed == min(r.Follow, MaxFollowed) {
			return Response{}, fail(Redirected, "The address sends on to another one too often.", nil)
		}
		if r, err = r.at(next); err != nil {
			return Response{}, err
		}
	}
}

// once makes one request. next is where a redirect leads that the request wants followed.
func (c *Client) once(ctx context.Context, r Request) (out Response, next string, err error) {
	u, err := CheckURL(r.URL)
	if err != nil {
		return out, "", err
	}
	if u.Scheme == "http" {
		ctx = Plain(ctx)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return out, "", fail(BadURL, "The request cannot be written.", err)
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "Gatehouse")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return out, "", explain(ctx, u, err)
	}
	defer func() { _ = res.Body.Close() }()
	if r.Follow > 0 && r.Method == http.MethodGet && redirects(res.StatusCode) {
		return out, res.Header.Get("Location"), nil
	}
	out = Response{Status: res.StatusCode, Header: res.Header, URL: u.String()}
	out.Body, err = r.read(ctx, u, res.Body)
	return out, "", err
}

func redirects(status int) bool {
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308
}

func (r Request) read(ctx context.Context, u *url.URL, body io.Reader) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(body, r.Limit+1))
	switch {
	case err != nil && !(errors.Is(err, io.ErrUnexpectedEOF) && r.Cut):
		return nil, explain(ctx, u, err)
	case int64(len(out)) <= r.Limit:
		return out, nil
	case r.Cut:
		return out[:r.Limit], nil
	}
	return nil, fail(TooLarge, u.Host+" answers with more than "+strconv.FormatInt(r.Limit, 10)+" bytes.", nil)
}

// at is the request at the address that a redirect names. From https it leads to https only; another origin gets none of
// the headers that were meant for the first.
func (r Request) at(location string) (Request, error) {
	from, err := url.Parse(r.URL)
	if err != nil {
		return r, fail(BadURL, "The address cannot be read.", err)
	}
	to, err := from.Parse(location)
	if err != nil || location == "" {
		return r, fail(Broken, from.Host+" sends on to an address that cannot be read.", err)
	}
	if from.Scheme == "https" && to.Scheme != "https" {
		return r, fail(NotHTTPS, from.Host+" sends on to an address without https.", nil)
	}
	if from.Scheme != to.Scheme || !strings.EqualFold(from.Host, to.Host) {
		accept := r.Header.Get("Accept")
		if r.Header = (http.Header{}); accept != "" {
			r.Header.Set("Accept", accept)
		}
	}
	r.URL = to.String()
	return r, nil
}
