package credentials

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"gatehouse/models"
)

// Prefix begins every secret made here, so that scanners of source code can find leaked ones.
const Prefix = "gh_"

// secretLength is the random part: 43 characters of 62 hold 256 bits.
const secretLength = 43

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// CreateIn is what a caller may say about a new secret.
type CreateIn struct {
	ClientID  string     `path:"id" json:"-" doc:"The client_id."`
	Name      string     `json:"name" form:"name" doc:"1 to 100 characters, unique among the client's credentials."`
	ExpiresAt *time.Time `json:"expires_at" form:"expires_at" doc:"When it stops working; null for never."`
}

// ImportIn is a secret that exists already, made elsewhere.
type ImportIn struct {
	CreateIn
	Value models.Secret `json:"value" form:"value" doc:"The secret, 24 to 512 printable ASCII characters without spaces."`
}

// Create makes a secret and answers its value, once. It becomes the primary one only when no other is valid.
// Faults: Invalid (name, expires_at), Conflict (credential_name_taken, credential_limit), NotFound (client).
func (o Ops) Create(ctx context.Context, in CreateIn) (Value, error) {
	return o.add(ctx, "created", in, models.NewSecret(newSecret()))
}

// Import stores a secret that the caller brings.
// Faults: as Create, and Invalid (value), Conflict (secret_value_taken).
func (o Ops) Import(ctx context.Context, in ImportIn) (Value, error) {
	return o.add(ctx, "imported", in.CreateIn, in.Value)
}

// First makes the first secret of a client that this transaction stored, or takes over the value that came with it. Whoever may
// create a client gets its secret, so no right is asked here, and nothing stored can be in its way but another client's value.
// Faults: Invalid (value), Conflict (secret_value_taken).
func (o Ops) First(ctx context.Context, c models.Client, name string, brought models.Secret) (out Value, err error) {
	verb, value := "imported", brought
	if brought.Empty() {
		verb, value = "created", models.NewSecret(newSecret())
	}
	if err := o.checkSecret(CreateIn{Name: name}, value); err != nil {
		return out, err
	}
	of := client{ID: c.ID, TenantID: c.TenantID, ApplicationID: c.ApplicationID, Name: c.Name}
	row, err := o.secret(ctx, o.DB, of, CreateIn{Name: name}, value)
	if err != nil {
		return out, err
	}
	row.IsPrimary = true
	if err := insert(ctx, o.DB, &row); err != nil {
		return out, err
	}
	out = Value{Credential: Credential{Credential: row, Status: status(row, o.Now())}, Value: value.Reveal()}
	return out, record(ctx, o.DB, verb, of, nil, &row)
}

func (o Ops) add(ctx context.Context, verb string, in CreateIn, value models.Secret) (out Value, err error) {
	in.Name = cleanName(in.Name)
	if err := o.checkSecret(in, value); err != nil {
		return out, err
	}
	err = o.change(ctx, "credential.create", in.ClientID, func(ctx context.Context, tx models.DB, c client) error {
		row, err := o.place(ctx, tx, c, in, value)
		if err != nil {
			return err
		}
		if err := o.promote(ctx, tx, c.ID); err != nil {
			return err
		}
		if row, err = one(ctx, tx.Write, c.ID, row.ID, row.Kind); err != nil {
			return err
		}
		out = Value{Credential: Credential{Credential: row, Status: status(row, o.Now())}, Value: value.Reveal()}
		return record(ctx, tx, verb, c, nil, &row)
	})
	return out, err
}

// place stores a new secret of a client whose row is locked.
func (o Ops) place(ctx context.Context, tx models.DB, c client, in CreateIn, value models.Secret) (models.Credential, error) {
	row, err := o.secret(ctx, tx, c, in, value)
	if err != nil {
		return row, err
	}
	if err := o.room(ctx, tx, row); err != nil {
		return row, err
	}
	return row, insert(ctx, tx, &row)
}

// secret is the row of a new secret.
func (o Ops) secret(ctx context.Context, tx models.DB, c client, in CreateIn, value models.Secret) (models.Credential, error) {
	keep, err := readable(ctx, tx)
	if err != nil {
		return models.Credential{}, err
	}
	row := o.row(ctx, c, models.CredentialSecret, in.Name)
	row.ExpiresAt, row.Hash = in.ExpiresAt, o.Vault.SecretHash(value.Reveal())
	row.Prefix, row.LastFour = hint(value.Reveal())
	if keep {
		row.Sealed = o.Vault.Seal("credentials", "sealed", row.ID, value)
	}
	return row, nil
}

func (o Ops) row(ctx context.Context, c client, kind, name string) models.Credential {
	return models.Credential{ID: models.NewRowID(), TenantID: c.TenantID, ApplicationID: c.ApplicationID, ClientID: c.ID,
		Kind: kind, Name: name, CreatedBy: models.ActorFrom(ctx).Name, CreatedAt: o.Now()}
}

// room makes sure of a free name and a free place. Retired credentials keep their names and give way when places run out.
func (o Ops) room(ctx context.Context, tx models.DB, row models.Credential) error {
	rows, err := ofClient(ctx, tx.Write, row.ClientID)
	if err != nil {
		return err
	}
	living, oldest := 0, -1
	for i, r := range rows {
		if r.Name == row.Name {
			return models.Taken("name", "credential_name_taken", "This client has a credential with this name. Use another name.")
		}
		if r.RevokedAt == nil {
			living++
		} else {
			oldest = i
		}
	}
	if living >= Limit {
		return &models.Fault{Code: models.Conflict, Reason: "credential_limit", Text: fmt.Sprintf("A client holds at most %d credentials. Delete one that is no longer used.", Limit)}
	}
	if len(rows) >= 2*Limit && oldest >= 0 {
		return remove(ctx, tx, rows[oldest])
	}
	return nil
}

func (o Ops) checkSecret(in CreateIn, value models.Secret) error {
	var c models.Check
	checkName(&c, in.Name)
	o.checkExpiry(&c, in.ExpiresAt)
	checkValue(&c, value.Reveal())
	return c.Err()
}

func (o Ops) checkExpiry(c *models.Check, at *time.Time) {
	if at != nil && !at.After(o.Now()) {
		c.Add("expires_at", "not_in_future", "This time has passed. Choose a time in the future, or none.")
	}
}

func checkName(c *models.Check, name string) {
	c.Length("name", name, 1, 100)
	c.That(!strings.ContainsFunc(name, isControl), "name", "control_characters", "Use printable characters only.")
}

// checkValue refuses values that could be guessed or that a form or header would change on the way.
func checkValue(c *models.Check, value string) {
	c.Length("value", value, 24, 512)
	seen, different := [128]bool{}, 0
	for _, r := range value {
		if r <= ' ' || r > '~' {
			c.Add("value", "not_printable", "Use printable ASCII characters without spaces.")
			return
		}
		if !seen[r] {
			seen[r], different = true, different+1
		}
	}
	if len(value) >= 24 {
		c.That(different >= 8, "value", "guessable", "Use a random value: this one repeats too few characters.")
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func cleanName(name string) string { return norm.NFC.String(strings.TrimSpace(name)) }

// hint is what a secret is told from others by.
func hint(value string) (prefix, lastFour string) {
	return PrefixOf(value), value[len(value)-4:]
}

// PrefixOf is how much of a secret is kept to tell it from others and to find it by: three characters, after those that every one of
// ours has. A shorter text is its own prefix.
func PrefixOf(value string) string {
	lead := 3
	if strings.HasPrefix(value, Prefix) {
		lead += len(Prefix)
	}
	return value[:min(len(value), lead)]
}

func newSecret() string {
	out := make([]byte, 0, secretLength)
	var buf [64]byte
	for {
		_, _ = rand.Read(buf[:])
		for _, b := range buf {
			if b >= 248 { // 4*62: larger bytes would favour the first characters
				continue
			}
			if out = append(out, base62[b%62]); len(out) == secretLength {
				return Prefix + string(out)
			}
		}
	}
}
