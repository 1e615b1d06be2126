package handlers

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"gatehouse/models"
)

// TestHooksCarryTheObject: what a hook of the Logto dialect is told of a change holds the object as the route that changed it
// answers, and names that route.
func TestHooksCarryTheObject(t *testing.T) {
	s := newSite(t)
	logto, ctx := s.token("https://default.logto.app/api"), models.System(context.Background())
	type object = map[string]any
	do := func(method, path string, in any) (out any) {
		t.Helper()
		res, body := s.call(logto, method, path, in)
		if res.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, body)
		}
		_ = json.Unmarshal(body, &out)
		return out
	}
	id := func(v any) string { text, _ := v.(object)["id"].(string); return text }
	do("POST", "/api/hooks", object{"name": "h", "config": object{"url": "https://example.com"}, "events": []string{"Role.Created", "Role.Data.Updated", "Role.Scopes.Updated",
		"Role.Deleted", "Scope.Created", "Scope.Data.Updated", "Scope.Deleted"}})
	api := id(do("POST", "/api/resources", object{"name": "Orders", "indicator": "https://orders.example/"}))
	scopes := "/api/resources/" + api + "/scopes"
	want := map[string]any{}
	want["Scope.Created"] = do("POST", scopes, object{"name": "read:orders"})
	scope := id(want["Scope.Created"])
	told := s.told(ctx)
	want["Role.Created"] = do("POST", "/api/roles", object{"name": "Reader", "description": "Reads", "type": "MachineToMachine"})
	role := id(want["Role.Created"])
	told = append(told, s.told(ctx)...)
	want["Scope.Data.Updated"] = do("PATCH", scopes+"/"+scope, object{"description": "Look at orders"})
	want["Role.Data.Updated"] = do("PATCH", "/api/roles/"+role, object{"description": "Looks"})
	want["Role.Scopes.Updated"] = do("POST", "/api/roles/"+role+"/scopes", object{"scopeIds": []string{scope}})
	told = append(told, s.told(ctx)...)
	do("DELETE", "/api/roles/"+role, nil)
	do("DELETE", scopes+"/"+scope, nil)
	want["Role.Deleted"], want["Scope.Deleted"] = nil, nil
	told = append(told, s.told(ctx)...)

	paths := map[string]string{"Scope.Created": "POST /resources/" + api + "/scopes 201", "Scope.Data.Updated": "PATCH /resources/" + api + "/scopes/" + scope + " 200",
		"Scope.Deleted": "DELETE /resources/" + api + "/scopes/" + scope + " 204", "Role.Created": "POST /roles 200", "Role.Data.Updated": "PATCH /roles/" + role + " 200",
		"Role.Scopes.Updated": "POST /roles/" + role + "/scopes 201", "Role.Deleted": "DELETE /roles/" + role + " 204"}
	seen := map[string]bool{}
	for _, body := range told {
		event, _ := body["event"].(string)
		seen[event] = true
		got, _ := json.Marshal(body["data"])
		expected, _ := json.Marshal(want[event])
		if string(got) != string(expected) {
			t.Errorf("%s carries %s, the route answered %s", event, got, expected)
		}
		method, _ := body["method"].(string)
		path, _ := body["path"].(string)
		status, _ := json.Marshal(body["status"])
		if at := method + " " + path + " " + string(status); at != paths[event] {
			t.Errorf("%s happened at %s, want %s", event, at, paths[event])
		}
	}
	for event := range paths {
		if !seen[event] {
			t.Errorf("nobody was told of %s", event)
		}
	}
}

// told seals what happened, queues it for hooks, and gives the bodies that are new.
func (s *site) told(ctx context.Context) (out []map[string]any) {
	s.t.Helper()
	c := s.app.Config
	if _, err := (models.Sealer{DB: c.DB, Vault: c.Vault, Now: models.Now, Log: slog.New(slog.DiscardHandler)}).Seal(ctx); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.app.webhooks.Spread(ctx); err != nil {
		s.t.Fatal(err)
	}
	var rows []models.WebhookDelivery
	if err := c.DB.Read.NewSelect().Model(&rows).Order("created_at").Scan(ctx); err != nil {
		s.t.Fatal(err)
	}
	if _, err := c.DB.Write.NewDelete().Model((*models.WebhookDelivery)(nil)).Where("1 = 1").Exec(ctx); err != nil {
		s.t.Fatal(err)
	}
	for _, row := range rows {
		var body map[string]any
		if err := json.Unmarshal([]byte(row.Body), &body); err != nil {
			s.t.Fatal(err)
		}
		out = append(out, body)
	}
	return out
}
