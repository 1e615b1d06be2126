package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestVendoredFilesAreWhatWasReviewed(t *testing.T) {
	list, err := os.ReadFile("vendor.sha256")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		want, name, _ := strings.Cut(line, "  ")
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s is %s, vendor.sha256 says %s", name, got, want)
		}
	}
}

func TestURLAndLookupAgree(t *testing.T) {
	form := regexp.MustCompile(`^/static/[0-9a-f]{12}/`)
	for name := range files() {
		url := URL(name)
		if !form.MatchString(url) || !strings.HasSuffix(url, "/"+name) {
			t.Errorf("URL(%q) = %q", name, url)
		}
		a, ok := Lookup(url)
		if !ok || len(a.Body) == 0 || a.ContentType == "" || !strings.HasPrefix(a.ETag, `"`) {
			t.Errorf("Lookup(%q) = %+v, %v", url, a.ContentType, ok)
		}
		if a.Gzip != nil {
			same(t, name, a)
		}
	}
}

func same(t *testing.T, name string, a Asset) {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(a.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r); err != nil || !bytes.Equal(body, a.Body) {
		t.Errorf("%s: the compressed form differs (%v)", name, err)
	}
}

func TestLookupRefuses(t *testing.T) {
	for _, c := range []struct{ why, url string }{
		{"an old hash", "/static/000000000000/css/gatehouse.css"},
		{"no hash", "/static/css/gatehouse.css"},
		{"a file that is not embedded", "/static/000000000000/assets.go"},
		{"a path that climbs", "/static/../main.go"},
		{"nothing", ""},
	} {
		if _, ok := Lookup(c.url); ok {
			t.Errorf("%s: %s was found", c.why, c.url)
		}
	}
}

func TestStylesheetNamesTheHashedFont(t *testing.T) {
	css, _ := Lookup(URL("css/gatehouse.css"))
	if !bytes.Contains(css.Body, []byte(URL("fonts/inter.woff2"))) {
		t.Error("the stylesheet does not use the hashed address of the font")
	}
	if bytes.Contains(css.Body, []byte("../fonts/")) {
		t.Error("a relative font address is left")
	}
}

// A cold page may weigh 90 KB compressed with its font; this is what is left for the document.
func TestBudgets(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes int
	}{
		{"css/gatehouse.css", 20 << 10},
		{"js/app.js", 6 << 10},
		{"js/htmx.min.js", 15 << 10},
		{"fonts/inter.woff2", 50 << 10},
	} {
		a, _ := Lookup(URL(c.name))
		size := len(a.Gzip)
		if a.Gzip == nil {
			size = len(a.Body)
		}
		if size > c.bytes {
			t.Errorf("%s weighs %d bytes, the budget is %d", c.name, size, c.bytes)
		}
	}
}

func TestScriptsNeedNoEval(t *testing.T) {
	app, _ := Lookup(URL("js/app.js"))
	for _, bad := range []string{"eval(", "new Function", "innerHTML", "document.write", "http://", "https://"} {
		if bytes.Contains(app.Body, []byte(bad)) {
			t.Errorf("app.js contains %s", bad)
		}
	}
}

func TestIcon(t *testing.T) {
	if shapes, ok := Icon("plus"); !ok || shapes != `<path d="M5 12h14"/><path d="M12 5v14"/>` {
		t.Errorf("plus is %q, %v", shapes, ok)
	}
	if _, ok := Icon("no-such-icon"); ok {
		t.Error("an unknown icon was found")
	}
	for name, shapes := range icons() {
		if !strings.HasPrefix(shapes, "<") || strings.Contains(shapes, "style=") {
			t.Errorf("icon %s is %q", name, shapes)
		}
	}
}
