package oauth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log/slog"
	"syscall"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth"
	"gatehouse/models"
	"gatehouse/web"
)

// The bare signatures are what a token request is measured against, the bare page what a document is.

func BenchmarkBareES256(b *testing.B) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	bare(b, key)
}

func BenchmarkBareRS256(b *testing.B) {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	bare(b, key)
}

func bare(b *testing.B, key crypto.Signer) {
	digest := sha256.Sum256([]byte("token"))
	defer processor(b)()
	for b.Loop() {
		if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClientCredentialsES256(b *testing.B) { benchToken(b, models.AlgES256) }
func BenchmarkClientCredentialsRS256(b *testing.B) { benchToken(b, models.AlgRS256) }

// benchToken is a whole request: routing, client authentication, the decision, the signature, the answer.
func benchToken(b *testing.B, alg string) {
	handle := served(b, alg)
	req := func() *fasthttp.RequestCtx {
		c := request("POST", "/oidc/token")
		c.Request.Header.SetContentType("application/x-www-form-urlencoded")
		c.Request.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("machine:a-secret-of-enough-length")))
		c.Request.SetBodyString("grant_type=client_credentials")
		return c
	}
	run(b, handle, req)
}

func BenchmarkDiscovery(b *testing.B) {
	run(b, served(b, ""), func() *fasthttp.RequestCtx { return request("GET", "/.well-known/openid-configuration") })
}

func BenchmarkJWKS(b *testing.B) {
	run(b, served(b, ""), func() *fasthttp.RequestCtx { return request("GET", "/.well-known/jwks.json") })
}

func BenchmarkBareHello(b *testing.B) {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("hello") })
	run(b, app.Handler(), func() *fasthttp.RequestCtx { return request("GET", "/") })
}

// processor reports the processor time of the process for each round: on a busy machine wall time says little.
func processor(b *testing.B) func() {
	used := func() int64 {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return u.Utime.Nano() + u.Stime.Nano()
	}
	before := used()
	return func() { b.ReportMetric(float64(used()-before)/float64(b.N), "cpu-ns/op") }
}

func request(method, path string) *fasthttp.RequestCtx {
	c := &fasthttp.RequestCtx{}
	c.Request.Header.SetMethod(method)
	c.Request.SetRequestURI(path)
	c.Request.Header.SetHost("localhost:8080")
	return c
}

func run(b *testing.B, handle fasthttp.RequestHandler, make func() *fasthttp.RequestCtx) {
	c := make()
	handle(c)
	if c.Response.StatusCode() != 200 {
		b.Fatalf("%d %s", c.Response.StatusCode(), c.Response.Body())
	}
	b.ReportAllocs()
	defer processor(b)()
	for b.Loop() {
		c.Response.Reset()
		handle(c)
	}
}

// served is the server with the engine's routes and one client.
func served(b *testing.B, alg string) fasthttp.RequestHandler {
	b.Helper()
	db, vault := dbtest.Open(b)
	ctx := dbtest.Context(b)
	ring := keys.NewRing(db, vault)
	now := models.Now()
	insert := func(row any) {
		if _, err := db.Write.NewInsert().Model(row).Exec(ctx); err != nil {
			b.Fatal(err)
		}
	}
	insert(&models.Application{ID: "app", TenantID: models.DefaultTenant, Kind: models.KindManagement, Name: "Machine", ManagementFaces: models.Faces, CreatedAt: now, UpdatedAt: now})
	insert(&models.Client{ID: "machine", TenantID: models.DefaultTenant, ApplicationID: "app", Protocol: models.ProtocolOIDC, AccessTokenAlg: alg,
		TokenEndpointAuthMethod: models.AuthSecretBasic, GrantTypes: []string{models.GrantClientCredentials}, CreatedAt: now, UpdatedAt: now})
	insert(&models.Credential{ID: "credential", TenantID: models.DefaultTenant, ApplicationID: "app", ClientID: "machine", Kind: models.CredentialSecret,
		Name: "secret", Hash: vault.SecretHash("a-secret-of-enough-length"), CreatedAt: now})
	tenant := models.Tenant{ID: models.DefaultTenant, AccessTokenLifetimeSeconds: 3600}
	engine := oauth.New(oauth.Options{DB: db, Vault: vault, Ring: ring, Usages: models.NewUsages(db, models.Now), URL: "http://localhost:8080",
		Tenant: func(context.Context) (models.Tenant, error) { return tenant, nil }})
	server, err := web.New(web.Options{URL: "http://localhost:8080", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), DB: db, Vault: vault, Tokens: engine})
	if err == nil {
		err = server.Mount(engine.Routes()...)
	}
	for _, make := range []func(context.Context) error{ring.Prepare, ring.Complete} {
		if err == nil {
			err = make(ctx)
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	return server.Fiber().Handler()
}
