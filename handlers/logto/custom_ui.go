package logto

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"path/filepath"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// customUIKind is the kind of documents that hold uploaded pages.
const customUIKind = "custom_ui_assets"

// mostCustomUI is how large an archive of pages may be, in bytes; a document holds it in base64.
const mostCustomUI = 700 << 10

// What an archive may hold, whatever its packed size (SECURITY-BAR C5).
const (
	mostEntries  = 1000
	mostUnpacked = 100 << 20 // bytes
)

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
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return refuse("guard.mime_type_not_allowed", "This is not a zip archive.")
	}
	if len(archive.File) > mostEntries {
		return refuse("guard.file_size_exceeded", "An archive of pages has at most 1000 entries.")
	}
	left, first := int64(mostUnpacked), false
	for _, f := range archive.File {
		if err := inside(f); err != nil {
			return err
		}
		if left, err = unpacked(f, left); err != nil {
			return err
		}
		first = first || f.Name == "index.html"
	}
	if !first {
		return refuse("request.invalid_input", "The archive has no index.html at its top.")
	}
	return nil
}

// inside refuses an entry that would be written beside the folder it is unpacked into, and one that is no file or folder.
func inside(f *zip.File) error {
	if name := strings.TrimSuffix(f.Name, "/"); !filepath.IsLocal(name) || strings.ContainsAny(name, "\\\x00:") || path.Clean(name) != name {
		return refuse("request.invalid_input", "The archive has an entry that leads out of its folder.")
	}
	if mode := f.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return refuse("request.invalid_input", "The archive has a link or a special file.")
	}
	return nil
}

// unpacked counts what an entry really holds, whatever it says of itself, and gives what is left of the room.
func unpacked(f *zip.File, left int64) (int64, error) {
	open, err := f.Open()
	if err != nil {
		return 0, refuse("guard.mime_type_not_allowed", "An entry of the archive cannot be unpacked.")
	}
	defer open.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(open, left+1))
	switch {
	case n > left:
		return 0, refuse("guard.file_size_exceeded", "An archive of pages has at most 100 MiB when it is unpacked.")
	case err != nil:
		return 0, refuse("guard.mime_type_not_allowed", "An entry of the archive cannot be unpacked.")
	}
	return left - n, nil
}
