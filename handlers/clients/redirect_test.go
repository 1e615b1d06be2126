package clients

import (
	"net/url"
	"strings"
	"testing"

	"gatehouse/models"
)

func TestCheckRedirectURI(t *testing.T) {
	for _, tc := range []struct {
		says, uri, profile, match, reason string
	}{
		{"https is allowed", "https://app.example.com/callback", "web", "exact", ""},
		{"a query is allowed", "https://app.example.com/callback?tenant=1", "web", "exact", ""},
		{"a port is allowed", "https://app.example.com:8443/callback", "web", "exact", ""},
		{"http on localhost is allowed", "http://localhost:3000/callback", "web", "exact", ""},
		{"http on 127.0.0.1 is allowed", "http://127.0.0.1/callback", "spa", "exact", ""},
		{"http on [::1] is allowed", "http://[::1]:9999/callback", "native", "exact", ""},
		{"http elsewhere is refused", "http://app.example.com/callback", "web", "exact", "insecure"},
		{"http on a name that begins like localhost is refused", "http://localhost.example.com/", "web", "exact", "insecure"},
		{"http on a private address is refused", "http://192.168.0.1/", "web", "exact", "insecure"},
		{"an empty line is refused", "", "web", "exact", "required"},
		{"a relative address is refused", "/callback", "web", "exact", "not_absolute"},
		{"an address without scheme is refused", "app.example.com/callback", "web", "exact", "not_absolute"},
		// RFC 6749 §3.1.2: the redirection endpoint URI must not include a fragment.
		{"a fragment is refused", "https://app.example.com/#/callback", "web", "exact", "fragment"},
		{"an empty fragment is refused", "https://app.example.com/#", "web", "exact", "fragment"},
		{"user information is refused", "https://app.example.com@evil.example/", "web", "exact", "user_info"},
		{"user and password are refused", "https://a:b@app.example.com/", "web", "exact", "user_info"},
		{"javascript is refused", "javascript:alert(1)", "web", "exact", "dangerous_scheme"},
		{"javascript in any case is refused", "JaVaScRiPt:alert(1)", "native", "exact", "dangerous_scheme"},
		{"javascript with a tab in it is refused", "java\tscript:alert(1)", "web", "exact", "dangerous_scheme"},
		{"javascript with a blank before it is refused", " javascript:alert(1)", "web", "exact", "dangerous_scheme"},
		{"javascript with a line break in it is refused", "java\nscript:alert(1)", "native", "exact", "dangerous_scheme"},
		{"data is refused", "data:text/html,x", "native", "exact", "dangerous_scheme"},
		{"vbscript is refused", "VBScript:x", "native", "exact", "dangerous_scheme"},
		{"blob is refused", "blob:https://a.example/1", "web", "exact", "dangerous_scheme"},
		{"file is refused", "file:///etc/passwd", "native", "exact", "dangerous_scheme"},
		{"a blank is refused", "https://app.example.com/call back", "web", "exact", "whitespace"},
		{"a blank at the end is refused", "https://app.example.com/ ", "web", "exact", "whitespace"},
		{"a backslash is refused", `https://app.example.com\@evil.example/`, "web", "exact", "forbidden_character"},
		{"letters beyond ASCII are refused", "https://аpp.example.com/", "web", "exact", "not_ascii"},
		{"no host is refused", "https:///callback", "web", "exact", "no_host"},
		{"an opaque https URI is refused", "https:app.example.com", "web", "exact", "no_host"},
		{"a port out of range is refused", "https://app.example.com:99999/", "web", "exact", "port"},
		{"a colon without port is refused", "https://app.example.com:/", "web", "exact", "port"},
		{"a host that only browsers read as an address is refused", "https://0x7f.1/", "web", "exact", "host"},
		{"a scheme in upper case is refused", "HTTPS://app.example.com/", "web", "exact", "scheme_case"},
		{"too long a URI is refused", "https://app.example.com/" + strings.Repeat("a", MaxURILength), "web", "exact", "too_long"},
		// RFC 8252 §7.1: private-use schemes are reverse-domain names.
		{"a native client may use a reverse-domain scheme", "com.example.app:/callback", "native", "exact", ""},
		{"a native client may use two slashes after it", "com.example.app://callback", "native", "exact", ""},
		{"a native client may not use a short scheme", "myapp:/callback", "native", "exact", "scheme_not_reverse_domain"},
		{"a native client needs a path after its scheme", "com.example.app:callback", "native", "exact", "no_path"},
		{"a web client may not use a scheme of its own", "com.example.app:/callback", "web", "exact", "scheme"},
		{"a browser client may not use a scheme of its own", "com.example.app:/callback", "spa", "exact", "scheme"},
		{"a * is refused without the opt-in", "https://*.example.com/callback", "web", "exact", "wildcard"},
		{"a * in the path is refused without the opt-in", "https://app.example.com/*", "web", "exact", "wildcard"},
		{"a * as the left-most label is allowed with it", "https://*.example.com/callback", "web", "wildcard", ""},
		{"a * within the left-most label is allowed with it", "https://preview-*.example.com/callback", "web", "wildcard", ""},
		{"a * in the second label is refused", "https://app.*.example.com/", "web", "wildcard", "wildcard_place"},
		{"a * in the path is refused", "https://app.example.com/*", "web", "wildcard", "wildcard_place"},
		{"two * are refused", "https://*-*.example.com/", "web", "wildcard", "wildcard_place"},
		{"a * below a top-level domain is refused", "https://*.com/", "web", "wildcard", "wildcard_suffix"},
		{"a * below a registry's second level is refused", "https://*.co.uk/", "web", "wildcard", "wildcard_suffix"},
		{"a * below a shared hosting domain is refused", "https://*.vercel.app/", "web", "wildcard", "wildcard_suffix"},
		{"a * below a public suffix in upper case is refused", "https://*.VERCEL.app/", "web", "wildcard", "wildcard_suffix"},
		{"a * below a public suffix with a dot at its end is refused", "https://*.com./", "web", "wildcard", "wildcard_suffix"},
		{"a * alone is refused", "https://*/", "web", "wildcard", "wildcard_suffix"},
		{"a * with http is refused even on loopback", "http://*.localhost/", "web", "wildcard", "insecure"},
		{"a * in a scheme of one's own is refused", "com.example.app://*", "native", "wildcard", "wildcard_place"},
	} {
		t.Run(tc.says, func(t *testing.T) {
			got := ""
			if f := CheckRedirectURI(tc.uri, tc.profile, tc.match); f != nil {
				got = f.Reason
			}
			if got != tc.reason {
				t.Errorf("%q: %q, want %q", tc.uri, got, tc.reason)
			}
		})
	}
}

// What passes must be one absolute address that leads to a host or a program of the client's own, whatever the spelling.
func FuzzCheckRedirectURI(f *testing.F) {
	for _, seed := range []string{"https://a.example/", "http://localhost:1", "com.example:/x", "java\tscript:x", "https://*.example.com/",
		"https://a@b.example", "HTTPS://A.example", "https://[::1%25lo]/", "data:,x", "https://a.example\\@b", "https://é.example", "//a", "https://a.example:0"} {
		for _, profile := range []string{"web", "native"} {
			f.Add(seed, profile, "exact")
			f.Add(seed, profile, "wildcard")
		}
	}
	f.Fuzz(func(t *testing.T, uri, profile, match string) {
		if CheckRedirectURI(uri, profile, match) != nil {
			return
		}
		u, err := url.Parse(uri)
		if err != nil || !u.IsAbs() || u.User != nil || u.Fragment != "" || len(uri) > MaxURILength || strings.ContainsFunc(uri, blank) {
			t.Fatalf("%q passed", uri)
		}
		own := profile == models.ProfileNative && strings.Contains(u.Scheme, ".")
		if u.Scheme != "https" && !own && (u.Scheme != "http" || !loopback(u.Hostname())) {
			t.Fatalf("%q passed with the scheme %s", uri, u.Scheme)
		}
		if strings.Contains(uri, "*") && (match != matchWildcard || strings.Count(u.Host, "*") != 1) {
			t.Fatalf("%q passed with a *", uri)
		}
	})
}

func TestNearMisses(t *testing.T) {
	for _, tc := range []struct {
		says   string
		uris   []string
		reason string
	}{
		{"different addresses are no near miss", []string{"https://a.example/one", "https://a.example/two"}, ""},
		{"a last slash", []string{"https://a.example/cb", "https://a.example/cb/"}, "trailing_slash"},
		{"letter case", []string{"https://a.example/cb", "https://a.example/CB"}, "case"},
		{"the scheme", []string{"https://a.example/cb", "http://a.example/cb"}, "scheme"},
		{"the port", []string{"https://a.example/cb", "https://a.example:8443/cb"}, "port"},
		{"ports on loopback are how developers work", []string{"http://localhost:3000/cb", "http://localhost:5173/cb"}, ""},
		{"the same twice", []string{"https://a.example/cb", "https://a.example/cb"}, "same"},
	} {
		t.Run(tc.says, func(t *testing.T) {
			got := ""
			if hints := NearMisses(tc.uris); len(hints) > 0 {
				got = hints[0].Reason
			}
			if got != tc.reason {
				t.Errorf("%v: %q, want %q", tc.uris, got, tc.reason)
			}
		})
	}
}
