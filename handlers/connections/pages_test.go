package connections

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/connections"
	"gatehouse/views/ui"
)

func drawn(t *testing.T, ctx context.Context, view templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := view.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFormAddsAConnectionAndSavesWhatDiffers(t *testing.T) {
	w := open(t)
	p := Console{Ops: w.Ops}
	c, err := p.add(w.ctx, views.Form{Strategy: "google", Name: "google", ClientID: " a ", Secret: "hush"})
	if err != nil || c.Options["client_id"] != "a" || len(c.SecretOptions) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	in := UpdateIn{ID: c.ID}
	in.Options = models.Some(map[string]any{"scope": []any{"email", "profile"}, "extra": true})
	if c, err = w.Update(w.ctx, in); err != nil {
		t.Fatal(err)
	}
	s, err := p.show(w.ctx, IDIn{ID: c.ID})
	if err != nil || s.Form.More == "" {
		t.Fatalf("%+v, %v", s.Form, err)
	}
	typed := views.Form{ID: c.ID, Version: models.Some(c.Version), DisplayName: "Google", Enabled: true, ClientID: "a", Scope: "email profile", More: s.Form.More}
	after, err := p.save(w.ctx, typed)
	if err != nil || after.DisplayName != "Google" || !sameJSON(after.Options, c.Options) || len(after.SecretOptions) != 1 {
		t.Errorf("only the name was changed: %+v, %v", after, err)
	}
	if _, err := p.save(w.ctx, typed); !models.IsFault(err, models.Stale) {
		t.Errorf("an old form: %v", err)
	}
	typed.Version, typed.More, typed.Scope = models.Some(after.Version), "", "openid"
	if after, err = p.save(w.ctx, typed); err != nil || after.Options["extra"] != nil || after.Options["scope"] != "openid" {
		t.Errorf("%+v, %v", after.Options, err)
	}
	typed.Version, typed.More = models.Some(after.Version), "{"
	if _, err = p.save(w.ctx, typed); reason(err) != "more not_json" {
		t.Errorf("%v", err)
	}
}

func TestAShownCallHoldsNoSecret(t *testing.T) {
	w := open(t)
	p := Console{Ops: w.Ops}
	for _, in := range []views.Form{{Strategy: "google", Name: "google", ClientID: "a", Secret: "hush"},
		{ID: w.make("google", "google", map[string]any{"client_id": "a", "client_secret": "hush"}).ID, ClientID: "b", Secret: "hush", Enabled: true}} {
		tell := p.tellNew
		if in.ID != "" {
			tell = p.tellSave
		}
		told, err := tell(w.ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := json.Marshal([]any{told.Calls[0].Body, told.Op})
		if !strings.Contains(string(said), models.Masked) || strings.Contains(string(said), "hush") {
			t.Errorf("what was typed as a secret is told: %s", said)
		}
	}
}

func TestPagesSayWhatIsThere(t *testing.T) {
	w := open(t)
	w.Outside = pages(nil)
	p := Console{Ops: w.Ops, Choices: func(context.Context, bool) ([]ui.Option, error) {
		return []ui.Option{{Value: "till", Label: "Till, client of Shop"}}, nil
	}}
	empty, err := p.list(w.ctx, listIn{})
	if err != nil || !strings.Contains(drawn(t, w.ctx, views.ListPage(empty)), "No connections yet") {
		t.Error(err)
	}
	client := w.client("Shop")
	c := w.make("work", "oidc", map[string]any{"client_id": "a", "client_secret": "hush", "issuer": "https://idp.example"})
	if _, err := p.switchOne(w.ctx, clientsIn{ID: c.ID, ClientID: client, Enabled: true}); err != nil {
		t.Fatal(err)
	}
	list, _ := p.list(w.ctx, listIn{Q: "work", Kind: "nonsense", Cursor: "old"})
	clients, _ := p.clients(w.ctx, clientsIn{ID: c.ID})
	test, err := p.runTest(w.ctx, IDIn{ID: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	danger, _ := p.danger(w.ctx, IDIn{ID: c.ID})
	none, _ := p.list(w.ctx, listIn{Q: "nothing of that name"})
	choose, _ := p.fresh(w.ctx, views.Form{})
	for page, want := range map[string]templ.Component{
		"OpenID Connect":         views.ChoosePage(choose),
		"work":                   views.ListPage(list),
		"Nothing matches":        views.ListPage(none),
		"Shop":                   views.ClientsPage(clients),
		"Till, client of Shop":   views.ClientsPage(clients),
		"cannot work yet":        views.TestPage(test),
		"Delete this connection": views.DangerPage(danger),
		"Type work to confirm":   views.DeletePage(danger),
	} {
		if got := drawn(t, w.ctx, want); !strings.Contains(got, page) || strings.Contains(got, "hush") {
			t.Errorf("no %q, or a secret", page)
		}
	}
	if _, err := p.remove(w.ctx, removeIn{ID: c.ID, Confirm: "wrk"}); reason(err) != "confirm not_confirmed" {
		t.Errorf("%v", err)
	}
	if _, err := p.remove(w.ctx, removeIn{ID: c.ID, Confirm: "work"}); err != nil {
		t.Error(err)
	}
}

func TestEveryStrategyHasAFormThatCanBeSaved(t *testing.T) {
	for _, s := range models.Strategies {
		for _, name := range asked(s.ID) {
			if _, ok := labels[name]; !ok {
				t.Errorf("%s asks for %s, which has no label", s.ID, name)
			}
			if _, ok := (views.Form{}).Options()[name]; !ok {
				t.Errorf("%s asks for %s, which the form does not read", s.ID, name)
			}
		}
	}
	for _, preset := range Presets {
		if _, ok := models.FindStrategy(preset.Strategy); !ok || preset.About == "" {
			t.Errorf("preset %+v", preset)
		}
	}
}
