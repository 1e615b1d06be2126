// Package webhooks draws who is told of events, and what came of telling them.
package webhooks

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/faults"
	"gatehouse/views/ui"
)

const home = "/console/webhooks"

// URL is the address of a webhook's page, or of one below it.
func URL(parts ...string) string {
	out := home
	for _, p := range parts {
		out += "/" + url.PathEscape(p)
	}
	return out
}

// Counts are the deliveries of a webhook within a day.
type Counts struct{ Delivered, Failed, Pending int64 }

// ListView is all webhooks.
type ListView struct {
	Items  []models.Webhook
	Counts map[string]Counts
}

// Form is a webhook as it was filled in.
type Form struct {
	ID, Name, Address, More, Headers, Retries, Version string
	Events                                             []string
	Enabled                                            bool
	Fault                                              *models.Fault
}

// Families are the kinds of events that a tick chooses.
var Families = []ui.Option{
	{Value: "*", Label: "Everything", Help: "Every line of the audit log, sign-ins of administrators included."},
	{Value: "application.*", Label: "Applications"}, {Value: "client.*", Label: "Clients"},
	{Value: "secret.*", Label: "Client secrets"}, {Value: "connection.*", Label: "Connections"},
	{Value: "resource.*", Label: "APIs"}, {Value: "scope.*", Label: "Scopes"}, {Value: "role.*", Label: "Roles"}, {Value: "client_grant.*", Label: "Client grants"},
	{Value: "experience.*", Label: "Sign-in experience"}, {Value: "key.*", Label: "Signing keys"},
	{Value: "settings.*", Label: "Settings"}, {Value: "administrator.*", Label: "Administrators"},
}

// Split parts the events of a webhook into those that have a tick and the others, a line each.
func Split(events []string) (ticked []string, more string) {
	var rest []string
	for _, e := range events {
		if slices.ContainsFunc(Families, func(o ui.Option) bool { return o.Value == e }) {
			ticked = append(ticked, e)
		} else {
			rest = append(rest, e)
		}
	}
	return ticked, strings.Join(rest, "\n")
}

// trouble is what is wrong with a field or with one of its items.
func (f Form) trouble(name string) string {
	if f.Fault == nil {
		return ""
	}
	for _, at := range f.Fault.Fields {
		if item, ok := strings.CutPrefix(at.Name, name); ok && (item == "" || item[0] == '.' || item[0] == '[') {
			if strings.HasPrefix(item, ".") {
				return item[1:] + ": " + at.Text
			}
			return at.Text
		}
	}
	return ""
}

func (f Form) problems() []ui.Problem {
	out := faults.Problems(f.Fault)
	for i := range out {
		name, _, _ := strings.Cut(out[i].Field, ".")
		name, _, _ = strings.Cut(name, "[")
		if label := map[string]string{"name": "Name", "url": "Address", "events": "Events", "headers": "Headers", "retries": "Retries"}[name]; label != "" {
			out[i].Field, out[i].Text = name, label+": "+out[i].Text
		}
	}
	return out
}

// ShowView is one webhook with its delivery log.
type ShowView struct {
	Webhook models.Webhook
	Counts  Counts
	Page    models.List[models.WebhookDelivery]
	State   string // of the filter
	Reveal  *ui.SecretOpts
	Now     time.Time
}

func (v ShowView) query() url.Values {
	q := url.Values{}
	if v.State != "" {
		q.Set("state", v.State)
	}
	return q
}

func (v ShowView) at(cursor string) string {
	if cursor == "" {
		return ""
	}
	q := v.query()
	q.Set("cursor", cursor)
	return URL(v.Webhook.ID) + "?" + q.Encode()
}

func (v ShowView) stat(label string, n int64, state string) ui.StatOpts {
	return ui.StatOpts{Label: label, Value: ui.Number(int(n)), Href: URL(v.Webhook.ID) + "?state=" + state}
}

// DeliveryView is one delivery with its attempts.
type DeliveryView struct {
	Webhook  models.Webhook
	Delivery models.WebhookDelivery
	Tries    []models.WebhookAttempt
	Now      time.Time
}

func events(list []string) string {
	if slices.Contains(list, "*") {
		return "Everything"
	}
	if len(list) > 2 {
		return strings.Join(list[:2], ", ") + " and " + strconv.Itoa(len(list)-2) + " more"
	}
	return strings.Join(list, ", ")
}

// named says what a word for everything stands for.
func named(events []string) []string {
	if slices.Contains(events, "*") {
		return []string{"Everything"}
	}
	return events
}

func state(s string) (ui.State, string) {
	switch s {
	case models.DeliveryDelivered:
		return ui.StateOK, "Delivered"
	case models.DeliveryFailed:
		return ui.StateBad, "Failed"
	}
	return ui.StateInfo, "Waiting"
}

// answer is what came back, in words.
func answer(status int64, reason string) string {
	switch {
	case reason == "" && status == 0:
		return "Not sent yet"
	case status != 0:
		return "Status " + strconv.FormatInt(status, 10)
	}
	if text, ok := reasons[reason]; ok {
		return text
	}
	return strings.ReplaceAll(reason, "_", " ")
}

var reasons = map[string]string{
	"private_address": "Address in a private network", "not_https": "Plain http on the internet", "unresolvable": "Name not found",
	"unreachable": "No connection", "timed_out": "No answer within 10 seconds", "bad_certificate": "Certificate not trusted",
	"broken_response": "Not an answer of a web server", "interrupted": "Interrupted",
}

// pretty is JSON with line breaks, or the text itself.
func pretty(text string) string {
	var v json.RawMessage
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return text
	}
	return string(out)
}

// lines are headers as they travel.
func lines(headers map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		out = append(out, name+": "+headers[name])
	}
	return strings.Join(out, "\n")
}

// verify is how a receiver checks a delivery.
const verify = `import { createHmac, timingSafeEqual } from 'node:crypto';

// body: the bytes of the request, unparsed; header: Gatehouse-Signature; key: the signing key
export function verify(body, header, key) {
  const parts = header.split(',').map((part) => part.split('='));
  const time = parts.find(([name]) => name === 't')[1];
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const want = createHmac('sha256', key).update(time + '.').update(body).digest();
  return parts.some(([name, value]) => {
    const got = Buffer.from(name === 'v1' ? value : '', 'hex');
    return got.length === want.length && timingSafeEqual(got, want);
  });
}
`
