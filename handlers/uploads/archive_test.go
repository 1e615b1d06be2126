package uploads

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"strconv"
	"testing"

	"gatehouse/models"
)

// packed is an archive with a first page and what fill adds.
func packed(t testing.TB, fill ...func(z *zip.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	_, err := z.Create("index.html")
	for _, f := range fill {
		err = errors.Join(err, f(z))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func entry(names ...string) func(z *zip.Writer) error {
	return func(z *zip.Writer) (err error) {
		for _, name := range names {
			_, more := z.CreateRaw(&zip.FileHeader{Name: name})
			err = errors.Join(err, more)
		}
		return err
	}
}

func link(z *zip.Writer) error {
	h := &zip.FileHeader{Name: "link"}
	h.SetMode(fs.ModeSymlink | 0o777)
	_, err := z.CreateHeader(h)
	return err
}

// zeros adds an entry of n MiB that packs well.
func zeros(n int) func(z *zip.Writer) error {
	return func(z *zip.Writer) error {
		w, err := z.Create("zeros")
		for range n {
			_, more := w.Write(make([]byte, 1<<20))
			err = errors.Join(err, more)
		}
		return err
	}
}

func many(n int) func(z *zip.Writer) error {
	return func(z *zip.Writer) (err error) {
		for i := range n {
			err = errors.Join(err, entry(strconv.Itoa(i))(z))
		}
		return err
	}
}

// SECURITY-BAR C5: an archive of pages has no links, leads nowhere else, and is small when it is unpacked as well.
func TestAnArchiveOfPagesStaysInItsFolder(t *testing.T) {
	withoutPage := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		_ = entry("a/index.html", "other.html")(z)
		_ = z.Close()
		return b.Bytes()
	}
	damaged := packed(t, zeros(1))
	damaged[200] ^= 0xff
	for _, c := range []struct {
		what   string
		data   []byte
		reason string
	}{
		{"a page", packed(t), ""},
		{"a file and a folder", packed(t, entry("js/", "js/a.js")), ""},
		{"as many as may be", packed(t, many(999)), ""},
		{"as large as may be when unpacked", packed(t, zeros(100)), ""},
		{"above the folder", packed(t, entry("../evil")), "archive_outside"},
		{"above, further in", packed(t, entry("a/../../evil")), "archive_outside"},
		{"from the root", packed(t, entry("/etc/passwd")), "archive_outside"},
		{"with backslashes", packed(t, entry("..\\evil")), "archive_outside"},
		{"a drive", packed(t, entry("C:evil")), "archive_outside"},
		{"a name with a null character", packed(t, entry("a\x00b")), "archive_outside"},
		{"a link", packed(t, link), "archive_link"},
		{"too many", packed(t, many(1000)), "archive_entries"},
		{"too large when unpacked", packed(t, zeros(101)), "archive_unpacked"},
		{"too large", make([]byte, MostArchive+1), "archive_too_large"},
		{"no first page", withoutPage(), "archive_first_page"},
		{"no archive", []byte("no archive"), "archive_unreadable"},
		{"nothing", nil, "archive_unreadable"},
		{"a damaged entry", damaged, "archive_unreadable"},
	} {
		err := archive(c.data)
		f, _ := models.AsFault(err)
		if c.reason == "" && err != nil || c.reason != "" && (f == nil || f.Reason != c.reason) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(packed(f))
	f.Add(packed(f, entry("js/", "js/a.js", "../a")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := archive(data); err != nil {
			if _, told := models.AsFault(err); !told {
				t.Errorf("%v", err)
			}
		}
	})
}
