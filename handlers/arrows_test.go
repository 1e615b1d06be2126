package handlers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// storey gives each package its height: it may import only what is lower, or what its own rule names.
var storeys = []struct {
	prefix string
	may    []string // prefixes of ours that it may import
}{
	{"models", nil},
	{"migrations", nil},
	{"static", nil},
	{"views/ui", []string{"static"}},
	{"views/", []string{"views/ui", "views/", "models", "static"}},
	{"web", []string{"models", "views/ui", "static"}},
	{"handlers/dbtest", []string{"models", "migrations"}},
	{"handlers/e2e", []string{"models", "handlers/", "web", "migrations", "views/", "static"}},
	{"handlers/outbound", []string{"models"}}, // the one way out of the server: everybody may use it, so it uses nobody
	{"handlers/transmit", lower(dialectMay)},
	{"handlers/auth0", lower(dialectMay)},
	{"handlers/logto", lower(dialectMay)},
	{"handlers/", lower([]string{"handlers/"})},
	{"handlers", []string{"models", "migrations", "handlers/", "web", "views/", "static"}},
	{"", []string{"handlers", "web", "models", "migrations"}}, // main
}

var dialectMay = []string{"handlers/"}

var dialects = []string{"handlers/transmit", "handlers/auth0", "handlers/logto"}

func lower(extra []string) []string {
	return append([]string{"models", "web", "views/", "static"}, extra...)
}

// owns is what a resource may import of other resources: what it owns, and what everybody needs. An arrow that is not here is wrong.
var engines = []string{"handlers/oauth", "handlers/saml", "handlers/signin"}

// TestImportsPointDownwards reads the import lines of every file (STYLE section 2).
func TestImportsPointDownwards(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.Contains(path, "node_modules") {
			return err
		}
		files++
		rel, _ := filepath.Rel("..", filepath.Dir(path))
		if rel == "." {
			rel = ""
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		test := strings.HasSuffix(path, "_test.go")
		for _, imp := range f.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			ours, ok := strings.CutPrefix(name, "gatehouse/")
			if !ok || ours == rel {
				continue
			}
			if why := wrongArrow(rel, ours, test); why != "" {
				t.Errorf("%s imports %s: %s", path, ours, why)
			}
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Fatalf("read %d files: %v", files, err)
	}
}

func wrongArrow(from, to string, test bool) string {
	if test && (to == "handlers/dbtest" || to == "migrations" || strings.HasPrefix(from, "handlers")) {
		return ""
	}
	if from != "handlers" && !strings.HasPrefix(from, "handlers/e2e") {
		for _, d := range dialects {
			if to == d && from != d {
				return "only handlers/all.go names a dialect"
			}
		}
	}
	isResource := strings.HasPrefix(from, "handlers/") && !contains(dialects, from) && !underAny(from, engines)
	if isResource && underAny(to, engines) {
		return "a resource does not use an engine"
	}
	for _, s := range storeys {
		if from != s.prefix && !(strings.HasSuffix(s.prefix, "/") && strings.HasPrefix(from, s.prefix)) && !(s.prefix != "" && strings.HasPrefix(from, s.prefix+"/")) {
			continue
		}
		for _, may := range s.may {
			if to == may || strings.HasSuffix(may, "/") && strings.HasPrefix(to, may) {
				return ""
			}
		}
		return "the arrow points the wrong way (STYLE section 2)"
	}
	return ""
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func underAny(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

// TestComponentsAreNotInlined: the compiler copies the closures of a component that it inlines into every caller, which made the
// program 5 MB larger.
func TestComponentsAreNotInlined(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../views", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".templ") {
			return err
		}
		text, err := os.ReadFile(path)
		before := ""
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "templ ") {
				found++
				if before != "//go:noinline\n" {
					t.Errorf("%s: put //go:noinline on the line before %s", path, strings.TrimSpace(line))
				}
			}
			before = line
		}
		return err
	})
	if err != nil || found == 0 {
		t.Fatalf("%d components, %v", found, err)
	}
}
