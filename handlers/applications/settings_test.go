package applications_test

import (
	"net/url"
	"strings"
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/models"
)

func TestSettingsKeepWhatWasNotTouched(t *testing.T) {
	b := open(t, "editor")
	app := create(t, b.ops, applications.CreateIn{Fields: applications.Fields{Name: models.Some("Storefront"), Tags: models.Some([]string{"shop", "public"}),
		CustomData: models.Some(map[string]any{"tier": 1.0}), Description: models.Some("two\nlines")}})
	at := "/console/applications/" + app.ID + "/settings"
	b.Go(at)
	b.Send(at, b.Form("settings"))
	if same, _ := b.ops.Get(owner(), applications.IDIn{ID: app.ID}); same.Version != 1 || b.Status != 200 {
		t.Errorf("an untouched form made version %d (%d)", same.Version, b.Status)
	}
	b.Go(at)
	form := b.Form("settings")
	form.Set("owner", "Web team")
	form["allow_public_signup"] = []string{"", "true"}
	form["refresh_invalidation.on_role_update"] = []string{""}
	form.Set("service_providers", "sp1\r\nsp2\r\n")
	b.Send(at, form)
	b.Sees("Storefront saved", "Web team")
	got, _ := b.ops.Get(owner(), applications.IDIn{ID: app.ID})
	if got.Version != 2 || got.Owner != "Web team" || !got.AllowPublicSignup || got.RefreshInvalidation.OnRoleUpdate || !got.RefreshInvalidation.OnSuspension ||
		strings.Join(got.ServiceProviders, " ") != "sp1 sp2" || strings.Join(got.Tags, " ") != "shop public" || got.CustomData["tier"] != 1.0 || got.Description != "two\nlines" {
		t.Errorf("%+v", got)
	}
}

func TestSettingsExplainBesideTheField(t *testing.T) {
	b := open(t, "editor")
	app := create(t, b.ops, named("Storefront"))
	at := "/console/applications/" + app.ID + "/settings"
	for _, c := range []struct{ field, value, label string }{
		{"name", " ", "Name: "}, {"login_uri", "http://shop.example/x", "Where sign-in begins: "}, {"hub.login_uri", "x", "Sign-in page of the hub: "},
		{"custom_data", "{nope", "Custom data: "}, {"invite_email_expiration_minutes", "two days", "Invitation lasts: "}, {"custom_domain", "https://x", "Own domain: "},
		{"tags", strings.Repeat("t,", 1) + strings.Repeat("x", 50), "Tags: "}, {"language", "tlh", "Language of messages: "},
	} {
		b.Go(at)
		form := b.Form("settings")
		form.Set(c.field, c.value)
		b.Send(at, form)
		if b.Status != 422 {
			t.Errorf("%s: %d", c.field, b.Status)
		}
		b.Sees(c.label, `aria-invalid="true"`)
		if c.field != "language" {
			b.Sees(c.value)
		}
	}
}

// Of two racing updates none is lost silently, and nobody has to choose about what only one of them changed.
func TestTwoPeopleSaveAtOnce(t *testing.T) {
	a := open(t, "editor")
	app := create(t, a.ops, applications.CreateIn{Fields: applications.Fields{Name: models.Some("Storefront"), Owner: models.Some("Web"), Description: models.Some("Old")}})
	at := "/console/applications/" + app.ID + "/settings"
	b := openOn(t, a.ops, "owner")
	a.Go(at)
	b.Go(at)
	mine, theirs := a.Form("settings"), b.Form("settings")
	theirs.Set("owner", "Their team")
	theirs.Set("description", "Their words")
	b.Send(at, theirs)
	mine.Set("owner", "My team")
	mine.Set("tags", "mine")
	a.Send(at, mine)
	if a.Status != 412 {
		t.Fatalf("status %d", a.Status)
	}
	a.Sees("Somebody saved these settings while you were typing", "Choose for 1 field", "My team", "Their team", "Changed by somebody else", "Their words")
	if got, _ := a.ops.Get(owner(), applications.IDIn{ID: app.ID}); got.Owner != "Their team" || len(got.Tags) != 0 {
		t.Errorf("stored before the choice: %+v", got)
	}
	merged := a.Form("merge")
	a.Send(at, merged)
	got, _ := a.ops.Get(owner(), applications.IDIn{ID: app.ID})
	if got.Owner != "My team" || got.Description != "Their words" || strings.Join(got.Tags, "") != "mine" || got.Version != 3 || a.Status != 200 {
		t.Errorf("merged to %+v (%d)", got, a.Status)
	}
}

func TestAFormWithoutItsVersionIsAskedAbout(t *testing.T) {
	b := open(t, "editor")
	app := create(t, b.ops, named("Storefront"))
	at := "/console/applications/" + app.ID + "/settings"
	b.Go(at)
	form := b.Form("settings")
	form.Del("version")
	form.Set("name", "Other")
	b.Send(at, form)
	if got, _ := b.ops.Get(owner(), applications.IDIn{ID: app.ID}); b.Status != 412 || got.Name != "Storefront" {
		t.Errorf("%d %s", b.Status, got.Name)
	}
}

func TestShowAsAPICallSaysOnlyWhatChanged(t *testing.T) {
	b := open(t, "editor")
	app := create(t, b.ops, named("Storefront"))
	at := "/console/applications/" + app.ID + "/settings"
	b.Go(at)
	form := b.Form("settings")
	form.Set("name", "It's a shop")
	form.Set("show", "call")
	b.Send(at, form)
	b.Sees("Show as API call", "PATCH", "/rest/v1/applications/"+app.ID, "If-Match", "s a shop&#34;", "Nothing is saved yet")
	b.SeesNot("custom_data&#34;", "version&#34;")
	if got, _ := b.ops.Get(owner(), applications.IDIn{ID: app.ID}); got.Name != "Storefront" {
		t.Errorf("showing saved %q", got.Name)
	}
	form = b.Form("settings")
	form.Set("show", "form")
	b.Send(at, form)
	b.Sees("It&#39;s a shop")
	b.SeesNot("Show as API call</h2>")
	b.Go("/console/applications/new")
	b.Send("/console/applications", url.Values{"framework": {"react"}, "name": {"Shop"}, "show": {"call"}})
	b.Sees("POST", "/rest/v1/applications", "&#34;framework&#34;: &#34;react&#34;", "redirect_uris")
}

func TestManagementAPIsCanBeNarrowed(t *testing.T) {
	b := open(t, "owner")
	app := create(t, b.ops, applications.CreateIn{Fields: named("terraform-ci").Fields, Kind: models.KindManagement})
	at := "/console/applications/" + app.ID + "/settings"
	b.Go(at)
	form := b.Form("settings")
	form["management_faces"] = []string{"", "transmit"}
	b.Send(at, form)
	if got, _ := b.ops.Get(owner(), applications.IDIn{ID: app.ID}); strings.Join(got.ManagementFaces, " ") != "transmit" {
		t.Errorf("%v", got.ManagementFaces)
	}
	b.Go("/console/applications")
	b.Sees("Limited to 1 API", "Management")
}

func TestDangerNamesWhatBreaks(t *testing.T) {
	b := open(t, "editor")
	app := create(t, b.ops, applications.CreateIn{Fields: named("Partner portal").Fields, Client: machine()})
	at := "/console/applications/" + app.ID
	b.Go(at + "/disable")
	b.Sees("Disable Partner portal?", "1 client", "1 secret stop working", "none was ever used", "enable it again")
	b.Send(at+"/disable", url.Values{})
	b.Sees("Partner portal disabled", "Undo", "Enable this application")
	b.Send(at+"/enable", url.Values{})
	b.Sees("Partner portal enabled", "Disable this application")
	b.Go(at + "/delete")
	b.Sees("Delete Partner portal?", "This cannot be undone", "Type Partner portal to confirm")
	b.Send(at+"/delete", url.Values{"confirm": {"partner portal"}})
	if b.Status != 422 {
		t.Errorf("the wrong name: %d", b.Status)
	}
	b.Sees("Type it exactly")
	b.Send(at+"/delete", url.Values{"confirm": {"Partner portal"}})
	b.Sees("Partner portal deleted", "No applications yet")
	b.Go(at)
	if b.Status != 404 {
		t.Errorf("after deletion: %d", b.Status)
	}
}

func TestSeveralAreDeletedAllOrNone(t *testing.T) {
	b := open(t, "editor")
	one, two := create(t, b.ops, named("One")), create(t, b.ops, named("Two"))
	create(t, b.ops, named("Three"))
	b.Go("/console/applications/delete?id=" + one.ID + "&id=" + two.ID + "&id=unknown")
	b.Sees("Delete 2 applications?", "One, Two", "2 clients and 2 secrets stop working")
	ids := []string{one.ID, two.ID}
	b.Send("/console/applications/delete", url.Values{"id": ids, "confirm": {"delete"}})
	if b.Status != 422 {
		t.Errorf("the wrong phrase: %d", b.Status)
	}
	b.Send("/console/applications/delete", url.Values{"id": {one.ID, "unknown"}, "confirm": {"delete 2"}})
	if b.Status != 404 {
		t.Errorf("one that is not there: %d", b.Status)
	}
	b.Go("/console/applications/delete?id=" + one.ID + "&id=" + two.ID)
	b.Send("/console/applications/delete", url.Values{"id": ids, "confirm": {"delete 2"}})
	b.Sees("2 applications deleted", "Three", "1-1 of 1")
	b.SeesNot(">One<", ">Two<")
	b.Go("/console/applications/delete")
	if b.Status != 404 {
		t.Errorf("nothing chosen: %d", b.Status)
	}
}
