package models

import (
	"net/url"
	"testing"
)

func TestAHostIsOneThatThereCanBe(t *testing.T) {
	for address, want := range map[string]bool{
		"https://app.example.com/x": true, "https://app.example.com.:8443": true, "https://localhost": true, "https://192.0.2.1:1": true, "https://[2001:db8::1]:443": true,
		"https://bücher.example": true, "https://xn--bcher-kva.example": true, "https://my_host.internal": true,
		"https://*/x": false, "https://*.example/x": false, "https://a..b": false, "https://.example": false, "https://a.example:99999": false, "https://a.example:0": false,
		"https://": false, "https://-a.example": false, "https://a;b.example": false, "https://bü cher.example": false, "https://a'b.example": false,
	} {
		u, err := url.Parse(address)
		if got := err == nil && HostOf(u); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
