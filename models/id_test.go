package models_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/models"
)

// TestTimedIdentifiersSortByTheirTime, over the whole life of the program, and never meet.
func TestTimedIdentifiersSortByTheirTime(t *testing.T) {
	var ids []string
	for _, at := range []time.Time{time.UnixMilli(0), time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 7, 0, 0, 1e6, time.UTC), time.Date(5000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		id := models.NewTimedID(at)
		if len(id) != models.LongID || id == models.NewTimedID(at) {
			t.Errorf("%s: %q", at, id)
		}
		ids = append(ids, id)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("not in the order of their times: %q", ids)
	}
}

// TestRowIdentifiersAreNeighbours that no other identifier of any length is taken for, and say nothing of their time.
func TestRowIdentifiersAreNeighbours(t *testing.T) {
	seen, beginnings := map[string]bool{}, map[string]int{}
	for range 1_000 {
		id := models.NewRowID()
		if len(id) != models.LongID || seen[id] || strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
			t.Fatalf("%q", id)
		}
		seen[id] = true
		beginnings[id[:4]]++
	}
	if len(beginnings) < 1_000/64 || len(beginnings) > 1_000/16 {
		t.Errorf("%d beginnings of 1,000 identifiers", len(beginnings))
	}
}
