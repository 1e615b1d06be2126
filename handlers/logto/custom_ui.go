package logto

import (
	"archive/zip"
	"bytes"
	"context"
	"io"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// customUIKind is the kind of documents that hold uploaded pages.
const customUIKind = "custom_ui_assets"

// mostCustomUI is how large an archive of pages may be, in bytes; a document holds it in base64.
const mostCustomUI = 700 << 10

// customUI is an archive of pages as it is kept. Nothing serves it: the built-in pages are the only ones that are trusted with
// passwords so far.
type customUI struct {
	Zip []byte `json:"zip"`
}

type customUIOut struct {
	ID string `json:"customUiAssetId"`
}

// uploadCustomUI takes the one body of this dialect that is a file.
func (d Dialect) uploadCustomUI(ctx context.Context, r *web.Request) error {
	archive, err := uploaded(r)
	if err != nil {
		return err
	}
	id := models.NewID(models.LongID)
	ctx = models.Lend(ctx, customUIKind+".create")
	if _, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: documents.Ref{Kind: customUIKind, Key: id}, Body: customUI{archive}, Mode: documents.CreateOnly}); err != nil {
		return err
	}
	return d.Face().Write(r, 200, customUIOut{id})
}

// uploaded reads the file of a multipart form and makes sure that it is an archive with a first page.
func uploaded(r *web.Request) ([]byte, error) {
	file, err := r.Fiber().FormFile("file")
	if err != nil {
		var c models.Check
		c.Add("file", "required", "Send a multipart form with the archive as file.")
		return nil, at(c.Err(), invalidBody)
	}
	if file.Size > mostCustomUI {
		return nil, refuse("guard.file_size_exceeded", "An archive of pages has at most 700 KiB.")
	}
	open, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer open.Close()
	data, err := io.ReadAll(open)
	if err != nil {
		return nil, err
	}
	return data, readable(data)
}

func readable(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refuse("guard.mime_type_not_allowed", "This is not a zip archive.")
	}
	for _, f := range archive.File {
		if f.Name == "index.html" {
			return nil
		}
	}
	return refuse("request.invalid_input", "The archive has no index.html at its top.")
}
