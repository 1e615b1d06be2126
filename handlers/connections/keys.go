package connections

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"time"

	"gatehouse/models"
)

// KeyAlgs are the algorithms that the keys of a connection can sign with.
var KeyAlgs = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384"}

// keyLasts is how long the certificate of a key is good: the key is replaced by rotation, not by its end.
const keyLasts = 10 * 365 * 24 * time.Hour

// KeysIn asks for new keys of a connection.
type KeysIn struct {
	ID  string             `path:"id" json:"-"`
	Alg models.Opt[string] `json:"alg" enum:"RS256,RS384,RS512,PS256,PS384,ES256,ES384" doc:"RS256 when absent; at a rotation that of the current key."`
}

// KeyList is the keys of a connection: next, current, then previous ones, the newest first.
type KeyList struct {
	Items []models.ConnectionKey `json:"items"`
}

// Keys lists the keys by which we prove ourselves to a connection's provider.
// Faults: NotFound.
func (o Ops) Keys(ctx context.Context, in IDIn) (KeyList, error) {
	c, err := o.read(ctx, o.DB.Read, in.ID)
	if err != nil {
		return KeyList{}, err
	}
	if err := models.Need(ctx, "connection_key.read", c.Owner(), "connection"); err != nil {
		return KeyList{}, err
	}
	rows, err := o.keysOf(ctx, c.ID)
	return KeyList{Items: rows}, err
}

func (o Ops) keysOf(ctx context.Context, id string) ([]models.ConnectionKey, error) {
	rows := []models.ConnectionKey{}
	err := o.DB.Read.NewSelect().Model(&rows).Where("connection_id = ?", id).Order("created_at DESC", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keys of connection %s: %w", id, err)
	}
	order := []string{models.KeyNext, models.KeyCurrent, models.KeyPrevious}
	slices.SortStableFunc(rows, func(a, b models.ConnectionKey) int {
		return slices.Index(order, a.Status) - slices.Index(order, b.Status)
	})
	return rows, nil
}

// CreateKeys gives a connection its first keys: the one that signs, and the next, which the provider can be told of ahead.
// Faults: NotFound, Invalid (alg), Conflict (connection_keys_exist).
func (o Ops) CreateKeys(ctx context.Context, in KeysIn) (KeyList, error) {
	c, err := o.forKeys(ctx, in, "connection_key.create")
	if err != nil {
		return KeyList{}, err
	}
	alg := in.Alg.V
	if alg == "" {
		alg = "RS256"
	}
	current, err := o.generate(c, alg, models.KeyCurrent)
	if err != nil {
		return KeyList{}, err
	}
	next, err := o.generate(c, alg, models.KeyNext)
	if err != nil {
		return KeyList{}, err
	}
	rows := []models.ConnectionKey{next, current}
	return KeyList{Items: rows}, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		if held, err := to.keysOf(ctx, c.ID); err != nil || len(held) > 0 {
			if err == nil {
				err = &models.Fault{Code: models.Conflict, Reason: "connection_keys_exist", Text: "The connection has keys. Rotate them instead."}
			}
			return err
		}
		if _, err := tx.Write.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("store keys of connection %s: %w", c.ID, err)
		}
		return to.keyEvent(ctx, "connection_key.created", c, current)
	})
}

// RotateKeys lets the next key sign, keeps the one before as previous, and makes a new next, which it gives.
// Faults: NotFound (connection, connection_key: it has none yet), Invalid (alg).
func (o Ops) RotateKeys(ctx context.Context, in KeysIn) (models.ConnectionKey, error) {
	c, err := o.forKeys(ctx, in, "connection_key.create")
	if err != nil {
		return models.ConnectionKey{}, err
	}
	held, err := o.keysOf(ctx, c.ID)
	if err != nil {
		return models.ConnectionKey{}, err
	}
	if len(held) == 0 {
		return models.ConnectionKey{}, models.Missing("connection_key")
	}
	alg := in.Alg.V
	if alg == "" {
		alg = held[0].Alg
	}
	fresh, err := o.generate(c, alg, models.KeyNext) // outside of the transaction: it takes a while
	if err != nil {
		return fresh, err
	}
	return fresh, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		for _, step := range [][2]string{{models.KeyCurrent, models.KeyPrevious}, {models.KeyNext, models.KeyCurrent}} {
			q := tx.Write.NewUpdate().Model((*models.ConnectionKey)(nil)).Set("status = ?", step[1]).Where("connection_id = ?", c.ID).Where("status = ?", step[0])
			if step[1] == models.KeyCurrent {
				q = q.Set("current_since = ?", o.Now())
			}
			if _, err := q.Exec(ctx); err != nil {
				return fmt.Errorf("rotate keys of connection %s: %w", c.ID, err)
			}
		}
		if _, err := tx.Write.NewInsert().Model(&fresh).Exec(ctx); err != nil {
			return fmt.Errorf("store key of connection %s: %w", c.ID, err)
		}
		return to.keyEvent(ctx, "connection_key.rotated", c, fresh)
	})
}

// forKeys finds the connection and judges the wish.
func (o Ops) forKeys(ctx context.Context, in KeysIn, action string) (models.Connection, error) {
	c, err := o.read(ctx, o.DB.Read, in.ID)
	if err != nil {
		return c, err
	}
	if err := models.Need(ctx, action, c.Owner(), "connection"); err != nil {
		return c, err
	}
	var k models.Check
	k.OneOf("alg", in.Alg.V, KeyAlgs...)
	return c, k.Err()
}

func (o Ops) keyEvent(ctx context.Context, what string, c models.Connection, k models.ConnectionKey) error {
	return models.Record(ctx, o.DB, models.Event{Type: what, ObjectKind: "connection", ObjectID: c.ID, ObjectName: c.Title(), ApplicationID: c.Owner(),
		Detail: models.Diff(nil, k)})
}

// generate makes a key with a certificate that it signs itself.
func (o Ops) generate(c models.Connection, alg, status string) (models.ConnectionKey, error) {
	private, err := newKey(alg)
	if err != nil {
		return models.ConnectionKey{}, fmt.Errorf("make a key for connection %s: %w", c.ID, err)
	}
	now := o.Now()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return models.ConnectionKey{}, fmt.Errorf("number a certificate: %w", err)
	}
	about := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: c.Name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(keyLasts),
		KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, about, about, private.Public(), private)
	if err != nil {
		return models.ConnectionKey{}, fmt.Errorf("certify a key: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return models.ConnectionKey{}, fmt.Errorf("encode a key: %w", err)
	}
	sum := sha256.Sum256(der)
	k := models.ConnectionKey{ID: base64.RawURLEncoding.EncodeToString(sum[:]), ConnectionID: c.ID, Alg: alg, Use: "signing", Status: status, CreatedAt: now,
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
	if status == models.KeyCurrent {
		k.CurrentSince = &now
	}
	k.SealedPrivate = o.Vault.Seal("connection_keys", "sealed_private", k.ID,
		models.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))))
	return k, nil
}

func newKey(alg string) (crypto.Signer, error) {
	switch alg {
	case "ES256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}
