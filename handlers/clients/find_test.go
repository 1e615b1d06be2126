package clients_test

import (
	"strings"
	"testing"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

func TestFind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := newHouse(t, db, vault, "shop")
		for _, name := range []string{"Alpha", "beta", "Gam_ma", "delta!", "Epsi*lon"} {
			s := named(name)
			if name == "beta" {
				s.Profile = models.Some(models.ProfileMachine)
			}
			h.create(s)
		}
		for _, tc := range []struct {
			about string
			in    clients.FindIn
			want  string
			total int64
		}{
			{"everything, the newest first", clients.FindIn{Limit: 10, Total: true}, "Epsi*lon delta! Gam_ma beta Alpha", 5},
			{"the oldest first", clients.FindIn{Limit: 2, Order: clients.OldestFirst, Total: true}, "Alpha beta", 5},
			{"an offset", clients.FindIn{Limit: 2, Offset: 3}, "beta Alpha", 0},
			{"a profile", clients.FindIn{Limit: 9, Profiles: []string{models.ProfileMachine}, Total: true}, "beta", 1},
			{"a kind", clients.FindIn{Limit: 9, Kind: models.KindManagement, Total: true}, "", 0},
			{"part of a name", clients.FindIn{Limit: 9, Texts: []clients.TextMatch{{"name", clients.MatchLike, []string{"%TA%"}, false}}}, "delta! beta", 0},
			{"with its case", clients.FindIn{Limit: 9, Texts: []clients.TextMatch{{"name", clients.MatchLike, []string{"%A%"}, true}}}, "Alpha", 0},
			{"a star is no wildcard", clients.FindIn{Limit: 9, Texts: []clients.TextMatch{{"name", clients.MatchLike, []string{"%i*l%"}, true}}}, "Epsi*lon", 0},
			{"an exclamation mark is a character", clients.FindIn{Limit: 9, Texts: []clients.TextMatch{{"name", clients.MatchLike, []string{"%a!"}, false}}}, "delta!", 0},
			{"one of several texts", clients.FindIn{Limit: 9, Texts: []clients.TextMatch{{"name", clients.MatchExact, []string{"alpha", "beta"}, false}}}, "beta Alpha", 0},
			{"either field", clients.FindIn{Limit: 9, Texts: []clients.TextMatch{{"name", clients.MatchExact, []string{"alpha"}, false}, {"id", clients.MatchLike, []string{"%"}, false}}, Total: true}, "Epsi*lon delta! Gam_ma beta Alpha", 5},
			{"all fields", clients.FindIn{Limit: 9, AllTexts: true, Texts: []clients.TextMatch{{"name", clients.MatchExact, []string{"alpha"}, false}, {"name", clients.MatchExact, []string{"beta"}, false}}}, "", 0},
		} {
			got, err := h.Find(h.ctx, tc.in)
			if err != nil {
				t.Fatalf("%s: %v", tc.about, err)
			}
			if names := namesOf(got.Items); names != tc.want || tc.in.Total && got.Total != tc.total {
				t.Errorf("%s: %q of %d, want %q of %d", tc.about, names, got.Total, tc.want, tc.total)
			}
		}
		page, err := h.Find(h.ctx, clients.FindIn{Limit: 3})
		if err != nil || page.Next == "" {
			t.Fatalf("first page: %v", err)
		}
		page, err = h.Find(h.ctx, clients.FindIn{Limit: 3, After: page.Next})
		if err != nil || page.Next != "" || namesOf(page.Items) != "beta Alpha" {
			t.Fatalf("second page: %s %v", namesOf(page.Items), err)
		}
		if _, err := h.Find(h.ctx, clients.FindIn{Limit: 3, Texts: []clients.TextMatch{{"tenant_id", clients.MatchExact, nil, false}}}); !models.IsFault(err, models.Invalid) {
			t.Errorf("a column that is not in the list: %v", err)
		}
		limited := dbtest.As(t, models.Actor{Kind: models.ActorClient, ApplicationID: "other", Actions: models.OwnActions})
		if got, err := h.Find(limited, clients.FindIn{Limit: 9, Total: true}); err != nil || got.Total != 0 || len(got.Items) != 0 {
			t.Errorf("a client of another application sees %d: %v", got.Total, err)
		}
	})
}

func namesOf(rows []models.Client) string {
	names := make([]string, len(rows))
	for i, c := range rows {
		names[i] = c.Name
	}
	return strings.Join(names, " ")
}
