package logto

import (
	"net/url"
	"testing"

	"gatehouse/models"
)

var people = []map[string]string{
	{"id": "u1", "name": "Ada Lovelace", "primary_email": "ada@example.com"},
	{"id": "u2", "name": "Grace Hopper", "primary_email": "grace@example.org"},
	{"id": "u3", "name": "ada", "primary_email": ""},
}

// TestSearch is the grammar, held against three people.
func TestSearch(t *testing.T) {
	fields := []string{"id", "name", "primary_email"}
	for _, c := range []struct{ about, query, want string }{
		{"nothing finds all", "", "u1u2u3"},
		{"like needs its wildcards", "search=ada", "u3"},
		{"like with wildcards, whatever the case", "search=%25ada%25", "u1u3"},
		{"one character", "search=u_", "u1u2u3"},
		{"case counts", "search=%25Ada%25&isCaseSensitive=true", "u1"},
		{"one field", "search.primaryEmail=%25.org", "u2"},
		{"one field, spelled as the column", "search.primary_email=%25.org", "u2"},
		{"either", "search.name=ada&search.id=u2", "u2u3"},
		{"both", "search.name=%25ada%25&search.id=u1&joint=and", "u1"},
		{"both by the other name", "search.name=%25ada%25&search.id=u1&jointMode=and", "u1"},
		{"exact alternatives", "search.id=u1&search.id=u3&mode=exact", "u1u3"},
		{"a mode of one field", "search.id=u1&search.id=u3&mode.id=exact&search.name=%25hop%25", "u1u2u3"},
		{"similar", "search.name=(Ada|Grace)%25&mode=similar_to&isCaseSensitive=true", "u1u2"},
		{"a dot is a dot in similar", "search.primary_email=%25@example.com&mode=similar_to&isCaseSensitive=true", "u1"},
		{"posix", "search.name=^a&mode=posix", "u1u3"},
		{"an escaped wildcard", `search.name=\%25ada\%25`, ""},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		s, err := parseSearch(query)
		if err == nil {
			err = s.within(fields...)
		}
		if err != nil {
			t.Errorf("%s: %v", c.about, err)
			continue
		}
		got := ""
		for _, p := range people {
			if s.finds(fields, func(f string) string { return p[f] }) {
				got += p["id"]
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.about, got, c.want)
		}
	}
}

// TestBadSearches are refused, with 400 where the original fails with 500.
func TestBadSearches(t *testing.T) {
	for _, text := range []string{"search=", "search=a&search=b", "mode=near&search=a", "joint=xor", "search=a&mode=similar_to",
		"search=(&mode=posix", "search.shoe=a", "search.name=[&mode=posix", "search=%00"} {
		query, _ := url.ParseQuery(text)
		s, err := parseSearch(query)
		if err == nil {
			err = s.within("id", "name")
		}
		f, ok := models.AsFault(err)
		if !ok || codeOf(f) != "request.invalid_input" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzSearch: any query is refused with a fault or searches without a panic.
func FuzzSearch(f *testing.F) {
	for _, text := range []string{"search=%25a%25", "search.name=a&mode.name=posix&joint=and", "search.id=a&search.id=b&mode=exact&isCaseSensitive=true",
		"search=(a|b)%25&mode=similar_to&isCaseSensitive=true", "search.=x", "mode.=x&search.=y", `search=\`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		query, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		s, err := parseSearch(query)
		if err != nil {
			if _, ok := models.AsFault(err); !ok {
				t.Fatal(err)
			}
			return
		}
		for _, p := range people {
			s.finds([]string{"id", "name"}, func(f string) string { return p[f] })
		}
	})
}

// FuzzForms: any form becomes JSON that reads, or a fault.
func FuzzForms(f *testing.F) {
	for _, text := range []string{"a=b", "a[b][c]=d&a=e", "a[]=1&a[]=2", "[=x", "a[=x&a]=y", "a[b=x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body, err := formObject(text)
		if err != nil {
			if _, ok := models.AsFault(err); !ok {
				t.Fatal(err)
			}
			return
		}
		if err := decode(body, &sample{}); err != nil {
			if _, ok := models.AsFault(err); !ok {
				t.Fatalf("%s: %v", body, err)
			}
		}
	})
}
