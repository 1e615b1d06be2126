package web

import (
	"strings"
	"testing"

	"gatehouse/models"
)

type embeddedFields struct {
	Name string `json:"name"`
}

type embeddingIn struct {
	embeddedFields
	Inner struct {
		embeddedFields
		N int `json:"n"`
	} `json:"inner"`
}

// A fault names the member that somebody sent, not the structures in which it stands here.
func TestAWrongTypeNamesTheMemberThatWasSent(t *testing.T) {
	for body, want := range map[string]string{`{"name":{"a":1}}`: "name", `{"inner":{"name":1}}`: "inner.name", `{"inner":{"n":"x"}}`: "inner.n"} {
		f, ok := models.AsFault(DecodeJSON([]byte(body), new(embeddingIn), Strict))
		if !ok || len(f.Fields) != 1 || f.Fields[0].Name != want || !strings.HasPrefix(f.Fields[0].Text, want+" must be") {
			t.Errorf("%s: %+v, want %s", body, f, want)
		}
	}
}
