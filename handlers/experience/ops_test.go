package experience

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

func sections(t testing.TB, body string) Sections {
	t.Helper()
	var s Sections
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// application makes an application for the overlay to belong to.
func application(t testing.TB, ctx context.Context, db models.DB) string {
	t.Helper()
	a := models.Application{ID: models.NewID(models.LongID), TenantID: models.DefaultTenant, Kind: models.KindStandard, Name: "Storefront",
		CreatedAt: models.Now(), UpdatedAt: models.Now()}
	if _, err := db.Write.NewInsert().Model(&a).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func patch(t testing.TB, o Ops, ctx context.Context, app, body string) View {
	t.Helper()
	v, err := o.Patch(ctx, PatchIn{ScopeIn: ScopeIn{app}, Sections: sections(t, body)})
	if err != nil {
		t.Fatalf("patch %s: %v", body, err)
	}
	return v
}

func patchDraft(t testing.TB, o Ops, ctx context.Context, body string) DraftView {
	t.Helper()
	v, err := o.PatchDraft(ctx, PatchIn{Sections: sections(t, body)})
	if err != nil {
		t.Fatalf("draft %s: %v", body, err)
	}
	return v
}

func TestAnApplicationShowsTheTenantsSettingsUntilItSetsItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := New(db, vault), dbtest.Context(t)
		app := application(t, ctx, db)
		patch(t, o, ctx, "", `{"branding":{"primary_color":"#0f5f47","layout":"card"}}`)
		v := patch(t, o, ctx, app, `{"branding":{"primary_color":"#112233"}}`)
		if v.Settings.Branding.Primary != "#112233" || v.Settings.Branding.Layout != "card" || v.Version != 1 {
			t.Errorf("overlay: %+v", v)
		}
		v = patch(t, o, ctx, app, `{"branding":{"primary_color":null}}`)
		if v.Settings.Branding.Primary != "#0f5f47" || len(v.Overrides) != 0 || v.Version != 2 {
			t.Errorf("null takes the override away: %+v", v)
		}
	})
}

func TestWritingWhatIsThereAlreadyMakesNoVersion(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	patch(t, o, ctx, "", `{"content":{"terms_url":"https://fernway.example/terms"}}`)
	if v := patch(t, o, ctx, "", `{"content":{"terms_url":"https://fernway.example/terms"}}`); v.Version != 1 {
		t.Errorf("version %d", v.Version)
	}
}

func TestWrongSettingsAreNamedAndNothingIsStored(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	for _, c := range []struct{ body, path, reason string }{
		{`{"branding":{"primary_color":"green"}}`, "branding.primary_color", "not_a_color"},
		{`{"branding":{"primary_color":7}}`, "branding.primary_color", "wrong_type"},
		{`{"branding":{"colour":"#000000"}}`, "branding.colour", "unknown_field"},
		{`{"branding":"#000000"}`, "branding", "wrong_type"},
		{`{"branding":{"logo_url":"http://fernway.example/logo.png"}}`, "branding.logo_url", "not_https"},
		{`{"branding":{"logo_url":"data:text/html;base64,PGI+"}}`, "branding.logo_url", "not_an_image"},
		{`{"branding":{"logo_url":"data:image/png;base64,` + strings.Repeat("AAAA", 17000) + `"}}`, "branding.logo_url", "too_long"},
		{`{"content":{"terms_url":"javascript:alert(1)"}}`, "content.terms_url", "not_https"},
		{`{"content":{"privacy_url":"https://a@b.example/"}}`, "content.privacy_url", "not_https"},
		{`{"languages":{"default":"english"}}`, "languages.default", "not_a_language"},
		{`{"languages":{"enabled":["es"]}}`, "languages.default", "not_enabled"},
		{`{"phrases":{"en":{"sign_in.titel":"x"}}}`, "phrases.en.sign_in.titel", "unknown_phrase"},
		{`{"phrases":{"en":{"sign_in.title":"Hi {who}"}}}`, "phrases.en.sign_in.title", "unknown_placeholder"},
		{`{"custom_css":"@import url(https://x.example/a.css);"}`, "custom_css", "import"},
		{`{"password":{"min_length":0}}`, "password.min_length", "out_of_range"},
		{`{"lockout":{"tiers":[]}}`, "lockout.tiers", "out_of_range"},
		{`{"lockout":{"tiers":[{"attempts":5,"minutes":1},{"attempts":5,"minutes":2}]}}`, "lockout.tiers[1].attempts", "not_ascending"},
		{`{"mfa":{"policy":"mandatory"}}`, "mfa.policy", "no_factor"},
		{`{"methods":{"identifiers":[{"identifier":"username","verification_code":true}]}}`, "methods.identifiers[0]", "no_address"},
		{`{"methods":{"connections":["nosuch0000000000"]}}`, "methods.connections[0]", "connection_not_found"},
	} {
		_, err := o.Patch(ctx, PatchIn{Sections: sections(t, c.body)})
		f, ok := models.AsFault(err)
		if !ok || f.Code != models.Invalid || len(f.Fields) == 0 || f.Fields[0].Name != c.path || f.Fields[0].Reason != c.reason {
			t.Errorf("%.80s: %v", c.body, err)
		}
	}
	if v, _ := o.Get(ctx, ScopeIn{}); v.Version != 0 {
		t.Errorf("version %d", v.Version)
	}
}

func TestADraftMergesWithWhatWasPublishedMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := New(db, vault), dbtest.Context(t)
		patch(t, o, ctx, "", `{"branding":{"primary_color":"#111111"}}`)
		patchDraft(t, o, ctx, `{"branding":{"primary_color":"#222222","layout":"card"}}`)
		patch(t, o, ctx, "", `{"branding":{"primary_color":"#333333","corners":"round"}}`)

		d, err := o.Draft(ctx, ScopeIn{})
		if err != nil || len(d.Conflicts) != 1 || d.Conflicts[0].Path != "branding.primary_color" || d.Settings.Branding.Corners != "round" {
			t.Fatalf("draft %+v, %v", d, err)
		}
		_, err = o.Publish(ctx, PublishIn{})
		f, _ := models.AsFault(err)
		if f == nil || f.Code != models.Conflict || f.Reason != "publish_conflict" || f.Fields[0].Name != "branding.primary_color" {
			t.Fatalf("publish: %v", err)
		}
		v, err := o.Publish(ctx, PublishIn{Resolve: map[string]string{"branding.primary_color": Theirs}})
		if err != nil || v.Settings.Branding.Primary != "#333333" || v.Settings.Branding.Layout != "card" || v.Settings.Branding.Corners != "round" || v.Version != 3 {
			t.Fatalf("published %+v, %v", v, err)
		}
		if d, _ := o.Draft(ctx, ScopeIn{}); d.Exists {
			t.Error("the draft is gone once it is published")
		}
	})
}

func TestTwoEditorsOfOneDraftDoNotOverwriteEachOther(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	first := patchDraft(t, o, ctx, `{"branding":{"layout":"card"}}`)
	patchDraft(t, o, ctx, `{"branding":{"corners":"round"}}`)
	_, err := o.PatchDraft(ctx, PatchIn{Sections: sections(t, `{"branding":{"layout":"split"}}`), Version: models.Some(first.Version)})
	if !models.IsFault(err, models.Stale) {
		t.Errorf("stale row version: %v", err)
	}
	_, err = o.Publish(ctx, PublishIn{Version: models.Some(first.Version)})
	if !models.IsFault(err, models.Stale) {
		t.Errorf("stale publish: %v", err)
	}
}

func TestHistoryIsKeptAndOneOperationRestores(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := New(db, vault), dbtest.Context(t)
		patch(t, o, ctx, "", `{"branding":{"layout":"card"}}`)
		patch(t, o, ctx, "", `{"branding":{"layout":"split","corners":"round"}}`)
		patch(t, o, ctx, "", `{"branding":{"primary_color":"#0f5f47"}}`)
		v, err := o.Restore(ctx, VersionIn{Number: 1})
		if err != nil || v.Version != 4 || v.Settings.Branding.Layout != "card" || v.Settings.Branding.Primary != "" {
			t.Fatalf("restored %+v, %v", v, err)
		}
		list, err := o.Versions(ctx, ListIn{PageIn: models.PageIn{Limit: 3}})
		if err != nil || len(list.Items) != 3 || list.Items[0].Number != 4 || list.Items[0].Restored != 1 || !list.Items[0].Live || list.Next == "" {
			t.Fatalf("history %+v, %v", list, err)
		}
		older, err := o.Versions(ctx, ListIn{PageIn: models.PageIn{Limit: 3, Cursor: list.Next}})
		if err != nil || len(older.Items) != 1 || older.Items[0].Number != 1 || older.Next != "" || older.Prev == "" {
			t.Fatalf("older %+v, %v", older, err)
		}
		if one, err := o.Version(ctx, VersionIn{Number: 2}); err != nil || len(one.Changes) != 2 {
			t.Fatalf("version 2 %+v, %v", one, err)
		}
		for _, n := range []int64{0, 9, -1} {
			if _, err := o.Restore(ctx, VersionIn{Number: n}); !models.IsFault(err, models.NotFound) {
				t.Errorf("restore %d: %v", n, err)
			}
		}
	})
}

func TestWhoMayNotTouchAnothersExperience(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	app, other := application(t, ctx, db), application(t, ctx, db)
	own := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "c", ApplicationID: app, Actions: models.Actions{"experience.*"}})
	if _, err := o.Get(own, ScopeIn{other}); !models.IsFault(err, models.NotFound) {
		t.Errorf("another's application: %v", err)
	}
	if _, err := o.Get(own, ScopeIn{}); !models.IsFault(err, models.Forbidden) {
		t.Errorf("the tenant's layer: %v", err)
	}
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
	if _, err := o.Patch(viewer, PatchIn{Sections: sections(t, `{"branding":{"layout":"card"}}`)}); !models.IsFault(err, models.Forbidden) {
		t.Errorf("a viewer's write: %v", err)
	}
	if _, err := o.Get(ctx, ScopeIn{"nosuchapplication0000"}); !models.IsFault(err, models.NotFound) {
		t.Errorf("an application there is not: %v", err)
	}
}

func TestPublishingReachesTheCacheOfEveryApplication(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	app := application(t, ctx, db)
	primary := func(in ScopeIn) string {
		live, err := o.Live(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		return live.Experience.Branding.Primary
	}
	primary(ScopeIn{app})
	patch(t, o, ctx, "", `{"branding":{"primary_color":"#0f5f47"}}`)
	if primary(ScopeIn{}) != "#0f5f47" || primary(ScopeIn{app}) != "#0f5f47" {
		t.Error("the tenant's new colour shows at once")
	}
	patch(t, o, ctx, app, `{"branding":{"primary_color":"#112233"}}`)
	if primary(ScopeIn{}) != "#0f5f47" || primary(ScopeIn{app}) != "#112233" {
		t.Error("the application's new colour shows at once, there only")
	}
}

func TestEveryChangeIsAnEventThatTellsItByPath(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	patch(t, o, ctx, "", `{"branding":{"layout":"card"},"custom_css":"`+strings.Repeat("a{top:0}", 300)+`"}`)
	var events []models.Event
	if err := db.Read.NewSelect().Model(&events).Scan(ctx); err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	var detail map[string]models.Change
	if err := json.Unmarshal(events[0].Detail, &detail); err != nil {
		t.Fatal(err)
	}
	if e := events[0]; e.Type != "experience.published" || detail["branding.layout"].After != "card" || !detail["custom_css"].Hidden {
		t.Errorf("%s %s", e.Type, e.Detail)
	}
}

func TestWhatBelongsToAnApplicationGoesWithIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := New(db, vault), dbtest.Context(t)
		app := application(t, ctx, db)
		patch(t, o, ctx, app, `{"branding":{"layout":"card"}}`)
		if _, err := o.SetLoginPreferences(ctx, app, models.AuthMethods{Google: &models.SocialMethod{ClientID: "g"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Write.NewDelete().Model((*models.Application)(nil)).Where("id = ?", app).Exec(ctx); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"experience_layers", "experience_versions", "connections"} {
			if n, err := db.Read.NewSelect().Table(table).Count(ctx); err != nil || n != 0 {
				t.Errorf("%s: %d rows, %v", table, n, err)
			}
		}
	})
}
