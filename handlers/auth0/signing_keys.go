package auth0

import (
	"context"
	"crypto/sha1"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"net/url"
	"slices"
	"strings"
	"time"

	"gatehouse/handlers/keys"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) keyRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		op("GET", "/keys/signing", "read:signing_keys", web.Do(f, 200, d.listKeys)),
		op("GET", "/keys/signing/:kid", "read:signing_keys", web.Do(f, 200, d.getKey)),
		op("POST", "/keys/signing/rotate", "create:signing_keys update:signing_keys", web.Do(f, 201, d.rotateKeys)),
		op("PUT", "/keys/signing/:kid/revoke", "update:signing_keys", web.Do(f, 200, d.revokeKey)),
	}
}

// keyAlg is the algorithm of the keys that this document speaks of: it has certificates of RSA keys and no word for others.
const keyAlg = models.AlgRS256

// keyOut is a signing key on its way out.
type keyOut struct {
	KID          string     `json:"kid"`
	Cert         string     `json:"cert"`
	PKCS7        string     `json:"pkcs7"`
	Current      bool       `json:"current,omitempty"`
	Next         bool       `json:"next,omitempty"`
	Previous     bool       `json:"previous,omitempty"`
	CurrentSince *time.Time `json:"current_since,omitempty"`
	CurrentUntil *time.Time `json:"current_until,omitempty"`
	Fingerprint  string     `json:"fingerprint"`
	Thumbprint   string     `json:"thumbprint"`
	Revoked      bool       `json:"revoked"`
	RevokedAt    *time.Time `json:"revoked_at,omitempty"`
}

// turned is what rotation and revocation answer.
type turned struct {
	KID  string `json:"kid"`
	Cert string `json:"cert"`
}

type kidIn struct {
	KID string `path:"kid" json:"-"`
}

// ring gives the published keys of the document's algorithm, newest first.
func (d Dialect) ring(ctx context.Context) ([]models.SigningKey, error) {
	list, err := d.Keys.List(models.Lend(ctx, "key.read"), keys.None{})
	var out []models.SigningKey
	for _, k := range list.Items {
		if k.Alg == keyAlg && k.Status != models.KeyRetired {
			out = append(out, k)
		}
	}
	return out, err
}

func (d Dialect) listKeys(ctx context.Context, _ web.None) ([]keyOut, error) {
	ring, err := d.ring(ctx)
	out := []keyOut{}
	for _, k := range ring {
		one, err := d.showKey(ctx, k)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, err
}

func (d Dialect) getKey(ctx context.Context, in kidIn) (keyOut, error) {
	k, err := d.key(ctx, in.KID)
	if err != nil {
		return keyOut{}, err
	}
	return d.showKey(ctx, k)
}

func (d Dialect) key(ctx context.Context, kid string) (models.SigningKey, error) {
	ring, err := d.ring(ctx)
	for _, k := range ring {
		if k.KID == kid {
			return k, nil
		}
	}
	if err == nil {
		err = models.Missing("key")
	}
	return models.SigningKey{}, err
}

// showKey shows a key with its certificate.
func (d Dialect) showKey(ctx context.Context, k models.SigningKey) (keyOut, error) {
	der, err := d.Keys.Certificate(models.Lend(ctx, "key.read"), k.ID, certified(ctx))
	if err != nil {
		return keyOut{}, err
	}
	sum := sha1.Sum(der) // a name for the certificate, as clients of the document know it; nothing is trusted because of it
	print := strings.ToUpper(hex.EncodeToString(sum[:]))
	return keyOut{KID: k.KID, Cert: inPEM("CERTIFICATE", der), PKCS7: inPEM("PKCS7", bundle(der)), Current: k.Status == models.KeyCurrent,
		Next: k.Status == models.KeyNext, Previous: k.Status == models.KeyPrevious, CurrentSince: k.ActivatedAt, CurrentUntil: k.ReplacedAt,
		Fingerprint: colons(print), Thumbprint: print}, nil
}

// certified is whom the certificate of a key names: the host that the caller uses.
func certified(ctx context.Context) string {
	if u, err := url.Parse(models.RequestFrom(ctx).Origin); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "gatehouse"
}

func inPEM(kind string, der []byte) string {
	return strings.ReplaceAll(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})), "\n", "\r\n")
}

func colons(text string) string {
	var pairs []string
	for ; len(text) >= 2; text = text[2:] {
		pairs = append(pairs, text[:2])
	}
	return strings.Join(pairs, ":")
}

// bundle is a PKCS #7 message that holds one certificate and no signature (RFC 2315 section 9).
func bundle(der []byte) []byte {
	type content struct {
		Type asn1.ObjectIdentifier
		Data asn1.RawValue `asn1:"explicit,optional,tag:0"`
	}
	empty := asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true}
	signed, err := asn1.Marshal(struct {
		Version      int
		Digests      asn1.RawValue
		Content      struct{ Type asn1.ObjectIdentifier }
		Certificates asn1.RawValue
		Signers      asn1.RawValue
	}{1, empty, struct{ Type asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der}, empty})
	if err != nil {
		return nil
	}
	out, err := asn1.Marshal(content{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: signed}})
	if err != nil {
		return nil
	}
	return out
}

// rotateKeys lets the next key sign at once and makes another next one. It gives the key that signs now. Keys are made outside of
// transactions, because that takes tenths of a second.
func (d Dialect) rotateKeys(ctx context.Context, _ web.None) (turned, error) {
	ctx = models.Lend(ctx, "key.read", "key.create", "key.rotate")
	next, err := d.next(ctx)
	if err != nil {
		return turned{}, err
	}
	signs := next
	if next.Status == models.KeyNext { // the first key of an algorithm signs at once
		if signs, err = d.promote(ctx, next); err != nil {
			return turned{}, err
		}
	}
	if _, err := d.next(ctx); err != nil {
		return turned{}, err
	}
	shown, err := d.showKey(ctx, signs)
	return turned{shown.KID, shown.Cert}, err
}

// promote lets a key sign. Where another call has done so since it was read as the next one, that rotation is this one.
func (d Dialect) promote(ctx context.Context, next models.SigningKey) (models.SigningKey, error) {
	signs, err := d.Keys.Promote(ctx, keys.StepIn{ID: next.ID, Force: true})
	if models.IsFault(err, models.Conflict) {
		if now, found, ferr := d.withStatus(ctx, models.KeyCurrent); ferr != nil || found {
			return now, ferr
		}
	}
	return signs, err
}

// next gives the key that waits, making one where none does. One that another call makes at the same moment will do.
func (d Dialect) next(ctx context.Context) (models.SigningKey, error) {
	if k, found, err := d.withStatus(ctx, models.KeyNext); err != nil || found {
		return k, err
	}
	k, err := d.Keys.Create(ctx, keys.CreateIn{Alg: keyAlg})
	if models.IsFault(err, models.Conflict) {
		if other, found, ferr := d.withStatus(ctx, models.KeyNext); ferr != nil || found {
			return other, ferr
		}
	}
	return k, err
}

// withStatus finds the key of the ring that has a status.
func (d Dialect) withStatus(ctx context.Context, status string) (models.SigningKey, bool, error) {
	ring, err := d.ring(ctx)
	i := slices.IndexFunc(ring, func(k models.SigningKey) bool { return k.Status == status })
	if err != nil || i < 0 {
		return models.SigningKey{}, false, err
	}
	return ring[i], true, nil
}

// revokeKey takes a key out of the key set at once: a previous one, or a next one, which another takes the place of. The key that
// signs cannot go before another does.
func (d Dialect) revokeKey(ctx context.Context, in kidIn) (turned, error) {
	ctx = models.Lend(ctx, "key.rotate", "key.read", "key.create", "key.delete")
	k, err := d.key(ctx, in.KID)
	if err != nil {
		return turned{}, err
	}
	shown, err := d.showKey(ctx, k) // afterwards there is no private part to make a certificate with
	if err != nil {
		return turned{}, err
	}
	if k.Status == models.KeyNext {
		if err = d.Keys.Delete(ctx, keys.DeleteIn{ID: k.ID}); err == nil {
			_, err = d.next(ctx)
		}
	} else {
		_, err = d.Keys.Retire(ctx, keys.StepIn{ID: k.ID, Force: true})
	}
	return turned{shown.KID, shown.Cert}, err
}
