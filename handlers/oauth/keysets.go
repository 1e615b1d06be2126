package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/oauth/token"
	"gatehouse/handlers/outbound"
)

// How long the key set of a client counts. Whoever asks for a token under its name, a stranger too, makes us look for it: so
// it is asked for at most once in setPause, whatever comes of it.
const (
	setFresh = 10 * time.Minute // afterwards it is read again
	setStale = time.Hour        // while it cannot be read, what was read before counts this long
	setPause = 30 * time.Second // between two attempts
	setTime  = 5 * time.Second  // for one attempt
	setBytes = 256 << 10
	setKeys  = 100
	setsKept = 1000 // addresses; of more, the one that was asked for longest ago is forgotten
)

// published verifies an assertion with the keys at the client's jwks_uri (RFC 7591 section 2). A signature by none of them may
// be by a key that is newer than what we know, so the set is read once more, as often as setPause allows.
func (e *Engine) published(ctx context.Context, party *grant.Party, signed token.Signed) (token.Claims, bool, error) {
	for _, again := range []bool{false, true} {
		keys, err := e.sets.get(ctx, party.JWKSURI, again)
		if err != nil {
			return token.Claims{}, false, err
		}
		if claims, _, ok := verify(party, keys, signed, e.Now()); ok {
			return claims, true, nil
		}
	}
	return token.Claims{}, false, nil
}

// keySets remembers the key sets that clients publish.
type keySets struct {
	out *outbound.Client
	now func() time.Time
	mu  sync.Mutex
	by  map[string]*keySet
}

// keySet is what is known of one address. Its fields are guarded by keySets.mu.
type keySet struct {
	keys   []grant.Key
	read   time.Time // when keys were read; zero for never
	tried  time.Time
	asked  time.Time
	err    error         // of the last attempt
	flight chan struct{} // closed at the end of the attempt that is under way
}

func newKeySets(out *outbound.Client, now func() time.Time) *keySets {
	return &keySets{out: out, now: now, by: map[string]*keySet{}}
}

// get gives the keys at an address; again asks for newer ones than are known. The error is a word for administrators.
func (s *keySets) get(ctx context.Context, url string, again bool) ([]grant.Key, error) {
	if s.out == nil {
		return nil, errors.New("unavailable")
	}
	if flight := s.begin(ctx, url, again); flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return nil, errors.New(outbound.TimedOut)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	set := s.by[url]
	switch {
	case set == nil:
		return nil, errors.New("unavailable") // forgotten meanwhile: too many others
	case !set.read.IsZero() && s.now().Sub(set.read) < setStale:
		return set.keys, nil
	case set.err != nil:
		return nil, set.err
	}
	return set.keys, nil
}

// begin starts an attempt, or joins the one that is under way; nil means that nothing needs to be waited for.
func (s *keySets) begin(ctx context.Context, url string, again bool) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, set := s.now(), s.entry(url)
	set.asked = now
	switch {
	case set.flight != nil:
		return set.flight
	case !again && !set.read.IsZero() && now.Sub(set.read) < setFresh, !set.tried.IsZero() && now.Sub(set.tried) < setPause:
		return nil
	}
	set.tried, set.flight = now, make(chan struct{})
	// The attempt serves everybody who waits: that the first of them leaves must not end it.
	go s.attempt(context.WithoutCancel(ctx), url, set)
	return set.flight
}

// entry gives the place of an address, and makes room for it.
func (s *keySets) entry(url string) *keySet {
	if set, ok := s.by[url]; ok {
		return set
	}
	if len(s.by) >= setsKept {
		oldest, at := "", time.Time{}
		for url, set := range s.by {
			if oldest == "" || set.asked.Before(at) {
				oldest, at = url, set.asked
			}
		}
		delete(s.by, oldest)
	}
	set := &keySet{}
	s.by[url] = set
	return set
}

func (s *keySets) attempt(ctx context.Context, url string, set *keySet) {
	keys, err := s.fetch(ctx, url)
	s.mu.Lock()
	defer s.mu.Unlock()
	if set.err = err; err == nil {
		set.keys, set.read = keys, s.now()
	}
	close(set.flight)
	set.flight = nil
}

func (s *keySets) fetch(ctx context.Context, url string) ([]grant.Key, error) {
	res, err := s.out.Do(ctx, outbound.Request{URL: url, Timeout: setTime, Limit: setBytes, Follow: outbound.MaxFollowed,
		Header: http.Header{"Accept": {"application/jwk-set+json, application/json"}}})
	var failure *outbound.Failure
	switch {
	case errors.As(err, &failure):
		return nil, errors.New(failure.Reason)
	case err != nil:
		return nil, errors.New(outbound.Unreachable)
	case res.Status != http.StatusOK:
		return nil, fmt.Errorf("status_%d", res.Status)
	}
	return readSet(res.Body)
}

// readSet reads a JWK set. A key that we cannot use is passed over, as RFC 7517 section 5 wants; a private or symmetric one is
// nobody's proof once it was published.
func readSet(body []byte) ([]grant.Key, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(body, &set) != nil || set.Keys == nil {
		return nil, errors.New("not_a_key_set")
	}
	if len(set.Keys) > setKeys {
		return nil, errors.New("too_many_keys")
	}
	keys := []grant.Key{}
	for _, raw := range set.Keys {
		var jwk jose.JSONWebKey
		if json.Unmarshal(raw, &jwk) == nil && jwk.Valid() && jwk.IsPublic() {
			keys = append(keys, grant.Key{JWK: jwk})
		}
	}
	return keys, nil
}
