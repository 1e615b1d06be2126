package web

import (
	"bytes"
	"mime/multipart"

	"gatehouse/models"
)

// mostParts is how many parts of a form are looked at to find a file.
const mostParts = 100

// File is a file of a form as it was sent: what it is called and said to be is the sender's word.
type File struct {
	Name      string // its last element, without folders
	MediaType string
	Data      []byte
}

// File gives the file of a multipart form (RFC 7578) that has a name. It is copied once, out of the body, which is given back when it
// is a large one: nothing reads it afterwards. Nothing is written to disk.
// Faults: Invalid (the field's name, required), Malformed.
func (r *Request) File(field string) (File, error) {
	req := r.c.Request()
	boundary := string(req.Header.MultipartFormBoundary())
	if boundary == "" {
		return File{}, noFile(field)
	}
	body := req.Body()
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	for range mostParts {
		part, err := form.NextPart()
		if err != nil {
			break
		}
		if part.FormName() != field || part.FileName() == "" {
			continue
		}
		data := bytes.NewBuffer(make([]byte, 0, len(body)))
		if _, err := data.ReadFrom(part); err != nil {
			return File{}, malformed("The form ends before its file does.")
		}
		req.ReleaseBody(MaxBody)
		return File{models.Clean(part.FileName()), models.Clean(part.Header.Get("Content-Type")), data.Bytes()}, nil
	}
	return File{}, noFile(field)
}

func noFile(field string) error {
	var c models.Check
	c.Add(field, "required", "Send a multipart form with the file as "+field+".")
	return c.Err()
}
