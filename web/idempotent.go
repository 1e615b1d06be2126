package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"gatehouse/models"
)

// A POST of the native face with an Idempotency-Key is done once: the same key and body get the stored answer for a day,
// another body is refused, and a request that is still running is a conflict.

const (
	idempotencyLife    = 24 * time.Hour
	idempotencyRunning = time.Minute // after which a request that left no answer counts as gone
)

// stored is an answer as kept; it is sealed, because creations carry secrets.
type stored struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
}

// once runs an endpoint under the key of the request, if it has one.
func (r *Request) once(run func() error) error {
	key := r.c.Get("Idempotency-Key")
	if key == "" || r.c.Method() != "POST" || r.route.face != Native || r.route.anew {
		return run()
	}
	var c models.Check
	c.That(len(key) <= 255, "Idempotency-Key", "too_long", "Use at most 255 characters.")
	c.That(models.PlainText(key), "Idempotency-Key", "not_text", notText)
	if err := c.Err(); err != nil {
		return err
	}
	sum := sha256.Sum256(r.c.BodyRaw())
	place := idempotencyPlace{actor: r.Actor().ID, route: r.c.Method() + " " + r.c.Path(), key: key, body: base64.RawURLEncoding.EncodeToString(sum[:])}
	answer, err := r.srv.claim(r.ctx, place)
	if err != nil {
		return err
	}
	if answer != nil {
		return r.replay(*answer)
	}
	if err := run(); err != nil {
		if ferr := r.fail(err); ferr != nil {
			return ferr
		}
	}
	return r.srv.keep(context.WithoutCancel(r.ctx), place, r)
}

type idempotencyPlace struct{ actor, route, key, body string }

func (p idempotencyPlace) id() string { return p.actor + " " + p.route + " " + p.key }

// claim takes the key for this request, or gives the answer that it has already.
func (s *Server) claim(ctx context.Context, p idempotencyPlace) (*stored, error) {
	var answer *stored
	err := models.InTx(ctx, s.DB, func(ctx context.Context, tx models.DB) error {
		now := models.Now()
		if _, err := tx.Write.NewRaw("DELETE FROM idempotency_keys WHERE created_at < ? OR (status = 0 AND created_at < ?)",
			now.Add(-idempotencyLife), now.Add(-idempotencyRunning)).Exec(ctx); err != nil {
			return err
		}
		res, err := tx.Write.NewRaw("INSERT INTO idempotency_keys (actor_id, route, key, body_hash, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (actor_id, route, key) DO NOTHING",
			p.actor, p.route, p.key, p.body, now).Exec(ctx)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 1 {
			return nil
		}
		answer, err = s.kept(ctx, tx, p)
		return err
	})
	return answer, err
}

func (s *Server) kept(ctx context.Context, tx models.DB, p idempotencyPlace) (*stored, error) {
	var body, sealed string
	var status int
	err := tx.Write.NewRaw("SELECT body_hash, status, answer FROM idempotency_keys WHERE actor_id = ? AND route = ? AND key = ?", p.actor, p.route, p.key).
		Scan(ctx, &body, &status, &sealed)
	if err != nil {
		return nil, err
	}
	if body != p.body {
		return nil, &models.Fault{Code: models.Invalid, Reason: "idempotency_key_reused", Text: "This Idempotency-Key was used with another body. Use a new key for a new request.",
			Fields: []models.FieldFault{{Name: "Idempotency-Key", Reason: "idempotency_key_reused", Text: "Used before with another body."}}}
	}
	if status == 0 {
		return nil, &models.Fault{Code: models.Conflict, Reason: "request_in_flight", Text: "The first request with this Idempotency-Key is still running. Try again in a moment.", RetryAfter: time.Second}
	}
	plain, err := s.vault.Open("idempotency_keys", "answer", p.id(), sealed)
	if err != nil {
		return nil, err
	}
	var a stored
	return &a, json.Unmarshal([]byte(plain.Reveal()), &a)
}

// keep stores the answer, or, when the server failed, gives the key back.
func (s *Server) keep(ctx context.Context, p idempotencyPlace, r *Request) error {
	where := []any{p.actor, p.route, p.key}
	if code := r.c.Response().StatusCode(); code < 500 && code != 429 {
		a := stored{Status: code, Body: string(r.c.Response().Body()), Header: map[string]string{}}
		for _, h := range []string{"Content-Type", "ETag", "Location"} {
			if v := string(r.c.Response().Header.Peek(h)); v != "" {
				a.Header[h] = v
			}
		}
		sealed := s.vault.Seal("idempotency_keys", "answer", p.id(), models.NewSecret(string(mustJSON(a))))
		_, err := s.DB.Write.NewRaw("UPDATE idempotency_keys SET status = ?, answer = ? WHERE actor_id = ? AND route = ? AND key = ?", append([]any{code, sealed}, where...)...).Exec(ctx)
		return err
	}
	_, err := s.DB.Write.NewRaw("DELETE FROM idempotency_keys WHERE actor_id = ? AND route = ? AND key = ?", where...).Exec(ctx)
	return err
}

func (r *Request) replay(a stored) error {
	r.c.Set("Idempotency-Replayed", "true")
	for name, value := range a.Header {
		r.c.Set(name, value)
	}
	return r.body(a.Status, a.Header["Content-Type"], []byte(a.Body))
}
