package certificates_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"gatehouse/handlers/certificates"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/documents"
	"gatehouse/models"
)

// TestCertificates is the life of a client's certificates: one signs, another takes over, and the one that signs stays.
func TestCertificates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		ctx := models.System(t.Context())
		store := documents.New(db, vault)
		o := certificates.New(store)
		shop := models.Client{ID: "shop", ApplicationID: "a", Name: "Shop", Protocol: models.ProtocolSAML}
		other := models.Client{ID: "other", ApplicationID: "b", Name: "Other", Protocol: models.ProtocolSAML}

		first, err := o.Create(ctx, certificates.CreateIn{Client: shop, Years: 3, Active: true})
		must(t, err)
		proves(t, store, first)
		if want := first.CreatedAt.AddDate(3, 0, 0); !first.ExpiresAt.Equal(want) || !first.Active {
			t.Errorf("%+v", first)
		}
		second, err := o.Create(ctx, certificates.CreateIn{Client: shop, Years: 1})
		must(t, err)
		if err := o.Delete(ctx, shop, first.ID); !models.IsFault(err, models.Conflict) {
			t.Errorf("deleted what signs: %v", err)
		}
		_, err = o.Activate(ctx, shop, second.ID, true)
		must(t, err)
		if all := list(t, o, shop); len(all) != 2 || all[0].Active || !all[1].Active {
			t.Errorf("%+v", all)
		}
		if _, err := o.Activate(ctx, other, second.ID, true); !models.IsFault(err, models.NotFound) {
			t.Errorf("another client's certificate: %v", err)
		}
		must(t, o.Delete(ctx, shop, first.ID))
		if _, err := o.Create(ctx, certificates.CreateIn{Client: shop, Years: 0}); !models.IsFault(err, models.Invalid) {
			t.Errorf("no years: %v", err)
		}

		_, err = o.Create(ctx, certificates.CreateIn{Client: other, Years: 1, Active: true})
		must(t, err)
		must(t, o.DeleteOf(ctx, db, shop))
		if len(list(t, o, shop)) != 0 || len(list(t, o, other)) != 1 {
			t.Error("the wrong certificates went with the client")
		}
	})
}

// proves tells whether the sealed key belongs to the certificate.
func proves(t *testing.T, store documents.Ops, cert certificates.Certificate) {
	t.Helper()
	ctx := models.System(t.Context())
	doc, err := store.Get(ctx, documents.Ref{Kind: "saml_certificate", Key: cert.ID})
	must(t, err)
	secret, err := store.Secret(ctx, doc)
	must(t, err)
	block, _ := pem.Decode([]byte(secret.Reveal()))
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	must(t, err)
	shown, _ := pem.Decode([]byte(cert.PEM))
	parsed, err := x509.ParseCertificate(shown.Bytes)
	must(t, err)
	sum := sha256.Sum256([]byte("said"))
	signature, err := private.(*rsa.PrivateKey).Sign(nil, sum[:], crypto.SHA256)
	must(t, err)
	must(t, parsed.CheckSignature(x509.SHA256WithRSA, []byte("said"), signature))
}

func list(t *testing.T, o certificates.Ops, c models.Client) []certificates.Certificate {
	t.Helper()
	all, err := o.List(models.System(t.Context()), c)
	must(t, err)
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
