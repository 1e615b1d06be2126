package administrators

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"gatehouse/models"
)

// NewLink makes a one-time token for a purpose; older ones of the same kind die. administratorID is empty for setup.
func NewLink(ctx context.Context, tx models.DB, administratorID, purpose string, now time.Time, life time.Duration) (token string, err error) {
	token = models.RandomToken()
	return token, storeLink(ctx, tx, token, models.AdministratorLink{AdministratorID: administratorID, Purpose: purpose, CreatedAt: now, ExpiresAt: now.Add(life)})
}

func storeLink(ctx context.Context, tx models.DB, token string, row models.AdministratorLink) error {
	_, err := tx.Write.NewDelete().Model((*models.AdministratorLink)(nil)).
		Where("(administrator_id = ? AND purpose = ?) OR expires_at < ?", row.AdministratorID, row.Purpose, row.CreatedAt).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end older links: %w", err)
	}
	row.Hash = models.HashToken(token)
	if _, err := tx.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("store link: %w", err)
	}
	return nil
}

// Together is how long after a setup link was made the same one is given again: to the nodes of one database that start at once, and to
// one that is started twice. A later start ends it and makes another.
const Together = time.Minute

// SetupLink makes the token for setup. It is random by the key that MACs it, and known again by when it was made, so that it need not be
// stored for the node that starts beside this one.
func (o Ops) SetupLink(ctx context.Context, tx models.DB, now time.Time, life time.Duration) (token string, err error) {
	if err := models.HoldTenant(ctx, tx); err != nil {
		return "", err
	}
	var row models.AdministratorLink
	err = tx.Write.NewSelect().Model(&row).Where("administrator_id = ''").Where("purpose = ?", models.LinkSetup).
		Where("created_at > ?", now.Add(-Together)).Where("expires_at > ?", now).OrderExpr("created_at DESC").Limit(1).Scan(ctx)
	if err := models.Found(err, "link"); err != nil && !models.IsFault(err, models.NotFound) {
		return "", err
	}
	if token = o.setupToken(row.CreatedAt); err == nil && models.HashToken(token) == row.Hash {
		return token, nil
	}
	token = o.setupToken(now)
	return token, storeLink(ctx, tx, token, models.AdministratorLink{Purpose: models.LinkSetup, CreatedAt: now, ExpiresAt: now.Add(life)})
}

func (o Ops) setupToken(made time.Time) string {
	return base64.RawURLEncoding.EncodeToString(o.Vault.MAC(models.KeyHash, "setup_link", strconv.FormatInt(made.UnixMicro(), 10)))
}

// FindLink tells whom a token belongs to without using it up. Faults: NotFound (link_not_found).
func FindLink(ctx context.Context, db models.DB, purpose, token string, now time.Time) (models.AdministratorLink, error) {
	var row models.AdministratorLink
	err := db.Read.NewSelect().Model(&row).Where("hash = ?", models.HashToken(token)).Where("purpose = ?", purpose).
		Where("expires_at > ?", now).Scan(ctx)
	if err := models.Found(err, "link"); models.IsFault(err, models.NotFound) {
		return row, deadLink()
	} else if err != nil {
		return row, err
	}
	return row, nil
}

// UseLink uses a token up: of several at once, one succeeds. Faults: NotFound (link_not_found).
func UseLink(ctx context.Context, tx models.DB, purpose, token string, now time.Time) error {
	res, err := tx.Write.NewDelete().Model((*models.AdministratorLink)(nil)).Where("hash = ?", models.HashToken(token)).
		Where("purpose = ?", purpose).Where("expires_at > ?", now).Exec(ctx)
	if err := models.Touched(res, err, "link"); models.IsFault(err, models.NotFound) {
		return deadLink()
	} else if err != nil {
		return err
	}
	return nil
}

// DropLinks ends every link of an administrator.
func DropLinks(ctx context.Context, tx models.DB, id string) error {
	if _, err := tx.Write.NewDelete().Model((*models.AdministratorLink)(nil)).Where("administrator_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("end links: %w", err)
	}
	return nil
}

func deadLink() error {
	return &models.Fault{Code: models.NotFound, Reason: "link_not_found", Text: "This link was used already, is too old, or was replaced by a newer one. Ask for another."}
}
