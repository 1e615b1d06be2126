package auth0

import (
	"time"

	"gatehouse/models"
)

// encodedMost is how many clients are remembered as they are written, about a kilobyte each; a longer one than encodedLength, in
// bytes, is not.
const (
	encodedMost   = 4096
	encodedLength = 16 << 10
)

// encodedClients remembers answers. A client's row has another version after each change, so nothing is ever dropped: what is
// old is not asked for again. Secrets are never part of it.
type encodedClients struct{ cache models.Bounded[encodedClient] }

type encodedClient struct {
	version int64
	created time.Time // a client of the same name may come after another
	bytes   []byte
}

func newEncodedClients() *encodedClients {
	return &encodedClients{models.NewBounded[encodedClient](encodedMost, 0)}
}

// remembered shows a client whose answer follows from its row alone; ok tells that it does.
func (d Dialect) remembered(c models.Client, secret *string) (out clientOut, ok bool, err error) {
	if d.encoded == nil || c.Protocol == models.ProtocolSAML || c.Stored[keptAddons] != nil || !secretly(c.TokenEndpointAuthMethod) {
		return out, false, nil
	}
	ready, found := d.encoded.cache.Get(c.ID)
	if !found || ready.version != c.Version || !ready.created.Equal(c.CreatedAt) {
		ready.version, ready.created = c.Version, c.CreatedAt
		if ready.bytes, err = client(c, nil).encode(nil); err != nil {
			return out, false, err
		}
		if len(ready.bytes) <= encodedLength {
			d.encoded.cache.Set(c.ID, ready)
		}
	}
	return clientOut{ready: ready.bytes, ClientSecret: secret}, true, nil
}
