package outbound

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// names answers for every name with the next of its lists.
type names struct {
	lists [][]netip.Addr
	asked atomic.Int32
}

func (n *names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	i := int(n.asked.Add(1)) - 1
	return n.lists[min(i, len(n.lists)-1)], nil
}

func ips(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, t := range texts {
		out = append(out, netip.MustParseAddr(t))
	}
	return out
}

func network(t testing.TB, cidr string) []*net.IPNet {
	t.Helper()
	_, n, err := net.ParseCIDR(cidr)
	if err != nil {
		t.Fatal(err)
	}
	return []*net.IPNet{n}
}

func open(t testing.TB) *Client { return New(Options{Allow: network(t, "127.0.0.0/8")}) }

func wants(t *testing.T, what string, err error, reason string) {
	t.Helper()
	if !refused(err, reason) {
		t.Errorf("%s: %v, want %s", what, err, reason)
	}
}

// SECURITY-BAR M6: nothing but the public internet is reached.
func TestPrivateAddressesAreRefused(t *testing.T) {
	c := New(Options{})
	for what, host := range map[string]string{
		"loopback":                    "127.0.0.1",
		"loopback elsewhere":          "127.8.9.10",
		"loopback of IPv6":            "[::1]",
		"loopback as mapped IPv4":     "[::ffff:127.0.0.1]",
		"loopback as compatible IPv4": "[::127.0.0.1]",
		"loopback behind NAT64":       "[64:ff9b::7f00:1]",
		"loopback in 6to4":            "[2002:7f00:1::1]",
		"loopback in Teredo":          "[2001:0:1::80ff:fffe]",
		"unspecified":                 "0.0.0.0",
		"unspecified of IPv6":         "[::]",
		"metadata of a cloud":         "169.254.169.254",
		"metadata as mapped IPv4":     "[::ffff:169.254.169.254]",
		"metadata of IPv6":            "[fd00:ec2::254]",
		"metadata in a carrier's NAT": "100.100.100.200",
		"metadata of another cloud":   "192.0.0.192",
		"a cloud's own wire":          "168.63.129.16",
		"private":                     "10.0.0.1",
		"private too":                 "172.31.255.255",
		"private at home":             "192.168.1.1",
		"private as mapped IPv4":      "[::ffff:192.168.1.1]",
		"unique local":                "[fc00::1]",
		"link-local":                  "[fe80::1]",
		"link-local with a zone":      "[fe80::1%25eth0]",
		"multicast":                   "224.0.0.1",
		"multicast of IPv6":           "[ff02::1]",
		"broadcast":                   "255.255.255.255",
		"documentation":               "203.0.113.7",
		"documentation of IPv6":       "[2001:db8::1]",
		"benchmarks":                  "198.18.0.1",
	} {
		_, err := c.Do(t.Context(), Request{URL: "https://" + host + "/"})
		wants(t, what, err, PrivateAddress)
	}
}

func TestPublicAddressesPass(t *testing.T) {
	for _, ip := range ips("1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8") {
		if !Public(ip) {
			t.Errorf("%s is public", ip)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is no public address")
	}
}

func TestAllForbiddenAddressesOfANameAreRefused(t *testing.T) {
	for _, list := range [][]netip.Addr{ips("127.0.0.1"), ips("::ffff:127.0.0.1"), ips("10.0.0.1", "fd00::1"), ips("169.254.169.254")} {
		c := New(Options{Resolver: &names{lists: [][]netip.Addr{list}}})
		_, err := c.Do(t.Context(), Request{URL: "https://evil.example/"})
		wants(t, fmt.Sprint(list), err, PrivateAddress)
	}
}

// A name that answers with an allowed address when it is checked and with another when it is dialled: there is one question,
// and what it answered is what is dialled.
func TestDNSRebindingGainsNothing(t *testing.T) {
	var private atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { private.Add(1) }))
	defer inside.Close()
	_, port, _ := net.SplitHostPort(inside.Listener.Addr().String())
	flip := &names{lists: [][]netip.Addr{ips("127.0.0.2"), ips("127.0.0.1")}}
	c := New(Options{Allow: network(t, "127.0.0.2/32"), Resolver: flip})
	_, err := c.Do(t.Context(), Request{URL: "http://evil.example:" + port + "/"})
	if err == nil || private.Load() != 0 || flip.asked.Load() != 1 {
		t.Errorf("%v; the private server was asked %d times, the name %d times", err, private.Load(), flip.asked.Load())
	}
	_, err = c.Do(t.Context(), Request{URL: "http://evil.example:" + port + "/"}) // now it answers with the closed address
	wants(t, "the second answer", err, PrivateAddress)
}

func TestOfMixedAddressesOnlyTheAllowedAreDialled(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	c := New(Options{Allow: network(t, "127.0.0.1/32"), Resolver: &names{lists: [][]netip.Addr{ips("10.255.255.1", "127.0.0.1")}}})
	res, err := c.Do(t.Context(), Request{URL: "http://mixed.example:" + port + "/"})
	if err != nil || string(res.Body) != "mixed.example:"+port {
		t.Errorf("%s %v", res.Body, err)
	}
}

func TestARedirectToAPrivateAddressIsRefused(t *testing.T) {
	for _, target := range []string{"http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "https://192.168.0.1:8443/"} {
		server := httptest.NewServer(http.RedirectHandler(target, http.StatusFound))
		_, err := open(t).Do(t.Context(), Request{URL: server.URL, Follow: 3})
		wants(t, target, err, PrivateAddress)
		server.Close()
	}
}

func TestARedirectToAnotherSchemeIsRefused(t *testing.T) {
	for _, target := range []string{"file:///etc/passwd", "gopher://127.0.0.1/", "javascript:alert(1)", "http://user:word@127.0.0.1/"} {
		server := httptest.NewServer(http.RedirectHandler(target, http.StatusFound))
		_, err := open(t).Do(t.Context(), Request{URL: server.URL, Follow: 3})
		wants(t, target, err, BadURL)
		server.Close()
	}
}

func TestRedirectsAreFollowedOnlyWhenAskedFor(t *testing.T) {
	var loop *httptest.Server
	loop = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, loop.URL+r.URL.Path+"x", http.StatusFound)
	}))
	defer loop.Close()
	c := open(t)
	if res, err := c.Do(t.Context(), Request{URL: loop.URL}); err != nil || res.Status != 302 {
		t.Errorf("not asked for: %d %v", res.Status, err)
	}
	if res, err := c.Do(t.Context(), Request{Method: "POST", URL: loop.URL, Follow: 3}); err != nil || res.Status != 302 {
		t.Errorf("a POST: %d %v", res.Status, err)
	}
	_, err := c.Do(t.Context(), Request{URL: loop.URL, Follow: 100})
	wants(t, "a circle", err, Redirected)
}

func TestHeadersStayWithTheirOrigin(t *testing.T) {
	got := make(chan http.Header, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer server.Close()
	h := http.Header{"X-Key": {"secret"}, "Authorization": {"Bearer secret"}, "Accept": {"application/json"}}
	if _, err := open(t).Do(t.Context(), Request{URL: server.URL, Header: h, Follow: 1}); err != nil {
		t.Fatal(err)
	}
	if h := <-got; h.Get("X-Key") != "" || h.Get("Authorization") != "" || h.Get("Accept") != "application/json" {
		t.Errorf("another origin got %v", h)
	}
}

func TestASlowBodyEnds(t *testing.T) {
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for { // a drop now and then, for ever
			fmt.Fprint(w, "x")
			w.(http.Flusher).Flush()
			select {
			case <-done:
				return
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}))
	defer server.Close()
	defer close(done)
	start := time.Now()
	_, err := open(t).Do(t.Context(), Request{URL: server.URL, Timeout: 200 * time.Millisecond})
	wants(t, "a slow body", err, TimedOut)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestASilentServerEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = open(t).Do(t.Context(), Request{URL: "http://" + l.Addr().String(), Timeout: 200 * time.Millisecond})
	wants(t, "a silent server", err, TimedOut)
}

func TestAHugeBodyIsNotRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat("x", 64<<10))
		for range 1 << 10 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	c := open(t)
	_, err := c.Do(t.Context(), Request{URL: server.URL})
	wants(t, "64 MiB", err, TooLarge)
	res, err := c.Do(t.Context(), Request{URL: server.URL, Limit: 100, Cut: true})
	if err != nil || len(res.Body) != 100 {
		t.Errorf("cut: %d %v", len(res.Body), err)
	}
}

func TestHugeHeadersAreNotRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X", strings.Repeat("x", 64<<10))
	}))
	defer server.Close()
	_, err := open(t).Do(t.Context(), Request{URL: server.URL})
	wants(t, "64 KiB of headers", err, Broken)
}

func TestProxiesOfTheEnvironmentAreNotUsed(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	_, err := New(Options{Allow: network(t, "127.0.0.1/32")}).Do(t.Context(), Request{URL: "https://10.1.2.3/"})
	wants(t, "a private address behind a proxy", err, PrivateAddress)
	if asked.Load() != 0 {
		t.Error("the proxy was asked")
	}
}

func TestPlainHTTPReachesOpenedNetworksOnly(t *testing.T) {
	_, err := New(Options{}).Do(t.Context(), Request{URL: "http://1.1.1.1/"})
	wants(t, "http on the internet", err, NotHTTPS)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	defer server.Close()
	if res, err := open(t).Do(t.Context(), Request{URL: server.URL}); err != nil || res.Status != 204 {
		t.Errorf("http in an opened network: %d %v", res.Status, err)
	}
}

func TestACertificateMustBeTrusted(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }))
	defer server.Close()
	_, err := open(t).Do(t.Context(), Request{URL: server.URL})
	wants(t, "an unknown authority", err, BadCertificate)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	trusting := New(Options{Allow: network(t, "127.0.0.0/8"), Roots: roots, Resolver: &names{lists: [][]netip.Addr{ips("127.0.0.1")}}})
	if res, err := trusting.Do(t.Context(), Request{URL: server.URL}); err != nil || string(res.Body) != "ok" {
		t.Errorf("a known authority: %v", err)
	}
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	_, err = trusting.Do(t.Context(), Request{URL: "https://other.test:" + port})
	wants(t, "a certificate for another name", err, BadCertificate)
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, raw := range []string{"", "x", "//example.com", "ftp://example.com", "https://", "https://u:p@example.com", "https://example.com:0", "https://example.com:99999",
		"https:example.com", "https://:443", "https://exa mple.com", "https://example.com/" + strings.Repeat("x", 2048)} {
		if _, err := CheckURL(raw); !refused(err, BadURL) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestTheCallersEndIsNotAFailureOfTheServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := l.Accept(); err == nil {
			cancel()
			defer func() { _ = conn.Close() }()
			<-ctx.Done()
		}
	}()
	if _, err := open(t).Do(ctx, Request{URL: "http://" + l.Addr().String()}); !errors.Is(err, context.Canceled) || refused(err) {
		t.Errorf("%v", err)
	}
}

// refused tells whether err is a Failure for one of the reasons, or for any when none is named.
func refused(err error, reasons ...string) bool {
	var f *Failure
	if !errors.As(err, &f) {
		return false
	}
	for _, r := range reasons {
		if f.Reason == r {
			return true
		}
	}
	return len(reasons) == 0
}
