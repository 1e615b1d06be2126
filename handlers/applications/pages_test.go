package applications_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/models"
)

var withoutScripts = url.Values{"framework": {"m2m"}, "name": {"Billing worker"}, "owner": {"Payments"}}

func TestCreateShowsTheSecretOnceAndTheGuide(t *testing.T) {
	b := open(t, "editor")
	b.Go("/console/applications/new?framework=m2m")
	b.Sees("What will be created", "One secret, shown once, no expiry", "Authenticates with HTTP Basic or in the body", "Client credentials", "ES256 access tokens, 1 hour")
	b.Send("/console/applications", withoutScripts)
	if b.Status != 200 || b.At != "/console/applications" {
		t.Fatalf("%d at %s: %s", b.Status, b.At, b.Page)
	}
	b.Sees("Billing worker", "Shown once", "token.sh", origin+"/oidc/token", "Waiting for the first token")
	secret := regexp.MustCompile(`gh_[A-Za-z0-9]{40}`).FindString(b.Page)
	list, err := b.ops.List(owner(), applications.ListIn{})
	if err != nil || len(list.Items) != 1 || secret == "" {
		t.Fatalf("%v %v %q", list.Items, err, secret)
	}
	b.Go("/console/applications/" + list.Items[0].ID)
	b.Sees("Billing worker", "the secret that you stored", list.Items[0].DefaultClientID)
	b.SeesNot(secret)
}

func TestCreateWithoutASecretLeadsToTheGuide(t *testing.T) {
	b := open(t, "editor")
	b.Go("/console/applications/new?framework=react&address=https://shop.fernway.example")
	b.Sees("https://shop.fernway.example/callback", "No secret", "Browser calls from https://shop.fernway.example (CORS)", "come with a later version")
	b.Send("/console/applications", url.Values{"framework": {"react"}, "name": {"Storefront"}, "address": {"https://shop.fernway.example"}})
	b.Sees("Storefront created", "Hosted sign-in comes with a later version", "react-oidc-context", "VITE_GATEHOUSE_CLIENT_ID")
	if !strings.HasPrefix(b.At, "/console/applications/") {
		t.Errorf("at %s", b.At)
	}
	app, _ := b.ops.List(owner(), applications.ListIn{})
	c, err := b.ops.Clients.Get(owner(), clients.OneIn{ID: app.Items[0].DefaultClientID})
	if err != nil || c.Profile != models.ProfileSPA || c.RedirectURIs[0] != "https://shop.fernway.example/callback" || c.AllowedOrigins[0] != "https://shop.fernway.example" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestCreateExplainsBesideTheField(t *testing.T) {
	b := open(t, "editor")
	b.Go("/console/applications/new")
	b.Send("/console/applications", url.Values{"framework": {"nextjs"}, "name": {"Trail"}, "address": {"http://shop.fernway.example"}})
	if b.Status != 422 {
		t.Fatalf("status %d", b.Status)
	}
	b.Sees(`role="alert"`, "Development address: ", `href="#f-address"`, `value="Trail"`, `value="http://shop.fernway.example"`, `id="f-address-err"`)
	b.Send("/console/applications", url.Values{"framework": {"cobol"}, "name": {"Trail"}})
	if list, _ := b.ops.List(owner(), applications.ListIn{}); b.Status != 422 || len(list.Items) != 0 {
		t.Errorf("status %d, %d applications", b.Status, len(list.Items))
	}
}

func TestCreateTellsOfEveryFieldAtOnce(t *testing.T) {
	b := open(t, "editor")
	b.Go("/console/applications/new")
	b.Send("/console/applications", url.Values{"framework": {"nextjs"}, "name": {""}, "address": {"http://shop.fernway.example"}})
	if b.Status != 422 {
		t.Fatalf("%d", b.Status)
	}
	b.Sees("Name: ", `id="f-name-err"`, "Development address: ", `id="f-address-err"`)
	if n := strings.Count(b.Page, "This field needs a value."); n != 2 { // in the summary and beside the name: the client's own name is not another one
		t.Errorf("the empty name is told %d times", n)
	}
}

func TestEveryFrameworkCanBeChosenAndCreated(t *testing.T) {
	b := open(t, "owner")
	b.Go("/console/applications/new")
	for _, m := range regexp.MustCompile(`name="framework" value="([a-z0-9-]+)"`).FindAllStringSubmatch(b.Page, -1) {
		b.Go("/console/applications/new?framework=" + m[1])
		b.Sees("What will be created", "Application with one client"[11:])
		form := b.Form("create")
		form.Set("name", "App of "+m[1])
		form.Set("entity_id", "https://partner.example/"+m[1])
		form.Set("acs_url", "https://partner.example/acs")
		b.Send("/console/applications", form)
		if b.Status != 200 {
			t.Errorf("%s: %d", m[1], b.Status)
		}
		b.Sees("App of "+m[1], map[bool]string{true: "First sign-in", false: "First token"}[m[1] == "saml"], "Values")
	}
}

func TestFormsNeedTheirToken(t *testing.T) {
	b := open(t, "owner")
	app := create(t, b.ops, named("Storefront"))
	for _, path := range []string{"", "/delete", "/" + app.ID + "/settings", "/" + app.ID + "/disable", "/" + app.ID + "/enable", "/" + app.ID + "/delete"} {
		b.ask("POST", "/console/applications"+path, "name=x&confirm=Storefront&id="+app.ID)
		if b.Status != 403 {
			t.Errorf("POST %s without a token: %d", path, b.Status)
		}
	}
	if _, err := b.ops.Get(owner(), applications.IDIn{ID: app.ID}); err != nil {
		t.Error(err)
	}
}

func TestAViewerLooksAndChangesNothing(t *testing.T) {
	b := open(t, "viewer")
	app := create(t, b.ops, named("Storefront"))
	b.Go("/console/applications")
	b.Sees("Storefront")
	b.SeesNot("Create application", `data-select-all`, ">Delete<", "/disable")
	b.Go("/console/applications/" + app.ID + "/settings")
	b.Sees(`<fieldset class="all" disabled>`)
	b.SeesNot("Save changes")
	for _, path := range []string{"/new", "/" + app.ID + "/delete", "/" + app.ID + "/disable", "/delete?id=" + app.ID} {
		b.Go("/console/applications" + path)
		if b.Status != 403 {
			t.Errorf("GET %s: %d", path, b.Status)
		}
		b.Sees("This needs the permission application.")
	}
}

func TestListSaysWhatMatters(t *testing.T) {
	b := open(t, "editor")
	b.Go("/console/applications")
	b.Sees("No applications yet", "POST /rest/v1/applications")
	b.SeesNot("Search applications")
	worker := create(t, b.ops, applications.CreateIn{Fields: applications.Fields{Name: models.Some("Billing worker"), Description: models.Some("Nightly"), Owner: models.Some("Payments")}, Client: machine()})
	shop := create(t, b.ops, applications.CreateIn{Fields: named("Storefront").Fields, Client: redirecting("https://shop.fernway.example/cb")})
	b.Go("/console/applications")
	b.Sees("1-2 of 2", "Nightly", "shop.fernway.example", "Machine to machine", "Web app", "Payments", "Never", "Active", "newest first")
	soon := models.Now().Add(50 * time.Hour)
	if _, err := b.ops.Clients.Credentials.Create(owner(), credentials.CreateIn{ClientID: worker.Client.ID, Name: "Second", ExpiresAt: &soon}); err != nil {
		t.Fatal(err)
	}
	uses := models.NewUsages(b.ops.DB, models.Now)
	uses.Touch(models.UsedApplication, shop.ID, "192.0.2.1")
	if err := uses.Flush(owner()); err != nil {
		t.Fatal(err)
	}
	off := models.Some(true)
	if _, err := b.ops.Update(owner(), applications.UpdateIn{ID: shop.ID, Fields: applications.Fields{Disabled: off}}); err != nil {
		t.Fatal(err)
	}
	b.Go("/console/applications")
	b.Sees("Secret expires in 2 days", "Disabled", "Now")
	second := machine()
	second.ApplicationID, second.Name = shop.ID, models.Some("Second")
	if _, err := b.ops.Clients.Create(owner(), second); err != nil {
		t.Fatal(err)
	}
	b.Go("/console/applications")
	b.Sees(`<td class="r opt">2</td>`)
}

func machine() clients.CreateIn {
	return clients.CreateIn{Settings: clients.Settings{Profile: models.Some(models.ProfileMachine)}}
}

func redirecting(uri string) clients.CreateIn {
	return clients.CreateIn{Settings: clients.Settings{RedirectURIs: models.Some([]string{uri})}}
}

func TestFiltersAndPagesLiveInTheAddress(t *testing.T) {
	b := open(t, "editor")
	for i := range 25 {
		in := named(fmt.Sprintf("App %02d", i))
		if i%5 == 0 {
			in.Client, in.Owner = machine(), models.Some("Payments & co")
		}
		create(t, b.ops, in)
	}
	b.Go("/console/applications?sort=name")
	b.Sees("App 00", "App 19", "1-20 of 25", "<b>Sort:</b> Name, A to Z", `aria-sort="ascending"`)
	b.SeesNot("App 20")
	b.Go(link(t, b, "Older"))
	b.Sees("App 20", "App 24", "21-25 of 25")
	b.SeesNot("App 19")
	b.Go(link(t, b, "Newer"))
	b.Sees("App 00", "1-20 of 25")
	b.Go("/console/applications?type=machine&owner=Payments+%26+co&sort=-name")
	b.Sees("App 20", "App 15", "1-5", "<b>Type:</b> Machine to machine", "<b>Owner:</b> Payments &amp; co", "Remove filter Owner", "Clear all")
	b.SeesNot("App 19", " of 25")
	b.Go("/console/applications?q=app+07")
	b.Sees("App 07", `value="app 07"`)
	b.SeesNot("App 08")
	b.Go("/console/applications?q=nothing&status=disabled")
	b.Sees(`No application matches &#34;nothing&#34;`, "Clear filters", "among 25 applications")
	b.Go("/console/applications?type=cobol&status=%3Cb%3E&sort=created_at&cursor=forged&from=-3")
	if b.Status != 200 {
		t.Errorf("an address that nobody understands: %d", b.Status)
	}
	b.Sees("1-20 of 25")
}

func link(t *testing.T, b *browser, label string) string {
	t.Helper()
	m := regexp.MustCompile(`<a class="btn sm" href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?` + label).FindStringSubmatch(b.Page)
	if m == nil {
		t.Fatalf("no link %s on %s", label, b.At)
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

func TestAPartOfTheListIsAnsweredToScripts(t *testing.T) {
	b := open(t, "editor")
	create(t, b.ops, named("Storefront"))
	b.Go("/console/applications?q=store", "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#results")
	b.Sees("Storefront", `id="results"`)
	b.SeesNot("<html", "<nav class=\"nav\"")
}

func TestNamesOfOthersAreOnlyText(t *testing.T) {
	b := open(t, "owner")
	evil := `"'><img src=x onerror=alert(1)>`
	app := create(t, b.ops, named("Storefront"))
	_, err := b.ops.DB.Write.ExecContext(context.Background(), "UPDATE applications SET name = ?, owner = ?, description = ?", evil, evil, evil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "?q=" + url.QueryEscape(evil), "?owner=" + url.QueryEscape(evil), "/new?name=" + url.QueryEscape(evil) + "&address=" + url.QueryEscape(evil),
		"/" + app.ID, "/" + app.ID + "/settings", "/" + app.ID + "/danger", "/" + app.ID + "/delete", "/delete?id=" + app.ID} {
		b.Go("/console/applications" + path)
		if b.Status != 200 {
			t.Errorf("%s: %d", path, b.Status)
		}
		b.SeesNot("<img src=x")
	}
}

func TestTheGuideListensForAWhile(t *testing.T) {
	b := open(t, "owner")
	app := create(t, b.ops, applications.CreateIn{Fields: named("Worker").Fields, Framework: "m2m", Client: machine()})
	at := "/console/applications/" + app.ID
	b.Go(at + "?lang=python")
	b.Sees("urllib.request", `aria-current="true"`, "Listening", `hx-trigger="every 3s"`, "python3 token.py", "Issuer, Auth0 shape")
	b.Go(at, "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "section#first-token")
	b.Sees("Waiting for the first token")
	b.SeesNot("<html", "urllib.request")
	b.Go(at + "?until=1000")
	b.Sees("Waiting", "Refresh")
	b.SeesNot("every 3s")
	uses := models.NewUsages(b.ops.DB, models.Now)
	uses.Touch(models.UsedApplication, app.ID, "192.0.2.1")
	if err := uses.Flush(owner()); err != nil {
		t.Fatal(err)
	}
	b.Go(at)
	b.Sees("Working", "1 token issued", "192.0.2.1")
	b.SeesNot("every 3s")
	b.Go("/console/applications/unknown")
	if b.Status != 404 {
		t.Errorf("an unknown application: %d", b.Status)
	}
}

func TestSeveralAreDisabledAtOnce(t *testing.T) {
	b := open(t, "editor")
	one, two := create(t, b.ops, named("One")), create(t, b.ops, named("Two"))
	off := models.Some(true)
	if _, err := b.ops.Update(owner(), applications.UpdateIn{ID: two.ID, Fields: applications.Fields{Disabled: off}}); err != nil {
		t.Fatal(err)
	}
	b.Go("/console/applications")
	b.Sees(`formaction="/console/applications/disable"`)
	b.Go("/console/applications/disable?id=" + one.ID + "&id=" + two.ID)
	b.Sees("Disable 2 applications?", "One, Two", "enable each of them again")
	b.Send("/console/applications/disable", url.Values{"id": {one.ID, two.ID}})
	b.Sees("1 application disabled")
	if a, err := b.ops.Get(owner(), applications.IDIn{ID: one.ID}); err != nil || !a.Disabled {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := b.ops.DisableAll(owner(), applications.BulkIn{IDs: []string{two.ID, "absent"}}); !models.IsFault(err, models.NotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := b.ops.DisableAll(owner(), applications.BulkIn{}); !models.IsFault(err, models.Invalid) {
		t.Errorf("none: %v", err)
	}
}

func TestTheWindowTitleTellsListsApart(t *testing.T) {
	b := open(t, "viewer")
	create(t, b.ops, named("Storefront"))
	for path, title := range map[string]string{
		"":                            "Applications - Gatehouse",
		"?q=store":                    "Applications: &#34;store&#34; - Gatehouse",
		"?q=store&type=web&sort=name": "Applications: &#34;store&#34;, Web app, Name, A to Z - Gatehouse",
	} {
		b.Go("/console/applications" + path)
		b.Sees("<title>" + title + "</title>")
	}
}
