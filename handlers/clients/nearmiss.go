package clients

import (
	"net/url"
	"strings"
)

// Hint says that two URIs of a list differ in a way that people overlook. It is no fault: both may be meant.
type Hint struct {
	Index  int    `json:"index"`  // the later line
	Other  int    `json:"other"`  // the earlier line
	Reason string `json:"reason"` // trailing_slash, case, scheme, port, same
	Text   string `json:"text"`
}

// NearMisses finds pairs of URIs that differ by a trailing slash, letter case, http and https, or the port only. URIs are
// compared character by character at run time, so each of these is a sign-in that fails.
func NearMisses(uris []string) []Hint {
	var hints []Hint
	for i := 1; i < len(uris) && i < MaxURIs; i++ {
		for j := 0; j < i; j++ {
			if reason, text := nearness(uris[j], uris[i]); reason != "" {
				hints = append(hints, Hint{Index: i, Other: j, Reason: reason, Text: text})
				break
			}
		}
	}
	return hints
}

// nearness names the way in which two URIs nearly are one.
func nearness(a, b string) (reason, text string) {
	switch {
	case a == b:
		return "same", "This URI is in the list already."
	case strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/"):
		return "trailing_slash", "This differs from another line by the last slash only. Both are kept; remove the one that is not used."
	case strings.EqualFold(a, b):
		return "case", "This differs from another line in upper and lower case only. URIs are compared character by character."
	}
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	if errA != nil || errB != nil || ua.Host == "" || !strings.EqualFold(ua.Hostname(), ub.Hostname()) || ua.RequestURI() != ub.RequestURI() {
		return "", ""
	}
	if ua.Scheme != ub.Scheme && ua.Port() == ub.Port() {
		return "scheme", "This differs from another line by http and https only."
	}
	if ua.Scheme == ub.Scheme && ua.Port() != ub.Port() && !loopback(ua.Hostname()) {
		return "port", "This differs from another line by the port only."
	}
	return "", ""
}
