package applications_test

import (
	"strings"
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/models"
)

func clientNamed(name string) clients.CreateIn {
	return clients.CreateIn{Settings: clients.Settings{Name: models.Some(name)}}
}

func TestAnImplicitContainerFollowsItsClient(t *testing.T) {
	o, ctx := ops(t), owner()
	made, err := o.CreateClient(ctx, clientNamed("<Shop> "+strings.Repeat("x", 120)))
	if err != nil || made.Secret == nil {
		t.Fatalf("create: %+v %v", made, err)
	}
	app, err := o.Get(ctx, applications.IDIn{ID: made.ApplicationID})
	if err != nil || !app.Implicit || !strings.HasPrefix(app.Name, "Shop") || len(app.Name) > 100 {
		t.Fatalf("container: %+v %v", app, err)
	}
	rename := clients.UpdateIn{ID: made.ID, Settings: clients.Settings{Name: models.Some("Store")}}
	if _, err := o.UpdateClient(ctx, rename); err != nil {
		t.Fatal(err)
	}
	if app, _ = o.Get(ctx, applications.IDIn{ID: app.ID}); app.Name != "Store" {
		t.Fatalf("the container is still called %q", app.Name)
	}
	if _, err := o.Clients.Create(ctx, clients.CreateIn{ApplicationID: app.ID, Settings: clients.Settings{Name: models.Some("Second")}}); err != nil {
		t.Fatal(err)
	}
	rename.Name = models.Some("Third")
	if _, err := o.UpdateClient(ctx, rename); err != nil {
		t.Fatal(err)
	}
	if app, _ = o.Get(ctx, applications.IDIn{ID: app.ID}); app.Name != "Store" {
		t.Fatalf("a container of two took the name %q", app.Name)
	}
}

func TestDeleteClient(t *testing.T) {
	o, ctx := ops(t), owner()
	implicit, err := o.CreateClient(ctx, clientNamed("Alone"))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.DeleteClient(ctx, implicit.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Get(ctx, applications.IDIn{ID: implicit.ApplicationID}); !models.IsFault(err, models.NotFound) {
		t.Fatalf("the empty container is still there: %v", err)
	}

	explicit := create(t, o, named("Shop"))
	if err := o.DeleteClient(ctx, explicit.Client.ID); !models.IsFault(err, models.Conflict) {
		t.Fatalf("the last client of an application that somebody made: %v", err)
	}
	second, err := o.Clients.Create(ctx, clients.CreateIn{ApplicationID: explicit.ID, Settings: clients.Settings{Name: models.Some("Second")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.DeleteClient(ctx, explicit.Client.ID); err != nil {
		t.Fatal(err)
	}
	if app, _ := o.Get(ctx, applications.IDIn{ID: explicit.ID}); app.DefaultClientID != second.ID {
		t.Fatalf("the default client is %q, want %q", app.DefaultClientID, second.ID)
	}
	if _, err := o.CreateClient(ctx, clients.CreateIn{}); !models.IsFault(err, models.Invalid) {
		t.Fatalf("a client without a name: %v", err)
	}
}
