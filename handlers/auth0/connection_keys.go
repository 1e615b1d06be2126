package auth0

import (
	"context"
	"crypto/sha1" //nolint:gosec // the document shows this fingerprint; nothing is decided by it
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"time"

	"gatehouse/handlers/connections"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) connectionKeyRoutes() []web.Route {
	const at = "/connections/:id/keys"
	return []web.Route{
		stored(op("GET", at, "read:connections_keys", web.Do(d.Face(), 200, d.listConnectionKeys))),
		stored(op("POST", at, "create:connections_keys", web.Do(d.Face(), 201, d.createConnectionKeys))),
		stored(op("POST", at+"/rotate", "create:connections_keys update:connections_keys", web.Do(d.Face(), 201, d.rotateConnectionKeys))),
	}
}

// connectionKeyOut is a key as the document shows it.
type connectionKeyOut struct {
	KID          string `json:"kid"`
	Cert         string `json:"cert"`
	PKCS         string `json:"pkcs,omitempty"`
	Current      *bool  `json:"current,omitempty"`
	Next         *bool  `json:"next,omitempty"`
	Previous     *bool  `json:"previous,omitempty"`
	CurrentSince string `json:"current_since,omitempty"`
	Fingerprint  string `json:"fingerprint"`
	Thumbprint   string `json:"thumbprint"`
	Algorithm    string `json:"algorithm"`
	Use          string `json:"key_use"`
	SubjectDN    string `json:"subject_dn,omitempty"`
}

func connectionKeyShown(k models.ConnectionKey) connectionKeyOut {
	out := connectionKeyOut{KID: k.ID, Cert: k.Certificate, Algorithm: k.Alg, Use: k.Use}
	yes := true
	switch k.Status {
	case models.KeyCurrent:
		out.Current = &yes
	case models.KeyNext:
		out.Next = &yes
	case models.KeyPrevious:
		out.Previous = &yes
	}
	if k.CurrentSince != nil {
		out.CurrentSince = k.CurrentSince.UTC().Format(time.RFC3339)
	}
	block, _ := pem.Decode([]byte(k.Certificate))
	if block == nil {
		return out
	}
	sum := sha1.Sum(block.Bytes) //nolint:gosec // see above
	out.Thumbprint = strings.ToUpper(hex.EncodeToString(sum[:]))
	for i := 0; i < len(out.Thumbprint); i += 2 {
		if i > 0 {
			out.Fingerprint += ":"
		}
		out.Fingerprint += out.Thumbprint[i : i+2]
	}
	if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
		out.SubjectDN = "/" + cert.Subject.String()
		out.SubjectDN = out.SubjectDN[:min(len(out.SubjectDN), 132)]
	}
	return out
}

// keys finds the connection of a path for whoever holds a right on its keys.
func (d Dialect) keysOf(ctx context.Context, id string) (connections.IDIn, error) {
	c, err := d.connection(models.Lend(ctx, "connection.read"), id)
	return connections.IDIn{ID: c.ID}, err
}

func (d Dialect) listConnectionKeys(ctx context.Context, in connectionIn) ([]connectionKeyOut, error) {
	c, err := d.keysOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := d.Connections.Keys(ctx, c)
	return connectionKeysShown(list), err
}

func connectionKeysShown(list connections.KeyList) []connectionKeyOut {
	out := make([]connectionKeyOut, len(list.Items))
	for i, k := range list.Items {
		out[i] = connectionKeyShown(k)
	}
	return out
}

// connectionKeysIn says with which algorithm; its body may be left out.
type connectionKeysIn struct {
	ID   string            `path:"id" json:"-"`
	Said opt[keyAlgorithm] `json:"said" rule:"nullable"`
}

type keyAlgorithm struct {
	Alg opt[string] `json:"signing_alg" enum:"RS256,RS384,RS512,PS256,PS384,ES256,ES384"`
}

func (*connectionKeysIn) wholeBody() string { return "said" }

func (d Dialect) createConnectionKeys(ctx context.Context, in connectionKeysIn) ([]connectionKeyOut, error) {
	c, err := d.keysOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := d.Connections.CreateKeys(ctx, connections.KeysIn{ID: c.ID, Alg: in.Said.V.Alg})
	return connectionKeysShown(list), names{"alg": "signing_alg"}.rename(err)
}

func (d Dialect) rotateConnectionKeys(ctx context.Context, in connectionKeysIn) (connectionKeyOut, error) {
	c, err := d.keysOf(ctx, in.ID)
	if err != nil {
		return connectionKeyOut{}, err
	}
	key, err := d.Connections.RotateKeys(ctx, connections.KeysIn{ID: c.ID, Alg: in.Said.V.Alg})
	return connectionKeyShown(key), names{"alg": "signing_alg"}.rename(err)
}
