package oauth

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/keys"
	"gatehouse/models"
)

const (
	here  = "http://localhost:8080"
	there = "https://localhost:8443"
)

// world is an engine with a few clients and a clock that a test turns.
type world struct {
	*Engine
	ctx  context.Context
	now  time.Time
	keys keys.Ops
	jwk  jose.JSONWebKey // private, of the client "assert"
}

// newWorld makes: "shop" (ordinary, secret "s3cret", any method), "basic" and "post" (that method only), "admin" (management),
// "assert" (private_key_jwt), "public" (no secret), all in applications of the same name with "-app" behind it.
func newWorld(t testing.TB, db models.DB, vault *models.Vault) *world {
	t.Helper()
	w := &world{now: models.Now(), ctx: models.WithRequest(dbtest.Context(t), models.Request{IP: "192.0.2.1", Origin: here})}
	clock := func() time.Time { return w.now }
	ring := keys.NewRing(db, vault)
	must(t, ring.Prepare(w.ctx))
	w.Engine = New(Options{DB: db, Vault: vault, Ring: ring, Usages: models.NewUsages(db, clock), URL: here, Aliases: []string{there}, Now: clock,
		Tenant: func(ctx context.Context) (models.Tenant, error) {
			var row models.Tenant
			err := db.Read.NewSelect().Model(&row).Where("id = ?", models.DefaultTenant).Scan(ctx)
			return row, err
		}})
	w.keys = keys.Ops{DB: db, Vault: vault, Now: clock}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	w.jwk = jose.JSONWebKey{Key: private, KeyID: "k1"}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{w.jwk.Public()}})
	must(t, err)

	w.client(t, models.Client{ID: "shop", TokenEndpointAuthMethod: models.AuthSecretAny}, models.KindStandard)
	w.client(t, models.Client{ID: "basic", TokenEndpointAuthMethod: models.AuthSecretBasic}, models.KindStandard)
	w.client(t, models.Client{ID: "post", TokenEndpointAuthMethod: models.AuthSecretPost}, models.KindStandard)
	w.client(t, models.Client{ID: "admin", TokenEndpointAuthMethod: models.AuthSecretAny}, models.KindManagement)
	w.client(t, models.Client{ID: "assert", TokenEndpointAuthMethod: models.AuthPrivateKeyJWT, JWKS: set}, models.KindStandard)
	w.client(t, models.Client{ID: "public", TokenEndpointAuthMethod: models.AuthNone}, models.KindStandard)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// client stores a client in an application of its own, with a secret where it uses one.
func (w *world) client(t testing.TB, c models.Client, kind string) {
	t.Helper()
	app := models.Application{ID: c.ID + "-app", TenantID: models.DefaultTenant, Kind: kind, Name: c.ID + " application",
		ManagementFaces: models.Faces, DefaultClientID: c.ID, CreatedAt: w.now, UpdatedAt: w.now}
	c.ApplicationID, c.TenantID, c.Protocol, c.CreatedAt, c.UpdatedAt = app.ID, models.DefaultTenant, models.ProtocolOIDC, w.now, w.now
	if c.GrantTypes == nil {
		c.GrantTypes = []string{models.GrantClientCredentials}
	}
	w.insert(t, &app)
	w.insert(t, &c)
	switch c.TokenEndpointAuthMethod {
	case models.AuthSecretAny, models.AuthSecretBasic, models.AuthSecretPost:
		w.secret(t, c.ID, "s3cret-"+c.ID, nil)
	}
}

func (w *world) secret(t testing.TB, clientID, value string, expires *time.Time) string {
	t.Helper()
	id := models.NewID(models.LongID)
	w.insert(t, &models.Credential{ID: id, TenantID: models.DefaultTenant, ApplicationID: clientID + "-app", ClientID: clientID,
		Kind: models.CredentialSecret, Name: id, Hash: w.Vault.SecretHash(value), ExpiresAt: expires, CreatedAt: w.now})
	return id
}

func (w *world) insert(t testing.TB, row any) {
	t.Helper()
	_, err := w.DB.Write.NewInsert().Model(row).Exec(w.ctx)
	must(t, err)
}

// change writes something about a client and drops what is remembered, as the features do.
func (w *world) change(t testing.TB, clientID, query string, args ...any) {
	t.Helper()
	must(t, models.InTx(w.ctx, w.DB, func(ctx context.Context, tx models.DB) error {
		tx.Drop(models.CacheOAuthClient, clientID)
		_, err := tx.Write.NewRaw(query, args...).Exec(ctx)
		return err
	}))
}

// as is a request of a client with its secret in the body.
func as(client string) TokenRequest {
	return TokenRequest{Path: PathOIDC, GrantType: models.GrantClientCredentials, ClientID: client, ClientSecret: models.NewSecret("s3cret-" + client)}
}

func reason(err error) string {
	if f, ok := models.AsFault(err); ok {
		return f.Reason
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// sign makes an assertion or token with a header of its own.
func sign(t testing.TB, key any, alg jose.SignatureAlgorithm, header map[jose.HeaderKey]any, claims map[string]any) string {
	t.Helper()
	body, _ := json.Marshal(claims)
	return signBytes(t, key, alg, header, body)
}

// signRaw signs claims that no encoder would write.
func signRaw(t testing.TB, key any, claims string) string {
	t.Helper()
	return signBytes(t, key, jose.ES256, nil, []byte(claims))
}

func signBytes(t testing.TB, key any, alg jose.SignatureAlgorithm, header map[jose.HeaderKey]any, body []byte) string {
	t.Helper()
	options := &jose.SignerOptions{ExtraHeaders: header}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	must(t, err)
	jws, err := s.Sign(body)
	must(t, err)
	text, err := jws.CompactSerialize()
	must(t, err)
	return text
}
