package models

import (
	"database/sql"
	"slices"
	"testing"
)

// A text is prepared by one caller alone: a second statement of it would have to be closed, which waits for its connection, and
// that one may be waiting for the caller's transaction.
func TestAHotWriteIsPreparedByOneCaller(t *testing.T) {
	h := &hotWrites{byText: map[string]*sql.Stmt{}}
	if h.get("a") != nil || h.get("a") != nil || h.get("b") != nil {
		t.Fatal("statements from nowhere")
	}
	if got := h.take(); !slices.Equal(got, []string{"a", "b"}) {
		t.Fatalf("the first caller prepares %v", got)
	}
	if h.get("a") != nil {
		t.Fatal("a statement that nobody prepared yet")
	}
	if got := h.take(); len(got) != 0 {
		t.Fatalf("%v are being prepared already", got)
	}
	h.keep("a", &sql.Stmt{})
	h.giveUp([]string{"b"})
	if h.get("a") == nil || h.get("b") != nil {
		t.Error("a is ready and b is not")
	}
	if got := h.take(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("what failed is asked for again, not %v", got)
	}
}
