package oauth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/outbound"
	"gatehouse/models"
)

// publisher is a client's own server, which gives out its keys.
type publisher struct {
	*httptest.Server
	asked atomic.Int32
	body  atomic.Value // string
}

func publish(t *testing.T) *publisher {
	p := &publisher{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		if body := p.body.Load().(string); body != "" {
			fmt.Fprint(w, body)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) offer(keys ...jose.JSONWebKey) {
	body, _ := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	p.body.Store(strings.Replace(string(body), `"keys":[`, `"keys":[{"kty":"future"},`, 1)) // RFC 7517 section 5: passed over
}

func newKey(kid string) jose.JSONWebKey {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return jose.JSONWebKey{Key: key, KeyID: kid}
}

// withRemote adds the client "remote", whose keys are at the publisher's.
func withRemote(t *testing.T, p *publisher, allow string) *world {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	var networks []*net.IPNet
	if allow != "" {
		_, n, err := net.ParseCIDR(allow)
		must(t, err)
		networks = append(networks, n)
	}
	w.sets = newKeySets(outbound.New(outbound.Options{Allow: networks}), w.Now)
	w.client(t, models.Client{ID: "remote", TokenEndpointAuthMethod: models.AuthPrivateKeyJWT, JWKSURI: p.URL + "/keys"}, models.KindManagement)
	return w
}

func (w *world) remotely(t *testing.T, key jose.JSONWebKey) error {
	_, err := w.Token(w.ctx, w.asserting(sign(t, key, jose.ES256, nil, map[string]any{"iss": "remote", "sub": "remote", "aud": here + "/oidc",
		"exp": w.now.Add(time.Minute).Unix(), "jti": models.NewID(21)})))
	return err
}

func TestKeysAtAJWKSURI(t *testing.T) {
	p, first, second := publish(t), newKey("one"), newKey("two")
	p.offer(first.Public())
	w := withRemote(t, p, "127.0.0.0/8")
	for range 3 {
		must(t, w.remotely(t, first))
	}
	if n := p.asked.Load(); n != 1 {
		t.Errorf("the set was read %d times for three tokens", n)
	}
	if w.remotely(t, second) == nil || p.asked.Load() != 1 {
		t.Errorf("a stranger's key moments later: the set was read %d times", p.asked.Load())
	}
	p.offer(second.Public())
	w.now = w.now.Add(setPause)
	must(t, w.remotely(t, second)) // rotated: the set is read again before it is old
	if w.remotely(t, first) == nil {
		t.Error("a key that left the set still counts")
	}
	p.body.Store("")
	w.now = w.now.Add(setFresh)
	must(t, w.remotely(t, second)) // while it cannot be read, what is known counts
	w.now = w.now.Add(setStale)
	if err := w.remotely(t, second); err == nil || w.unread(t) != "status_502" {
		t.Errorf("a set that cannot be read for an hour: %v; the audit log says %q", err, w.unread(t))
	}
}

// unread is why the keys of the client "remote" could not be read, as the audit log tells it.
func (w *world) unread(t *testing.T) string {
	t.Helper()
	var events []models.Event
	must(t, w.DB.Read.NewSelect().Model(&events).Where("type = 'token.refused'").Where("object_id = 'remote'").Scan(w.ctx))
	for _, e := range events {
		var detail struct {
			Why string `json:"jwks_uri"`
		}
		if len(e.Detail) > 0 {
			must(t, json.Unmarshal(e.Detail, &detail))
		}
		if detail.Why != "" {
			return detail.Why
		}
	}
	return ""
}

// SECURITY-BAR M6: whoever knows a client_id hears the same whether its keys could be read or not; the audit log tells why not.
func TestWhatAClientsServerAnsweredIsForAdministrators(t *testing.T) {
	p, key := publish(t), newKey("one")
	p.offer(key.Public())
	w := withRemote(t, p, "127.0.0.0/8")
	wrong := w.remotely(t, newKey("one"))
	for name, body := range map[string]string{"status_502": "", "not_a_key_set": "<html>"} {
		t.Run(name, func(t *testing.T) {
			p.body.Store(body)
			w := withRemote(t, p, "127.0.0.0/8")
			if err := w.remotely(t, newKey("one")); err == nil || err.Error() != wrong.Error() || strings.Contains(err.Error(), "jwks_uri") {
				t.Errorf("%v, and with another key %v", err, wrong)
			}
			if got := w.unread(t); got != name {
				t.Errorf("the audit log says %q", got)
			}
		})
	}
}

// Who asks for tokens in the name of the client, with any key at all, does not make us call its server again and again.
func TestStrangersDoNotMakeUsCallAClientsServer(t *testing.T) {
	p, key := publish(t), newKey("one")
	p.offer(key.Public())
	w := withRemote(t, p, "127.0.0.0/8")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if w.remotely(t, newKey(models.NewID(8))) == nil {
				t.Error("a stranger got a token")
			}
		})
	}
	wg.Wait()
	if n := p.asked.Load(); n != 1 {
		t.Errorf("its server was called %d times", n)
	}
}

func TestAJWKSURIInAPrivateNetworkIsNotFetched(t *testing.T) {
	p, key := publish(t), newKey("one")
	p.offer(key.Public())
	w := withRemote(t, p, "")
	if err := w.remotely(t, key); err == nil || w.unread(t) != outbound.PrivateAddress || p.asked.Load() != 0 {
		t.Errorf("%v, told as %q; it was called %d times", err, w.unread(t), p.asked.Load())
	}
}

func TestWhatIsNoKeySet(t *testing.T) {
	private, _ := json.Marshal(newKey("p"))
	for _, c := range []struct {
		name, body, err string
		keys            int
	}{
		{"a page", "<html>", "not_a_key_set", 0},
		{"a list", "[]", "not_a_key_set", 0},
		{"no keys member", "{}", "not_a_key_set", 0},
		{"no keys", `{"keys":[]}`, "", 0},
		{"a symmetric key", `{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`, "", 0},
		{"a private key", `{"keys":[` + string(private) + `]}`, "", 0},
		{"too many", `{"keys":[` + strings.Repeat("{},", setKeys) + `{}]}`, "too_many_keys", 0},
	} {
		keys, err := readSet([]byte(c.body))
		if len(keys) != c.keys || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: %d keys, %v", c.name, len(keys), err)
		}
	}
}

func TestRememberedSetsAreLimited(t *testing.T) {
	now := time.Now()
	s := newKeySets(nil, func() time.Time { return now })
	for i := range setsKept + 10 {
		now = now.Add(time.Second)
		s.entry(fmt.Sprint(i)).asked = now
	}
	if _, there := s.by["0"]; len(s.by) != setsKept || there {
		t.Errorf("%d sets are kept", len(s.by))
	}
}
