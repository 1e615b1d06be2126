package logto_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"gatehouse/models"
)

// TestLogs: what happens is in the log in the document's shape, found by each filter, and paged.
func TestLogs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		before := time.Now().Add(-time.Hour).UnixMilli()
		made := w.do(200, "POST", apps, object{"name": "Logged", "type": "SPA"})
		w.do(200, "PATCH", apps+"/"+made.text("id"), object{"name": "Logged again"})
		list := w.do(200, "GET", "/api/logs?logKey=Client.Updated", nil).rows()
		if len(list) != 1 {
			t.Fatalf("updates: %v", list)
		}
		entry := list[0]
		if dig(entry, "key") != "Client.Updated" || dig(entry, "payload", "result") != "Success" || dig(entry, "payload", "applicationId") != w.admin.client ||
			dig(entry, "payload", "params", "object", "id") != made["id"] {
			t.Errorf("entry: %v", entry)
		}
		if got := w.do(200, "GET", "/api/logs/"+dig(entry, "id").(string), nil); !same(got, entry) {
			t.Errorf("read: %v", got)
		}
		count := func(query string) int {
			t.Helper()
			a := w.call(w.admin.token, "GET", "/api/logs?page_size=1&"+query, nil)
			n, err := strconv.Atoi(a.header.Get("Total-Number"))
			if err != nil || a.status != 200 {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
			return n
		}
		all := count("")
		for query, want := range map[string]int{"logKey=Client.Updated": 1, "logKey=Nothing.Here": 0, "logKey=nonsense": 0, "applicationId=" + made.text("id"): 2,
			"userId=nobody": 0, "start_time=" + strconv.FormatInt(before, 10): all, "end_time=" + strconv.FormatInt(before, 10): 0, "enableCap=true": all,
			"start_time=-8640000000000000&end_time=8640000000000000": all} {
			if got := count(query); got != want {
				t.Errorf("%s finds %d, want %d", query, got, want)
			}
		}
		seen := map[any]bool{}
		for page := range all {
			for _, e := range w.do(200, "GET", "/api/logs?page_size=1&page="+strconv.Itoa(page+1), nil).rows() {
				seen[dig(e, "id")] = true
			}
		}
		if len(seen) != all {
			t.Errorf("pages hold %d of %d", len(seen), all)
		}
		w.refused(400, "log.invalid_time_window", "GET", "/api/logs?start_time=2&end_time=1", nil)
		w.refused(400, "log.invalid_time_window", "GET", "/api/logs?start_time=soon", nil)
		w.refused(400, "guard.invalid_pagination", "GET", "/api/logs?page=0", nil)
		w.refused(404, "entity.not_exists_with_id", "GET", "/api/logs/nobody", nil)
	})
}

// TestDashboard counts people by what the log tells of them.
func TestDashboard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := "/api/dashboard/users"
		if got := w.do(200, "GET", at+"/total", nil); got["totalUserCount"] != 0.0 {
			t.Errorf("fresh: %v", got)
		}
		ctx := models.System(context.Background())
		for _, e := range []struct{ who, what string }{{"u1", "created"}, {"u2", "created"}, {"u3", "created"}, {"u3", "deleted"}, {"u1", "signed_in"}, {"u1", "signed_in"}, {"u2", "signed_in"}} {
			ctx := models.WithActor(ctx, models.Actor{Kind: "user", ID: e.who, TenantID: models.DefaultTenant})
			must(t, models.InTx(ctx, w.db, func(ctx context.Context, tx models.DB) error {
				return models.Record(ctx, tx, models.Event{Type: "user." + e.what, ObjectKind: "user", ObjectID: e.who})
			}))
		}
		if got := w.do(200, "GET", at+"/total", nil); got["totalUserCount"] != 2.0 {
			t.Errorf("total: %v", got)
		}
		if got := w.do(200, "GET", at+"/new", nil); !same(got, object{"today": object{"count": 3, "delta": 3}, "last7Days": object{"count": 3, "delta": 3}}) {
			t.Errorf("new: %v", got)
		}
		got := w.do(200, "GET", at+"/active", nil)
		two := object{"count": 2, "delta": 2}
		if !same(got["dau"], two) || !same(got["wau"], two) || !same(got["mau"], two) || len(got["dauCurve"].([]any)) != 30 {
			t.Errorf("active: %v", got)
		}
		tomorrow := time.Now().UTC().Add(24 * time.Hour).Format("2006-01-02")
		if got := w.do(200, "GET", at+"/active?date="+tomorrow, nil); !same(got["dau"], object{"count": 0, "delta": -2}) {
			t.Errorf("tomorrow: %v", got)
		}
		w.refused(400, "guard.invalid_input", "GET", at+"/active?date=2026-13-45", nil)
	})
}

// TestStatusAndDescriptions: public, and what is described is what is mounted.
func TestStatusAndDescriptions(t *testing.T) {
	w := single(t)
	if a := w.call("", "GET", "/api/status", nil); a.status != 204 || len(a.body) > 0 {
		t.Errorf("status: %d %s", a.status, a.body)
	}
	a := w.call("", "GET", "/api/swagger.json", nil)
	doc := a.object(t)
	for _, path := range []string{"/api/applications/{id}", "/api/configs/oidc/{keyType}/rotate", "/api/swagger.json"} {
		if dig(doc, "paths", path) == nil {
			t.Errorf("%s is not described", path)
		}
	}
	if got := dig(doc, "paths", "/api/domains", "post", "requestBody", "content", "application/json", "schema", "required"); !same(got, []any{"domain"}) {
		t.Errorf("required of a domain: %v", got)
	}
	for _, name := range []string{"experience", "user"} {
		if paths := dig(w.call("", "GET", "/api/.well-known/"+name+".openapi.json", nil).object(t), "paths"); !same(paths, object{}) {
			t.Errorf("%s: %v", name, paths)
		}
	}
	if b := w.call("", "GET", "/api/.well-known/management.openapi.json", nil); string(b.body) != string(a.body) {
		t.Error("two descriptions of one API")
	}
	if again := w.call("", "GET", "/api/swagger.json", nil, "If-None-Match", a.header.Get("Etag")); again.status != 304 {
		t.Errorf("unchanged: %d", again.status)
	}
}

// BenchmarkSwagger measures the description of the API: it is to take less than 5 ms.
func BenchmarkSwagger(b *testing.B) {
	w := single(b)
	for b.Loop() {
		if a := w.call("", "GET", "/api/swagger.json", nil); a.status != 200 {
			b.Fatal(a.status)
		}
	}
}
