package logto_test

import "testing"

// TestDomains is the life of a domain, here and in the native face.
func TestDomains(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/domains"
		made := w.do(201, "POST", at, object{"domain": "Login.Example.com"})
		if made["domain"] != "login.example.com" || made["status"] != "PendingVerification" || made["errorMessage"] != nil {
			t.Fatalf("made: %v", made)
		}
		w.refused(422, "domain.hostname_already_exists", "POST", at, object{"domain": "login.example.com"})
		if list := w.do(200, "GET", at, nil).rows(); len(list) != 1 || !same(list[0], made) {
			t.Errorf("list: %v", list)
		}
		records := made["dnsRecords"].([]any)
		w.texts[dig(records[0], "name").(string)] = []string{dig(records[0], "value").(string)}
		path := at + "/" + made.text("id")
		if got := w.do(200, "GET", path, nil); got["status"] != "PendingSsl" {
			t.Errorf("proven: %v", got)
		}
		if got := w.do(200, "GET", "/rest/v1/documents/custom_domain/login.example.com", nil); dig(got, "body", "status") != "pending_certificate" || dig(got, "body", "id") != made["id"] {
			t.Errorf("native: %v", got)
		}
		files := object{"verificationFiles": object{"robots.txt": "hello", ".well-known/apple-app-site-association": object{"a": 1}}}
		if got := w.do(200, "PUT", path+"/verification-files", files); !same(got, files) || !same(w.do(200, "GET", path+"/verification-files", nil), files) {
			t.Errorf("files: %v", got)
		}
		w.refused(400, "guard.invalid_input", "PUT", path+"/verification-files", object{"verificationFiles": object{"../x": "y"}})
		w.refused(400, "guard.invalid_input", "PUT", path+"/verification-files", object{"verificationFiles": object{"x.txt": 1}})
		w.refused(400, "guard.invalid_input", "PUT", path+"/verification-files", object{})
		w.do(204, "DELETE", "/rest/v1/documents/custom_domain/login.example.com", nil)
		w.refused(404, "entity.not_found", "GET", path, nil)
		w.refused(404, "entity.not_found", "DELETE", path, nil)
		w.refused(404, "entity.not_found", "GET", path+"/verification-files", nil)
		w.refused(404, "entity.not_found", "PUT", path+"/verification-files", files)

		w.do(201, "POST", at, object{"domain": "old.example.com"})
		if got := w.do(200, "POST", at+"/cleanup", object{"staleDays": 1}); !same(got, object{"scannedCount": 1, "deletedCount": 0, "skippedActiveCount": 0, "failedCount": 0}) {
			t.Errorf("too early: %v", got)
		}
		if got := w.do(200, "POST", at+"/cleanup", object{"staleDays": 0}); got["deletedCount"] != 1.0 {
			t.Errorf("cleanup: %v", got)
		}
		w.refused(400, "guard.invalid_input", "POST", at+"/cleanup", object{})
		for _, text := range []string{"", "localhost", "https://example.com", "10.0.0.1"} {
			r := w.refused(400, "guard.invalid_input", "POST", at, object{"domain": text})
			if len(r.Data.Issues) != 1 || !same(r.Data.Issues[0].Path, []any{"domain"}) {
				t.Errorf("%q: %+v", text, r.Data)
			}
		}
	})
}
