package logto_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// BenchmarkFirstPage is the first page of twenty of a hundred thousand applications with Total-Number, from request to bytes. The
// budget is 250 µs of one core.
func BenchmarkFirstPage(b *testing.B) {
	db, vault := dbtest.Open(b)
	w := newWorld(b, db, vault)
	w.do(200, "POST", apps, object{"name": "Model", "type": "Traditional", "customData": object{"plan": "pro"}, "oidcClientMetadata": object{
		"redirectUris": []string{"https://app.example.com/callback"}, "postLogoutRedirectUris": []string{"https://app.example.com/"}}})
	w.multiply(100_000)
	for name, path := range map[string]string{"first": "?page=1&page_size=20", "typed": "?page=1&page_size=20&types=Traditional", "deep": "?page=2500&page_size=20"} {
		b.Run(name, func(b *testing.B) {
			handler := w.server.Fiber().Handler()
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				var ctx fasthttp.RequestCtx
				ctx.Request.SetRequestURI(apps + path)
				ctx.Request.Header.SetHost("localhost:8080")
				ctx.Request.Header.Set("Authorization", "Bearer "+w.admin.token)
				handler(&ctx)
				if ctx.Response.StatusCode() != 200 || len(ctx.Response.Header.Peek("Total-Number")) < 6 {
					b.Fatal(ctx.Response.StatusCode(), string(ctx.Response.Body()))
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
		})
	}
}

// multiply copies the newest client until there are n of them, each a second older than the one before.
func (w *world) multiply(n int) {
	w.t.Helper()
	var columns []string
	must(w.t, w.db.Read.NewRaw("SELECT name FROM pragma_table_info('clients')").Scan(w.t.Context(), &columns))
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = map[string]string{"id": "printf('%021d', n.i)", "name": "'Application ' || n.i", "is_default": "0",
			"created_at": "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '-' || n.i || ' seconds')"}[c]
		if values[i] == "" {
			values[i] = "c." + c
		}
	}
	_, err := w.db.Write.ExecContext(w.t.Context(), fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO clients (%s) SELECT %s FROM n, (SELECT * FROM clients WHERE name = 'Model') c`, n, strings.Join(columns, ", "), strings.Join(values, ", ")))
	must(w.t, err)
	_, err = w.db.Write.NewUpdate().Model((*models.RowCount)(nil)).Set("n = n + ?", n).Where("name = ?", models.CountClients).Exec(w.t.Context())
	must(w.t, err)
	w.db.Caches.ForgetAll()
}

// cpu is the processor time of this process: on a busy machine the clock on the wall says little.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
