package ui

import (
	"os/exec"
	"strings"
	"testing"
)

// What is shown to be pasted means to its language what was sent, whatever somebody has put into a path, a version or a body.
func TestShownCodeIsQuotedForItsLanguage(t *testing.T) {
	plain := Request{Verb: "GET", Path: "/rest/v1/clients?q=a%20b"}
	if text, _ := plain.Code("curl"); !strings.Contains(text, `"$GATEHOUSE/rest/v1/clients?q=a%20b"`) {
		t.Errorf("an ordinary address stands in one piece: %s", text)
	}
	odd := Request{Verb: "PATCH", Path: "/rest/v1/clients/$HOME`id`$(id)\"x'y", Version: `1'$(id)`, Body: `@/etc/passwd '$(id)'`}
	text, _ := odd.Code("curl")
	out, err := exec.Command("sh", "-c", `curl() { for a; do printf '%s\n' "$a"; done; }; GATEHOUSE=https://id.example TOKEN=t; `+text).CombinedOutput()
	for _, want := range []string{"https://id.example" + odd.Path, `If-Match: "1'$(id)"`, odd.Body, "--data-raw"} {
		if err != nil || !strings.Contains(string(out), want+"\n") {
			t.Errorf("%q is not in %s, %v\n%s", want, out, err, text)
		}
	}
	for _, language := range []string{"go", "js"} {
		if text, _ := odd.Code(language); strings.Contains(text, "`/rest") || strings.Contains(text, "stringify(@") || !strings.Contains(text, `\"x'y`) {
			t.Errorf("%s: %s", language, text)
		}
	}
}
