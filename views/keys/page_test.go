package keys

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/models"
)

// What a reader is told of a ring, stage by stage.
func TestTheRingSaysWhatHappens(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) *time.Time { at := now.Add(-d); return &at }
	next := &models.SigningKey{ID: "n", KID: "next-key", Alg: "ES256", Status: models.KeyNext, CreatedAt: now.Add(-20 * time.Minute)}
	current := &models.SigningKey{ID: "c", KID: "current-key", Alg: "ES256", Status: models.KeyCurrent, CreatedAt: *ago(48 * time.Hour), ActivatedAt: ago(47 * time.Hour)}
	previous := models.SigningKey{ID: "p", KID: "previous-key", Alg: "ES256", Status: models.KeyPrevious, CreatedAt: *ago(1000 * time.Hour), ReplacedAt: ago(23 * time.Hour)}
	for _, c := range []struct {
		name string
		ring Ring
		want []string
	}{
		{"only a current key", Ring{Alg: "ES256", Current: current}, []string{"Signs new tokens", "create the next key"}},
		{"a next key that is too new", Ring{Alg: "ES256", Next: next, Current: current, ReadyAt: now.Add(40 * time.Minute)},
			[]string{"May become current in 40 minutes", "published and not used yet", "/console/keys/n/promote", "/console/keys/n/delete"}},
		{"a next key that is known", Ring{Alg: "ES256", Next: next, Current: current, ReadyAt: now.Add(-time.Minute)}, []string{"Ready to sign", "known to every verifier"}},
		{"a previous key that tokens need", Ring{Alg: "ES256", Current: current, Previous: []models.SigningKey{previous}, FreeAt: map[string]time.Time{"p": now.Add(time.Hour)}},
			[]string{"Verifies tokens for another 60 minutes", "/console/keys/p/retire"}},
		{"a previous key that no token needs", Ring{Alg: "ES256", Current: current, Previous: []models.SigningKey{previous}, FreeAt: map[string]time.Time{"p": now}},
			[]string{"No token needs it any more"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			if err := List(View{Rings: []Ring{c.ring}, Now: now, JWKS: "https://id.example.com/.well-known/jwks.json"}).Render(context.Background(), &out); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not on the page", want)
				}
			}
		})
	}
}

// A step that could refuse tokens asks for an explicit word; one that cannot does not.
func TestForceIsAskedForOnlyWhereItSkipsSomething(t *testing.T) {
	for _, wait := range []time.Duration{-time.Minute, 35 * time.Minute} {
		var out strings.Builder
		v := StepView{Key: models.SigningKey{ID: "n", KID: "<script>alert(1)</script>", Alg: "ES256", Version: 3}, Wait: wait}
		if err := Promote(v).Render(context.Background(), &out); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), `name="force"`); got != (wait > 0) {
			t.Errorf("wait %v: force asked for: %v", wait, got)
		}
		if strings.Contains(out.String(), "<script>alert") {
			t.Error("a kid is not escaped")
		}
	}
}
