package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"runtime/metrics"
	"strings"
	"time"
)

// Serve takes connections from the listeners until Shutdown. The channel gives the first listener's failure, if one fails.
func (s *Server) Serve(listeners ...net.Listener) <-chan error {
	failed := make(chan error, len(listeners))
	s.app.Handler() // makes Fiber build its routing tree once, before several listeners share it
	for _, l := range listeners {
		go func() {
			if err := s.app.Server().Serve(l); err != nil {
				failed <- err
			}
		}()
	}
	return failed
}

// Shutdown takes no more connections and waits until the open requests are answered, or ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.app.Server().ShutdownWithContext(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("some requests were still open when the time to stop was up")
	}
	return err
}

// ServeMetrics answers /metrics and /debug/pprof on an address of their own, until ctx ends. It is off by default.
func ServeMetrics(ctx context.Context, address string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics", runtimeMetrics)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// runtimeMetrics writes what Go itself measures, in the text format of Prometheus.
func runtimeMetrics(w http.ResponseWriter, _ *http.Request) {
	all := metrics.All()
	samples := make([]metrics.Sample, len(all))
	for i, d := range all {
		samples[i].Name = d.Name
	}
	metrics.Read(samples)
	for _, s := range samples {
		name := "go" + strings.NewReplacer("/", "_", "-", "_", ":", "_", "*", "_").Replace(s.Name)
		switch s.Value.Kind() {
		case metrics.KindUint64:
			writeMetric(w, name, float64(s.Value.Uint64()))
		case metrics.KindFloat64:
			writeMetric(w, name, s.Value.Float64())
		}
	}
}

func writeMetric(w http.ResponseWriter, name string, v float64) {
	_, _ = w.Write([]byte(name + " " + formatFloat(v) + "\n"))
}
