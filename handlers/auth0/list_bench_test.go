package auth0_test

import (
	"net/http/httptest"
	"strconv"
	"testing"

	"gatehouse/handlers/dbtest"
)

// BenchmarkListClients is the first page with its total, as the management SDK asks for it, by a caller who may read secrets.
func BenchmarkListClients(b *testing.B) {
	db, vault := dbtest.Open(b)
	w := newWorld(b, db, vault)
	for i := range 200 {
		w.do(201, "POST", "/clients", object{"name": "c" + strconv.Itoa(i), "app_type": "regular_web", "callbacks": []any{"https://c.example.com/callback"}})
	}
	w.do(201, "POST", "/keys/signing/rotate", nil) // the certificate of the key that signs is in each client
	b.ResetTimer()
	for b.Loop() {
		req := httptest.NewRequest("GET", "/api/v2/clients?include_totals=true&page=0&per_page=20", nil)
		req.Host = "localhost:8080"
		req.Header.Set("Authorization", "Bearer "+w.admin.token)
		res, err := w.app.Server.Fiber().Test(req, -1)
		if err != nil || res.StatusCode != 200 {
			b.Fatalf("%v %v", res, err)
		}
		_ = res.Body.Close()
	}
}
