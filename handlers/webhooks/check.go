package webhooks

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gatehouse/handlers/outbound"
	"gatehouse/models"
)

// The bounds of what a webhook holds.
const (
	DefaultRetries = 5
	mostRetries    = 10
	mostEvents     = 100
	mostHeaders    = 20
	mostName       = 128
	mostValue      = 2048
)

// pattern is a type of event, all of a noun, or everything.
var pattern = regexp.MustCompile(`^(\*|[a-z][a-z_]{0,63}\.(\*|[a-z][a-z_]{0,63}))$`)

// token is the name of a header (RFC 9110 section 5.6.2).
var token = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// ours are headers that a configured one cannot replace: they frame the message, or vouch for it.
var ours = []string{"host", "content-length", "content-type", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect",
	"proxy-authorization", "proxy-connection", "keep-alive", "accept-encoding"}

// check puts a webhook into its stored form and says what is wrong with it.
func (o Ops) check(row *models.Webhook, headers map[string]models.Secret) error {
	var c models.Check
	row.Name, row.URL = strings.TrimSpace(row.Name), strings.TrimSpace(row.URL)
	c.Length("name", row.Name, 1, 256)
	var bad *outbound.Failure
	if _, err := outbound.CheckURL(row.URL); errors.As(err, &bad) {
		c.Add("url", bad.Reason, bad.Text)
	}
	c.Range("retries", row.Retries, 0, mostRetries)
	row.Events = o.checkEvents(&c, row.Events)
	checkHeaders(&c, headers)
	return c.Err()
}

func (o Ops) checkEvents(c *models.Check, events []string) []string {
	out, seen := []string{}, map[string]bool{}
	for i, name := range events {
		if name = strings.TrimSpace(name); !pattern.MatchString(name) && !o.spoken(name) {
			c.Add(fmt.Sprintf("events[%d]", i), "unknown_event", "Use a type such as client.created, all of a kind such as client.*, or * for everything.")
		}
		if !seen[name] {
			out, seen[name] = append(out, name), true
		}
	}
	c.That(len(out) <= mostEvents, "events", "too_many", "Use at most 100 events, or all of a kind such as client.*.")
	return out
}

// spoken tells whether a dialect knows an event by this name.
func (o Ops) spoken(name string) bool {
	return slices.ContainsFunc(o.Speakers, func(s Speaker) bool { return s.Knows(name) })
}

func checkHeaders(c *models.Check, headers map[string]models.Secret) {
	c.That(len(headers) <= mostHeaders, "headers", "too_many", "Use at most 20 headers.")
	for name, value := range headers {
		field, text := "headers."+name, value.Reveal()
		lower := strings.ToLower(name)
		switch {
		case len(name) > mostName || !token.MatchString(name):
			c.Add(field, "not_a_header", "The name of a header holds letters, digits and dashes.")
		case slices.Contains(ours, lower) || strings.HasPrefix(lower, "gatehouse-") || strings.HasPrefix(lower, "logto-signature"):
			c.Add(field, "reserved_header", "This header is set by the server itself.")
		case len(text) > mostValue || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			c.Add(field, "not_a_header_value", "The value of a header is one line of at most 2048 characters.")
		}
	}
}

// dropHeader removes a header whatever the letter case of its name.
func dropHeader(headers map[string]models.Secret, name string) {
	for known := range headers {
		if strings.EqualFold(known, name) {
			delete(headers, known)
		}
	}
}
