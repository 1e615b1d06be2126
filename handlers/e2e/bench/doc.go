// Package bench measures the built binary: CPU time per request beside two controls of the same run, start, memory and size.
// `make bench` runs it; the machines it runs on are shared, so wall time is never reported, only CPU time and ratios.
package bench
