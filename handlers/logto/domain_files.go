package logto

import (
	"context"
	"encoding/json"
	"regexp"
	"time"

	"gatehouse/models"
)

// mostFiles is how many files a domain may have.
const mostFiles = 10

// fileForm is what a file may be called: a name with an extension, or a path below /.well-known/.
var fileForm = regexp.MustCompile(`^(/?[A-Za-z0-9_-][A-Za-z0-9._-]*\.[A-Za-z0-9]+|/?\.well-known(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)$`)

// filesIn replaces the files of a domain.
type filesIn struct {
	idIn
	Files json.RawMessage `json:"verificationFiles" rule:"required,object"`
	files map[string]json.RawMessage
}

// CheckShape holds the names and the number of files against the document.
func (in *filesIn) CheckShape(c *models.Check) {
	_ = json.Unmarshal(in.Files, &in.files) // an object, by its rule
	c.That(len(in.files) <= mostFiles, "verificationFiles", "too_long", "Use at most 10 files.")
	for name, file := range in.files {
		at := "verificationFiles." + name
		c.That(fileForm.MatchString(name), at, "not_a_file", "Use a name with an extension, or a path below /.well-known/.")
		c.That(len(file) > 0 && (file[0] == '"' || file[0] == '{' || file[0] == '['), at, "wrong_type", "This must be a string, an object or an array.")
	}
}

// filesOut are the files of a domain, by name.
type filesOut struct {
	Files map[string]json.RawMessage `json:"verificationFiles"`
}

func files(d models.CustomDomain) filesOut {
	if d.Files == nil {
		return filesOut{map[string]json.RawMessage{}}
	}
	return filesOut{d.Files}
}

func (d Dialect) getFiles(ctx context.Context, in idIn) (filesOut, error) {
	one, err := d.Domains.Get(ctx, in.ID)
	return files(one), err
}

func (d Dialect) putFiles(ctx context.Context, in filesIn) (filesOut, error) {
	one, err := d.Domains.Update(ctx, in.ID, func(c *models.CustomDomain) error { c.Files = in.files; return nil })
	return files(one), err
}

// days is a time that is told in days, parts of them included.
func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }
