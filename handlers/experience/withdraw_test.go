package experience

import (
	"slices"
	"testing"

	"gatehouse/handlers/connections"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

func TestADeletedConnectionIsOfferedNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := New(db, vault), dbtest.Context(t)
		own := connections.New(db, vault)
		own.Cleanup = append(own.Cleanup, o.Withdraw)
		app := application(t, ctx, db)
		var ids []string
		for _, name := range []string{"google", "work"} {
			c, err := own.Create(ctx, connections.CreateIn{Name: name, Strategy: models.StrategyOIDC})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, c.ID)
		}
		offer := `{"methods":{"connections":["` + ids[0] + `","` + ids[1] + `"]}}`
		patch(t, o, ctx, "", offer)
		patch(t, o, ctx, app, offer)
		if live, err := o.Live(ctx, ScopeIn{app}); err != nil || len(live.Connections) != 2 {
			t.Fatalf("%+v, %v", live.Connections, err)
		}
		if err := own.Delete(ctx, connections.IDIn{ID: ids[0]}); err != nil {
			t.Fatal(err)
		}
		for _, in := range []ScopeIn{{}, {app}} {
			v, err := o.Get(ctx, in)
			if err != nil || !slices.Equal(v.Settings.Methods.Connections, ids[1:]) || v.Version != 2 {
				t.Errorf("layer %+v: %v version %d, %v", in, v.Settings.Methods.Connections, v.Version, err)
			}
			if live, err := o.Live(ctx, in); err != nil || len(live.Connections) != 1 {
				t.Errorf("page %+v: %+v, %v", in, live.Connections, err)
			}
		}
	})
}

func TestASwitchedOffConnectionHasNoButton(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx, own := New(db, vault), dbtest.Context(t), connections.New(db, vault)
	c, err := own.Create(ctx, connections.CreateIn{Name: "google", Strategy: models.StrategyGoogle})
	if err != nil {
		t.Fatal(err)
	}
	patch(t, o, ctx, "", `{"methods":{"connections":["`+c.ID+`"]}}`)
	if live, _ := o.Live(ctx, ScopeIn{}); len(live.Connections) != 1 || live.Connections[0].Name != "Google" {
		t.Fatalf("%+v", live.Connections)
	}
	in := connections.UpdateIn{ID: c.ID}
	in.Enabled = models.Some(false)
	if _, err := own.Update(ctx, in); err != nil {
		t.Fatal(err)
	}
	if live, _ := o.Live(ctx, ScopeIn{}); len(live.Connections) != 0 {
		t.Errorf("%+v", live.Connections)
	}
}
