package handlers

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestWhatOnlyStartingNeededIsGivenBack: the pages of the program's file leave, and the program goes on.
func TestWhatOnlyStartingNeededIsGivenBack(t *testing.T) {
	before := ofTheFile(t)
	settle()
	if after := ofTheFile(t); after >= before {
		t.Errorf("%d KiB of the program's file were resident before, %d after", before, after)
	}
}

func ofTheFile(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(status), "RssFile:")
	if !found {
		t.Skip("this kernel does not count pages of files")
	}
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
