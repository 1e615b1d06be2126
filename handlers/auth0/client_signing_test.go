package auth0_test

import (
	"testing"
)

// TestClientsShowTheKeyThatSigns: signing_keys of a client is the certificate of the key that /keys/signing calls current, follows a
// rotation at once, and tells its bundle and subject to those alone who may read secrets.
func TestClientsShowTheKeyThatSigns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", object{"name": "Bank"}).text("client_id")
		if got := w.do(200, "GET", "/clients/"+id, nil); got["signing_keys"] != nil {
			t.Errorf("a key that is not there is shown: %v", got["signing_keys"])
		}
		low := w.token("read:clients")
		for range 2 {
			turned := w.do(201, "POST", "/keys/signing/rotate", nil)
			current := w.do(200, "GET", "/keys/signing/"+turned.text("kid"), nil)
			all := w.do(200, "GET", "/clients", nil).list("")
			for _, got := range []object{w.do(200, "GET", "/clients/"+id, nil), all[len(all)-1]} {
				key := got.list("signing_keys")[0]
				if key["cert"] != current["cert"] || key["pkcs7"] != current["pkcs7"] || key["subject"] != "/CN=localhost" {
					t.Errorf("%v\nis not %v", key, current)
				}
			}
			got := w.call(low, "GET", "/clients/"+id, nil).object(t).list("signing_keys")[0]
			if len(got) != 1 || got["cert"] != current["cert"] {
				t.Errorf("without the right to secrets: %v", got)
			}
		}
		if got := w.do(200, "GET", "/clients/"+id+"?fields=signing_keys", nil); len(got) != 1 {
			t.Errorf("%v", got)
		}
		// what was read can be written back by tools that leave out what is only read
		if a := w.call(w.admin.token, "PATCH", "/clients/"+id, object{"signing_keys": []any{}}); a.status != 400 {
			t.Errorf("it was taken: %d %s", a.status, a.body)
		}
	})
}
