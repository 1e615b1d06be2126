package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The vendor's deployment tool, unchanged, moves a tenant out of a server and into it and another.

// deployed are the groups of the deployment tool that the dialect has.
var deployed = []string{"tenant", "clients", "clientGrants", "clientAuthCredentials", "resourceServers", "connections", "databases", "branding", "themes", "pages",
	"prompts", "emailTemplates", "emailProvider", "customDomains", "attackProtection"}

// withheld are the secrets that an export names and does not hold, and what the tool puts in their places.
const withheld = `{"CONNECTIONS_GOOGLE_OAUTH2_SECRET":"google-secret","SMTP_USER":"mailer","SMTP_PASS":"mail-secret"}`

// TestAuth0DeployCLI exports a tenant and imports the export, which changes nothing. A new tenant that imports it exports the same.
func TestAuth0DeployCLI(t *testing.T) {
	needPackages(t)
	s := start(t)
	furnishTenant(t, s)
	first := export(t, s)
	for _, want := range []string{"https://shop.example.com/callback", "https://api.shop.example.com", "read:orders", "max_attempts: 7", "Welcome to Fernway", "session_lifetime: 1.5",
		"universal_login", "./pages/login.html", "displayName: Night", "private_key_jwt"} {
		if !strings.Contains(first["tenant.yaml"], want) {
			t.Errorf("the export does not hold %q:\n%s", want, first["tenant.yaml"])
		}
	}
	before := changes(t, s)
	imports(t, s, first)
	if after := changes(t, s); len(after) > len(before) {
		t.Errorf("importing what was exported changed something: %v", after[:len(after)-len(before)])
	}
	compare(t, "the same tenant", first, export(t, s))

	other := start(t)
	first["tenant.yaml"] = withKey(t, first["tenant.yaml"])
	imports(t, other, first)
	second := export(t, other)
	first["tenant.yaml"], second["tenant.yaml"] = own.ReplaceAllString(first["tenant.yaml"], ""), own.ReplaceAllString(second["tenant.yaml"], "")
	compare(t, "another tenant", first, second)
}

// own are the lines of an export that differ between tenants by their nature: proofs of domains, ids and public keys.
var own = regexp.MustCompile(`(?m)^ *(record|themeId|pem): .*\n`)

// withKey gives the exported client its public key again: an export holds none, so the people who deploy add it.
func withKey(t *testing.T, tenant string) string {
	t.Helper()
	const at = "          - name: laptop\n"
	if !strings.Contains(tenant, at) {
		t.Fatalf("the export names no key:\n%s", tenant)
	}
	return strings.Replace(tenant, at, at+"            pem: "+quoted(publicKey(t))+"\n", 1)
}

func compare(t *testing.T, what string, first, second map[string]string) {
	t.Helper()
	if !slices.Equal(slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(second))) {
		t.Errorf("%s: other files: %v", what, slices.Sorted(maps.Keys(second)))
	}
	for name, text := range first {
		if second[name] != text {
			t.Errorf("%s: %s differs:\n%s\n---\n%s", what, name, text, second[name])
		}
	}
}

// export gives the files of an export by their names.
func export(t *testing.T, s *server) map[string]string {
	t.Helper()
	folder, out := t.TempDir(), map[string]string{}
	deploy(t, s, "export", "--format=yaml", "--output_folder="+folder)
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var text []byte
			text, err = os.ReadFile(filepath.Join(folder, path))
			out[path] = string(text)
		}
		return err
	})
	if err != nil || len(out["tenant.yaml"]) < 1000 {
		t.Fatalf("%v: %v", err, out)
	}
	return out
}

// imports brings the files of an export into a tenant.
func imports(t *testing.T, s *server, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	deploy(t, s, "import", "--input_file="+filepath.Join(folder, "tenant.yaml"))
}

// deploy runs the deployment tool.
func deploy(t *testing.T, s *server, args ...string) {
	t.Helper()
	env := []string{"AUTH0_DOMAIN=" + strings.TrimPrefix(s.Secure, "https://"), "AUTH0_CLIENT_ID=" + clientID, "AUTH0_CLIENT_SECRET=" + clientSecret,
		"AUTH0_INCLUDED_ONLY=" + quoted(deployed), "AUTH0_KEYWORD_REPLACE_MAPPINGS=" + withheld, "AUTH0_ALLOW_DELETE=false", "AUTH0_API_MAX_RETRIES=1"}
	out, err := node(t, s, "npm", env, append([]string{"node_modules/auth0-deploy-cli/lib/index.js"}, args...)...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, out)
	}
}

func quoted(v any) string {
	out, _ := json.Marshal(v)
	return string(out)
}

func publicKey(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// changes are the events of the audit log that changed something.
func changes(t *testing.T, s *server) []string {
	t.Helper()
	var list struct {
		Items []struct {
			Type   string
			Detail json.RawMessage
		}
	}
	s.call(s.token(s.URL+"/rest/v1"), "GET", "/rest/v1/events?limit=100", nil, &list)
	if len(list.Items) == 100 {
		t.Fatal("there are more events than one page shows")
	}
	var out []string
	for _, e := range list.Items {
		if !strings.HasPrefix(e.Type, "token.") {
			out = append(out, e.Type+" "+string(e.Detail))
		}
	}
	return out
}

// furnishTenant puts something into every group.
func furnishTenant(t *testing.T, s *server) {
	t.Helper()
	token := s.token(s.Secure + "/api/v2/")
	do := func(method, path string, body any) (out map[string]any) {
		t.Helper()
		var into any = &out
		if strings.HasSuffix(path, "/universal-login") || strings.HasSuffix(path, "/partials") {
			into = nil // these answer nothing
		}
		if res := s.call(token, method, "/api/v2"+path, body, into); res.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %v", method, path, res.StatusCode, out)
		}
		return out
	}
	type o = map[string]any
	type l = []any
	theme, err := os.ReadFile(filepath.Join("..", "auth0", "testdata", "create_theme.req.json"))
	if err != nil {
		t.Fatal(err)
	}
	shop := do("POST", "/clients", o{"name": "Shop", "app_type": "regular_web", "callbacks": l{"https://shop.example.com/callback"}, "client_metadata": o{"team": "web"},
		"refresh_token": o{"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 5, "token_lifetime": 86400, "idle_token_lifetime": 3600}})["client_id"]
	single := do("POST", "/clients", o{"name": "Single page", "app_type": "spa", "web_origins": l{"https://spa.example.com"}, "allowed_logout_urls": l{"https://spa.example.com"}})["client_id"]
	do("POST", "/clients", o{"name": "Phone", "app_type": "native", "callbacks": l{"com.example.app://callback"}, "mobile": o{"ios": o{"team_id": "ABCDE12345", "app_bundle_identifier": "com.example.app"}}})
	do("POST", "/clients", o{"name": "Signed", "app_type": "non_interactive", "client_authentication_methods": o{"private_key_jwt": o{"credentials": l{
		o{"credential_type": "public_key", "name": "laptop", "pem": publicKey(t)}}}}})
	do("POST", "/resource-servers", o{"name": "Shop API", "identifier": "https://api.shop.example.com", "token_lifetime": 3600,
		"scopes": l{o{"value": "read:orders", "description": "Read orders"}, o{"value": "write:orders", "description": "Change orders"}}})
	do("POST", "/client-grants", o{"client_id": shop, "audience": "https://api.shop.example.com", "scope": l{"read:orders"}})
	do("POST", "/connections", o{"name": "people", "strategy": "auth0", "options": o{"passwordPolicy": "good", "disable_signup": true}, "enabled_clients": l{shop}})
	do("POST", "/connections", o{"name": "google", "strategy": "google-oauth2", "enabled_clients": l{shop, single},
		"options": o{"client_id": "google-id", "client_secret": "google-secret", "scope": l{"email", "profile"}, "email": true, "profile": true}})
	do("POST", "/connections", o{"name": "partner", "strategy": "oidc", "display_name": "Partner", "options": o{"type": "front_channel", "issuer": "https://idp.example.com",
		"authorization_endpoint": "https://idp.example.com/authorize", "jwks_uri": "https://idp.example.com/jwks", "client_id": "partner-id", "scope": "openid profile"}})
	do("PATCH", "/branding", o{"colors": o{"primary": "#0059d6", "page_background": "#ffffff"}, "logo_url": "https://example.com/logo.png"})
	do("PUT", "/branding/templates/universal-login", o{"template": "<html>\n<head>{%- auth0:head -%}</head>\n<body>{%- auth0:widget -%}</body>\n</html>\n"})
	do("POST", "/branding/themes", json.RawMessage(theme))
	do("PATCH", "/tenants/settings", o{"friendly_name": "Fernway", "support_email": "help@example.com", "session_lifetime_in_minutes": 90, "idle_session_lifetime": 1,
		"enabled_locales": l{"en"}, "flags": o{"enable_apis_section": true}, "error_page": o{"html": "<h1>Oops</h1>\n", "show_log_link": false, "url": ""},
		"change_password": o{"enabled": true, "html": "<h1>Change</h1>"}, "guardian_mfa_page": o{"enabled": true, "html": "<h1>One more</h1>"}})
	var global []o
	s.call(token, "GET", "/api/v2/clients?is_global=true", nil, &global)
	do("PATCH", "/clients/"+global[0]["client_id"].(string), o{"custom_login_page": "<html>\n<body>Log in</body>\n</html>", "custom_login_page_on": true})
	do("PATCH", "/prompts", o{"universal_login_experience": "new", "identifier_first": true})
	do("PUT", "/prompts/login/custom-text/en", o{"login": o{"title": "Welcome to Fernway"}})
	do("PUT", "/prompts/login/partials", o{"login": o{"form-content-start": "<p>Hello</p>"}})
	do("POST", "/emails/provider", o{"name": "smtp", "enabled": true, "default_from_address": "login@example.com",
		"credentials": o{"smtp_host": "smtp.example.com", "smtp_port": 587, "smtp_user": "mailer", "smtp_pass": "mail-secret"}})
	do("POST", "/email-templates", o{"template": "verify_email", "from": "login@example.com", "subject": "Verify {{ application.name }}", "syntax": "liquid", "enabled": true,
		"resultUrl": "https://example.com/done", "urlLifetimeInSeconds": 3600,
		"body": "<html>\n  <body>\n  {% if user.name %}Hello {{ user.name | escape }}{% else %}Hello{% endif %}\n  <a href=\"{{ url }}\">Verify</a>\n  </body>\n</html>\n"})
	do("POST", "/email-templates", o{"template": "welcome_email", "from": "", "subject": "", "syntax": "liquid", "enabled": false, "body": "<h1>Hi</h1>"})
	do("POST", "/custom-domains", o{"domain": "login.example.com", "type": "self_managed_certs"})
	do("PATCH", "/attack-protection/brute-force-protection", o{"enabled": true, "shields": l{"block"}, "allowlist": l{"192.0.2.0/24"}, "max_attempts": 7})
}
