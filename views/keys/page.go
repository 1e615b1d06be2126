package keys

import (
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/ui"
)

const home = "/console/keys"

// View is the key ring as the page shows it.
type View struct {
	Rings   []Ring
	Own     []Own
	Retired []models.SigningKey
	Missing []string // algorithms without any key
	JWKS    string   // address of the key set
	Now     time.Time
	Fault   *models.Fault
}

func (v View) head() ui.Head { return ui.Head{Title: "Signing keys", Nav: "keys"} }

// Ring is the keys of one algorithm, in the order of their life.
type Ring struct {
	Alg      string
	Next     *models.SigningKey
	Current  *models.SigningKey
	Previous []models.SigningKey
	ReadyAt  time.Time // when the next key may sign
	FreeAt   map[string]time.Time
}

// Own is the key of an application.
type Own struct {
	models.SigningKey
	ApplicationName string
}

func (r Ring) rows() []models.SigningKey {
	var out []models.SigningKey
	if r.Next != nil {
		out = append(out, *r.Next)
	}
	if r.Current != nil {
		out = append(out, *r.Current)
	}
	return append(out, r.Previous...)
}

// about says what an algorithm signs.
func (r Ring) about() string {
	switch r.Alg {
	case models.AlgES256:
		return "Access tokens, unless the tenant or a client chose another algorithm"
	case models.AlgRS256:
		return "ID tokens, and access tokens of clients that chose it"
	}
	return "Tokens of clients that chose it"
}

// plan says what rotating will do, or what comes first.
func (r Ring) plan(now time.Time) string {
	switch {
	case r.Current == nil:
		return "No key signs with " + r.Alg + " yet."
	case r.Next == nil:
		return "To rotate, create the next key. Verifiers get an hour to learn it; then make it current. Tokens that are out stay valid throughout."
	case now.Before(r.ReadyAt):
		return "The next key is published and not used yet. From " + ui.Exact(r.ReadyAt) + " every verifier knows it, and it can become current."
	}
	return "The next key is known to every verifier. Making it current signs new tokens with it; the current key becomes previous and stays published."
}

// fate says what a key does and until when.
func (r Ring) fate(k models.SigningKey, now time.Time) string {
	switch k.Status {
	case models.KeyNext:
		if now.Before(r.ReadyAt) {
			return "May become current in " + left(r.ReadyAt.Sub(now))
		}
		return "Ready to sign"
	case models.KeyCurrent:
		return "Signs new tokens"
	case models.KeyPrevious:
		if free := r.FreeAt[k.ID]; now.Before(free) {
			return "Verifies tokens for another " + left(free.Sub(now))
		}
		return "No token needs it any more"
	}
	return ""
}

// since is the moment from which a key is what it is.
func since(k models.SigningKey) time.Time {
	switch {
	case k.RetiredAt != nil:
		return *k.RetiredAt
	case k.ReplacedAt != nil:
		return *k.ReplacedAt
	case k.ActivatedAt != nil:
		return *k.ActivatedAt
	}
	return k.CreatedAt
}

func left(d time.Duration) string {
	if hours := int((d + time.Hour - 1) / time.Hour); hours > 1 {
		return ui.Plural(hours, "hour", "")
	}
	return ui.Plural(int((d+time.Minute-1)/time.Minute), "minute", "")
}

// short is enough of a kid to tell it from others.
func short(kid string) string {
	if len(kid) <= 12 {
		return kid
	}
	return kid[:12]
}

func stage(status string) string { return strings.ToUpper(status[:1]) + status[1:] }

func state(status string) ui.State {
	switch status {
	case models.KeyCurrent, models.KeySigning:
		return ui.StateOK
	case models.KeyNext:
		return ui.StateInfo
	}
	return ui.StateOff
}

func source(k models.SigningKey) string {
	if k.Source == models.KeyUploaded {
		return "Uploaded"
	}
	return "Made here"
}

// StepView is the question whether a key is to take its next step.
type StepView struct {
	Key     models.SigningKey
	Current *models.SigningKey // the one that is replaced
	Wait    time.Duration      // what force would skip
	Force   bool
	Now     time.Time
	Fault   *models.Fault
}
