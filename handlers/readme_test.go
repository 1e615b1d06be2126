package handlers

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sort"
	"strings"
	"testing"

	"gatehouse/handlers/auth0"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/logto"
	"gatehouse/handlers/transmit"
	"gatehouse/models"
	"gatehouse/web"
)

var updateReadme = flag.Bool("update-readme", false, "write the generated part of README.md anew")

const begin, end = "<!-- coverage: generated from the routes by handlers/readme_test.go -->", "<!-- /coverage -->"

// built makes the whole program over a test database, without listening.
func built(t *testing.T) *App {
	t.Helper()
	db, vault := dbtest.Open(t)
	a, err := Build(context.Background(), Config{Version: "test", URL: "http://localhost:8080", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		DB: db, Vault: vault, DataFolder: t.TempDir(), Printed: io.Discard, Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestTheCoverageTableOfTheReadmeIsTrue compares it with the routes that are mounted and the members that the dialect takes.
func TestTheCoverageTableOfTheReadmeIsTrue(t *testing.T) {
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the coverage table")
	}
	want := before + begin + "\n\n" + coverage(built(t).Server.Routes()) + "\n" + end + after
	if *updateReadme {
		if err := os.WriteFile("../README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(raw) {
		t.Error("README.md is not what the routes say: go test ./handlers -run Readme -update-readme")
	}
}

func coverage(routes []web.Route) string {
	var b strings.Builder
	b.WriteString("| face | operations mounted | of them enforced | stored only |\n| --- | --- | --- | --- |\n")
	counts := map[string][2]int{}
	for _, r := range routes {
		n := counts[r.Face().Name()]
		n[0]++
		if r.Doc().Coverage == transmit.Stored {
			n[1]++
		}
		counts[r.Face().Name()] = n
	}
	names := map[string]string{models.FaceNative: "native `/rest/v1`", models.FaceTransmit: "Transmit `/cis`", models.FaceAuth0: "Auth0 `/api/v2`",
		models.FaceLogto: "Logto `/api`", "oauth": "OAuth 2.0 endpoints", "console": "console and hosted pages"}
	for _, face := range []string{models.FaceNative, models.FaceTransmit, models.FaceAuth0, models.FaceLogto, "oauth", "console"} {
		n := counts[face]
		if n[0] == 0 {
			fmt.Fprintf(&b, "| %s | not yet | | |\n", names[face])
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", names[face], n[0], n[0]-n[1], n[1])
	}
	b.WriteString("\n")
	b.WriteString("What the Transmit dialect takes, member by member (operations: all 23 of its two documents and the two login-preference extras):\n\n")
	var lines []member
	for _, l := range transmit.Coverage() {
		lines = append(lines, member{l.Object, l.Member, l.State == transmit.Enforced})
	}
	tell(&b, lines)
	b.WriteString("\nWhat the Logto dialect takes, member by member:\n\n")
	lines = nil
	for _, l := range logto.Coverage() {
		lines = append(lines, member{l.Object, l.Member, l.State == logto.Enforced})
	}
	tell(&b, lines)
	b.WriteString("\nWhat the Auth0 dialect takes, member by member:\n\n")
	lines = nil
	for _, l := range auth0.Coverage() {
		lines = append(lines, member{l.Object, l.Member, l.State == auth0.Enforced})
	}
	tell(&b, lines)
	return b.String()
}

// member is a member of an object that a dialect takes.
type member struct {
	object, name string
	enforced     bool
}

// tell writes a row for each object.
func tell(b *strings.Builder, lines []member) {
	b.WriteString("| object | enforced | stored, given back, not enforced yet |\n| --- | --- | --- |\n")
	members := map[string]map[bool][]string{}
	var objects []string
	for _, l := range lines {
		if members[l.object] == nil {
			members[l.object] = map[bool][]string{}
			objects = append(objects, l.object)
		}
		members[l.object][l.enforced] = append(members[l.object][l.enforced], "`"+l.name+"`")
	}
	for _, o := range objects {
		for _, list := range members[o] {
			sort.Strings(list)
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", o, strings.Join(members[o][true], " "), strings.Join(members[o][false], " "))
	}
}
