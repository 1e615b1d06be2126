package models

import (
	"context"
	"strings"
	"sync"
	"testing"
)

func TestAPasswordIsKeptWithItsParameters(t *testing.T) {
	p, ctx := NewPasswords(), context.Background()
	stored, err := p.Hash(ctx, NewSecret("correct horse"))
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q %v", stored, err)
	}
	composed, decomposed := NewSecret("caf\u00e9 au lait"), NewSecret("cafe\u0301 au lait")
	accent, err := p.Hash(ctx, composed)
	if err != nil {
		t.Fatal(err)
	}
	weak := encodeHash(Argon2{Memory: 1024, Time: 1, Threads: 1}, []byte("0123456789abcdef"), mustDerive(t, p, "old password", Argon2{1024, 1, 1}))
	cases := []struct {
		what, stored string
		password     Secret
		ok, outdated bool
	}{
		{"the password fits", stored, NewSecret("correct horse"), true, false},
		{"another does not", stored, NewSecret("correct horsE"), false, false},
		{"nothing does not", stored, NewSecret(""), false, false},
		{"a longer one is not cut", stored, NewSecret("correct horse "), false, false},
		{"two spellings of one character are one (NFC)", accent, decomposed, true, false},
		{"nobody has no password", "", NewSecret(""), false, false},
		{"an old hash opens and is to be made again", weak, NewSecret("old password"), true, true},
		{"a wrong password is no reason to", weak, NewSecret("x"), false, false},
	}
	for _, c := range cases {
		before := p.Count()
		ok, outdated, err := p.Verify(ctx, c.stored, c.password)
		if err != nil || ok != c.ok || outdated != c.outdated {
			t.Errorf("%s: %v %v %v", c.what, ok, outdated, err)
		}
		if p.Count() != before+1 {
			t.Errorf("%s: cost %d hashes", c.what, p.Count()-before)
		}
	}
}

func mustDerive(t *testing.T, p *Passwords, plain string, cost Argon2) []byte {
	t.Helper()
	key, err := p.derive(context.Background(), NewSecret(plain), []byte("0123456789abcdef"), cost)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestADamagedHashIsAnError(t *testing.T) {
	p := NewPasswords()
	for _, stored := range []string{"x", "$argon2i$v=19$m=1,t=1,p=1$a$b", "$argon2id$v=19$m=0,t=0,p=0$YQ$YQ", "$argon2id$v=19$m=1024,t=1,p=1$!$!", "$argon2id$v=16$m=1,t=1,p=1$YQ$YQ"} {
		if ok, _, err := p.Verify(context.Background(), stored, NewSecret("x")); ok || err == nil {
			t.Errorf("%q: %v %v", stored, ok, err)
		}
	}
}

func TestTooManyHashesAtOnceAreRefused(t *testing.T) {
	p := NewPasswords()
	p.queue = 4
	for range cap(p.slots) {
		p.slots <- struct{}{} // every core is busy
	}
	ctx, cancel := context.WithCancel(context.Background())
	var waiting sync.WaitGroup
	refused := make(chan error, 10)
	for range 10 {
		waiting.Go(func() {
			_, err := p.Hash(ctx, NewSecret("x"))
			refused <- err
		})
	}
	for range 6 {
		if err := <-refused; !IsFault(err, Unavailable) {
			t.Errorf("beyond the queue: %v", err)
		}
	}
	cancel()
	waiting.Wait()
	for range 4 {
		if err := <-refused; !IsFault(err, Unavailable) {
			t.Errorf("a caller who left: %v", err)
		}
	}
}
