package models_test

import (
	"encoding/json"
	"testing"

	"gatehouse/models"
)

// TestADiffTellsWhatChanged: changed fields alone, in the order of their names, as encoding/json writes them, and the values of
// what is hidden never.
func TestADiffTellsWhatChanged(t *testing.T) {
	type row struct {
		Zone    string        `json:"zone"`
		Version int64         `json:"version" audit:"-"`
		Email   string        `json:"email" audit:"name"`
		Key     models.Secret `json:"key"`
		List    []string      `json:"list,omitempty"`
		Note    string        `json:"a_note"`
	}
	before := row{Zone: "eu", Version: 1, Email: "a@example.com", Note: "same"}
	for name, none := range map[string][]string{"no list": nil, "an empty list": {}} {
		if got := string(models.Diff(nil, row{Note: "x", List: none})); got != `{"a_note":{"before":null,"after":"x"}}` {
			t.Errorf("%s is told as %s", name, got)
		}
	}
	after := row{Zone: "<us>", Version: 2, Email: "b@example.com", Key: models.NewSecret("hush"), List: []string{"x"}, Note: "same"}
	want, err := json.Marshal(map[string]models.Change{
		"zone": {Before: "eu", After: "<us>"}, "list": {After: []string{"x"}}, "email": {Hidden: true}, "key": {Hidden: true}})
	if err != nil {
		t.Fatal(err)
	}
	if got := models.Diff(before, after); string(got) != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := models.Diff(after, &after); got != nil {
		t.Errorf("nothing changed, told %s", got)
	}
	if got := string(models.Diff(&row{Note: "x"}, nil)); got != `{"a_note":{"before":"x","after":null}}` {
		t.Errorf("a deletion is told as %s", got)
	}
}
