package oauth

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// claims verifies a token with the key set and gives header and claims.
func (w *world) claims(t testing.TB, text string) (jose.Header, map[string]any) {
	t.Helper()
	body, _, err := w.Ring.JWKS(w.ctx)
	must(t, err)
	var set jose.JSONWebKeySet
	must(t, json.Unmarshal(body, &set))
	jws, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256, jose.RS256, jose.PS256, jose.EdDSA})
	must(t, err)
	header := jws.Signatures[0].Header
	payload, err := jws.Verify(set.Key(header.KeyID)[0])
	must(t, err)
	var out map[string]any
	must(t, json.Unmarshal(payload, &out))
	return header, out
}

// RFC 9068 section 2: header and claims of an access token.
func TestAccessToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		out, err := w.Token(w.ctx, as("shop"))
		must(t, err)
		if out.TokenType != "Bearer" || out.ExpiresIn != 3600 {
			t.Errorf("answer %+v", out)
		}
		header, claims := w.claims(t, out.AccessToken)
		if header.ExtraHeaders["typ"] != "at+jwt" || header.Algorithm != "ES256" || header.KeyID == "" {
			t.Errorf("header %+v", header)
		}
		for name, want := range map[string]any{"iss": here + "/oidc", "sub": "shop", "client_id": "shop", "aud": here + "/cis",
			"iat": float64(w.now.Unix()), "exp": float64(w.now.Unix() + 3600), "app_id": "shop-app", "app_name": "shop application", "tid": "default"} {
			if claims[name] != want {
				t.Errorf("%s = %v, want %v", name, claims[name], want)
			}
		}
		if id, _ := claims["jti"].(string); len(id) != models.LongID {
			t.Errorf("jti %v", claims["jti"])
		}
		if roles, _ := claims["roles"].([]any); roles == nil || len(roles) != 0 {
			t.Errorf("roles of an ordinary client: %v", claims["roles"])
		}
		admin, err := w.Token(w.ctx, as("admin"))
		must(t, err)
		if _, c := w.claims(t, admin.AccessToken); c["roles"].([]any)[0] != "Admin" {
			t.Errorf("roles of a management client: %v", c["roles"])
		}
	})
}

// PRODUCT section 1: the token endpoint and the origin that were used fix the issuer.
func TestIssuer(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	for _, c := range []struct{ name, origin, path, want string }{
		{"/oidc/token", here, PathOIDC, here + "/oidc"},
		{"/oauth/token", here, PathRoot, here + "/"},
		{"/oidc/token over TLS", there, PathOIDC, there + "/oidc"},
		{"no origin", "", PathRoot, here + "/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := as("shop")
			in.Path = c.path
			out, err := w.Token(models.WithRequest(w.ctx, models.Request{Origin: c.origin}), in)
			must(t, err)
			if _, claims := w.claims(t, out.AccessToken); claims["iss"] != c.want {
				t.Errorf("iss %v, want %s", claims["iss"], c.want)
			}
		})
	}
}

// PRODUCT section 3: who gets which audience.
func TestAudiences(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	w.change(t, "basic", "UPDATE clients SET resources = ?, allowed_scopes = ? WHERE id = 'basic'", `["https://api.example.com/"]`, `["read","write"]`)
	w.client(t, models.Client{ID: "narrow", TokenEndpointAuthMethod: models.AuthSecretAny}, models.KindManagement)
	w.change(t, "narrow", `UPDATE applications SET management_faces = '["native"]' WHERE id = 'narrow-app'`)
	for _, c := range []struct {
		name, client, resource, audience, scope string
		want, wantScope, reason                 string
	}{
		{"neither resource nor audience", "admin", "", "", "", here + "/cis", "", ""},
		{"Auth0's audience", "admin", "", here + "/api/v2/", "", here + "/api/v2/", "", ""},
		{"Auth0's audience of an alias", "admin", "", there + "/api/v2/", "", there + "/api/v2/", "", ""},
		{"Auth0's audience without the slash is another", "admin", "", here + "/api/v2", "", "", "", "invalid_target"},
		{"Logto's resource", "admin", "https://default.logto.app/api", "", "all", "https://default.logto.app/api", "all", ""},
		{"Logto's resource without scope", "admin", "https://default.logto.app/api", "", "", "https://default.logto.app/api", "all", ""},
		{"native by resource", "admin", here + "/rest/v1", "", "", here + "/rest/v1", "", ""},
		{"native by an alias becomes the one name", "admin", there + "/rest/v1", "", "", here + "/rest/v1", "", ""},
		{"native, narrowed", "admin", here + "/rest/v1", "", "client.read  *.read", here + "/rest/v1", "client.read *.read", ""},
		{"native with a scope that is no action", "admin", here + "/rest/v1", "", "everything", "", "", "invalid_scope"},
		{"both the same", "admin", here + "/rest/v1", here + "/rest/v1", "", here + "/rest/v1", "", ""},
		{"both, different", "admin", here + "/rest/v1", here + "/cis", "", "", "", "invalid_target"},
		{"unknown resource", "admin", "https://elsewhere.example", "", "", "", "", "invalid_target"},
		{"a narrowed management client keeps what it has", "narrow", here + "/rest/v1", "", "", here + "/rest/v1", "", ""},
		{"a narrowed management client loses the rest", "narrow", here + "/cis", "", "", "", "", "invalid_target"},
		{"an ordinary client reaches native", "shop", here + "/rest/v1", "", "", here + "/rest/v1", "", ""},
		{"an ordinary client does not reach Auth0's face", "shop", "", here + "/api/v2/", "", "", "", "invalid_target"},
		{"an ordinary client does not reach Logto's face", "shop", "https://default.logto.app/api", "", "all", "", "", "invalid_target"},
		{"a listed API", "basic", "https://api.example.com/", "", "read delete", "https://api.example.com/", "read", ""},
		{"an API listed for another client", "shop", "https://api.example.com/", "", "", "", "", "invalid_target"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := as(c.client)
			if c.client == "basic" {
				in.ClientSecret, in.Basic = models.Secret{}, &Basic{ID: "basic", Secret: models.NewSecret("s3cret-basic")}
			}
			in.Resource, in.Audience, in.Scope = c.resource, c.audience, c.scope
			out, err := w.Token(w.ctx, in)
			if reason(err) != c.reason {
				t.Fatalf("%v, want %q", err, c.reason)
			}
			if c.reason != "" {
				return
			}
			_, claims := w.claims(t, out.AccessToken)
			if claims["aud"] != c.want || out.Scope != c.wantScope || (c.wantScope != "") != (claims["scope"] != nil) {
				t.Errorf("aud %v scope %q, want %s %q", claims["aud"], out.Scope, c.want, c.wantScope)
			}
		})
	}
}

// SECURITY-BAR T4, RFC 6749 section 2.3: exactly the registered method, and secrets that are exactly right.
func TestClientAuthentication(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	past, future := w.now.Add(-time.Second), w.now.Add(time.Hour)
	w.secret(t, "shop", "expired", &past)
	w.secret(t, "shop", "second", &future)
	w.secret(t, "shop", "a+b%20c", nil)
	revoked := w.secret(t, "shop", "revoked", nil)
	w.change(t, "shop", "UPDATE credentials SET revoked_at = ? WHERE id = ?", w.now, revoked)
	w.client(t, models.Client{ID: "off", TokenEndpointAuthMethod: models.AuthSecretAny, Disabled: true}, models.KindStandard)
	w.client(t, models.Client{ID: "appoff", TokenEndpointAuthMethod: models.AuthSecretAny}, models.KindStandard)
	w.change(t, "appoff", "UPDATE applications SET disabled = ? WHERE id = 'appoff-app'", true)
	w.client(t, models.Client{ID: "mtls", TokenEndpointAuthMethod: models.AuthTLS}, models.KindStandard)
	w.client(t, models.Client{ID: "code", TokenEndpointAuthMethod: models.AuthSecretAny, GrantTypes: []string{models.GrantCode}}, models.KindStandard)
	w.client(t, models.Client{ID: "bound", TokenEndpointAuthMethod: models.AuthSecretAny, DPoPBoundTokens: true}, models.KindStandard)
	post := func(id, secret string) TokenRequest {
		return TokenRequest{Path: PathOIDC, GrantType: models.GrantClientCredentials, ClientID: id, ClientSecret: models.NewSecret(secret)}
	}
	basic := func(id, secret string) TokenRequest {
		in, err := ParseTokenRequest("application/x-www-form-urlencoded", "Basic "+base64.StdEncoding.EncodeToString([]byte(id+":"+secret)), "", []byte("grant_type=client_credentials"))
		must(t, err)
		return in
	}
	for _, c := range []struct {
		name string
		in   TokenRequest
		want string
	}{
		{"the secret in the body", post("shop", "s3cret-shop"), ""},
		{"the secret by Basic", basic("shop", "s3cret-shop"), ""},
		{"a second valid secret", post("shop", "second"), ""},
		{"a secret that needs no form encoding by Basic, encoded", basic("shop", "a%2Bb%2520c"), ""},
		{"the same, not encoded (many clients)", basic("shop", "a+b%20c"), ""},
		{"an expired secret", post("shop", "expired"), "invalid_client"},
		{"a revoked secret", post("shop", "revoked"), "invalid_client"},
		{"an empty secret by Basic", basic("shop", ""), "invalid_client"},
		{"a truncated secret", post("shop", "s3cret-sho"), "invalid_client"},
		{"a padded secret", post("shop", "s3cret-shop "), "invalid_client"},
		{"the secret of another client", post("shop", "s3cret-post"), "invalid_client"},
		{"an unknown client", post("nobody", "s3cret-shop"), "invalid_client"},
		{"no client at all", TokenRequest{GrantType: models.GrantClientCredentials}, "invalid_client"},
		{"a client_id without proof", TokenRequest{GrantType: models.GrantClientCredentials, ClientID: "shop"}, "invalid_client"},
		{"a client_id that is no text", post("shop\x00", "s3cret-shop"), "invalid_client"},
		{"the hash instead of the secret", post("shop", w.Vault.SecretHash("s3cret-shop")), "invalid_client"},
		{"Basic, registered for post", basic("post", "s3cret-post"), "invalid_client"},
		{"post, registered for Basic", post("basic", "s3cret-basic"), "invalid_client"},
		{"a secret of a client with keys", post("assert", "x"), "invalid_client"},
		{"a disabled client", post("off", "s3cret-off"), "invalid_client"},
		{"a client of a disabled application", post("appoff", "s3cret-appoff"), "invalid_client"},
		{"a client that authenticates by certificate", post("mtls", "x"), "invalid_client"},
		{"RFC 6749 section 4.4: a public client", TokenRequest{GrantType: models.GrantClientCredentials, ClientID: "public"}, "unauthorized_client"},
		{"a client without the grant", post("code", "s3cret-code"), "unauthorized_client"},
		{"RFC 9449 section 5: a client whose tokens must be bound", post("bound", "s3cret-bound"), "invalid_request"},
		{"no grant_type", TokenRequest{ClientID: "shop", ClientSecret: models.NewSecret("s3cret-shop")}, "invalid_request"},
		{"the password grant", TokenRequest{GrantType: "password", ClientID: "shop", ClientSecret: models.NewSecret("s3cret-shop")}, "unsupported_grant_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := w.Token(w.ctx, c.in); reason(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// SECURITY-BAR T3: what ends a client ends it at the next request.
func TestChangesHoldAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		_, err := w.Token(w.ctx, as("shop"))
		must(t, err)
		w.change(t, "shop", "UPDATE clients SET disabled = ? WHERE id = 'shop'", true)
		if _, err := w.Token(w.ctx, as("shop")); reason(err) != grant.InvalidClient {
			t.Errorf("a client disabled a moment ago: %v", err)
		}
	})
}

// PRODUCT section 4: another node's change holds at once on PostgreSQL, although its caches are told later.
func TestChangesOfOtherNodesHoldAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		if !db.Postgres {
			t.Skip("SQLite has one node")
		}
		w := newWorld(t, db, vault)
		_, err := w.Token(w.ctx, as("shop"))
		must(t, err)
		other := db
		other.Caches = models.NewCaches()
		far := &world{Engine: &Engine{Options: Options{DB: other}}, ctx: w.ctx}
		far.change(t, "shop", "UPDATE credentials SET revoked_at = ? WHERE client_id = 'shop'", w.now)
		if _, err := w.Token(w.ctx, as("shop")); reason(err) != grant.InvalidClient {
			t.Errorf("a secret that another node revoked: %v", err)
		}
	})
}

func TestLifetimeAndAlgorithm(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	for _, c := range []struct {
		name, tenant, client string
		wantAlg              string
		wantLife             int64
	}{
		{"the defaults", "", "", "ES256", 3600},
		{"the tenant's", "access_token_alg = 'RS256', access_token_lifetime_seconds = 600", "", "RS256", 600},
		{"the client's wins", "", "access_token_alg = 'EdDSA', access_token_lifetime_seconds = 120", "EdDSA", 120},
		{"an algorithm that is none", "access_token_alg = 'HS256'", "access_token_alg = 'none'", "ES256", 120},
		{"never more than a day", "", "access_token_lifetime_seconds = 999999", "ES256", 86400},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.tenant != "" {
				w.change(t, "shop", "UPDATE tenants SET "+c.tenant)
			}
			if c.client != "" {
				w.change(t, "shop", "UPDATE clients SET "+c.client+" WHERE id = 'shop'")
			}
			out, err := w.Token(w.ctx, as("shop"))
			must(t, err)
			header, _ := w.claims(t, out.AccessToken)
			if header.Algorithm != c.wantAlg || out.ExpiresIn != c.wantLife {
				t.Errorf("%s for %d s, want %s for %d s", header.Algorithm, out.ExpiresIn, c.wantAlg, c.wantLife)
			}
		})
	}
}

func TestAnApplicationsOwnKeySigns(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	w.change(t, "shop", "UPDATE applications SET signing_key_enabled = ? WHERE id = 'shop-app'", true)
	key, err := w.keys.CreateOwn(dbtest.Context(t), createOwn("shop-app"))
	must(t, err)
	w.change(t, "shop", `UPDATE clients SET resources = '["https://api.example.com"]' WHERE id = 'shop'`)
	if header, _ := w.claims(t, w.token(t, "shop", "https://api.example.com", "")); header.KeyID != key.KID {
		t.Errorf("signed by %s, want %s", header.KeyID, key.KID)
	}
	if header, _ := w.claims(t, w.token(t, "shop", here+"/rest/v1", "")); header.KeyID == key.KID {
		t.Error("a token for a management API is signed by a key that somebody may have brought along")
	}
}

// SECURITY-BAR M2, T7: whoever brings a key along for an application could write any token with it, so that no management API
// takes one, whoever it names.
func TestAnApplicationsKeyOpensNoManagementAPI(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	w.change(t, "shop", "UPDATE applications SET signing_key_enabled = ? WHERE id = 'shop-app'", true)
	_, err := w.keys.CreateOwn(dbtest.Context(t), createOwn("shop-app"))
	must(t, err)
	own, err := w.Ring.Signer(w.ctx, "shop-app", "")
	must(t, err)
	for client, face := range map[string]string{"admin": models.FaceNative, "shop": models.FaceTransmit} {
		audience := map[string]string{models.FaceNative: here + "/rest/v1", models.FaceTransmit: here + "/cis"}[face]
		claims, err := token.Access{Issuer: here + "/oidc", Subject: client, ClientID: client, Audience: audience,
			IssuedAt: w.now.Unix(), Expires: w.now.Unix() + 60, ID: "forged"}.Encode()
		must(t, err)
		forged, err := own.Sign(keys.TypAccessToken, claims)
		must(t, err)
		if actor, err := w.Bearer(w.ctx, forged, face); err == nil {
			t.Errorf("a forged token of %s makes %+v", client, actor)
		}
	}
}

// SECURITY-BAR section 9: failures of one address are limited and their events rare; successes have no limit.
func TestFailuresAreLimited(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	wrongSecret := as("shop")
	wrongSecret.ClientSecret = models.NewSecret("guess")
	last := ""
	for range failureBurst + 10 {
		_, err := w.Token(w.ctx, wrongSecret)
		last = reason(err)
	}
	if last != "temporarily_unavailable" {
		t.Errorf("after many failures: %q", last)
	}
	if _, err := w.Token(w.ctx, as("shop")); err != nil {
		t.Errorf("a right secret from the same address: %v", err)
	}
	other := models.WithRequest(w.ctx, models.Request{IP: "192.0.2.9"})
	if _, err := w.Token(other, wrongSecret); reason(err) != grant.InvalidClient {
		t.Errorf("another address: %v", err)
	}
	w.now = w.now.Add(eventPause)
	_, _ = w.Token(w.ctx, wrongSecret)
	var events []models.Event
	must(t, db.Read.NewSelect().Model(&events).Where("type = 'token.refused'").Where("ip = ?", "192.0.2.1").Order("at").Scan(w.ctx))
	if len(events) != 2 || events[0].Reason != grant.InvalidClient || events[0].ObjectID != "shop" || !strings.Contains(string(events[1].Detail), "109") {
		t.Errorf("%d events: %+v", len(events), events)
	}
}

func TestUsesAreCounted(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { _, _ = w.Token(w.ctx, as("shop")) })
	}
	wg.Wait()
	must(t, w.Usages.Flush(w.ctx))
	var rows []models.Usage
	must(t, db.Read.NewSelect().Model(&rows).Scan(w.ctx))
	if len(rows) != 3 || rows[0].Count != 5 || rows[0].LastIP != "192.0.2.1" {
		t.Errorf("%+v", rows)
	}
}
