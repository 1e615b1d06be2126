package auth0

import (
	"github.com/maypok86/otter/v2"

	"gatehouse/models"
)

// encodedMost is how many clients are remembered as they are written, about a kilobyte each.
const encodedMost = 4096

// encodedClients remembers answers. A client's row has another version after each change, so nothing is ever dropped: what is
// old is not asked for again. Secrets are never part of it.
type encodedClients struct {
	cache *otter.Cache[encodedKey, []byte]
}

type encodedKey struct {
	id      string
	version int64
}

func newEncodedClients() *encodedClients {
	return &encodedClients{otter.Must(&otter.Options[encodedKey, []byte]{MaximumSize: encodedMost})}
}

// remembered shows a client whose answer follows from its row alone; ok tells that it does.
func (d Dialect) remembered(c models.Client, secret *string) (out clientOut, ok bool, err error) {
	if d.encoded == nil || c.Protocol == models.ProtocolSAML || c.Stored[keptAddons] != nil || !secretly(c.TokenEndpointAuthMethod) {
		return out, false, nil
	}
	key := encodedKey{c.ID, c.Version}
	ready, found := d.encoded.cache.GetIfPresent(key)
	if !found {
		if ready, err = client(c, nil).encode(nil); err != nil {
			return out, false, err
		}
		d.encoded.cache.Set(key, ready)
	}
	return clientOut{ready: ready, ClientSecret: secret}, true, nil
}
