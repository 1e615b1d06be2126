package clients

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"gatehouse/models"
)

// How redirect URIs are compared.
const (
	matchExact    = "exact"
	matchWildcard = "wildcard"
)

// Limits of lists of URIs.
const (
	MaxURIs      = 100
	MaxURILength = 2048
)

// dangerous are schemes that run or read something in the browser instead of leading somewhere.
var dangerous = []string{"javascript", "data", "vbscript", "blob", "file", "about", "view-source", "filesystem", "jar", "ftp", "ws", "wss", "mailto", "tel"}

// CheckRedirectURI tells what is wrong with a URI that people are sent to with a code or a token; nil is good. It is the one
// rule for consoles, dialects, pushed requests, dynamic registration and imports (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 2.1).
// profile is that of the client: native ones may use reverse-domain schemes. match "wildcard" allows a * in the left-most label
// of a host, never directly below a public suffix. The caller names the field.
func CheckRedirectURI(uri, profile, match string) *models.FieldFault {
	u, fault := parseURI(uri)
	if fault != nil {
		return fault
	}
	switch u.Scheme {
	case "https":
		return checkHost(u, uri, match)
	case "http":
		if !loopback(u.Hostname()) {
			return wrong("insecure", "This URI uses http. Use https, or a loopback address for development.")
		}
		return checkHost(u, uri, matchExact)
	}
	return checkScheme(u, uri, profile)
}

// parseURI refuses what must not be in any URI of ours, before anything of it is trusted.
func parseURI(uri string) (*url.URL, *models.FieldFault) {
	switch {
	case uri == "":
		return nil, wrong("required", "This line is empty.")
	case len(uri) > MaxURILength:
		return nil, wrong("too_long", fmt.Sprintf("A URI has at most %d characters; this has %d.", MaxURILength, len(uri)))
	case dangerousScheme(uri):
		return nil, wrong("dangerous_scheme", "This scheme runs or reads something in the browser instead of leading to a page. Use https.")
	case strings.ContainsFunc(uri, blank):
		return nil, wrong("whitespace", "This URI contains a space or another invisible character. Remove it.")
	case strings.ContainsFunc(uri, func(r rune) bool { return r > '~' }):
		return nil, wrong("not_ascii", "This URI contains letters beyond ASCII. Write hosts in their xn-- form and other parts percent-encoded.")
	case strings.ContainsAny(uri, "\\\"<>^`{|}"):
		return nil, wrong("forbidden_character", "This URI contains a character that is not allowed in URIs. Percent-encode it.")
	case strings.Contains(uri, "#"):
		return nil, wrong("fragment", "This URI has a fragment. Remove the # and what follows it.")
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" {
		return nil, wrong("not_absolute", "This is not an absolute URI. It begins with https:// and a host.")
	}
	if !strings.HasPrefix(uri, u.Scheme+":") {
		return nil, wrong("scheme_case", "Write the scheme in lower case: "+u.Scheme+":")
	}
	if u.User != nil || strings.Contains(u.Host, "@") {
		return nil, wrong("user_info", "This URI has a user name or password before the host. Remove it.")
	}
	return u, nil
}

// dangerousScheme looks at the scheme as browsers do: without regard to case, blanks and control characters.
func dangerousScheme(uri string) bool {
	bare := strings.ToLower(strings.Map(func(r rune) rune {
		if blank(r) {
			return -1
		}
		return r
	}, uri))
	scheme, _, found := strings.Cut(bare, ":")
	return found && slices.Contains(dangerous, scheme)
}

// checkHost looks at the authority of an http or https URI.
func checkHost(u *url.URL, uri, match string) *models.FieldFault {
	host := u.Hostname()
	if u.Opaque != "" || host == "" {
		return wrong("no_host", "This URI has no host. It begins with "+u.Scheme+":// and a host.")
	}
	if strings.HasSuffix(u.Host, ":") {
		return wrong("port", "There is a colon without a port after the host. Remove it, or add the port.")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return wrong("port", "The port is not a number from 1 to 65535.")
		}
	}
	if strings.Contains(uri, "*") {
		return checkWildcard(uri, strings.ToLower(strings.TrimSuffix(host, ".")), match)
	}
	if !validHost(host) {
		return wrong("host", "This host is not a valid name or address.")
	}
	return nil
}

// checkWildcard allows one * in the left-most label of an https host whose rest somebody owns.
func checkWildcard(uri, host, match string) *models.FieldFault {
	first, rest, _ := strings.Cut(host, ".")
	if match != matchWildcard {
		return wrong("wildcard", "This URI has a *. Every address is compared character by character: list each one, or allow wildcards for this client.")
	}
	outside := strings.Count(uri, "*") != strings.Count(first, "*")
	if outside || strings.Count(first, "*") != 1 {
		return wrong("wildcard_place", "A * may stand once, in the left-most part of the host: https://*.example.com/callback.")
	}
	suffix, _ := publicsuffix.PublicSuffix(rest)
	if rest == "" || !validHost(strings.ReplaceAll(host, "*", "x")) || suffix == rest || isAddress(rest) {
		return wrong("wildcard_suffix", "Anybody can have a name below "+rest+", so a * there is not safe. Use it below a domain of your own.")
	}
	return nil
}

// checkScheme allows native programs a scheme of their own, in reverse-domain form (RFC 8252 7.1).
func checkScheme(u *url.URL, uri, profile string) *models.FieldFault {
	if profile != models.ProfileNative {
		return wrong("scheme", "Only native clients may use a scheme of their own. Use https, or a loopback address for development.")
	}
	if !reverseDomain(u.Scheme) {
		return wrong("scheme_not_reverse_domain", "A scheme of your own is a domain of yours written backwards, such as com.example.app:/callback, so that no other program claims it.")
	}
	if strings.Contains(uri, "*") {
		return wrong("wildcard_place", "A * may stand only in the host of an https URI.")
	}
	if u.Opaque != "" {
		return wrong("no_path", "After the scheme comes a path: "+u.Scheme+":/callback.")
	}
	return nil
}

func reverseDomain(scheme string) bool {
	labels := strings.Split(scheme, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if !label(l) {
			return false
		}
	}
	return true
}

func validHost(host string) bool {
	if isAddress(host) {
		return true
	}
	if len(host) > 253 {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, l := range labels {
		if !label(l) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return strings.Trim(last, "0123456789") != "" // an all-numeric end is an address that browsers read in their own way
}

func label(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := 0; i < len(l); i++ {
		c := l[i] | 0x20
		if (c < 'a' || c > 'z') && (l[i] < '0' || l[i] > '9') && l[i] != '-' && l[i] != '_' {
			return false
		}
	}
	return true
}

func isAddress(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Zone() == ""
}

// loopback tells whether a host is this very machine (RFC 8252 7.3).
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Zone() == "" && a.IsLoopback()
}

func blank(r rune) bool {
	return r <= ' ' || r == 0x7f || r == 0xa0 || (r >= 0x80 && r < 0xa0) || (r >= 0x2000 && r <= 0x200f) || r == 0x2028 || r == 0x2029 || r == 0x3000 || r == 0xfeff
}

func wrong(reason, text string) *models.FieldFault {
	return &models.FieldFault{Reason: reason, Text: text}
}
