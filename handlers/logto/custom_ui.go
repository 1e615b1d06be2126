package logto

import (
	"context"

	"gatehouse/handlers/uploads"
	"gatehouse/models"
	"gatehouse/web"
)

type customUIOut struct {
	ID string `json:"customUiAssetId"`
}

// uploadCustomUI takes the one body of this dialect that is a file. Its route says who may call it; the rest is lent.
func (d Dialect) uploadCustomUI(ctx context.Context, r *web.Request) error {
	file, err := r.File("file")
	if err != nil {
		return at(err, invalidBody)
	}
	kept, err := d.kept(ctx)
	if err != nil {
		return err
	}
	ctx, named := models.Lend(ctx, "upload.*"), kept.CustomUIAssets.id()
	if err := d.Uploads.Prune(ctx, uploads.CustomUI, named); err != nil {
		return err
	}
	made, err := d.Uploads.Put(ctx, uploads.PutIn{Kind: uploads.CustomUI, Name: file.Name, Content: file.Data, Named: []string{named}})
	if err != nil {
		return err
	}
	return d.Face().Write(r, 200, customUIOut{made.ID})
}

// useCustomUI has the pages that the experience names now take the place of those that it named before.
func (d Dialect) useCustomUI(ctx context.Context, before, after *customUIAssets) error {
	err := d.Uploads.Use(models.Lend(ctx, "upload.*"), uploads.UseIn{Kind: uploads.CustomUI, Before: before.id(), After: after.id()})
	return at(models.Under("customUiAssets.", err), invalidBody)
}

// id is the upload that holds the pages, empty for none.
func (a *customUIAssets) id() string {
	if a == nil {
		return ""
	}
	return a.ID
}
