package mails

import (
	"testing"

	"gatehouse/models"
)

// TestSendersAreNotForgedByNames: a value that a person chose, drawn into the sender of a mail, can change its name and never the
// address, nor add a line or a second one.
func TestSendersAreNotForgedByNames(t *testing.T) {
	const ours = "Example <login@example.com>"
	for _, c := range []struct{ what, source, name, want string }{
		{"a name", "{{ name }}", "Shop", `"Shop" <login@example.com>`},
		{"an address in place of a name", "{{ name }}", "ceo@example.org", ours},
		{"an address behind a name", "{{ name }}", "Ceo <ceo@example.org>", ours},
		{"a name before our address", "Shop <post@example.com>", "x", "Shop <post@example.com>"},
		{"a drawn name before our address", "{{ name }} via us <post@example.com>", "Shop", `Shop via us <post@example.com>`},
		{"an address in the name before ours", "{{ name }} <post@example.com>", "ceo@example.org", "post@example.com"},
		{"an address that is drawn", "{{ name }}@example.com", "ceo", ours},
		{"a line break", "{{ name }}", "Shop\r\nBcc: you", `"Shop Bcc: you" <login@example.com>`},
		{"nothing", "{{ name }}", "", ours},
	} {
		template := models.EmailTemplate{Subject: "s", Body: "b", From: c.source, ContentType: "text/plain"}
		m, err := draw(template, models.OutboxMessage{}, map[string]any{"name": c.name})
		if err != nil {
			t.Fatal(err)
		}
		if got := letterOf(models.EmailProvider{From: ours}, m).from; got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}
