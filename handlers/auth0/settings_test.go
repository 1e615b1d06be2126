package auth0_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"gatehouse/models"
)

func selfSigned(t testing.TB, key *rsa.PrivateKey) string {
	t.Helper()
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotBefore: models.Now(), NotAfter: models.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TestTenantSettings: what is written is read back; names that others know are seen by them.
func TestTenantSettings(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sent := object{"friendly_name": "Fernway", "support_email": "help@example.com", "support_url": "https://example.com/help", "default_audience": "https://api.example.com",
			"session_lifetime": 24, "enabled_locales": []any{"de", "en"}, "flags": object{"enable_sso": true, "enable_client_connections": false, "disable_clickjack_protection_headers": false}, "change_password": object{"enabled": true, "html": "<p>"},
			"device_flow": object{"charset": "digits", "mask": "***-***"}, "error_page": object{"url": "https://example.com/error"}, "acr_values_supported": []any{"a"},
			"default_token_quota": object{"clients": object{"client_credentials": object{"per_day": 5}}}, "session_cookie": object{"mode": "non-persistent"}}
		got := w.do(200, "PATCH", "/tenants/settings", sent)
		for _, read := range []object{got, w.do(200, "GET", "/tenants/settings", nil)} {
			for name, want := range sent {
				if !same(read[name], want) {
					t.Errorf("%s: %v, want %v", name, read[name], want)
				}
			}
		}
		got = w.do(200, "PATCH", "/tenants/settings", object{"flags": object{"enable_apis_section": true}, "change_password": nil})
		if !same(got["flags"], object{"enable_sso": true, "enable_apis_section": true, "enable_client_connections": false, "disable_clickjack_protection_headers": false}) || got["change_password"] != nil {
			t.Errorf("%v %v", got["flags"], got["change_password"])
		}
		native := w.call(w.tokenFor(origin+"/rest/v1", ""), "GET", "/rest/v1/settings", nil)
		if !strings.Contains(string(native.body), `"name":"Fernway"`) {
			t.Errorf("the native face says %s", native.body)
		}
		for _, bad := range []string{`{}`, `{"nope":1}`, `{"support_email":"x"}`, `{"flags":{"nope":true}}`, `{"enabled_locales":[]}`, `{"friendly_name":""}`, `{"session_lifetime":0}`} {
			if a := w.call(w.admin.token, "PATCH", "/tenants/settings", bad); a.status != 400 {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
		got = w.do(200, "PATCH", "/tenants/settings", object{"session_lifetime_in_minutes": 90, "idle_session_lifetime_in_minutes": 60, "idle_ephemeral_session_lifetime_in_minutes": 100})
		if got["session_lifetime"] != 1.5 || got["idle_session_lifetime"] != 1.0 || got["session_lifetime_in_minutes"] != nil {
			t.Errorf("90 and 60 minutes are %v and %v hours", got["session_lifetime"], got["idle_session_lifetime"])
		}
		if got = w.do(200, "PATCH", "/tenants/settings", object{"session_lifetime": 2}); got["session_lifetime"] != 2.0 || got["idle_session_lifetime"] != 1.0 {
			t.Errorf("%v", got)
		}
		a := w.call(w.admin.token, "PATCH", "/tenants/settings", object{"session_lifetime": 2, "session_lifetime_in_minutes": 120})
		if a.status != 400 || !strings.Contains(string(a.body), "session_lifetime_in_minutes") {
			t.Errorf("said twice: %d %s", a.status, a.body)
		}
		if part := w.do(200, "GET", "/tenants/settings?fields=friendly_name", nil); len(part) != 1 {
			t.Errorf("%v", part)
		}
	})
}

// TestSigningKeysTurn: rotation lets the next key sign and makes another; a replaced one can be revoked, the one that signs cannot.
func TestSigningKeysTurn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.do(201, "POST", "/keys/signing/rotate", nil).text("kid")
		second := w.do(201, "POST", "/keys/signing/rotate", nil).text("kid")
		states := map[string]string{}
		for _, k := range w.do(200, "GET", "/keys/signing", nil).list("") {
			block, _ := pem.Decode([]byte(k.text("cert")))
			if block == nil {
				t.Fatalf("no certificate: %v", k)
			}
			cert, err := x509.ParseCertificate(block.Bytes)
			must(t, err)
			must(t, cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature))
			for _, state := range []string{"current", "next", "previous"} {
				if k[state] == true {
					states[k.text("kid")] = state
				}
			}
			if one := w.do(200, "GET", "/keys/signing/"+k.text("kid"), nil); !same(one, k) {
				t.Errorf("%v is not %v", one, k)
			}
		}
		if states[first] != "previous" || states[second] != "current" || len(states) < 3 {
			t.Errorf("%v", states)
		}
		if a := w.call(w.admin.token, "PUT", "/keys/signing/"+second+"/revoke", nil); a.status != 409 {
			t.Errorf("%d %s", a.status, a.body)
		}
		if got := w.do(200, "PUT", "/keys/signing/"+first+"/revoke", nil); got.text("kid") != first || got.text("cert") == "" {
			t.Errorf("%v", got)
		}
		if a := w.call(w.admin.token, "GET", "/keys/signing/"+first, nil); a.status != 404 {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

func TestCustomSigningKeys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const path = "/keys/custom-signing"
		if a := w.call(w.admin.token, "GET", path, nil); a.status != 404 {
			t.Errorf("%d %s", a.status, a.body)
		}
		set := object{"keys": []any{object{"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "use": "sig", "alg": "ES256", "x5t#S256": "z"}}}
		for _, got := range []object{w.do(200, "PUT", path, set), w.do(200, "GET", path, nil)} {
			if !same(got, set) {
				t.Errorf("%v", got)
			}
		}
		if a := w.call(w.admin.token, "PUT", path, `{"keys":[{"kty":"RSA","d":"private"}]}`); a.status != 400 || !strings.Contains(string(a.body), "Additional properties not allowed: d") {
			t.Errorf("%d %s", a.status, a.body)
		}
		w.do(204, "DELETE", path, nil)
		w.do(204, "DELETE", path, nil)
	})
}

// TestLogsTellOfEvents: pages, checkpoints and searches of the audit log in the vendor's codes.
func TestLogsTellOfEvents(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.do(201, "POST", "/clients", object{"name": "c" + itoa(i)})
		}
		all := w.do(200, "GET", "/logs?include_totals=true&sort=date:1", nil)
		logs := all.list("logs")
		if int(all["total"].(float64)) != len(logs) || len(logs) < 5 {
			t.Fatalf("%v", all["total"])
		}
		one := w.do(200, "GET", "/logs/"+logs[0].text("log_id"), nil)
		if !same(one, logs[0]) {
			t.Errorf("%v is not %v", one, logs[0])
		}
		var got []string
		from := logs[0].text("log_id")
		for {
			page := w.do(200, "GET", "/logs?take=2&from="+from, nil).list("")
			if len(page) == 0 {
				break
			}
			for _, l := range page {
				got = append(got, l.text("log_id"))
			}
			from = got[len(got)-1]
		}
		var want []string
		for _, l := range logs[1:] {
			want = append(want, l.text("log_id"))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("checkpoints give %v, want %v", got, want)
		}
		for query, least := range map[string]int{"q=type:sapi": 5, "search=type:sapi%20AND%20client_id:" + w.admin.client: 5, "q=type:feccft": 0, "q=type:nothing": 0,
			"q=date:[2020-01-01%20TO%20*]": 5, "q=date:[2020-01-01%20TO%202020-02-01]": 0, "q=type:(sapi%20OR%20s)": 5, "q=client_id:nobody": 0} {
			list := w.do(200, "GET", "/logs?"+query, nil).list("")
			if len(list) < least || least == 0 && len(list) > 0 {
				t.Errorf("%s finds %d", query, len(list))
			}
			for _, l := range list {
				if strings.Contains(query, "sapi") && l["type"] != "sapi" && l["type"] != "s" {
					t.Errorf("%s finds %v", query, l["type"])
				}
			}
		}
		for _, bad := range []string{"q=(", "q=shoe:1", "sort=ip:1", "from=nobody", "page=50", "q=date:[x%20TO%20*]", "q=NOT%20type:s"} {
			if a := w.call(w.admin.token, "GET", "/logs?"+bad, nil); a.status != 400 {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
		if a := w.call(w.admin.token, "GET", "/logs/nobody", nil); a.status != 404 {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

// TestStatsCount: the figures are those of the log.
func TestStatsCount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if a := w.call(w.admin.token, "GET", "/stats/active-users", nil); a.status != 200 || strings.TrimSpace(string(a.body)) != "0" {
			t.Errorf("%d %s", a.status, a.body)
		}
		ctx := models.System(t.Context())
		for range 3 {
			must(t, models.Record(ctx, w.db, models.Event{Type: "administrator.signed_in", ObjectKind: "administrator", ObjectID: "olivia"}))
		}
		if a := w.call(w.admin.token, "GET", "/stats/active-users", nil); strings.TrimSpace(string(a.body)) != "1" {
			t.Errorf("%s", a.body)
		}
		days := w.do(200, "GET", "/stats/daily", nil).list("")
		if len(days) != 1 || days[0]["logins"] != 3.0 || days[0]["signups"] != 0.0 {
			t.Errorf("%v", days)
		}
		today := models.Now().Format("20060102")
		if got := w.do(200, "GET", "/stats/daily?from=20200101&to=20200131", nil).list(""); len(got) != 0 {
			t.Errorf("%v", got)
		}
		if got := w.do(200, "GET", "/stats/daily?from="+today+"&to="+today, nil).list(""); len(got) != 1 {
			t.Errorf("%v", got)
		}
		for _, bad := range []string{"from=yesterday", "from=20260102&to=20260101", "from=20000101"} {
			if a := w.call(w.admin.token, "GET", "/stats/daily?"+bad, nil); a.status != 400 {
				t.Errorf("%s: %d", bad, a.status)
			}
		}
	})
}
