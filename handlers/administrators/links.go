package administrators

import (
	"context"
	"fmt"
	"time"

	"gatehouse/models"
)

// NewLink makes a one-time token for a purpose; older ones of the same kind die. administratorID is empty for setup.
func NewLink(ctx context.Context, tx models.DB, administratorID, purpose string, now time.Time, life time.Duration) (token string, err error) {
	_, err = tx.Write.NewDelete().Model((*models.AdministratorLink)(nil)).
		Where("(administrator_id = ? AND purpose = ?) OR expires_at < ?", administratorID, purpose, now).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("end older links: %w", err)
	}
	token = models.RandomToken()
	row := models.AdministratorLink{Hash: models.HashToken(token), AdministratorID: administratorID, Purpose: purpose, CreatedAt: now, ExpiresAt: now.Add(life)}
	if _, err := tx.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
		return "", fmt.Errorf("store link: %w", err)
	}
	return token, nil
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
