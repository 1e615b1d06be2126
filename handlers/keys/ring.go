package keys

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/models"
)

// firstAnswers is how long a started server has the processor to itself.
const firstAnswers = 2 * time.Second

// Ring gives signers and published keys from memory. It is loaded once and again when a commit drops models.CacheKeyRing.
type Ring struct {
	db    models.DB
	vault *models.Vault
	cache *models.Cache[*keyring]

	mu     sync.Mutex
	ready  map[string]*Signer       // prepared signers by row id; a key never changes, so they outlive a reload
	making map[string]chan struct{} // keys being made, by application and algorithm
	fresh  time.Time                // last reload for an unknown kid
}

// keyring is the ring at one moment.
type keyring struct {
	public  map[string]Published // by kid
	current map[string]*Signer   // the tenant's, by algorithm
	own     map[string]*Signer   // of applications, by application id
	set     []byte
	etag    string
}

// Published is the public half of a key, and whose it is.
type Published struct {
	Key           jose.JSONWebKey
	ApplicationID string // empty for the tenant's ring
}

// NewRing makes the ring of a database.
func NewRing(db models.DB, vault *models.Vault) *Ring {
	return &Ring{db: db, vault: vault, cache: models.NewCache[*keyring](db.Caches, models.CacheKeyRing, 1),
		ready: map[string]*Signer{}, making: map[string]chan struct{}{}}
}

// Prepare makes what the first answers need, before the server listens: an ES256 key, which takes microseconds.
func (r *Ring) Prepare(ctx context.Context) error { return r.ensure(ctx, "", models.AlgES256) }

// Run completes the ring beside the first answers: it waits a moment, because making an RSA key takes tenths of a second of
// one processor. A token that needs the key earlier has it made at once.
func (r *Ring) Run(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(firstAnswers):
	}
	if err := r.Complete(ctx); err != nil {
		slog.ErrorContext(ctx, "the RS256 signing key could not be made; the first token that needs it tries again", "error", err)
	}
}

// Complete makes the RS256 key that ID tokens are signed with unless the client chose.
func (r *Ring) Complete(ctx context.Context) error { return r.ensure(ctx, "", models.AlgRS256) }

// Signer gives the key that signs tokens of an application ("" for the tenant's ring). An application's own key decides the
// algorithm by itself. A key that does not exist yet is made, and waited for until ctx ends.
func (r *Ring) Signer(ctx context.Context, applicationID, alg string) (*Signer, error) {
	k, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	if s := k.signer(applicationID, alg); s != nil {
		return s, nil
	}
	if err := r.await(ctx, applicationID, alg); err != nil {
		return nil, err
	}
	if k, err = r.load(ctx); err != nil {
		return nil, err
	}
	if s := k.signer(applicationID, alg); s != nil {
		return s, nil
	}
	return nil, &models.Fault{Code: models.Unavailable, Reason: "signing_key_not_ready", Text: "The signing key is being made. Try again in a moment.", RetryAfter: time.Second}
}

func (k *keyring) signer(applicationID, alg string) *Signer {
	if applicationID != "" {
		return k.own[applicationID]
	}
	return k.current[alg]
}

// Current gives the key of the tenant's ring that signs with an algorithm now, and nil where none was made yet.
func (r *Ring) Current(ctx context.Context, alg string) (*Signer, error) {
	k, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	return k.current[alg], nil
}

// Public gives a published key by its kid. Another node may just have made it, so an unknown kid reads the database again, at
// most once a second.
func (r *Ring) Public(ctx context.Context, kid string) (Published, bool, error) {
	k, err := r.load(ctx)
	if err != nil {
		return Published{}, false, err
	}
	if key, ok := k.public[kid]; ok || !r.db.Postgres || !r.mayRefresh() {
		return key, ok, nil
	}
	if k, err = r.read(ctx, ""); err != nil {
		return Published{}, false, err
	}
	key, ok := k.public[kid]
	return key, ok, nil
}

func (r *Ring) mayRefresh() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.fresh) < time.Second {
		return false
	}
	r.fresh = time.Now()
	return true
}

// JWKS gives the key set document (RFC 7517 section 5) and its entity tag, as bytes made when the ring was loaded.
func (r *Ring) JWKS(ctx context.Context) (body []byte, etag string, err error) {
	k, err := r.load(ctx)
	if err != nil {
		return nil, "", err
	}
	return k.set, k.etag, nil
}

// Algs tells which algorithms the tenant's ring signs with now or, RS256, within moments.
func (r *Ring) Algs(ctx context.Context) ([]string, error) {
	k, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	var algs []string
	for _, alg := range models.Algs {
		if k.current[alg] != nil || alg == models.AlgRS256 {
			algs = append(algs, alg)
		}
	}
	return algs, nil
}

func (r *Ring) load(ctx context.Context) (*keyring, error) { return r.cache.Get(ctx, "", r.read) }

func (r *Ring) read(ctx context.Context, _ string) (*keyring, error) {
	rows, err := published(ctx, r.db)
	if err != nil {
		return nil, err
	}
	k := &keyring{public: map[string]Published{}, current: map[string]*Signer{}, own: map[string]*Signer{}}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, row := range rows {
		var jwk jose.JSONWebKey
		if err := json.Unmarshal(row.PublicJWK, &jwk); err != nil {
			return nil, fmt.Errorf("read signing key %s: %w", row.ID, err)
		}
		k.public[row.KID] = Published{jwk, row.ApplicationID}
		set.Keys = append(set.Keys, jwk)
		if err := r.place(k, row); err != nil {
			return nil, err
		}
	}
	r.forget(rows)
	if k.set, err = json.Marshal(set); err != nil {
		return nil, fmt.Errorf("encode the key set: %w", err)
	}
	sum := sha256.Sum256(k.set)
	k.etag = `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	return k, nil
}

// forget drops the signers of keys that are retired or deleted: their private parts do not stay in memory either.
func (r *Ring) forget(rows []models.SigningKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.ready {
		if !slices.ContainsFunc(rows, func(row models.SigningKey) bool { return row.ID == id }) {
			delete(r.ready, id)
		}
	}
}

func (r *Ring) place(k *keyring, row models.SigningKey) error {
	if !row.Signs() {
		return nil
	}
	s, err := r.prepared(row)
	if err != nil {
		return err
	}
	if row.ApplicationID != "" {
		k.own[row.ApplicationID] = s
	} else {
		k.current[row.Alg] = s
	}
	return nil
}

func (r *Ring) prepared(row models.SigningKey) (*Signer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.ready[row.ID]; s != nil {
		return s, nil
	}
	key, err := unseal(r.vault, row)
	if err != nil {
		return nil, err
	}
	s, err := newSigner(row, key)
	if err == nil {
		r.ready[row.ID] = s
	}
	return s, err
}

// await makes a missing key beside the caller, whose patience may end sooner, and once for all who wait.
func (r *Ring) await(ctx context.Context, applicationID, alg string) error {
	name := applicationID + " " + alg
	r.mu.Lock()
	done := r.making[name]
	if done == nil {
		done = make(chan struct{})
		r.making[name] = done
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			if err := r.ensure(ctx, applicationID, alg); err != nil {
				slog.ErrorContext(ctx, "a signing key could not be made", "alg", alg, "error", err)
			}
			r.mu.Lock()
			delete(r.making, name)
			r.mu.Unlock()
			close(done)
		}()
	}
	r.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ensure makes the signing key of an application or of the ring unless there is one. Of two nodes that do so at once, the
// unique index lets one win, and both use its key.
func (r *Ring) ensure(ctx context.Context, applicationID, alg string) error {
	k, err := r.read(ctx, "")
	if err != nil || k.signer(applicationID, alg) != nil {
		return err
	}
	private, err := generate(alg)
	if err != nil {
		return err
	}
	row := models.SigningKey{ApplicationID: applicationID, Alg: alg, Status: models.KeyCurrent, Source: models.KeyGenerated}
	if applicationID != "" {
		row.Status = models.KeySigning
	}
	ops := Ops{DB: r.db, Vault: r.vault, Now: models.Now}
	if _, err := ops.store(models.System(ctx), row, private); err != nil && !models.IsFault(err, models.Conflict) {
		return err
	}
	return nil
}
