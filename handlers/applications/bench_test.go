package applications_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"gatehouse/handlers/applications"
	"gatehouse/models"
)

// BenchmarkConsoleList is the whole page of twenty rows of a thousand, from request to bytes, with a cached session. The
// budget is 250 µs of one core.
func BenchmarkConsoleList(b *testing.B) {
	w := open(b, "owner")
	for i := range 1000 {
		in := applications.CreateIn{Fields: applications.Fields{Name: models.Some(fmt.Sprintf("Application %04d", i)), Owner: models.Some(fmt.Sprintf("Team %d", i%12))},
			Client: redirecting(fmt.Sprintf("https://app%d.fernway.example/callback", i))}
		if _, err := w.ops.Create(owner(), in); err != nil {
			b.Fatal(err)
		}
	}
	for name, path := range map[string]string{"first": "/console/applications", "sorted": "/console/applications?sort=name", "filtered": "/console/applications?type=web&owner=Team+3"} {
		b.Run(name, func(b *testing.B) {
			ask := w.serve(path)
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				if status := ask(); status != 200 {
					b.Fatal(status)
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// cpu is the processor time of this process: on a busy machine the clock on the wall says little.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCreate is an application with its client and first secret, from operation to commit. The durable commit waits for the
// disk, which costs no processor time to speak of.
func BenchmarkCreate(b *testing.B) {
	w := open(b, "owner")
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		if _, err := w.ops.Create(owner(), applications.CreateIn{Fields: applications.Fields{Name: models.Some("Measured")}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}
