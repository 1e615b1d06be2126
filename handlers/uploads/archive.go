package uploads

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"gatehouse/models"
)

// MostArchive is how large an archive of pages may be, in bytes (SECURITY-BAR M5 and C5).
const MostArchive = 20 << 20

// What an archive may hold, whatever its packed size (SECURITY-BAR C5).
const (
	mostEntries  = 1000
	mostUnpacked = 100 << 20 // bytes
)

// judged holds a file against the rules of its kind, and gives its media type by what it is.
func judged(kind string, content []byte) (media string, err error) {
	if kind == CustomUI {
		return "application/zip", archive(content)
	}
	return "", fmt.Errorf("there is no kind %q of uploads", kind)
}

// archive judges an archive of pages: it has a first page at its top, no links, and nothing that leads out of its folder, and is
// small when it is unpacked as well. Faults: TooLarge (archive_too_large, archive_entries, archive_unpacked), Invalid
// (archive_unreadable, archive_outside, archive_link, archive_first_page).
func archive(content []byte) error {
	if len(content) > MostArchive {
		return large("archive_too_large", "An archive of pages has at most 20 MiB.")
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return wrong("archive_unreadable", "This is not a zip archive.")
	}
	if len(z.File) > mostEntries {
		return large("archive_entries", "An archive of pages has at most 1000 entries.")
	}
	left, first := int64(mostUnpacked), false
	for _, f := range z.File {
		if err := inside(f); err != nil {
			return err
		}
		if left, err = unpacked(f, left); err != nil {
			return err
		}
		first = first || f.Name == "index.html"
	}
	if !first {
		return wrong("archive_first_page", "The archive has no index.html at its top.")
	}
	return nil
}

// inside refuses an entry that would be written beside the folder it is unpacked into, and one that is no file or folder.
func inside(f *zip.File) error {
	if name := strings.TrimSuffix(f.Name, "/"); !filepath.IsLocal(name) || strings.ContainsAny(name, "\\\x00:") || path.Clean(name) != name {
		return wrong("archive_outside", "The archive has an entry that leads out of its folder.")
	}
	if mode := f.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return wrong("archive_link", "The archive has a link or a special file.")
	}
	return nil
}

// unpacked counts what an entry really holds, whatever it says of itself, and gives what is left of the room.
func unpacked(f *zip.File, left int64) (int64, error) {
	const broken = "An entry of the archive cannot be unpacked."
	open, err := f.Open()
	if err != nil {
		return 0, wrong("archive_unreadable", broken)
	}
	defer open.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(open, left+1))
	switch {
	case n > left:
		return 0, large("archive_unpacked", "An archive of pages has at most 100 MiB when it is unpacked.")
	case err != nil:
		return 0, wrong("archive_unreadable", broken)
	}
	return left - n, nil
}

func large(reason, text string) error {
	return &models.Fault{Code: models.TooLarge, Reason: reason, Text: text}
}

func wrong(reason, text string) error {
	return &models.Fault{Code: models.Invalid, Reason: reason, Text: text}
}
