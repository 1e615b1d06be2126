package logto_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// settingPairs are requests whose answers are kept, letter by letter but for ids and times.
var settingPairs = []struct{ name, method, path string }{
	{"put_phrases", "PUT", "/api/custom-phrases/fr"},
	{"put_phrases_refused", "PUT", "/api/custom-phrases/fr"},
	{"put_email_templates", "PUT", "/api/email-templates"},
	{"put_email_templates_refused", "PUT", "/api/email-templates"},
	{"patch_admin_console", "PATCH", "/api/configs/admin-console"},
	{"put_id_token", "PUT", "/api/configs/id-token"},
	{"patch_session", "PATCH", "/api/configs/oidc/session"},
	{"rotate_keys_refused", "POST", "/api/configs/oidc/private-keys/rotate"},
	{"patch_account_center", "PATCH", "/api/account-center"},
	{"put_captcha_provider", "PUT", "/api/captcha-provider"},
	{"put_captcha_provider_refused", "PUT", "/api/captcha-provider"},
	{"create_profile_field", "POST", "/api/custom-profile-fields"},
	{"create_profile_field_refused", "POST", "/api/custom-profile-fields"},
	{"create_domain", "POST", "/api/domains"},
	{"create_domain_refused", "POST", "/api/domains"},
	{"clean_domains", "POST", "/api/domains/cleanup"},
}

var (
	anID  = regexp.MustCompile(`"id":"[0-9a-z]{16,21}"`)
	proof = regexp.MustCompile(`verification=[0-9a-z]{32}`)
	aTime = regexp.MustCompile(`"(createdAt|updatedAt)":\d+`)
)

// TestGoldenSettings sends testdata/NAME.req.json and holds the answer against testdata/NAME.res.json; -update writes that.
func TestGoldenSettings(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, p := range settingPairs {
			req, err := os.ReadFile("testdata/" + p.name + ".req.json")
			must(t, err)
			a := w.call(w.admin.token, p.method, p.path, string(req))
			body := aTime.ReplaceAll(proof.ReplaceAll(anID.ReplaceAll(a.body, []byte(`"id":"{id}"`)), []byte("verification={token}")), []byte(`"$1":0`))
			raw, err := json.Marshal(object{"status": a.status, "body": json.RawMessage(body)})
			must(t, err)
			var pretty bytes.Buffer
			must(t, json.Indent(&pretty, raw, "", "  "))
			pretty.WriteByte('\n')
			file := "testdata/" + p.name + ".res.json"
			if *update {
				must(t, os.WriteFile(file, pretty.Bytes(), 0o644))
			}
			want, err := os.ReadFile(file)
			must(t, err)
			if !bytes.Equal(pretty.Bytes(), want) {
				t.Errorf("%s: got %s\nwant %s", p.name, pretty.Bytes(), want)
			}
		}
	})
}
