package auth0

import (
	"fmt"
	"strings"
	"testing"

	"gatehouse/models"
)

// told writes a query as a text that shows how it was read.
func spelt(q query) string {
	join := func(list []query, with string) string {
		parts := make([]string, len(list))
		for i, q := range list {
			parts[i] = spelt(q)
		}
		return "(" + strings.Join(parts, with) + ")"
	}
	switch q := q.(type) {
	case termQuery:
		return fmt.Sprintf("%s=%s%s", q.Field, q.Value, map[bool]string{true: "!"}[q.Phrase])
	case rangeQuery:
		return fmt.Sprintf("%s%s%s..%s%s", q.Field, map[bool]string{true: "{", false: "["}[q.OpenFrom], q.From, q.To, map[bool]string{true: "}", false: "]"}[q.OpenTo])
	case existsQuery:
		return "exists " + q.Field
	case notQuery:
		return "not " + spelt(q.Of)
	case allQuery:
		return join(q.Of, " and ")
	case anyQuery:
		return join(q.Of, " or ")
	}
	return "?"
}

func TestQueriesAreRead(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`name:shop`, "name=shop"},
		{`name:"My shop"`, "name=My shop!"},
		{`name:"a \"b\""`, `name=a "b"!`},
		{`shop`, "=shop"},
		{`type:s OR type:f`, "(type=s or type=f)"},
		{`type:s type:f`, "(type=s or type=f)"},
		{`a:1 AND b:2 OR c:3`, "((a=1 and b=2) or c=3)"},
		{`a:1 && (b:2 || c:3)`, "(a=1 and (b=2 or c=3))"},
		{`NOT a:1`, "not a=1"},
		{`-a:1 AND !b:2`, "(not a=1 and not b=2)"},
		{`date:[2026-01-01 TO *]`, "date[2026-01-01..]"},
		{`date:{2026-01-01 TO 2026-02-01}`, "date{2026-01-01..2026-02-01}"},
		{`n:>=5`, "n[5..]"},
		{`n:<5`, "n[..5}"},
		{`_exists_:email`, "exists email"},
		{`type:(s OR "f" g)`, "(type=s or type=f! or type=g)"},
		{`android`, "=android"},
		{`ANDROID:x`, "ANDROID=x"},
		{`name:a\*b*`, `name=a\*b*`},
		{`client_grant.organization_id:org_x`, "client_grant.organization_id=org_x"},
		{``, "wrong"}, {`name:`, "wrong"}, {`(a:1`, "wrong"}, {`a:1)`, "wrong"}, {`a:[1 2]`, "wrong"}, {`a:[1 TO 2`, "wrong"}, {`"a`, "wrong"},
		{`:x`, "wrong"}, {`a:1 AND`, "wrong"}, {`type:(s`, "wrong"}, {`]`, "wrong"}, {strings.Repeat("(", 30), "wrong"}, {strings.Repeat("a ", 200), "wrong"},
	} {
		q, err := parseQuery(c.text)
		got := "wrong"
		if err == nil {
			got = spelt(q)
		} else if !models.IsFault(err, models.Invalid) {
			t.Errorf("%s: %v", c.text, err)
		}
		if got != c.want {
			t.Errorf("%s is read as %s, want %s", c.text, got, c.want)
		}
	}
}

// FuzzQuery: whatever is sent, it is a query whose parts are all there, or a fault; it never panics and never nests without end.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{`name:shop AND (type:"a b" OR -x:[1 TO 2}) NOT _exists_:y`, `a:(b c)`, `a:>1`, `((((`, `\`, `"\`, `a:\`, `+a -b`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parseQuery(text)
		if (q == nil) == (err == nil) {
			t.Fatalf("%q gives %v and %v", text, q, err)
		}
		if err == nil && strings.Contains(spelt(q), "?") && !strings.Contains(text, "?") {
			t.Errorf("%q has an empty part: %s", text, spelt(q))
		}
	})
}
