package auth0_test

import (
	"fmt"
	"strings"
	"testing"
)

func ids(list []object) string {
	var out []string
	for _, o := range list {
		out = append(out, o.text("name"))
	}
	return strings.Join(out, " ")
}

// TestClientsAreListed: every filter, both ways of paging, totals and projections.
func TestClientsAreListed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, appType := range []string{"spa", "native", "regular_web", "slack", "non_interactive"} {
			w.do(201, "POST", "/clients", object{"name": fmt.Sprintf("c%d", i), "app_type": appType, "is_first_party": i%2 == 0, "description": "number " + itoa(i)})
		}
		for _, c := range []struct{ query, want string }{
			{"", "Automation c0 c1 c2 c3 c4"},
			{"is_first_party=true", "Automation c0 c2 c4"},
			{"is_first_party=false", "c1 c3"},
			{"is_global=true", "All Applications"},
			{"is_global=false", "Automation c0 c1 c2 c3 c4"},
			{"app_type=spa", "c0"},
			{"app_type=regular_web", "c2"},
			{"app_type=slack", "c3"},
			{"app_type=spa,%20slack", "c0 c3"},
			{"app_type=zoom", ""},
			{"app_type=non_interactive", "Automation c4"},
			{"external_client_id=x", ""},
			{"per_page=2&page=1", "c1 c2"},
			{"per_page=2&page=9", ""},
			{"q=name:c1", "c1"},
			{"q=name:c*", "c0 c1 c2 c3 c4"},
			{"q=name:C1%20OR%20name:c3", "c1 c3"},
			{"q=name:c*%20AND%20description:%22number%204%22", "c4"},
			{"q=client_id:nobody", ""},
			{"unknown=parameter", "Automation c0 c1 c2 c3 c4"},
		} {
			if got := ids(w.do(200, "GET", "/clients?"+c.query, nil).list("")); got != c.want {
				t.Errorf("%s: %q, want %q", c.query, got, c.want)
			}
		}
		for _, bad := range []string{"per_page=101", "page=-1", "take=0", "take=101", "per_page=x", "include_totals=perhaps", "is_first_party=2", "from=nonsense", "q=(", "q=shoe:5", "q=name:[a%20TO%20b]"} {
			a := w.call(w.admin.token, "GET", "/clients?"+bad, nil)
			name, _, _ := strings.Cut(bad, "=")
			if a.status != 400 || !strings.Contains(string(a.body), "Query validation error") || !strings.Contains(string(a.body), name) {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
		totals := w.do(200, "GET", "/clients?include_totals=true&per_page=2&page=1", nil)
		if totals["start"] != 2.0 || totals["limit"] != 2.0 || totals["total"] != 6.0 || ids(totals.list("clients")) != "c1 c2" {
			t.Errorf("%v", totals)
		}
		if got := w.do(200, "GET", "/clients?include_totals=true&is_first_party=false", nil); got["total"] != 2.0 {
			t.Errorf("%v", got["total"])
		}
	})
}

// TestCheckpointsLeadThroughEveryClient: pages joined are the list, whatever their size, and totals do not count there.
func TestCheckpointsLeadThroughEveryClient(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 7 {
			w.do(201, "POST", "/clients", object{"name": "c" + itoa(i)})
		}
		all := ids(w.do(200, "GET", "/clients", nil).list(""))
		for take := 1; take <= 9; take++ {
			var got []string
			from := ""
			for {
				page := w.do(200, "GET", "/clients?include_totals=true&take="+itoa(take)+"&from="+from, nil)
				if page["total"] != nil {
					t.Fatalf("totals: %v", page)
				}
				got = append(got, ids(page.list("clients")))
				if from = page.text("next"); from == "" {
					break
				}
			}
			if strings.TrimSpace(strings.Join(got, " ")) != all {
				t.Errorf("take %d: %v, want %v", take, got, all)
			}
		}
	})
}

// TestProjectionsAreParts: with and without a field, alone and in a list, together they are the whole.
func TestProjectionsAreParts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", full()).text("client_id")
		whole := w.do(200, "GET", "/clients/"+id, nil)
		for name := range whole {
			with := w.do(200, "GET", "/clients/"+id+"?fields="+name, nil)
			without := w.do(200, "GET", "/clients/"+id+"?include_fields=false&fields="+name, nil)
			if len(with) != 1 || !same(with[name], whole[name]) || len(without) != len(whole)-1 || without[name] != nil {
				t.Errorf("%s: %v and %d members", name, with, len(without))
			}
		}
		for _, path := range []string{"/clients?fields=client_id,name", "/clients?fields=client_id,name&include_totals=true", "/clients?fields=client_id,name&take=5"} {
			answer := w.do(200, "GET", path, nil)
			list := answer.list("")
			if answer["clients"] != nil {
				list = answer.list("clients")
			}
			if len(list) == 0 {
				t.Errorf("%s: %v", path, answer)
			}
			for _, c := range list {
				if len(c) != 2 || c["client_id"] == nil {
					t.Errorf("%s: %v", path, c)
				}
			}
		}
	})
}

// TestDeletingWhatIsGone is no fault here.
func TestDeletingWhatIsGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", object{"name": "Gone"}).text("client_id")
		w.do(204, "DELETE", "/clients/"+id, nil)
		w.do(204, "DELETE", "/clients/"+id, nil)
		if a := w.call(w.admin.token, "GET", "/clients/"+id, nil); a.status != 404 {
			t.Errorf("%d", a.status)
		}
		var left int
		must(t, w.db.Read.NewRaw("SELECT (SELECT COUNT(*) FROM credentials WHERE client_id = ?) + (SELECT COUNT(*) FROM applications WHERE name = 'Gone')", id).Scan(t.Context(), &left))
		if left != 0 {
			t.Errorf("%d rows are left", left)
		}
	})
}

// TestClientsAreSearchedByTheirGrants: q takes what the document permits of client grants, alone and by checkpoint.
func TestClientsAreSearchedByTheirGrants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(201, "POST", "/resource-servers", object{"identifier": "https://books.example.com"})
		for name, anyone := range map[string]bool{"open": true, "closed": false} {
			id := w.do(201, "POST", "/clients", object{"name": name}).text("client_id")
			w.do(201, "POST", "/client-grants", object{"client_id": id, "audience": "https://books.example.com", "scope": []any{}, "allow_any_organization": anyone})
		}
		const anyOf = "/clients?q=client_grant.allow_any_organization:true"
		got := w.do(200, "GET", anyOf+"&take=10", nil).list("clients")
		if len(got) != 1 || got[0]["name"] != "open" {
			t.Errorf("%v", got)
		}
		if got := w.do(200, "GET", "/clients?take=10&q=client_grant.organization_id:org_2eondWoxcMIpaLQc", nil).list("clients"); len(got) != 0 {
			t.Errorf("an organization has grants: %v", got)
		}
		for _, bad := range []string{anyOf, anyOf + "&take=1&app_type=spa", anyOf + "&take=1&is_first_party=true", anyOf + "%20AND%20name:open&take=1",
			"/clients?take=1&q=client_grant.allow_any_organization:false", "/clients?take=1&q=client_grant.scope:x"} {
			if a := w.call(w.admin.token, "GET", bad, nil); a.status != 400 {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
	})
}
