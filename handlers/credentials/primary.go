package credentials

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gatehouse/models"
)

// Primary gives the value that a dialect with one secret per client shows. It is empty when there is no valid secret and when
// the tenant keeps secrets write-once.
// Faults: Forbidden (secret.read), NotFound (client).
func (o Ops) Primary(ctx context.Context, clientID string) (models.Secret, error) {
	c, err := o.reach(ctx, "secret.read", clientID)
	if err != nil || !models.ReadsSecrets(ctx, c.ApplicationID) {
		return models.Secret{}, err
	}
	values, err := o.primaries(ctx, []string{clientID})
	return values[clientID], err
}

// Primaries is Primary for the clients of a page, in one query. The clients must have been read on behalf of the same actor:
// those of an application out of the actor's reach are refused as a whole. A client that opens what the actor could not grant has no
// entry; every other one has, be it empty.
func (o Ops) Primaries(ctx context.Context, clients []models.Client) (map[string]models.Secret, error) {
	all := make([]string, len(clients))
	for i, c := range clients {
		if err := models.Need(ctx, "secret.read", c.ApplicationID, "client"); err != nil {
			return nil, err
		}
		all[i] = c.ID
	}
	closed, err := models.Closed(ctx, o.DB, all)
	if err != nil {
		return nil, err
	}
	ids, told := make([]string, 0, len(clients)), make([]string, 0, len(clients))
	for _, c := range clients {
		if closed[c.ID] != nil {
			continue
		}
		if ids = append(ids, c.ID); models.ReadsSecrets(ctx, c.ApplicationID) {
			told = append(told, c.ID)
		}
	}
	out, err := o.primaries(ctx, told)
	for _, id := range ids {
		if _, ok := out[id]; !ok && err == nil {
			out[id] = models.Secret{}
		}
	}
	return out, err
}

func (o Ops) primaries(ctx context.Context, ids []string) (map[string]models.Secret, error) {
	out := make(map[string]models.Secret, len(ids))
	keep, err := readable(ctx, o.DB)
	if err != nil || !keep || len(ids) == 0 {
		return out, err
	}
	byClient, err := o.secrets.GetAll(ctx, ids, o.standing)
	if err != nil {
		return nil, err
	}
	for id, rows := range byClient {
		if best := choose(rows, o.Now()); best != nil && best.Sealed != "" {
			if out[id], err = o.Vault.Open("credentials", "sealed", best.ID, best.Sealed); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// standing reads what choosing needs of the secrets that were not revoked, newest first, by client.
func (o Ops) standing(ctx context.Context, ids []string) (map[string][]models.Credential, error) {
	marks, args := places(ids)
	rows, err := o.DB.Query(ctx, "SELECT id, client_id, COALESCE(sealed, ''), is_primary, expires_at FROM credentials WHERE client_id IN ("+marks+
		") AND kind = 'secret' AND revoked_at IS NULL ORDER BY created_at DESC, id DESC", args...)
	if err != nil {
		return nil, fmt.Errorf("read primary secrets: %w", err)
	}
	defer rows.Close()
	out := make(map[string][]models.Credential, len(ids))
	for rows.Next() {
		c := models.Credential{Kind: models.CredentialSecret}
		if err := rows.Scan(&c.ID, &c.ClientID, &c.Sealed, &c.IsPrimary, &c.ExpiresAt); err != nil {
			return nil, fmt.Errorf("read primary secrets: %w", err)
		}
		out[c.ClientID] = append(out[c.ClientID], c)
	}
	return out, rows.Err()
}

// places gives the marks and values of an IN list. Its length is one of few, the last id repeated, so that few texts are prepared.
func places(ids []string) (marks string, args []any) {
	n := len(ids)
	for _, size := range []int{1, 20, 50, models.PageLimit} {
		if n <= size {
			n = size
			break
		}
	}
	args = make([]any, n)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return "?" + strings.Repeat(", ?", n-1), args
}

// choose finds the primary among rows, newest first: the marked one while it is valid, else the newest valid one, so that an
// expired primary is followed without anybody's doing.
func choose(rows []models.Credential, now time.Time) *models.Credential {
	var newest *models.Credential
	for i := range rows {
		if rows[i].Kind != models.CredentialSecret || !rows[i].Valid(now) {
			continue
		}
		if rows[i].IsPrimary {
			return &rows[i]
		}
		if newest == nil {
			newest = &rows[i]
		}
	}
	return newest
}

// promote writes down the choice after a change.
func (o Ops) promote(ctx context.Context, tx models.DB, clientID string) error {
	rows, err := ofClient(ctx, tx.Write, clientID, models.CredentialSecret)
	if err != nil {
		return err
	}
	best := choose(rows, o.Now())
	if best != nil && best.IsPrimary {
		return nil
	}
	if err := demote(ctx, tx, clientID); err != nil || best == nil {
		return err
	}
	best.IsPrimary = true
	return update(ctx, tx, best, "is_primary")
}

func demote(ctx context.Context, tx models.DB, clientID string) error {
	_, err := tx.Write.NewUpdate().Model((*models.Credential)(nil)).Set("is_primary = ?", false).Where("client_id = ?", clientID).
		Where("kind = ?", models.CredentialSecret).Where("is_primary").Exec(ctx)
	if err != nil {
		return fmt.Errorf("demote the primary secret: %w", err)
	}
	return nil
}

// Reveal shows a stored secret again and records that. An administrator must have signed in within models.RecentSignIn.
// Faults: Forbidden (recent_sign_in_needed), Conflict (secret_write_once, secret_retired), NotFound.
func (o Ops) Reveal(ctx context.Context, in OneIn) (out Value, err error) {
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		c, err := o.In(tx).reach(ctx, "secret.reveal", in.ClientID)
		if err != nil {
			return err
		}
		row, err := one(ctx, tx.Write, c.ID, in.ID, models.CredentialSecret)
		if err != nil {
			return err
		}
		if err := o.revealable(ctx, tx, row); err != nil {
			return err
		}
		value, err := o.Vault.Open("credentials", "sealed", row.ID, row.Sealed)
		if err != nil {
			return err
		}
		if out.Credential, err = o.In(tx).show(ctx, row); err != nil {
			return err
		}
		out.Value = value.Reveal()
		return record(ctx, tx, "revealed", c, &row, &row)
	})
	return out, err
}

func (o Ops) revealable(ctx context.Context, tx models.DB, row models.Credential) error {
	if row.RevokedAt != nil {
		return retired()
	}
	keep, err := readable(ctx, tx)
	if err != nil {
		return err
	}
	if !keep || row.Sealed == "" {
		return &models.Fault{Code: models.Conflict, Reason: "secret_write_once",
			Text: "Secrets are kept write-once here: their values cannot be shown again. Create a new secret instead."}
	}
	return nil
}
