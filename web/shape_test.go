package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"gatehouse/models"
)

type shaped struct {
	Name   string                      `json:"name" rule:"required,filled"`
	Kind   models.Opt[string]          `json:"kind" enum:"web,native"`
	Length models.Opt[float64]         `json:"codeLength" rule:"min=4,max=8"`
	Whole  *int64                      `json:"whole" rule:"min=1"`
	Off    models.Opt[bool]            `json:"off" rule:"nullable"`
	Words  models.Opt[[]string]        `json:"words" enum:"a,b"`
	Key    models.Opt[json.RawMessage] `json:"key" rule:"object"`
	Inner  *struct {
		On bool `json:"on" rule:"required"`
	} `json:"inner"`
	Either either `json:"either"`
}

type either struct{ Value any }

func (either) TypeOf(value any) reflect.Type {
	if _, ok := value.([]any); ok {
		return reflect.TypeFor[[]string]()
	}
	return reflect.TypeFor[string]()
}

func TestShapeTellsOfEverythingWrong(t *testing.T) {
	for _, c := range []struct{ about, body, want string }{
		{"the least that is right", `{"name":"x"}`, ""},
		{"unknown members are ignored", `{"name":"x","more":1}`, ""},
		{"a required member is missing", `{}`, "name required"},
		{"a required member is empty", `{"name":" "}`, "name required"},
		{"a number where a string belongs", `{"name":1}`, "name wrong_type"},
		{"null is no value", `{"name":null}`, "name null"},
		{"null where it means something", `{"name":"x","off":null}`, ""},
		{"a word outside the list", `{"name":"x","kind":"tv"}`, "kind not_allowed"},
		{"a number outside its limits", `{"name":"x","codeLength":9}`, "codeLength out_of_range"},
		{"a whole number may be spelled with a point", `{"name":"x","whole":1e1}`, ""},
		{"half a minute", `{"name":"x","whole":1.5}`, "whole not_whole"},
		{"a huge number", `{"name":"x","whole":1e400}`, "whole out_of_range"},
		{"a wrong item of a list", `{"name":"x","words":["a","c",1]}`, "words[1] not_allowed,words[2] wrong_type"},
		{"a list where an object belongs", `{"name":"x","key":[]}`, "key wrong_type"},
		{"a member of a member", `{"name":"x","inner":{}}`, "inner.on required"},
		{"either a text", `{"name":"x","either":"a"}`, ""},
		{"or a list of texts", `{"name":"x","either":["a",2]}`, "either[1] wrong_type"},
		{"several at once", `{"name":[],"kind":3}`, "name wrong_type,kind wrong_type"},
		{"a null character", `{"name":"a\u0000"}`, "malformed_body"},
		{"an escaped backslash before u0000", `{"name":"a\\u0000"}`, ""},
		{"not an object", `[]`, "malformed_body"},
		{"no body", ``, "malformed_body"},
		{"two values", `{"name":"x"}{}`, "malformed_body"},
		{"not UTF-8", "{\"name\":\"\xff\"}", "malformed_body"},
	} {
		var in shaped
		if got := reasons(ReadShape([]byte(c.body), &in, Lenient)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.about, got, c.want)
		}
	}
}

func TestShapeStrict(t *testing.T) {
	var in shaped
	if got := reasons(ReadShape([]byte(`{"name":"x","more":1}`), &in, Strict)); got != "more unknown_field" {
		t.Error(got)
	}
}

func TestShapeFills(t *testing.T) {
	var in shaped
	err := ReadShape([]byte(`{"name":"x","kind":"web","codeLength":6,"whole":3600.0,"off":true,"words":[],"key":{"b":1},"inner":{"on":true},"either":["a"]}`), &in, Lenient)
	if err != nil {
		t.Fatal(err)
	}
	if in.Kind.V != "web" || in.Length.V != 6 || *in.Whole != 3600 || !in.Off.V || !in.Words.Set || in.Words.V == nil || string(in.Key.V) != `{"b":1}` || !in.Inner.On || !reflect.DeepEqual(in.Either.Value, []string{"a"}) {
		t.Errorf("%+v", in)
	}
}

func reasons(err error) string {
	f, ok := models.AsFault(err)
	if !ok {
		return ""
	}
	if len(f.Fields) == 0 {
		return f.Reason
	}
	var out []string
	for _, field := range f.Fields {
		out = append(out, field.Name+" "+field.Reason)
	}
	return strings.Join(out, ",")
}

func FuzzShape(f *testing.F) {
	f.Add([]byte(`{"name":"x","words":["a"],"inner":{"on":true}}`))
	f.Add([]byte(`{"name":"\u0000","codeLength":1e999}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var in shaped
		err := ReadShape(body, &in, Lenient)
		if _, fault := models.AsFault(err); err != nil && !fault {
			t.Fatal("not a fault:", err)
		}
		if err == nil && strings.IndexByte(in.Name, 0) >= 0 {
			t.Fatal("a null character came through")
		}
	})
}

func TestRowsAreReadWhileTheyAreWritten(t *testing.T) {
	batches, read := [][]int{{1, 2}, {}, {3}}, 0
	s := &stream{ctx: context.Background(), after: "]", more: true, rows: RowsOf(func(context.Context) ([]int, bool, error) {
		read++
		return batches[read-1], read < len(batches), nil
	})}
	s.buf.WriteString("[")
	all, err := io.ReadAll(s)
	if err != nil || string(bytes.ReplaceAll(all, []byte("\n"), nil)) != "[1,2,3]" {
		t.Fatalf("%q %v", all, err)
	}
}

func TestRowsThatBreakOffAreNoWholeList(t *testing.T) {
	read, broken := 0, errors.New("database went away")
	s := &stream{ctx: context.Background(), after: "]", more: true, rows: RowsOf(func(context.Context) ([]int, bool, error) {
		if read++; read == 2 {
			return nil, false, broken
		}
		return []int{read}, true, nil
	})}
	if all, err := io.ReadAll(s); err != broken || bytes.HasSuffix(all, []byte("]")) {
		t.Fatalf("%q %v", all, err)
	}
}
