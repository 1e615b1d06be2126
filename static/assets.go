// Package static holds the bytes that browsers load: the stylesheet, the scripts, the font, the icons and the mark.
// It embeds them, gives each a URL that carries a hash of its content, and hands them to web for serving.
// It knows nothing of HTTP handlers and imports nothing of ours.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// prefix is where web mounts the assets.
const prefix = "/static/"

//go:embed css fonts js favicon.svg logo-mark.svg icons.svg
var embedded embed.FS

// Asset is one file as it is sent. Gzip is nil where compressing would not make it smaller.
type Asset struct {
	ContentType string
	ETag        string // quoted, strong
	Body, Gzip  []byte
}

// file is an Asset before anybody asked for it: compressing waits for the first request, so that starting stays quick.
type file struct {
	url   string
	asset func() Asset
}

var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// files are all assets by name, hashed once when the first URL is asked for.
var files = sync.OnceValue(func() map[string]file {
	all := map[string]file{}
	for _, dir := range []string{"fonts", "js", ".", "css"} { // the stylesheet last: it names the URLs of fonts
		entries, err := fs.ReadDir(embedded, dir)
		if err != nil {
			panic(fmt.Sprintf("static: read embedded %s: %v", dir, err)) // the binary itself is broken
		}
		for _, e := range entries {
			if !e.IsDir() {
				add(all, path.Join(dir, e.Name()))
			}
		}
	}
	return all
})

// byURL finds a file by the URL it is served under.
var byURL = sync.OnceValue(func() map[string]file {
	urls := map[string]file{}
	for _, f := range files() {
		urls[f.url] = f
	}
	return urls
})

func add(all map[string]file, name string) {
	body, _ := embedded.ReadFile(name)
	if path.Ext(name) == ".css" {
		body = squeeze(withFontURLs(body, all))
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])[:12]
	kind := types[path.Ext(name)]
	all[name] = file{
		url: prefix + hash + "/" + name,
		asset: sync.OnceValue(func() Asset {
			return Asset{ContentType: kind, ETag: `"` + hash + `"`, Body: body, Gzip: compress(body)}
		}),
	}
}

// withFontURLs replaces the relative font addresses of the stylesheet by hashed ones, so that a font too can be immutable.
func withFontURLs(css []byte, all map[string]file) []byte {
	for name, f := range all {
		if strings.HasPrefix(name, "fonts/") {
			css = bytes.ReplaceAll(css, []byte("../"+name), []byte(f.url))
		}
	}
	return css
}

// squeeze takes comments and needless white space out of our stylesheet: a tenth of what a first visit loads of it.
// Spaces between other signs than braces and semicolons stay, since some of them mean something.
func squeeze(css []byte) []byte {
	out := make([]byte, 0, len(css))
	for i := 0; i < len(css); i++ {
		c := css[i]
		if c == '/' && i+1 < len(css) && css[i+1] == '*' {
			i += bytes.Index(css[i:], []byte("*/")) + 1
			continue
		}
		last := byte(' ')
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case c == ' ' || c == '\n' || c == '\t':
			if !bytes.ContainsRune([]byte(" {};"), rune(last)) {
				out = append(out, ' ')
			}
			continue
		case last == ' ' && len(out) > 0 && (c == '{' || c == '}' || c == ';'):
			out = out[:len(out)-1]
		}
		out = append(out, c)
	}
	return bytes.TrimSpace(out)
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails only for an unknown level
	_, _ = w.Write(body)                                    // a bytes.Buffer takes everything
	_ = w.Close()
	if out.Len() >= len(body)*95/100 {
		return nil
	}
	return out.Bytes()
}

// URL is the address of a file, such as "css/gatehouse.css", with the hash of its content in it.
// A name that is not embedded is a mistake in the program and panics.
func URL(name string) string {
	f, ok := files()[name]
	if !ok {
		panic("static: no asset named " + name)
	}
	return f.url
}

// Lookup finds what a URL made by URL stands for. An address with an old hash is not found:
// it must not be cached as if it were that old version.
func Lookup(urlPath string) (Asset, bool) {
	f, ok := byURL()[urlPath]
	if !ok {
		return Asset{}, false
	}
	return f.asset(), true
}

// icons are the inner shapes of each symbol of icons.svg, by name without its "i-".
var icons = sync.OnceValue(func() map[string]string {
	sprite, _ := embedded.ReadFile("icons.svg")
	found := map[string]string{}
	for _, part := range strings.Split(string(sprite), `<symbol id="i-`)[1:] {
		name, rest, _ := strings.Cut(part, `"`)
		_, rest, _ = strings.Cut(rest, ">")
		shapes, _, _ := strings.Cut(rest, "</symbol>")
		found[name] = strings.ReplaceAll(strings.ReplaceAll(shapes, " />", "/>"), "/> <", "/><")
	}
	return found
})

// Icon is what is inside one icon of the sprite, on a grid of 24, to be drawn with
// no fill, a stroke of currentColor and round joins. A page carries only the icons it uses.
func Icon(name string) (shapes string, ok bool) {
	shapes, ok = icons()[name]
	return shapes, ok
}
