package webhooks

import (
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/outbound"
	"gatehouse/models"
	views "gatehouse/views/webhooks"
)

// The form of a webhook never holds the values of its headers, and saving it as it is keeps them.
func TestTheFormKeepsWhatItDoesNotShow(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault, outbound.New(outbound.Options{})), dbtest.Context(t)
	made, err := o.createForm(ctx, form{Name: "R", URL: "https://example.com", Events: []string{"client.*"}, More: "key.promoted\r\n", Headers: "X-Key: h3ader\r\nX-Gone: away"})
	if err != nil || strings.Join(made.Events, " ") != "client.* key.promoted" {
		t.Fatal(made.Events, err)
	}
	shown, err := o.editPage(ctx, OneIn{made.ID})
	if err != nil || strings.Contains(shown.Headers, "h3ader") || shown.More != "key.promoted" {
		t.Fatalf("%+v %v", shown, err)
	}
	var page strings.Builder
	if err := views.Edit(shown).Render(ctx, &page); err != nil || strings.Contains(page.String(), "h3ader") || !strings.Contains(page.String(), "X-Key: [secret]") {
		t.Errorf("%v", err)
	}
	again := form{ID: made.ID, Name: "R", URL: "https://example.com", Events: shown.Events, More: shown.More, Headers: "X-Key: [secret]\nX-New: n", Retries: models.Some[int64](2), Enabled: models.Some(true)}
	row, err := o.updateForm(ctx, again)
	if err != nil {
		t.Fatal(err)
	}
	headers, err := o.headers(row)
	if err != nil || len(headers) != 2 || headers["X-Key"].Reveal() != "h3ader" || headers["X-New"].Reveal() != "n" {
		t.Errorf("%v %v", row.HeaderNames, err)
	}
	again.Headers = "X-Other: [secret]\nno header"
	if _, err = o.updateForm(ctx, again); !models.IsFault(err, models.Invalid) {
		t.Errorf("a value that is not stored: %v", err)
	}
}

func TestWhatAPageSaysOfAFault(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault, outbound.New(outbound.Options{})), dbtest.Context(t)
	in := form{Name: "", URL: "ftp://x", Events: []string{"Nothing"}, Headers: "Host: x"}
	_, err := o.createForm(ctx, in)
	fault, ok := models.AsFault(err)
	if !ok {
		t.Fatal(err)
	}
	view, err := createAgain(ctx, in, fault)
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := view.Render(ctx, &page); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Name: This field needs a value.", "begins with https://", "Use a type such as client.created", "Host: This header is set by the server itself.", `role="alert"`} {
		if !strings.Contains(page.String(), text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

// TestAFormTellsOfEveryFieldAtOnce: headers that cannot be read do not hide what else is wrong.
func TestAFormTellsOfEveryFieldAtOnce(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault, outbound.New(outbound.Options{})), dbtest.Context(t)
	made, err := o.createForm(ctx, form{Name: "R", URL: "https://example.com", Events: []string{"client.*"}})
	if err != nil {
		t.Fatal(err)
	}
	bad := form{ID: made.ID, URL: "nonsense", Events: []string{"client.*"}, Headers: "nonsense"}
	_, created := o.createForm(ctx, bad)
	_, saved := o.updateForm(ctx, bad)
	for _, err := range []error{created, saved} {
		fault, ok := models.AsFault(err)
		if !ok {
			t.Fatal(err)
		}
		var names []string
		for _, f := range fault.Fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != "name url headers" {
			t.Errorf("it tells of %s", got)
		}
	}
}
