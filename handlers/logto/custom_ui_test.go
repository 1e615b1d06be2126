package logto_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/uploads"
	"gatehouse/models"
)

// archive packs a file of some bytes as they are, and what fill adds.
func archive(t testing.TB, name string, size int, fill ...func(z *zip.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	must(t, err)
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	_, err = f.Write(content)
	for _, more := range fill {
		err = errors.Join(err, more(z))
	}
	must(t, errors.Join(err, z.Close()))
	return b.Bytes()
}

// upload sends a file as a browser does.
func (w *world) upload(token, field string, data []byte) answer {
	w.t.Helper()
	return w.send(w.uploading(token, field, data))
}

// uploadFar is upload over a connection, which the server may close before all is sent.
func (w *world) uploadFar(token string, data []byte) answer {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(w.t, err)
	defer l.Close()
	w.server.Serve(l)
	conn, err := net.Dial("tcp", l.Addr().String())
	must(w.t, err)
	defer conn.Close()
	req := w.uploading(token, "file", data)
	req.Host = "localhost:8080"
	go func() { _ = req.Write(conn) }()
	res, err := http.ReadResponse(bufio.NewReader(conn), req)
	must(w.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(w.t, err)
	return answer{res.StatusCode, res.Header, body}
}

func (w *world) uploading(token, field string, data []byte) *http.Request {
	w.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	f, err := form.CreateFormFile(field, "pages.zip")
	must(w.t, err)
	_, err = f.Write(data)
	must(w.t, errors.Join(err, form.Close()))
	req := httptest.NewRequest("POST", exp+"/default/custom-ui-assets", &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req
}

// pages sends pages of one's own and gives their id.
func (w *world) pages() string {
	w.t.Helper()
	a := w.upload(w.admin.token, "file", archive(w.t, "index.html", 10))
	if a.status != 200 {
		w.t.Fatalf("%d %s", a.status, a.body)
	}
	return a.object(w.t).text("customUiAssetId")
}

// kept are the ids of the files that are there.
func (w *world) kept() string {
	w.t.Helper()
	var ids []string
	must(w.t, w.db.Read.NewSelect().Model((*models.Upload)(nil)).Column("id").Order("created_at").Scan(w.t.Context(), &ids))
	return strings.Join(ids, " ")
}

// TestCustomUI takes an archive of pages, and nothing else, and says in the document's words what is wrong with another.
func TestCustomUI(t *testing.T) {
	add := func(h zip.FileHeader, n int) func(z *zip.Writer) error {
		return func(z *zip.Writer) error {
			f, err := z.CreateHeader(&h)
			for range n {
				_, more := f.Write(make([]byte, 1<<20))
				err = errors.Join(err, more)
			}
			return err
		}
	}
	link := zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			what, field string
			data        []byte
			code        string
		}{
			{"pages", "file", archive(t, "index.html", 10), ""},
			{"15 MiB", "file", archive(t, "index.html", 15<<20), ""},
			{"a little more than 20 MiB", "file", archive(t, "index.html", 20<<20), "guard.file_size_exceeded"},
			{"too large when unpacked", "file", archive(t, "index.html", 1, add(zip.FileHeader{Name: "zeros", Method: zip.Deflate}, 101)), "guard.file_size_exceeded"},
			{"a link", "file", archive(t, "index.html", 1, add(link, 0)), "request.invalid_input"},
			{"above the folder", "file", archive(t, "index.html", 1, add(zip.FileHeader{Name: "../evil"}, 0)), "request.invalid_input"},
			{"no first page", "file", archive(t, "other.html", 1), "request.invalid_input"},
			{"no archive", "file", []byte("no archive"), "guard.mime_type_not_allowed"},
			{"another field", "other", archive(t, "index.html", 1), "guard.invalid_input"},
		} {
			a := w.upload(w.admin.token, c.field, c.data)
			switch {
			case c.code != "" && (a.status != 400 || a.refusal(t).Code != c.code):
				t.Errorf("%s: %d %s", c.what, a.status, a.body)
			case c.code == "" && (a.status != 200 || len(a.object(t).text("customUiAssetId")) != 21):
				t.Errorf("%s: %d %s", c.what, a.status, a.body)
			case c.code == "":
				row, err := uploads.New(w.db).Get(models.System(t.Context()), a.object(t).text("customUiAssetId"))
				if err != nil || !bytes.Equal(row.Content, c.data) || row.Name != "pages.zip" || row.CreatedBy != w.admin.client {
					t.Errorf("%s: %v", c.what, err)
				}
			}
		}
		for _, c := range []struct {
			token, limit string
			size         int
		}{{w.admin.token, "20 MiB", 21 << 20}, {"", "1 MiB", 2 << 20}, {"nonsense", "1 MiB", 2 << 20}} {
			a := w.uploadFar(c.token, archive(t, "index.html", c.size))
			if p := a.refusal(t); a.status != 400 || p.Code != "guard.file_size_exceeded" || !strings.Contains(p.Message, c.limit) {
				t.Errorf("%s: %d %s", c.limit, a.status, a.body)
			}
		}
	})
}

// The experience names pages that were sent; those that it does not name any more are gone, and none is left without an owner.
func TestPagesOfOnesOwnThatAreReplacedAreGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		use := func(id string) object {
			return object{"customUiAssets": object{"id": id, "createdAt": 7.0}}
		}
		a, b := w.pages(), w.pages()
		w.do(200, "PATCH", exp, use(a))
		w.do(200, "PATCH", exp, use(b))
		if got := w.kept(); got != b {
			t.Errorf("%s are left, want %s", got, b)
		}
		res := w.call(w.admin.token, "PATCH", exp, use(a))
		if p := res.refusal(t); res.status != 400 || p.Code != "guard.invalid_input" || !strings.Contains(string(res.body), `"path":["customUiAssets","id"]`) {
			t.Errorf("%d %s", res.status, res.body)
		}
		if got := w.do(200, "GET", exp, nil); !same(got["customUiAssets"], use(b)["customUiAssets"]) {
			t.Errorf("a refused change left %v", got["customUiAssets"])
		}
		w.do(200, "PATCH", exp, w.do(200, "GET", exp, nil))
		if got := w.kept(); got != b {
			t.Errorf("writing back what was read leaves %s", got)
		}
		w.do(200, "PATCH", exp, object{"customUiAssets": nil})
		if got := w.kept(); got != "" {
			t.Errorf("%s is left", got)
		}
	})
}

// A tool that sends pages again and again without using them is told when there is room, in the document's shape.
func TestPagesThatNothingNamesAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		last := ""
		for range uploads.MostUnnamed {
			last = w.pages()
		}
		a := w.upload(w.admin.token, "file", archive(t, "index.html", 10))
		if o := a.object(t); a.status != 429 || o["code"] != "request.rate_limited" || a.header.Get("Retry-After") == "" || !strings.Contains(o.text("message"), "wait to be used") {
			t.Errorf("%d %s", a.status, a.body)
		}
		w.do(200, "PATCH", exp, object{"customUiAssets": object{"id": last, "createdAt": 7.0}})
		_ = w.pages()
	})
}

// Pages that were sent and never named, and those whose experience went by another door, go when others are sent a day later.
func TestPagesThatNothingNamesGoWithTheNextUpload(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		never, lost := w.pages(), w.pages()
		w.do(200, "PATCH", exp, object{"customUiAssets": object{"id": lost, "createdAt": 7.0}})
		must(t, w.dialect.Documents.Delete(models.System(t.Context()), documents.Ref{Kind: "sign_in_experience", Key: "default"}))
		_, err := w.db.Write.ExecContext(t.Context(), "UPDATE uploads SET created_at = ?, named_at = ? WHERE id IN (?, ?)",
			models.Now().AddDate(0, 0, -2), models.Now().AddDate(0, 0, -2), never, lost)
		must(t, err)
		if last := w.pages(); w.kept() != last {
			t.Errorf("%s are left, want %s", w.kept(), last)
		}
	})
}
