package models

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// label is a part of a host name (RFC 1123 section 2.1), with the underscores that some networks use.
var label = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$`)

// HostOf tells whether an address names a host that there can be: a name of labels or an IP address, and a port that exists. What
// stands for other hosts, such as "*", does not.
func HostOf(u *url.URL) bool {
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	if host == "" || len(host) > 253 {
		return false
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if !label.MatchString(part) && !international(part) {
			return false
		}
	}
	return true
}

// international tells whether a label is of letters beyond ASCII: browsers spell such a name out (RFC 5891).
func international(part string) bool {
	beyond := false
	for _, r := range part {
		if r < 0x80 && !label.MatchString(string(r)) && r != '-' {
			return false
		}
		beyond = beyond || r >= 0x80
	}
	return beyond
}
