package web

import (
	"testing"

	"github.com/valyala/fasthttp"
)

// SECURITY-BAR section 9: what is remembered of requests on their way is bounded, and what was left behind goes.
func TestRememberedRequestLinesAreBounded(t *testing.T) {
	l, heads := newChunkedLines(), make([]fasthttp.RequestHeader, mostLines+10)
	for i := range heads {
		heads[i].SetMethod("POST")
		heads[i].SetRequestURI("/rest/v1/things")
		l.note(&heads[i])
	}
	if len(l.known) != mostLines {
		t.Fatalf("%d are known", len(l.known))
	}
	if _, ok := l.take(&heads[mostLines]); ok {
		t.Error("one too many is known")
	}
	for at, line := range l.known {
		line.until = line.until.Add(-2 * largeLife)
		l.known[at] = line
	}
	l.swept = l.swept.Add(-2 * largeLife)
	l.note(&heads[mostLines])
	if line, ok := l.take(&heads[mostLines]); !ok || line.method != "POST" || line.path != "/rest/v1/things" || len(l.known) != 0 || l.count.Load() != 0 {
		t.Errorf("%+v, %d are left", line, len(l.known))
	}
}
