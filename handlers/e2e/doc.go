// Package e2e holds the tests that use the built binary as its users do: over HTTP, in a browser, with other people's clients,
// and with faults. It has no product code.
package e2e
