package webhooks

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/models"
)

// KeyOverlap is how long the key before a rotation signs beside the new one, so that receivers can be changed one after the other.
const KeyOverlap = 24 * time.Hour

const keyAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// NewKey makes a signing key: 32 characters of [0-9A-Za-z], 190 bits.
func NewKey() string {
	out := make([]byte, 0, 32)
	var buf [64]byte
	for {
		_, _ = rand.Read(buf[:]) // never fails
		for _, b := range buf {
			if b >= 248 { // 4*62: larger bytes would favour the first characters
				continue
			}
			if out = append(out, keyAlphabet[b%62]); len(out) == 32 {
				return string(out)
			}
		}
	}
}

// RotateKey gives a webhook another signing key. The one before signs as well for KeyOverlap.
// Faults: NotFound, Forbidden (recent_sign_in_needed).
func (o Ops) RotateKey(ctx context.Context, in OneIn) (Created, error) {
	var out Created
	if err := models.Need(ctx, "webhook.update", "", "webhook"); err != nil {
		return out, err
	}
	if err := models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now()); err != nil {
		return out, err
	}
	key := NewKey()
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		row, err := o.one(ctx, in.ID)
		if err != nil {
			return err
		}
		old, err := o.Vault.Open(table, "sealed_key", row.ID, row.SealedKey)
		if err != nil {
			return fmt.Errorf("open the key of webhook %s: %w", row.ID, err)
		}
		before, until := row, o.Now().Add(KeyOverlap)
		row.PreviousKey, row.PreviousUntil = o.Vault.Seal(table, "previous_key", row.ID, old), &until
		row.SealedKey = o.Vault.Seal(table, "sealed_key", row.ID, models.NewSecret(key))
		row.Version, row.UpdatedAt = row.Version+1, o.Now()
		if err := o.store(ctx, before, row, "sealed_key", "previous_key", "previous_until"); err != nil {
			return err
		}
		out = Created{row, key}
		return models.Record(ctx, tx, event("webhook.key_rotated", row, nil))
	})
	return out, err
}

// SigningKey opens the key of a webhook, for faces that show it on reads.
// Faults: Forbidden (secret.read).
func (o Ops) SigningKey(ctx context.Context, row models.Webhook) (models.Secret, error) {
	if !models.ReadsSecrets(ctx, "") {
		return models.Secret{}, models.Denied("secret.read")
	}
	return o.Vault.Open(table, "sealed_key", row.ID, row.SealedKey)
}

// Headers opens the values of a webhook's headers, for faces that show them on reads.
// Faults: Forbidden (secret.read).
func (o Ops) Headers(ctx context.Context, row models.Webhook) (map[string]models.Secret, error) {
	if !models.ReadsSecrets(ctx, "") {
		return nil, models.Denied("secret.read")
	}
	return o.headers(row)
}

func (o Ops) headers(row models.Webhook) (map[string]models.Secret, error) {
	out := map[string]models.Secret{}
	if row.SealedHeaders == "" {
		return out, nil
	}
	text, err := o.Vault.Open(table, "sealed_headers", row.ID, row.SealedHeaders)
	if err != nil {
		return nil, fmt.Errorf("open the headers of webhook %s: %w", row.ID, err)
	}
	return out, json.Unmarshal([]byte(text.Reveal()), &out)
}

func (o Ops) sealHeaders(row *models.Webhook, headers map[string]models.Secret) {
	row.HeaderNames, row.SealedHeaders = []string{}, ""
	open := map[string]string{}
	for name, value := range headers {
		open[name] = value.Reveal()
		row.HeaderNames = append(row.HeaderNames, name)
	}
	slices.Sort(row.HeaderNames)
	if len(open) > 0 {
		text, _ := json.Marshal(open)
		row.SealedHeaders = o.Vault.Seal(table, "sealed_headers", row.ID, models.NewSecret(string(text)))
	}
}

// keys are what signs a delivery now, the current key first.
func (o Ops) keys(row models.Webhook, now time.Time) ([]models.Secret, error) {
	current, err := o.Vault.Open(table, "sealed_key", row.ID, row.SealedKey)
	if err != nil {
		return nil, fmt.Errorf("open the key of webhook %s: %w", row.ID, err)
	}
	out := []models.Secret{current}
	if row.PreviousUntil != nil && now.Before(*row.PreviousUntil) {
		old, err := o.Vault.Open(table, "previous_key", row.ID, row.PreviousKey)
		if err != nil {
			return nil, fmt.Errorf("open the key of webhook %s: %w", row.ID, err)
		}
		out = append(out, old)
	}
	return out, nil
}

// Signature is the value of Gatehouse-Signature: "t=<seconds>,v1=<hex>", with a v1 for each key that counts. What is signed is
// the time, a dot and the body, so that a delivery cannot be played back later.
func Signature(keys []models.Secret, at time.Time, body string) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	out := []string{"t=" + seconds}
	for _, key := range keys {
		out = append(out, "v1="+mac(key, seconds+"."+body))
	}
	return strings.Join(out, ",")
}

func mac(key models.Secret, text string) string {
	m := hmac.New(sha256.New, []byte(key.Reveal()))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}
